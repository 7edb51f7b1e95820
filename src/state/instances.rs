//! The objects of some types, found in the heap's columns.

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::graph::{Heap, ObjectBlock, TypeId, TypeInfo};

/// An object of a type that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instance {
    /// Where it begins.
    pub address: Addr,
    /// Its type.
    pub of: TypeId,
}

/// The objects of the types of which `is_wanted` says so, in the order of their ids. One pass over the column of types,
/// all processors together; none where no type is wanted.
pub(super) fn instances(heap: &Heap, is_wanted: impl Fn(TypeId, &TypeInfo) -> bool) -> Vec<Instance> {
    let types = heap.types.all().iter().enumerate();
    let wanted: Vec<bool> = types.map(|(at, of)| of.count > 0 && is_wanted(TypeId(at as u32), of)).collect();
    if !wanted.contains(&true) {
        return Vec::new();
    }
    let is_wanted = |of: TypeId| wanted.get(of.0 as usize).copied().unwrap_or(false);
    let of_block = |block: &ObjectBlock| -> Vec<Instance> {
        let rows = block.types.iter().enumerate().filter(|(_, of)| is_wanted(**of));
        rows.map(|(row, &of)| Instance { address: block.address(row), of }).collect()
    };
    heap.objects.blocks().par_iter().map(of_block).collect::<Vec<_>>().concat()
}
