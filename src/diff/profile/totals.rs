//! The heap in numbers, free room apart from objects.

use super::{GenerationRow, HeapTotals};
use crate::graph::{Dominators, Generation, Heap, Segment, generation_totals, generation_totals_of};

/// The totals of a heap. What of it is reachable the dominators know.
pub(super) fn totals(heap: &Heap, segments: &[Segment], dominators: &Dominators) -> HeapTotals {
    let free = heap.types.free();
    let all = generation_totals(heap, segments);
    let unused = generation_totals_of(heap, segments, |of| Some(of) == free);
    let rows = Generation::ALL.iter().zip(all.iter().zip(unused)).filter(|(_, (all, _))| all.objects > 0);
    let generations: Vec<GenerationRow> = rows
        .map(|(generation, (all, free))| GenerationRow {
            generation: generation.word().to_owned(),
            objects: all.objects - free.objects,
            bytes: all.bytes - free.bytes,
            free: free.bytes,
        })
        .collect();
    let sum = |part: fn(&GenerationRow) -> u64| generations.iter().map(part).sum();
    HeapTotals {
        objects: sum(|row| row.objects),
        bytes: sum(|row| row.bytes),
        free: sum(|row| row.free),
        reachable: dominators.reachable_total().bytes,
        garbage: dominators.unreachable_total().bytes,
        generations,
    }
}
