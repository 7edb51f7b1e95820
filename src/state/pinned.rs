//! The objects that no collection may move, and the free space that they keep from being given back.
//!
//! A collection that compacts moves objects towards the start of their segment or region. Free space before a pinned object
//! stays where it is: so each free byte is counted for the first pinned object behind it.

use crate::bytes::Addr;
use crate::graph::{Generation, Heap, ObjectId, RootKind, Roots, Segment, SegmentKind};

/// What pins an object; of several the first of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PinnedBy {
    /// A pinned handle.
    Handle,
    /// The handle of an operation of input or output that runs.
    AsyncHandle,
    /// A slot of a stack: a `fixed`, or native code that was handed it.
    Stack,
    /// Where it lies: the pinned object heap.
    PinnedHeap,
}

impl PinnedBy {
    /// As tables spell it, and where there are such as `roots` does.
    pub fn word(self) -> &'static str {
        match self {
            PinnedBy::Handle => "pinned_handle",
            PinnedBy::AsyncHandle => "async_pinned_handle",
            PinnedBy::Stack => "stack",
            PinnedBy::PinnedHeap => "pinned_heap",
        }
    }

    fn of_root(kind: RootKind) -> PinnedBy {
        match kind {
            RootKind::PinnedHandle => PinnedBy::Handle,
            RootKind::AsyncPinnedHandle => PinnedBy::AsyncHandle,
            _ => PinnedBy::Stack,
        }
    }
}

/// A pinned object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// The object.
    pub object: ObjectId,
    /// Where it lies.
    pub address: Addr,
    /// Its own size.
    pub size: u64,
    /// What pins it.
    pub by: PinnedBy,
    /// How many handles and slots of stacks do.
    pub pins: u64,
    /// The place of its segment among the snapshot's.
    pub segment: usize,
    /// Its generation.
    pub generation: Generation,
    /// Bytes of free space between it and the pinned object before it, or the start of the segment.
    pub free_before: u64,
}

/// The pinned objects of `heap`, which has these `segments` and `roots`, in the order of the heap.
pub fn pinned(heap: &Heap, segments: &[Segment], roots: &Roots) -> Vec<Pinned> {
    let mut pins = pins(roots).into_iter().peekable();
    let free = heap.types.free();
    let mut all = Vec::new();
    let (mut segment_before, mut free_before) = (None, 0);
    for (index, block) in heap.objects.blocks().iter().enumerate() {
        let number = block.segment.0 as usize;
        let Some(segment) = segments.get(number) else { continue };
        // A segment may be of several blocks, one behind the other.
        if segment_before.replace(number) != Some(number) {
            free_before = 0;
        }
        let in_pinned_heap = segment.kind == SegmentKind::Of(Generation::Poh);
        let ObjectId(first) = heap.objects.first_of(index);
        for (row, of) in block.types.iter().enumerate() {
            if Some(*of) == free {
                free_before += block.size(row);
                continue;
            }
            let object = ObjectId(first + row as u32);
            while pins.next_if(|pins| pins.object < object).is_some() {}
            let by_roots = pins.next_if(|pins| pins.object == object);
            let by_place = in_pinned_heap.then_some(Pins { object, by: PinnedBy::PinnedHeap, count: 0 });
            let Some(pins) = by_roots.or(by_place) else { continue };
            let address = block.address(row);
            all.push(Pinned {
                object,
                address,
                size: block.size(row),
                by: pins.by,
                pins: pins.count,
                segment: number,
                generation: segment.generation_at(address),
                free_before: std::mem::take(&mut free_before),
            });
        }
    }
    all
}

/// What pins an object, and how often.
struct Pins {
    object: ObjectId,
    by: PinnedBy,
    count: u64,
}

