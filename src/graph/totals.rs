//! Objects and bytes of each generation.

use rayon::prelude::*;

use super::{Generation, Heap, Segment, SegmentKind, TypeId};

/// Objects and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Objects, free ones included.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Totals by generation, in the order of [`Generation::ALL`].
pub fn generation_totals(heap: &Heap, segments: &[Segment]) -> [Total; Generation::ALL.len()] {
    generation_totals_of(heap, segments, |_| true)
}

/// Totals by generation of the objects of those types that `counts` names, in the order of [`Generation::ALL`].
pub fn generation_totals_of(
    heap: &Heap,
    segments: &[Segment],
    counts: impl Fn(TypeId) -> bool + Sync,
) -> [Total; Generation::ALL.len()] {
    let of_block = |index: usize| {
        let mut totals = [Total::default(); Generation::ALL.len()];
        let block = &heap.objects.blocks()[index];
        let Some(segment) = segments.get(block.segment.0 as usize) else { return totals };
        for row in (0..block.len()).filter(|&row| counts(block.types[row])) {
            let generation = match segment.kind {
                SegmentKind::Of(generation) => generation,
                SegmentKind::Ephemeral { .. } => segment.generation_at(block.address(row)),
            };
            let total = &mut totals[generation as usize];
            total.objects += 1;
            total.bytes += block.size(row);
        }
        totals
    };
    let add = |mut a: [Total; Generation::ALL.len()], b: [Total; Generation::ALL.len()]| {
        for (a, b) in a.iter_mut().zip(b) {
            a.objects += b.objects;
            a.bytes += b.bytes;
        }
        a
    };
    (0..heap.objects.blocks().len())
        .into_par_iter()
        .map(of_block)
        .reduce(|| [Total::default(); Generation::ALL.len()], add)
}
