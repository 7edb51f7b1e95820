//! Segments and regions, and the objects that are put into them one after the other.

use super::truth::TrueObject;
use crate::synth::layout::Family;
use crate::synth::memory::Memory;
use crate::synth::process::{Process, ThreadKey, Type};

/// Where the first segment lies, and how far from each other they are.
const HEAP_BASE: u64 = 0x7d00_0000_0000;
const SPACING: u64 = 1 << 32;
/// Where objects begin: regions keep their header elsewhere, segments keep a page for it.
const REGION_HEADER: u64 = 0x28;
const SEGMENT_HEADER: u64 = 0x1000;
/// Bytes that an allocation context has behind its limit.
const BEHIND_LIMIT: u64 = 24;

/// What a segment or region is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A region of generation 0. The last one of a heap is the one in which threads allocate.
    Gen0,
    /// A region of generation 1.
    Gen1,
    /// A region of generation 2, or a segment that holds only generation 2.
    Gen2,
    /// Large objects.
    Loh,
    /// Pinned objects; since 5.0.
    Poh,
    /// A frozen segment.
    Frozen,
    /// The segment with generations 2, 1 and 0 of a heap without regions: see [`Process::begin_generation`].
    Ephemeral,
}

/// How the heap is organized.
#[derive(Clone, Debug)]
pub struct HeapPlan {
    /// Whether it consists of regions; segments otherwise.
    pub regions: bool,
    /// The number of heaps of the server GC; `None` for the workstation GC.
    pub server: Option<u32>,
    /// Whether a collection is under way.
    pub collecting: bool,
    /// The context that threads without one of their own share: pointer and limit.
    pub global_context: (u64, u64),
    pub(super) segments: Vec<SegmentPlan>,
}

/// A segment or region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentKey(pub(super) usize);

#[derive(Clone, Debug)]
pub(super) struct SegmentPlan {
    pub heap: u32,
    pub place: Place,
    pub start: u64,
    pub bytes: Vec<u8>,
    pub objects: Vec<TrueObject>,
    /// Where generations 1 and 0 begin in an ephemeral segment.
    pub generation_starts: [Option<u64>; 2],
    /// Bounds to be claimed instead of the true ones: first object, end of objects, end of reserved memory.
    pub claimed: Option<[u64; 3]>,
    /// The segment that follows in the chain instead of the true one.
    pub next: Option<SegmentKey>,
}

impl SegmentPlan {
    pub fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl HeapPlan {
    pub(in crate::synth) fn of(family: Family) -> HeapPlan {
        HeapPlan {
            regions: family.has_regions(),
            server: None,
            collecting: false,
            global_context: (0, 0),
            segments: Vec::new(),
        }
    }

    pub(in crate::synth) fn map(&mut self, memory: &mut Memory) {
        for segment in &mut self.segments {
            if !segment.bytes.is_empty() {
                memory.map(segment.start, std::mem::take(&mut segment.bytes));
            }
        }
    }

    /// Bytes in front of a segment's first object.
    fn header(&self) -> u64 {
        if self.regions { REGION_HEADER } else { SEGMENT_HEADER }
    }
}

impl Process {
    /// Adds a segment or region to a heap (0 for the workstation GC).
    pub fn segment(&mut self, heap: u32, place: Place) -> SegmentKey {
        let number = self.heap.segments.len();
        let start = HEAP_BASE + SPACING * number as u64 + self.heap.header();
        self.heap.segments.push(SegmentPlan {
            heap,
            place,
            start,
            bytes: Vec::new(),
            objects: Vec::new(),
            generation_starts: [None; 2],
            claimed: None,
            next: None,
        });
        SegmentKey(number)
    }

    /// Whether a segment holds several generations.
    pub(super) fn is_ephemeral(&self, segment: SegmentKey) -> bool {
        self.heap.segments[segment.0].place == Place::Ephemeral
    }

    /// Where the segment's first object lies.
    pub fn segment_start(&self, segment: SegmentKey) -> u64 {
        self.heap.segments[segment.0].start
    }

    /// Where the next object would lie.
    pub fn segment_end(&self, segment: SegmentKey) -> u64 {
        self.heap.segments[segment.0].end()
    }

    /// Puts an object of zeros with `count` components at the end of a segment. Returns its address.
    pub fn object(&mut self, segment: SegmentKey, of: Type, count: u32) -> u64 {
        self.object_of(segment, of, count, &[])
    }

    /// Puts an object with these contents (behind the MethodTable, and the count where it has one) at
    /// the end of a segment. Returns its address.
    pub fn object_of(&mut self, segment: SegmentKey, of: Type, count: u32, contents: &[u8]) -> u64 {
        let plan = &mut self.heap.segments[segment.0];
        let (address, at) = (plan.end(), plan.bytes.len());
        let size = of.size(count);
        plan.bytes.resize(at + size.next_multiple_of(8) as usize, 0);
        plan.bytes[at..at + 8].copy_from_slice(&of.method_table.to_le_bytes());
        let mut data = at + 8;
        if of.component_size != 0 {
            plan.bytes[data..data + 4].copy_from_slice(&count.to_le_bytes());
            data = at + if of.component_size == 2 { 12 } else { 16 };
        }
        // The last word belongs to the header of the object that follows.
        let room = (at + size as usize).saturating_sub(8).saturating_sub(data);
        let contents = &contents[..contents.len().min(room)];
        plan.bytes[data..data + contents.len()].copy_from_slice(contents);
        plan.objects.push(TrueObject { address, method_table: of.method_table, size });
        address
    }

    /// Leaves `bytes` bytes (a multiple of 8, at least 24) at the end of a segment to a new thread that
    /// allocates there, filled with words that look like objects but are none any more.
    pub fn allocation_context(&mut self, segment: SegmentKey, bytes: u64) -> ThreadKey {
        let thread = self.thread();
        let (pointer, limit) = self.unformatted(segment, bytes);
        self.set_allocation_context(thread, pointer, limit);
        thread
    }

    /// As [`Self::allocation_context`], but nobody's: returns pointer and limit.
    pub fn unformatted(&mut self, segment: SegmentKey, bytes: u64) -> (u64, u64) {
        assert!(bytes >= BEHIND_LIMIT && bytes.is_multiple_of(8), "{bytes} bytes are no context");
        let stale = self.object.method_table;
        let plan = &mut self.heap.segments[segment.0];
        let pointer = plan.end();
        for _ in 0..bytes / 8 {
            plan.bytes.extend(stale.to_le_bytes());
        }
        (pointer, pointer + bytes - BEHIND_LIMIT)
    }

    /// Begins generation 1 or 0 in an ephemeral segment, with the smallest free object.
    pub fn begin_generation(&mut self, segment: SegmentKey, generation: usize) {
        let start = self.segment_end(segment);
        self.heap.segments[segment.0].generation_starts[generation] = Some(start);
        self.object(segment, self.free, 0);
    }

    /// Makes the runtime claim other bounds for a segment: its first object, the end of its objects
    /// and the end of its reserved memory. The truth leaves its objects out.
    pub fn claim_bounds(&mut self, segment: SegmentKey, bounds: [u64; 3]) {
        self.heap.segments[segment.0].claimed = Some(bounds);
        self.heap.segments[segment.0].objects.clear();
    }

    /// Makes the chain go on with another segment.
    pub fn follow_with(&mut self, segment: SegmentKey, next: SegmentKey) {
        self.heap.segments[segment.0].next = Some(next);
    }
}
