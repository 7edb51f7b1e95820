//! Gathering the roots of all sorts: each sort for itself, at the same time.

use std::ops::Range;
use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::error::{Error, ErrorKind};
use crate::graph::{Generation, Heap, ObjectId, Segment, SegmentKind, Snapshot, TypeId};
use crate::problem::Problem;

use super::{Root, Roots, finalizers, handles, stacks, statics};

/// Where the elements of an array begin: behind MethodTable, count and padding.
const ARRAY_HEADER: u64 = 16;
/// Bytes of the size of an object that lie before its address: the word with its lock and hash code.
const OBJECT_HEADER: u64 = 8;

/// The roots of one sort.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The roots, in the order in which they were found.
    pub roots: Vec<Root>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// What finding roots takes.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    /// The runtime's types, and through them the runtime.
    pub types: &'a TypeSystem,
    /// The heap.
    pub heap: &'a Heap,
    /// The type of free objects, if there are any.
    free: Option<TypeId>,
}

impl Sources<'_> {
    /// The object that begins at an address; `None` when none does, or it is free memory.
    pub fn object(&self, address: Addr) -> Option<ObjectId> {
        self.heap.objects.find(address).filter(|&id| self.is_object(id))
    }

    /// The object that an address lies in, at its start or inside; `None` as for [`Sources::object`].
    pub fn object_around(&self, address: Addr) -> Option<ObjectId> {
        self.heap.objects.containing(address).filter(|&id| self.is_object(id))
    }

    /// The slots of an array of references of one dimension.
    pub fn elements(&self, array: ObjectId) -> impl Iterator<Item = Addr> {
        let row = self.heap.objects.row(array);
        let (start, size) = row.map_or((Addr::NULL, 0), |(block, row)| (block.address(row), block.size(row)));
        (ARRAY_HEADER..size.saturating_sub(OBJECT_HEADER)).step_by(8).map(move |offset| start.offset(offset))
    }

    /// Whether objects of the type of `id` hold references.
    pub fn has_references(&self, id: ObjectId) -> bool {
        let info = self.heap.objects.type_of(id).and_then(|of| self.heap.types.get(of));
        let flags = info.map(|info| self.types.method_tables().flags(self.types.memory(), info.method_table));
        flags.is_some_and(|flags| flags.is_ok_and(|flags| flags.contains_gc_pointers()))
    }

    fn is_object(&self, id: ObjectId) -> bool {
        let of = self.heap.objects.type_of(id);
        of.is_some() && of != self.free
    }
}

/// Finds the roots of `snapshot`'s objects.
///
/// # Errors
/// The runtime cannot be asked for them. What is missing of single ones stands in [`Roots::problems`].
pub(in crate::graph) fn build_roots(snapshot: &Snapshot, heap: &Heap) -> Result<Roots, Arc<Error>> {
    let Some(values) = &snapshot.values else {
        let message = "the roots cannot be told: the runtime's types cannot be read";
        return Err(Arc::new(Error::new(ErrorKind::UnknownRuntime, message)));
    };
    let types = values.types();
    let free = types.method_tables().free();
    let free = heap.types.all().iter().position(|info| info.method_table == free);
    let sources = Sources { types, heap, free: free.map(|id| TypeId(id as u32)) };
    let (statics, (handles, (finalizers, stacks))) = rayon::join(
        || statics::statics(sources),
        || {
            rayon::join(
                || handles::handles(sources),
                || {
                    rayon::join(
                        || finalizers::finalizers(sources),
                        || stacks::stacks(sources, snapshot.stack_roots),
                    )
                },
            )
        },
    );
    let mut roots = Roots { frozen: frozen(heap, &snapshot.segments), ..Roots::default() };
    for found in [statics.found, handles, finalizers, stacks] {
        roots.all.extend(found.roots);
        roots.problems.extend(found.problems);
    }
    roots.all.sort_by_key(|root| root.kind);
    roots.slots_of_statics = statics.slots;
    Ok(roots)
}

/// The ids of all objects on frozen segments.
fn frozen(heap: &Heap, segments: &[Segment]) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for (number, block) in heap.objects.blocks().iter().enumerate() {
        let segment = segments.get(block.segment.0 as usize);
        if !segment.is_some_and(|segment| segment.kind == SegmentKind::Of(Generation::Frozen)) {
            continue;
        }
        let first = heap.objects.first_of(number).0;
        let end = first + block.len() as u32;
        match ranges.last_mut().filter(|last| last.end == first) {
            Some(last) => last.end = end,
            None => ranges.push(first..end),
        }
    }
    ranges
}
