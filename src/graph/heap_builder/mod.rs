//! Building the heap's columns: the walk of every segment, in parallel, into blocks of objects.
//!
//! The unit of work is a piece: a region, or a stretch of a large segment. A piece that does not
//! begin a segment begins at a guess; when all are walked they are joined in order, and what a wrong
//! guess made of the start of a piece is thrown away and walked again. So the result is that of one
//! walk from each segment's start, whatever the number of workers.

mod losses;
mod pieces;
mod rows;
mod stitch;
mod type_ids;
mod type_infos;

use crate::clr::ClrRuntime;
use crate::clr::walk::Shapes;
use crate::error::{Error, ErrorKind, Result};
use crate::problem::Problem;
use crate::progress::Progress;

use super::index::StoredHeap;
use super::{Heap, ObjectTable};
use pieces::PieceSize;

/// Walks the whole heap of `runtime`.
///
/// # Errors
/// The dump holds no heap. Damage is no error: what could not be walked stands in [`Heap::problems`].
pub fn build_heap(runtime: &ClrRuntime, progress: &dyn Progress) -> Result<Heap> {
    build_heap_in_pieces(runtime, PieceSize::default(), progress)
}

/// As [`build_heap`], with pieces of that size: the result is the same for every size.
fn build_heap_in_pieces(runtime: &ClrRuntime, size: PieceSize, progress: &dyn Progress) -> Result<Heap> {
    let gc = runtime.gc.as_ref().map_err(Error::duplicate)?;
    let shapes = Shapes::new(&runtime.dump.memory, &gc.method_tables);
    let pieces = pieces::pieces(&gc.segments, size);
    progress.begin("walking the heap", Some(pieces.iter().map(pieces::Piece::bytes).sum()));
    let (walked, mut workers) = pieces::walk_all(gc, &shapes, &pieces, progress);
    progress.end();
    let joined = stitch::stitch(gc, &pieces, walked, &mut workers);
    let mut problems = losses::problems(gc, &joined);
    let (blocks, totals) = type_ids::renumber(joined.blocks, &workers);
    let (objects, dropped) = ObjectTable::new(blocks);
    if dropped > 0 {
        problems.push(Problem::loss(format!(
            "the heap has more than 4,294,967,295 objects: {dropped} blocks at its end are left out"
        )));
    }
    if objects.is_empty() {
        return Err(Error::new(ErrorKind::NoHeap, "no object of the heap can be read"));
    }
    let types = type_infos::describe(runtime, gc, &totals, &mut problems);
    Ok(Heap { objects, types, free_bytes: joined.free_bytes, problems })
}

/// A heap out of an index of the dump of `runtime`, its types named as they are at hand now.
///
/// # Errors
/// The dump holds no heap.
pub fn restore_heap(runtime: &ClrRuntime, stored: StoredHeap) -> Result<Heap> {
    let gc = runtime.gc.as_ref().map_err(Error::duplicate)?;
    let StoredHeap { objects, types, free_bytes, mut problems } = stored;
    let types = type_infos::describe(runtime, gc, &types, &mut problems);
    Ok(Heap { objects, types, free_bytes, problems })
}

#[cfg(test)]
mod tests;
