//! Type handles: a MethodTable, or a TypeDesc for what has none (pointers, type variables).
//!
//! Source: `src/coreclr/vm/typehandle.h`, `src/coreclr/vm/typedesc.h`.

use crate::bytes::Addr;

/// Bit 1 of a type handle marks a TypeDesc.
const TYPE_DESC: u64 = 2;

/// What a type handle leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeHandle {
    /// A MethodTable.
    MethodTable(Addr),
    /// A TypeDesc.
    TypeDesc(Addr),
}

impl TypeHandle {
    /// The handle that a word in memory stands for.
    pub fn from_word(word: Addr) -> TypeHandle {
        if word.0 & TYPE_DESC == 0 {
            TypeHandle::MethodTable(word)
        } else {
            TypeHandle::TypeDesc(word.without(TYPE_DESC))
        }
    }

    /// The MethodTable, `None` for a TypeDesc.
    pub fn method_table(self) -> Option<Addr> {
        match self {
            TypeHandle::MethodTable(at) => Some(at),
            TypeHandle::TypeDesc(_) => None,
        }
    }
}
