//! The types of the objects on the heap, one entry a MethodTable.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::bytes::Addr;
use crate::problem::{Problem, some_of};

use super::TypeId;

/// What is known of a type.
#[derive(Clone, Debug, Default)]
pub struct TypeInfo {
    /// The address of its MethodTable: two types may share a name, never a MethodTable.
    pub method_table: Addr,
    /// Its name as listings print it, or module and token when the metadata is missing (`zoo.dll!02000015`).
    pub name: Arc<str>,
    /// The file name of the module that defines it; `None` for the Free type and where it is not known.
    pub module: Option<Arc<str>>,
    /// Size in bytes of an instance without elements.
    pub base_size: u32,
    /// Size in bytes of an element of an array, 2 for strings, 0 for all others.
    pub element_size: u32,
    /// The name of the type it derives from; `None` for System.Object and where it is not known.
    pub parent: Option<Arc<str>>,
    /// The number of dimensions of an array, 0 for all others.
    pub rank: u32,
    /// Whether instances hold a component count, at offset 8: arrays, strings and free objects.
    pub has_length: bool,
    /// Whether instances have a finalizer.
    pub finalizable: bool,
    /// Number of objects of exactly this type.
    pub count: u64,
    /// Bytes of all those objects, before rounding each up to the alignment.
    pub size: u64,
}

impl TypeInfo {
    /// Whether its module and token stand in place of its name, because the dump lacks the metadata.
    pub fn is_unnamed(&self) -> bool {
        self.name.contains("!02")
    }
}

/// A type without what depends on metadata: what a walk counted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeTotal {
    /// The address of its MethodTable.
    pub method_table: Addr,
    /// Number of objects of exactly this type.
    pub count: u64,
    /// Bytes of all those objects, before rounding each up to the alignment.
    pub size: u64,
}

/// All types that have objects, ordered by MethodTable.
#[derive(Clone, Debug, Default)]
pub struct TypeTable {
    types: Vec<TypeInfo>,
}

impl TypeTable {
    /// A table of `types`, whose positions are the [`TypeId`]s that the objects bear.
    pub fn new(types: Vec<TypeInfo>) -> Self {
        TypeTable { types }
    }

    /// How many types there are.
    pub fn len(&self) -> usize {
        self.types.len()
    }

    /// Whether there are no types.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// The type of that id, or `None` when there is no such id.
    pub fn get(&self, id: TypeId) -> Option<&TypeInfo> {
        self.types.get(id.0 as usize)
    }

    /// The type of free space; `None` when there is none. It is no class, so that nothing is known of it but its name.
    pub fn free(&self) -> Option<TypeId> {
        let is_free = |of: &TypeInfo| &*of.name == "Free" && of.module.is_none() && of.parent.is_none();
        self.types.iter().position(is_free).map(|place| TypeId(place as u32))
    }

    /// All types in the order of their ids.
    pub fn all(&self) -> &[TypeInfo] {
        &self.types
    }

    /// Tells that types have no names, and what would give them names; `None` when all have.
    pub fn unnamed(&self) -> Option<Problem> {
        let nameless: Vec<&TypeInfo> = self.types.iter().filter(|t| t.is_unnamed()).collect();
        if nameless.is_empty() {
            return None;
        }
        let modules: BTreeSet<&str> = nameless.iter().filter_map(|t| t.module.as_deref()).collect();
        let modules: Vec<&str> = modules.into_iter().collect();
        let message = format!(
            "{} of {} types have no name, because the dump lacks the metadata of {}",
            nameless.len(),
            self.types.len(),
            if modules.is_empty() { "their modules".to_owned() } else { some_of(&modules) }
        );
        Some(Problem::note(message).hint("give the folders with these files: --files DIR"))
    }
}
