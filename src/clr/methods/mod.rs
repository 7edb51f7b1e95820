//! Methods: from a MethodDesc or a code address to a name.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;

/// A method of the runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its MethodDesc.
    pub method_desc: Addr,
    /// The MethodTable of the type that declares it; of a dynamic method, of the runtime's own holder.
    pub method_table: Addr,
    /// `Namespace.Type.Method`; module and token (`zoo.dll!06000012`) where the metadata is missing.
    pub name: Arc<str>,
}

impl TypeSystem {
    /// The method of a MethodDesc; `None` where it is none or not in the dump.
    pub fn method(&self, _method_desc: Addr) -> Option<Method> {
        None
    }

    /// The method whose code, precode stub or entry point is at `address` (exactly, or for code anywhere inside); `None` where that cannot be told.
    pub fn method_at(&self, _address: Addr) -> Option<Method> {
        None
    }
}
