//! Describing a type: what it is, its base types, its size.

use std::sync::{Arc, PoisonError};

use super::resolve::Values;
use super::{ArrayShape, Primitive, TypeDescription, TypeKind, TypeSystem};
use crate::bytes::Addr;
use crate::clr::types::MethodTableFlags;
use crate::dump::Fault;
use crate::limits::MAX_TYPE_ANCESTORS;

/// The only field of a fixed buffer: compilers give it this name.
const FIXED_BUFFER_FIELD: &str = "FixedElementField";

/// Why a type's fields are not told where types have no classes.
const NO_FIELDS: &str =
    "a program compiled ahead of time (NativeAOT) holds no description of its types' fields";

impl TypeSystem {
    /// What the type at `mt` is and which fields it has. Never fails: what could not be told stands in
    /// [`TypeDescription::incomplete`].
    pub fn description(&self, mt: Addr) -> Arc<TypeDescription> {
        // From the most distant base type that is not described yet: each takes over its base's fields.
        let mut chain = vec![mt];
        let mut described = self.known_description(mt);
        while described.is_none() {
            let parent = chain.last().and_then(|&mt| self.parent(mt));
            let Some(parent) = parent.filter(|p| !chain.contains(p) && chain.len() < MAX_TYPE_ANCESTORS)
            else {
                break;
            };
            described = self.known_description(parent);
            chain.push(parent);
        }
        if described.is_some() {
            chain.pop();
        }
        let mut last = described;
        while let Some(mt) = chain.pop() {
            let description = Arc::new(self.describe(mt, last.as_deref()));
            let mut known = self.descriptions.write().unwrap_or_else(PoisonError::into_inner);
            last = Some(Arc::clone(known.entry(mt).or_insert(description)));
        }
        last.unwrap_or_else(|| Arc::new(TypeDescription::unknown(mt, self.name(mt))))
    }

    fn known_description(&self, mt: Addr) -> Option<Arc<TypeDescription>> {
        self.descriptions.read().unwrap_or_else(PoisonError::into_inner).get(&mt).map(Arc::clone)
    }

    fn describe(&self, mt: Addr, parent: Option<&TypeDescription>) -> TypeDescription {
        let mut description = TypeDescription::unknown(mt, self.name(mt));
        if mt == self.method_tables.free() {
            description.kind = TypeKind::Free;
            return description;
        }
        if let Err(fault) = self.describe_loaded(&mut description, parent) {
            description.tell(&format!("what the runtime knows of the type is not in the dump: {fault}"));
        }
        description
    }

    fn describe_loaded(
        &self,
        description: &mut TypeDescription,
        parent: Option<&TypeDescription>,
    ) -> Result<(), Fault> {
        let mt = description.method_table;
        let flags = self.method_tables.flags(self.memory(), mt)?;
        let declared_parent = self.method_tables.parent(self.memory(), mt)?;
        description.parent = Some(declared_parent).filter(|parent| !parent.is_null());
        if description.parent != parent.map(|parent| parent.method_table) {
            description.tell("the chain of its base types does not end");
        }
        if flags.is_array() {
            description.kind = self.array_kind(mt, flags);
            return Ok(());
        }
        description.kind = self.kind(mt, flags);
        let Some(class) = self.class(mt).transpose()? else {
            description.tell(NO_FIELDS);
            return Ok(());
        };
        let base_size = self.method_tables.base_size(self.memory(), mt)?;
        description.data_size = base_size.saturating_sub(class.padding.into());
        if let Some(parent) = parent {
            description.fields.clone_from(&parent.fields);
            if let Some(incomplete) = &parent.incomplete {
                description.tell(incomplete);
            }
        }
        self.add_fields(description, flags, &class);
        self.add_enum_values(description);
        description.repeated = self.repeated(description);
        Ok(())
    }

    fn kind(&self, mt: Addr, flags: MethodTableFlags) -> TypeKind {
        if Some(mt) == self.well_known.string {
            return TypeKind::String;
        }
        if flags.is_interface() {
            return TypeKind::Interface;
        }
        match self.values_of(mt) {
            Values::Primitive(primitive) => TypeKind::Primitive(primitive),
            Values::Enum(primitive) => TypeKind::Enum(primitive),
            Values::Struct => TypeKind::Struct,
            _ => TypeKind::Class,
        }
    }

    fn array_kind(&self, mt: Addr, flags: MethodTableFlags) -> TypeKind {
        let Ok(element) = self.method_tables.element_type(self.memory(), mt) else {
            return TypeKind::Unknown;
        };
        TypeKind::Array(ArrayShape {
            rank: self.rank(mt).unwrap_or(1),
            sz: flags.is_sz_array(),
            element: self.element_type(element),
            element_size: flags.component_size(),
        })
    }

    /// How often the only field of a struct is there: of inline arrays the attribute says it, fixed buffers
    /// are as large as all their elements.
    fn repeated(&self, description: &TypeDescription) -> Option<u32> {
        let [field] = description.fields.as_slice() else { return None };
        if description.kind != TypeKind::Struct {
            return None;
        }
        if &*field.name == FIXED_BUFFER_FIELD {
            let size = self.size_of(&field.field_type.shape)?;
            return description.data_size.checked_div(size);
        }
        let (module, row) = self.definition_of(description.method_table)?;
        let length = self.modules.metadata(module)?.inline_array_length(row)?;
        // The length is the program's own word; the size is what the runtime made of it.
        let size = self.size_of(&field.field_type.shape).filter(|&size| size > 0)?;
        (u64::from(length) * u64::from(size) <= u64::from(description.data_size)).then_some(length)
    }

    /// Whether a value type that may be an enum derives from `System.Enum`: some structs of the runtime do not.
    pub(super) fn is_enum(&self, mt: Addr) -> bool {
        match (self.parent(mt), self.well_known.enumeration) {
            (None, _) => false,
            (Some(parent), Some(enumeration)) => parent == enumeration,
            (Some(parent), None) => &*self.name(parent) == "System.Enum",
        }
    }

    /// The primitive that values of an enum are; `None` for what is no enum.
    pub fn enum_primitive(&self, mt: Addr) -> Option<Primitive> {
        match self.values_of(mt) {
            Values::Enum(primitive) => Some(primitive),
            _ => None,
        }
    }
}

impl TypeDescription {
    /// Notes why something is missing; what was noted first stays.
    pub(super) fn tell(&mut self, why: &str) {
        self.incomplete.get_or_insert_with(|| why.to_owned());
    }
}
