//! Thin locks, found by one pass over the headers of all objects.

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::clr::sync_blocks::{ObjectHeader, ObjectHeaders};
use crate::dump::{AddressSpace, Run};
use crate::graph::{Heap, ObjectBlock, TypeId};

/// A lock that stands in the header of its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ThinLock {
    /// The object.
    pub object: Addr,
    /// The runtime's own number for the thread that holds it.
    pub owner: u32,
    /// How often that has entered it beyond the first time.
    pub recursion: u32,
}

/// The thin locks of all objects, in the order of the heap, and how many headers are not in the dump.
pub(super) fn thin_locks(heap: &Heap, memory: &AddressSpace, headers: ObjectHeaders) -> (Vec<ThinLock>, u64) {
    let free = heap.types.free();
    let blocks = heap.objects.blocks().par_iter();
    let parts: Vec<(Vec<ThinLock>, u64)> =
        blocks.map(|block| of_block(block, free, memory, headers)).collect();
    let missing = parts.iter().map(|(_, missing)| missing).sum();
    (parts.into_iter().flat_map(|(locks, _)| locks).collect(), missing)
}

fn of_block(
    block: &ObjectBlock,
    free: Option<TypeId>,
    memory: &AddressSpace,
    headers: ObjectHeaders,
) -> (Vec<ThinLock>, u64) {
    let (mut locks, mut missing) = (Vec::new(), 0);
    // Nearly all headers of a block lie in one stretch of memory.
    let mut stretch: Option<Run<'_>> = None;
    for row in 0..block.len() {
        let object = block.address(row);
        let place = ObjectHeaders::place(object);
        let word = match word_in(stretch, place) {
            Some(word) => word,
            None => {
                stretch = memory.stretch_at(place).ok();
                let Ok(word) = memory.u32(place) else {
                    missing += 1;
                    continue;
                };
                word
            }
        };
        if let ObjectHeader::ThinLock { owner, recursion } = headers.decode(word)
            // What stands before free space was left there by somebody else.
            && Some(block.types[row]) != free
        {
            locks.push(ThinLock { object, owner, recursion });
        }
    }
    (locks, missing)
}

#[inline]
fn word_in(stretch: Option<Run<'_>>, place: Addr) -> Option<u32> {
    let run = stretch?;
    let at = usize::try_from(place.since(run.start)?).ok()?;
    run.bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::layout::{Descriptor, all};
    use crate::dump::Target;
    use crate::graph::{ObjectTable, RowSize, SegmentId, TypeInfo, TypeTable};

    const BASE: u64 = 0x1000;

    fn of_type(name: &str) -> TypeInfo {
        TypeInfo {
            method_table: Addr(8),
            name: name.into(),
            module: None,
            base_size: 24,
            element_size: 0,
            parent: None,
            rank: 0,
            has_length: false,
            finalizable: false,
            count: 0,
            size: 0,
        }
    }

    /// Objects of 24 bytes with these headers; the last is free space.
    fn heap(headers: &[u32]) -> (Heap, Vec<u8>) {
        let mut bytes = vec![0; 24 * (headers.len() + 1)];
        for (row, header) in headers.iter().enumerate() {
            bytes[24 * row + 4..24 * row + 8].copy_from_slice(&header.to_le_bytes());
        }
        let last = headers.len() - 1;
        let block = ObjectBlock {
            segment: SegmentId(0),
            base: Addr(BASE + 8),
            offsets: (0..headers.len() as u32).map(|row| 3 * row).collect(),
            types: (0..headers.len()).map(|row| TypeId(u32::from(row == last))).collect(),
            sizes: vec![RowSize(24); headers.len()].into(),
            large: Vec::new(),
        };
        let types = TypeTable::new(vec![of_type("App.Item"), of_type("Free")]);
        (Heap { objects: ObjectTable::new(vec![block]).0, types, ..Heap::default() }, bytes)
    }

    fn layout() -> Descriptor {
        all(Target::LINUX_X64).next().expect("a layout").descriptor()
    }

    #[test]
    fn held_headers_are_locks_and_those_of_free_space_are_not() {
        let (heap, bytes) = heap(&[0, 0x0002_0006, 0x0c00_0006, 0x0800_0006, 7, 9]);
        let memory = AddressSpace::from_memory(vec![(Addr(BASE), bytes)]);
        let (locks, missing) = thin_locks(&heap, &memory, ObjectHeaders::of(&layout()).unwrap());
        let lock =
            |row: u64, owner, recursion| ThinLock { object: Addr(BASE + 8 + 24 * row), owner, recursion };
        assert_eq!((locks, missing), (vec![lock(1, 6, 2), lock(4, 7, 0)], 0));
    }

    #[test]
    fn headers_that_are_not_in_the_dump_are_counted() {
        let (heap, bytes) = heap(&[5, 5, 5, 5, 0]);
        let cut = AddressSpace::from_memory(vec![(Addr(BASE), bytes[..48].to_vec())]);
        let (locks, missing) = thin_locks(&heap, &cut, ObjectHeaders::of(&layout()).unwrap());
        assert_eq!((locks.len(), missing), (2, 3));
    }
}
