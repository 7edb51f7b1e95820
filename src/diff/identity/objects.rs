//! The objects of a type in a dump: where they lie and whether they lie still.

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::graph::{Generation, Heap, ObjectBlock, Snapshot};

/// The objects of a type in a dump, in the order of their addresses.
#[derive(Clone, Debug, Default)]
pub(super) struct Objects {
    /// Where they begin.
    pub(super) addresses: Vec<Addr>,
    /// Whether each lies where the collector rarely moves anything: generation 2, large, pinned or frozen objects.
    pub(super) settled: Vec<bool>,
}

impl Objects {
    /// All objects of the types that are wanted, by their ids, garbage included: what nothing holds any more died with the
    /// next collection only, and is there all the same.
    pub(super) fn of_types(snapshot: &Snapshot, heap: &Heap, wanted: &[bool]) -> Objects {
        let parts: Vec<Vec<(Addr, bool)>> =
            heap.objects.blocks().par_iter().map(|block| of_block(snapshot, block, wanted)).collect();
        let mut all = parts.concat();
        all.par_sort_unstable();
        Objects {
            addresses: all.iter().map(|of| of.0).collect(),
            settled: all.iter().map(|of| of.1).collect(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.addresses.len()
    }
}

fn of_block(snapshot: &Snapshot, block: &ObjectBlock, wanted: &[bool]) -> Vec<(Addr, bool)> {
    let segment = snapshot.segments.get(block.segment.0 as usize);
    let settled = |address| segment.is_some_and(|of| of.generation_at(address) >= Generation::Gen2);
    let types = block.types.iter().enumerate();
    let rows = types.filter(|(_, of)| wanted.get(of.0 as usize).copied().unwrap_or(false));
    rows.map(|(row, _)| block.address(row)).map(|address| (address, settled(address))).collect()
}
