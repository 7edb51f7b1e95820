//! Fields of types that the runtime itself knows (exceptions, delegates): by name, and where the metadata is missing
//! by the offsets at which the runtime expects them.

use crate::bytes::Addr;
use crate::dump::Fault;

use super::Values;

impl Values {
    /// Where the field `name` of the object at `object` lies. `known_as` is the name under which the layout describes
    /// the type that declares it. `None` when that runtime has no such field, or nothing tells where it is.
    ///
    /// # Errors
    /// The object is not in the dump.
    pub(super) fn runtime_field(
        &self,
        object: Addr,
        known_as: &str,
        name: &str,
    ) -> Result<Option<Addr>, Fault> {
        let description = self.types().description(self.types().type_of(object)?);
        // The first of that name: the runtime's own classes are the most distant bases, and a user's
        // exception may have a field of the same name.
        let offset = match description.fields.iter().find(|field| &*field.name == name) {
            // Offsets of fields count from behind the MethodTable.
            Some(field) => Some(8 + u64::from(field.offset)),
            // All fields are told, and this is none of them.
            None if description.incomplete.is_none() => None,
            None => self.types().runtime().located.layout.optional_field(known_as, name),
        };
        Ok(offset.map(|offset| object.offset(offset)))
    }

    /// The MethodTable of a class that the runtime keeps in the variable `variable`; where that is another class's
    /// (servicing moves variables), or none, the one that bears `name`.
    pub(super) fn runtime_class(&self, variable: &str, name: &str) -> Option<Addr> {
        let types = self.types();
        let globals = &types.runtime().located.globals;
        let kept = globals.pointer(types.memory(), variable).filter(|&mt| {
            let kept_name = types.name(mt);
            // Without metadata the name is module and token, and proves nothing.
            types.method_tables().shape(types.memory(), mt).is_ok()
                && (&*kept_name == name || kept_name.contains('!'))
        });
        kept.or_else(|| types.named(name).first().copied())
    }
}
