//! The heaps of the C library's `malloc`, where they can be told for certain.
//!
//! Of glibc: arenas of threads lie at multiples of 64 MiB and begin with a description of themselves; the main arena
//! begins with a chunk at the start of the program's break; large chunks have a mapping of their own, whose size stands
//! at its start. Where the bytes do not say so, or another `malloc` is used, the memory stays unknown.
//!
//! Source: `heap_info` in `malloc/arena.c` and `malloc_chunk` in `malloc/malloc.c` of glibc 2.27 to 2.41, for 64-bit systems.

use std::ops::Range;

use crate::bytes::Addr;
use crate::dump::{Dump, MemoryRegion, OperatingSystem, Protection};

use super::MemoryKind;
use super::claims::Claim;

/// Where arenas begin, and what they may reach to (`HEAP_MAX_SIZE`).
const ARENA: u64 = 64 << 20;
const PAGE: u64 = 4096;
/// In a `heap_info`: its arena, the heap before it, how many bytes it has, up to where they may be used.
const ARENA_OF_HEAP: u64 = 0;
const PREVIOUS_HEAP: u64 = 8;
const HEAP_SIZE: u64 = 16;
const HEAP_USABLE: u64 = 24;
/// Behind a `heap_info` of 4 to 6 words the first heap of an arena has the arena itself.
const MAX_HEAP_INFO: u64 = 64;
/// Marks in a chunk's size: the chunk before is in use; the chunk has a mapping of its own.
const PREVIOUS_IN_USE: u64 = 1;
const OWN_MAPPING: u64 = 2;
const MARKS: u64 = 7;
/// Chunks are multiples of this.
const CHUNK_ALIGNMENT: u64 = 16;
/// The first chunk of the main arena is the thread's cache, or a small request of the program's start.
const MAX_FIRST_CHUNK: u64 = 1 << 20;
/// How far above the program the break may begin: the kernel puts it at random within a gigabyte.
const MAX_BREAK_DISTANCE: u64 = 2 << 30;
/// `AT_PHDR`: an address in the program's file.
const PROGRAM_HEADERS: u64 = 3;

/// What of the process's memory is `malloc`'s.
pub(super) fn claims(dump: &Dump) -> Vec<Claim> {
    if dump.target.system == OperatingSystem::Windows {
        return Vec::new();
    }
    let claim = |range: Range<Addr>, name: &str| Claim {
        range,
        kind: MemoryKind::NativeHeap,
        name: Some(name.to_owned()),
    };
    let mut claims = Vec::new();
    for region in dump.regions.iter().filter(|region| is_writable(region)) {
        claims.extend(arenas(dump, region).into_iter().map(|range| claim(range, "arena")));
        claims.extend(own_mappings(dump, region).map(|range| claim(range, "large chunks")));
    }
    claims.extend(main_arena(dump).map(|range| claim(range, "main arena")));
    claims
}

fn is_writable(region: &MemoryRegion) -> bool {
    region.file.is_none() && region.protection.is_none_or(|p: Protection| p.write && !p.execute)
}

/// The heaps of arenas in a region: at each multiple of 64 MiB one that describes itself.
fn arenas(dump: &Dump, region: &MemoryRegion) -> Vec<Range<Addr>> {
    let mut arenas = Vec::new();
    let mut at = region.range.start.0.next_multiple_of(ARENA);
    while at < region.range.end.0 {
        if let Some(size) = heap_size(dump, Addr(at)) {
            arenas.push(Addr(at)..Addr(at + size).min(region.range.end));
        }
        let Some(next) = at.checked_add(ARENA) else { break };
        at = next;
    }
    arenas
}

/// How many bytes the heap that begins at `at` may use; `None` where there is none.
fn heap_size(dump: &Dump, at: Addr) -> Option<u64> {
    let word = |offset: u64| dump.memory.u64(at.offset(offset)).ok();
    let (arena, previous) = (word(ARENA_OF_HEAP)?, word(PREVIOUS_HEAP)?);
    let (size, usable) = (word(HEAP_SIZE)?, word(HEAP_USABLE)?);
    let sizes = size > 0
        && size <= usable
        && usable <= ARENA
        && size.is_multiple_of(PAGE)
        && usable.is_multiple_of(PAGE);
    let first = previous == 0 && (at.0 + 32..at.0 + MAX_HEAP_INFO).contains(&arena);
    let further =
        previous != 0 && previous.is_multiple_of(ARENA) && arena % ARENA < MAX_HEAP_INFO && arena > ARENA;
    (sizes && (first || further)).then_some(usable)
}

/// The chunks with mappings of their own that a region begins with, one behind the other.
fn own_mappings(dump: &Dump, region: &MemoryRegion) -> Option<Range<Addr>> {
    let mut at = region.range.start;
    while at < region.range.end {
        let (Ok(before), Ok(size)) = (dump.memory.u64(at), dump.memory.u64(at.offset(8))) else { break };
        let bytes = size & !MARKS;
        let fits = bytes >= PAGE && bytes.is_multiple_of(PAGE) && bytes <= region.range.end.0 - at.0;
        if before != 0 || size & MARKS != OWN_MAPPING || !fits {
            break;
        }
        at = at.offset(bytes);
    }
    (at > region.range.start).then_some(region.range.start..at)
}

/// The program's break: the first writable memory above the program's file that begins with a chunk.
fn main_arena(dump: &Dump) -> Option<Range<Addr>> {
    let (_, program) = dump.auxv.iter().find(|(kind, _)| *kind == PROGRAM_HEADERS)?;
    let holds = |range: &Range<Addr>| range.contains(&Addr(*program));
    let file = dump.mappings.iter().find(|mapping| holds(&(mapping.start..mapping.end)))?;
    let end =
        dump.mappings.iter().filter(|mapping| mapping.path == file.path).map(|mapping| mapping.end).max()?;
    let first = dump.regions.partition_point(|region| region.range.start < end);
    let above = dump.regions.get(first..).unwrap_or_default().iter();
    let near = above.take_while(|region| region.range.start.0 - end.0 < MAX_BREAK_DISTANCE);
    let begins_with_chunk = |region: &&MemoryRegion| {
        let at = region.range.start;
        let (before, size) = (dump.memory.u64(at).ok(), dump.memory.u64(at.offset(8)).unwrap_or(0));
        let bytes = size & !MARKS;
        let next = dump.memory.u64(at.offset(bytes + 8)).unwrap_or(0);
        before == Some(0)
            && size & MARKS == PREVIOUS_IN_USE
            && bytes.is_multiple_of(CHUNK_ALIGNMENT)
            && (2 * CHUNK_ALIGNMENT..MAX_FIRST_CHUNK).contains(&bytes)
            && next & PREVIOUS_IN_USE != 0
    };
    near.filter(|region| is_writable(region)).find(begins_with_chunk).map(|region| region.range.clone())
}
