//! What is broken on a heap: stretches that could not be walked, and references to free space.
//!
//! The graph does without either: gaps are told as problems when the heap is walked, and free space is an object like
//! others to who refers to it. Whoever asks for the single places has them found again here, so that neither the heap
//! nor its index has to keep them. References to no object are found by [`super::DanglingReferences`].

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::{DanglingReference, Heap, ObjectId, References, SlotReader};
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