/// What roots pin, in the order of the heap. What lies in free space is damage, and pins nothing.
fn pins(roots: &Roots) -> Vec<Pins> {
    let pinning = roots.all.iter().filter(|root| root.pinned);
    let mut pins: Vec<(ObjectId, PinnedBy)> =
        pinning.map(|root| (root.object, PinnedBy::of_root(root.kind))).collect();
    pins.sort_unstable();
    let of_one = |pins: &[(ObjectId, PinnedBy)]| {
        let &(object, by) = pins.first()?;
        Some(Pins { object, by, count: pins.len() as u64 })
    };
    pins.chunk_by(|a, b| a.0 == b.0).filter_map(of_one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{ObjectBlock, ObjectTable, Root, RowSize, SegmentId, TypeId, TypeInfo, TypeTable};

    const FREE: TypeId = TypeId(0);
    const DATA: TypeId = TypeId(1);

    /// A block of objects, each with its type and size, one behind the other.
    fn block(segment: u32, base: u64, objects: &[(TypeId, u32)]) -> ObjectBlock {
        let mut at = 0;
        let offsets: Vec<u32> = objects
            .iter()
            .map(|(_, size)| {
                at += size / 8;
                at - size / 8
            })
            .collect();
        ObjectBlock {
            segment: SegmentId(segment),
            base: Addr(base),
            offsets: offsets.into(),
            types: objects.iter().map(|object| object.0).collect::<Vec<_>>().into(),
            sizes: objects.iter().map(|object| RowSize(object.1)).collect::<Vec<_>>().into(),
            large: Vec::new(),
        }
    }

    fn heap(blocks: Vec<ObjectBlock>) -> Heap {
        let of = |name: &str| TypeInfo { name: name.into(), ..TypeInfo::default() };
        let objects = ObjectTable::new(blocks).0;
        Heap { objects, types: TypeTable::new(vec![of("Free"), of("Data")]), ..Heap::default() }
    }

    fn segment(generation: Generation, start: u64) -> Segment {
        let (start, end) = (Addr(start), Addr(start + 0x1000));
        let kind = SegmentKind::Of(generation);
        Segment { address: start, heap: 0, kind, start, end, committed: end, reserved: end }
    }

    fn roots(kinds: &[(RootKind, u32)]) -> Roots {
        let pinning = |&(kind, object)| Root { pinned: true, ..Root::new(kind, None, ObjectId(object)) };
        Roots { all: kinds.iter().map(pinning).collect(), ..Roots::default() }
    }

    #[test]
    fn free_space_counts_for_the_first_pinned_object_behind_it() {
        let first = block(0, 0x1000, &[(DATA, 24), (FREE, 100), (DATA, 24), (FREE, 200), (DATA, 32)]);
        // The same segment goes on.
        let more = block(0, 0x1800, &[(FREE, 400), (DATA, 24), (FREE, 800)]);
        let heap = heap(vec![first, more, block(1, 0x2000, &[(FREE, 48), (DATA, 24)])]);
        let segments = [segment(Generation::Gen2, 0x1000), segment(Generation::Gen0, 0x2000)];
        let roots = roots(&[
            (RootKind::Stack, 4),
            (RootKind::PinnedHandle, 4),
            (RootKind::AsyncPinnedHandle, 6),
            (RootKind::PinnedHandle, 9),
        ]);
        let told: Vec<_> = pinned(&heap, &segments, &roots)
            .iter()
            .map(|of| (of.object.0, of.by.word(), of.pins, of.generation.word(), of.free_before))
            .collect();
        let expected = [
            (4, "pinned_handle", 2, "gen2", 300),
            (6, "async_pinned_handle", 1, "gen2", 400),
            (9, "pinned_handle", 1, "gen0", 48),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn all_objects_of_the_pinned_heap_are_pinned_and_free_space_never_is() {
        let heap = heap(vec![block(0, 0x1000, &[(DATA, 24), (FREE, 64), (DATA, 24)])]);
        let segments = [segment(Generation::Poh, 0x1000)];
        let roots = roots(&[(RootKind::PinnedHandle, 1), (RootKind::PinnedHandle, 2)]);
        let told: Vec<_> =
            pinned(&heap, &segments, &roots).iter().map(|of| (of.object.0, of.by, of.free_before)).collect();
        assert_eq!(told, [(0, PinnedBy::PinnedHeap, 0), (2, PinnedBy::Handle, 64)]);
    }
}
