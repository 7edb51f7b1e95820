//! Loader heaps: where LoaderAllocators keep types, methods, dictionaries and stubs.
//!
//! A LoaderAllocator has its heaps within it, and those of its stubs for interface calls in a structure that it points at;
//! which members those are differs from build to build. They are told by their shape: a heap's second word leads to a
//! chain of blocks, each with where it reserved how many bytes, and two of the words behind it, where it allocates and up
//! to where memory is committed, lie in one of those blocks. Nothing else does that.
//!
//! Source: `UnlockedLoaderHeap` and `LoaderHeapBlock` in `src/coreclr/inc/loaderheap.h` of dotnet/runtime v8.0 to v10.0; the
//! same in dotnet/coreclr v2.0 and v3.1.

use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::loader_allocator::LoaderAllocators;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::PAGE;

/// In a heap: its first block; behind that, in 10.0 after two numbers, where it allocates next and the end of what is
/// committed.
const FIRST_BLOCK: u64 = 8;
const ALLOCATE: [u64; 2] = [16, 32];
/// In a block: the next one, where it lies, how many bytes it has.
const NEXT: u64 = 0;
const START: u64 = 8;
const SIZE: u64 = 16;
/// Bytes of a LoaderAllocator that are looked at, and of what it points at.
const ALLOCATOR_BYTES: u64 = 2048;
const POINTED_AT_BYTES: u64 = 256;

/// The blocks of all loader heaps that the modules of `runtime` lead to, in ascending order.
pub(super) fn blocks(runtime: &ClrRuntime) -> Vec<Range<Addr>> {
    let memory = &*runtime.dump.memory;
    let Some(allocators) = LoaderAllocators::of(&runtime.located.layout) else { return Vec::new() };
    let of_modules =
        runtime.modules.iter().filter_map(|module| allocators.allocator(memory, module.address).ok());
    let of_modules: FxHashSet<Addr> = of_modules.filter(|allocator| !allocator.is_null()).collect();
    let mut found = Search { memory, seen: FxHashSet::default(), blocks: Vec::new() };
    for allocator in of_modules {
        found.around(allocator, ALLOCATOR_BYTES);
        let members =
            (0..ALLOCATOR_BYTES).step_by(8).filter_map(|at| memory.pointer(allocator.offset(at)).ok());
        for member in members.filter(|member| member.0.is_multiple_of(8) && member.0 >= PAGE) {
            found.pointed_at(member);
        }
    }
    let mut blocks = found.blocks;
    blocks.sort_unstable_by_key(|block| (block.start, block.end));
    blocks.dedup();
    blocks
}

struct Search<'a> {
    memory: &'a AddressSpace,
    /// Places that were looked at.
    seen: FxHashSet<Addr>,
    blocks: Vec<Range<Addr>>,
}

impl Search<'_> {
    /// Looks at each place from `start` on for a heap.
    fn around(&mut self, start: Addr, bytes: u64) {
        (0..bytes).step_by(8).for_each(|at| self.heap_at(start.offset(at)));
    }

    /// Looks at the heaps that a structure at `at` points at.
    fn pointed_at(&mut self, at: Addr) {
        for offset in (0..POINTED_AT_BYTES).step_by(8) {
            if let Ok(heap) = self.memory.pointer(at.offset(offset))
                && heap.0.is_multiple_of(8)
                && heap.0 >= PAGE
            {
                self.heap_at(heap);
            }
        }
    }

    fn heap_at(&mut self, heap: Addr) {
        if self.blocks.len() < limits::MAX_LOADER_HEAP_BLOCKS && self.seen.insert(heap) {
            let blocks = self.heap(heap).ok().flatten();
            self.blocks.extend(blocks.into_iter().flatten());
        }
    }

    /// The blocks of the heap at `heap`; `None` where there is none.
    fn heap(&self, heap: Addr) -> Result<Option<Vec<Range<Addr>>>, Fault> {
        let memory = self.memory;
        let mut at = memory.pointer(heap.offset(FIRST_BLOCK))?;
        if at.is_null() {
            return Ok(None);
        }
        let cursors = ALLOCATE.map(|place| {
            let word = |offset: u64| memory.pointer(heap.offset(place + offset)).ok();
            let (allocate, committed) = (word(0)?, word(8)?);
            (allocate <= committed && committed.0.is_multiple_of(PAGE)).then_some((allocate, committed))
        });
        let mut blocks = Vec::new();
        let mut in_use = false;
        while !at.is_null() {
            let (start, size) = (memory.pointer(at.offset(START))?, memory.u64(at.offset(SIZE))?);
            let whole_pages = start.0.is_multiple_of(PAGE) && size.is_multiple_of(PAGE) && size > 0;
            let Some(end) = start.0.checked_add(size).filter(|_| whole_pages && start.0 >= PAGE) else {
                return Ok(None);
            };
            let mut cursors = cursors.iter().flatten();
            in_use |= cursors.any(|&(allocate, committed)| start <= allocate && committed.0 <= end);
            blocks.push(start..Addr(end));
            if blocks.len() > limits::MAX_LOADER_HEAP_BLOCKS {
                return Ok(None);
            }
            at = memory.pointer(at.offset(NEXT))?;
        }
        Ok(in_use.then_some(blocks))
    }
}
