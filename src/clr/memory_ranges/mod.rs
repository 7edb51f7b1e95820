//! Which ranges of the process's memory the runtime has for what: its GC heap and what the GC keeps about it, handle
//! tables, loader heaps, heaps of compiled code, images of modules.
//!
//! Only what the runtime's own structures say; what else lies in the process, stacks and native memory, is not told here.

mod bookkeeping;
mod loader_heaps;

use std::ops::Range;

use crate::bytes::Addr;
use crate::clr::gc::Segment;
use crate::clr::handles::{SEGMENT_BYTES, handles};
use crate::clr::type_system::TypeSystem;

/// Bytes of a page.
const PAGE: u64 = 4096;

/// What a range of memory is to the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuntimeMemory {
    /// A segment or region of the GC heap, up to the end of its committed memory.
    GcHeap,
    /// What a segment or region of the GC heap has reserved behind that.
    GcReserved,
    /// Address space of the GC's regions that none of its generations has now.
    GcFreeRegions,
    /// Card tables, mark bits and maps of regions.
    GcBookkeeping,
    /// Segments of GC handle tables.
    HandleTable,
    /// Where the runtime keeps types, methods and stubs.
    LoaderHeap,
    /// Where the JIT puts code.
    CodeHeap,
    /// The image of a managed module.
    ManagedImage,
}

/// A range of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeRange {
    /// Where it lies.
    pub range: Range<Addr>,
    /// What it is.
    pub kind: RuntimeMemory,
    /// Which one: the generation of a segment, the name of a module; `None` where there is nothing to tell them apart.
    pub name: Option<String>,
}

impl RuntimeRange {
    fn of(kind: RuntimeMemory, range: Range<Addr>) -> RuntimeRange {
        RuntimeRange { range, kind, name: None }
    }
}

/// All ranges that the runtime of `types` tells, in the order of what they are. They may lie within each other: what
/// comes first is the closer description.
pub fn runtime_ranges(types: &TypeSystem) -> Vec<RuntimeRange> {
    let runtime = types.runtime();
    let mut ranges = Vec::new();
    if let Ok(gc) = &runtime.gc {
        gc.segments.iter().for_each(|segment| of_segment(segment, gc.heaps.heaps.len() > 1, &mut ranges));
    }
    let of = RuntimeRange::of;
    ranges.extend(
        bookkeeping::ranges(runtime).into_iter().map(|range| of(RuntimeMemory::GcBookkeeping, range)),
    );
    let segments = handles(runtime).segments.into_iter();
    ranges.extend(segments.map(|at| of(RuntimeMemory::HandleTable, at..at.offset(SEGMENT_BYTES))));
    ranges.extend(types.code_heaps().into_iter().map(|range| of(RuntimeMemory::CodeHeap, range)));
    let blocks = loader_heaps::blocks(runtime).into_iter();
    ranges.extend(blocks.map(|range| of(RuntimeMemory::LoaderHeap, range)));
    for module in &runtime.modules {
        if let Some(image) = module.image {
            let range = image.base..image.base.offset(image.size.into());
            let name = Some(types.module_name(module.address).to_owned());
            ranges.push(RuntimeRange { range, kind: RuntimeMemory::ManagedImage, name });
        }
    }
    ranges.extend(bookkeeping::region_space(runtime).map(|range| of(RuntimeMemory::GcFreeRegions, range)));
    ranges.retain(|range| range.range.start < range.range.end);
    ranges
}

/// A segment lies behind its own description, or, where that is elsewhere, begins at the page of its first object.
fn of_segment(segment: &Segment, several_heaps: bool, ranges: &mut Vec<RuntimeRange>) {
    let describes_itself = segment.start.since(segment.address).is_some_and(|distance| distance <= PAGE);
    let start = if describes_itself { segment.address } else { segment.start.without(PAGE - 1) };
    let name = match several_heaps {
        true => format!("{} of heap {}", segment.kind.word(), segment.heap),
        false => segment.kind.word().to_owned(),
    };
    let mut push = |kind, range| ranges.push(RuntimeRange { range, kind, name: Some(name.clone()) });
    push(RuntimeMemory::GcHeap, start..segment.committed);
    push(RuntimeMemory::GcReserved, segment.committed..segment.reserved);
}
