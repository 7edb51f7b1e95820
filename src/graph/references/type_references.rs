//! What the objects of each type refer to beside their own fields, and where their fields lie.

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::clr::references::ReferenceMap;
use crate::clr::{ClrRuntime, GcHeap, LoaderAllocators};
use crate::dump::AddressSpace;
use crate::graph::{ObjectId, TypeInfo, TypeTable};
use crate::problem::Problem;

use super::address_index::AddressIndex;

/// What is the same for the references of all objects of a type.
#[derive(Clone, Debug, Default)]
pub(super) struct TypeReferences {
    /// Where the slots lie.
    pub map: ReferenceMap,
    /// The loader allocator that every instance keeps alive: of collectible types.
    pub loader_allocator: Option<ObjectId>,
}

/// What each type refers to, by its id; what of that cannot be read is added to `problems`.
pub(super) fn of_types(
    runtime: &ClrRuntime,
    gc: &GcHeap,
    types: &TypeTable,
    index: &AddressIndex<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<TypeReferences> {
    let memory = &runtime.dump.memory;
    let allocators = LoaderAllocators::of(&runtime.located.layout);
    // Each was read when the walk met the type.
    let flags = |of: &TypeInfo| gc.method_tables.flags(memory, of.method_table).map_err(|e| e.to_string());
    let loader_allocator = |of: &TypeInfo| -> Result<Option<ObjectId>, String> {
        if !gc.method_tables.is_collectible(flags(of)?) {
            return Ok(None);
        }
        let allocators = allocators.ok_or("the layout does not tell where it is")?;
        let module = gc.method_tables.loader_module(memory, of.method_table);
        let object =
            module.and_then(|module| allocators.object(memory, module)).map_err(|e| e.to_string())?;
        index.find(object).map(Some).ok_or_else(|| format!("no object begins at {object}"))
    };
    let read: Vec<_> = types.all().par_iter().map(|of| (map(memory, gc, of), loader_allocator(of))).collect();
    let mut known = Vec::with_capacity(read.len());
    for ((map, loader_allocator), of) in read.into_iter().zip(types.all()) {
        let map = map.unwrap_or_else(|why| {
            problems.push(unread_type(of, "the references", &why));
            ReferenceMap::default()
        });
        let loader_allocator = loader_allocator.unwrap_or_else(|why| {
            problems.push(unread_type(of, "the loader allocator", &why));
            None
        });
        known.push(TypeReferences { map, loader_allocator });
    }
    known
}

/// Where the references in objects of a type lie.
///
/// # Errors
/// Why that cannot be told, in words.
pub(super) fn map(memory: &AddressSpace, gc: &GcHeap, of: &TypeInfo) -> Result<ReferenceMap, String> {
    let flags = gc.method_tables.flags(memory, of.method_table).map_err(|e| e.to_string())?;
    match flags.contains_gc_pointers() {
        true => ReferenceMap::read(memory, of.method_table, of.base_size, of.element_size)
            .map_err(|e| e.to_string()),
        false => Ok(ReferenceMap::default()),
    }
}

fn unread_type(of: &TypeInfo, what: &str, why: &str) -> Problem {
    let (count, name, mt): (_, _, Addr) = (of.count, &of.name, of.method_table);
    Problem::loss(format!("{what} of {count} objects of {name} (MethodTable {mt}) cannot be told: {why}"))
}
