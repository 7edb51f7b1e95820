//! What is broken on a heap: stretches that could not be walked or are not in the dump, and references to free space.
//!
//! The graph does without either: gaps are told as problems when the heap is walked, and free space is an object like
//! others to who refers to it. Whoever asks for the single places has them found again here, so that neither the heap
//! nor its index has to keep them. References to no object are found by [`super::DanglingReferences`].

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::{DanglingReference, Heap, ObjectId, References, SlotReader};
use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::walk::{Gap, HeapWalk, Shapes, WorkerTypes};
use crate::error::{Error, Result};
use crate::limits::MAX_DAMAGED_REFERENCES;

/// The stretches of the heap that cannot be walked, in the order of the segments; walks it once more.
///
/// # Errors
/// The dump holds no heap.
pub fn gaps(runtime: &ClrRuntime) -> Result<Vec<Gap>> {
    let gc = runtime.gc.as_ref().map_err(Error::duplicate)?;
    let shapes = Shapes::new(&runtime.dump.memory, &gc.method_tables);
    let of_segment = |segment| {
        let walk = HeapWalk::new(gc, segment);
        walk.walk(&mut WorkerTypes::new(&shapes), segment.start, segment.end, |_, _, _| {}).gaps
    };
    let gaps: Vec<Vec<Gap>> = gc.segments.par_iter().map(of_segment).collect();
    Ok(gaps.concat())
}

/// The stretches within the segments that the dump does not hold, but for those that lie in `gaps`, in the order of the
/// segments: where they begin, and their bytes. Objects whose beginnings are there lack the rest.
pub fn missing_contents(runtime: &ClrRuntime, gaps: &[Gap]) -> Vec<(Addr, u64)> {
    let Ok(gc) = &runtime.gc else { return Vec::new() };
    // Allocation contexts hold no objects that could lack something.
    let contexts = gc.contexts.from(Addr::NULL).iter().copied();
    let mut gaps: Vec<(Addr, Addr)> = gaps.iter().map(|gap| (gap.from, gap.to)).chain(contexts).collect();
    gaps.sort_unstable();
    let mut missing = Vec::new();
    for segment in &gc.segments {
        let mut at = segment.start;
        let runs = runtime.dump.memory.runs(segment.start, segment.end);
        let holes = runs.map(|run| (run.start, run.end())).chain([(segment.end, segment.end)]);
        for (start, end) in holes {
            missing.extend(outside(&gaps, at, start).filter(|&(_, bytes)| bytes > 0));
            at = end.max(at);
        }
        if missing.len() > MAX_DAMAGED_REFERENCES {
            missing.truncate(MAX_DAMAGED_REFERENCES);
            break;
        }
    }
    missing
}

/// The part of a hole in front of the gap that begins in it: a walk breaks at the first object that begins in a hole.
fn outside(gaps: &[(Addr, Addr)], from: Addr, to: Addr) -> impl Iterator<Item = (Addr, u64)> {
    let next = gaps.partition_point(|&(_, end)| end <= from);
    let border = gaps.get(next).map_or(to, |&(begins, _)| begins.clamp(from, to.max(from)));
    let bytes = border.min(to).since(from).unwrap_or(0);
    std::iter::once((from, bytes))
}

/// The references that lead to free space, in the order of the objects that hold them, and whether there are more than
/// [`MAX_DAMAGED_REFERENCES`], which are then left out.
pub fn references_to_free(
    slots: &SlotReader<'_>,
    heap: &Heap,
    references: &References,
) -> (Vec<DanglingReference>, bool) {
    let Some(free) = heap.types.free() else { return (Vec::new(), false) };
    let is_free = |id: ObjectId| heap.objects.type_of(id) == Some(free);
    let of_block = |block: usize| {
        let ObjectId(first) = heap.objects.first_of(block);
        let mut found = Vec::new();
        for id in (first..).take(heap.objects.blocks()[block].len()).map(ObjectId) {
            if references.forward.of(id).iter().any(|&member| is_free(member)) {
                slots.slots(id, 0, |slot| {
                    let target = heap.objects.find(slot.value);
                    if target.is_some_and(is_free) && found.len() <= MAX_DAMAGED_REFERENCES {
                        found.push(DanglingReference { source: id, offset: slot.offset, target: slot.value });
                    }
                    ControlFlow::Continue(())
                });
            }
        }
        found
    };
    let parts: Vec<_> = (0..heap.objects.blocks().len()).into_par_iter().map(of_block).collect();
    let mut all: Vec<DanglingReference> = parts.concat();
    let cut = all.len() > MAX_DAMAGED_REFERENCES;
    all.truncate(MAX_DAMAGED_REFERENCES);
    (all, cut)
}
