//! All segments or regions of the heap, by following each generation's chain.
//!
//! Source: `class heap_segment` in `src/coreclr/gc/gcpriv.h`.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;
use crate::limits;
use crate::problem::Problem;

use super::{GcHeaps, Generation, Segment, SegmentKind, SubHeap};

/// `heap_segment_flags_readonly`: a frozen segment.
const READ_ONLY: u64 = 1;

struct Offsets {
    mem: u64,
    allocated: u64,
    committed: u64,
    reserved: u64,
    flags: u64,
    next: u64,
}

/// All segments, in the order of heaps, generations and chains.
///
/// # Errors
/// The layout lacks a field. A chain that cannot be followed to its end is cut there and told in `problems`.
pub fn segments(
    memory: &AddressSpace,
    layout: &Descriptor,
    heaps: &GcHeaps,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Segment>> {
    let of = |field: &str| layout.field("HeapSegment", field);
    let offsets = Offsets {
        mem: of("mem")?,
        allocated: of("allocated")?,
        committed: of("committed")?,
        reserved: of("reserved")?,
        flags: of("flags")?,
        next: of("next")?,
    };
    let mut list = Vec::new();
    let mut seen = FxHashSet::default();
    for heap in &heaps.heaps {
        for (generation, number) in chains(heaps, heap) {
            let Some(start) = heap.generations.get(number).map(|g| g.start_segment) else { continue };
            let mut at = start;
            while !at.is_null() && seen.insert(at) {
                if list.len() >= limits::MAX_SEGMENTS {
                    problems.push(Problem::loss(format!(
                        "the heap has more than {} segments",
                        limits::MAX_SEGMENTS
                    )));
                    return Ok(apart(list, problems));
                }
                match segment(memory, &offsets, heap, generation, at) {
                    Ok((segment, next)) => {
                        list.extend(sound(segment, problems));
                        at = next;
                    }
                    Err(fault) => {
                        let what = format!(
                            "the chain of {generation}'s segments in heap {} breaks at {at}",
                            heap.number
                        );
                        problems.push(Problem::loss(format!("{what}: {fault}")));
                        break;
                    }
                }
            }
        }
    }
    Ok(apart(list, problems))
}

/// The segments without those that overlap one before them. Objects lie in one segment only; a
/// damaged dump that lists the same memory again and again would be walked as often.
fn apart(list: Vec<Segment>, problems: &mut Vec<Problem>) -> Vec<Segment> {
    let mut taken: BTreeMap<Addr, Addr> = BTreeMap::new();
    let mut is_apart = |segment: &Segment| {
        let before = taken.range(..segment.end).next_back();
        if segment.start < segment.end && before.is_some_and(|(_, &end)| end > segment.start) {
            problems.push(Problem::loss(format!(
                "the segment at {} (objects from {} to {}) overlaps another one: left out",
                segment.address, segment.start, segment.end
            )));
            return false;
        }
        if segment.start < segment.end {
            taken.insert(segment.start, segment.end);
        }
        true
    };
    list.into_iter().filter(|segment| is_apart(segment)).collect()
}

/// The generations whose chains lead to all segments, with their numbers in the table. Without
/// regions the ephemeral segment holds generations 0 and 1 and stands in the chain of generation 2.
fn chains(heaps: &GcHeaps, heap: &SubHeap) -> impl Iterator<Item = (Generation, usize)> {
    let first = if heaps.regions { 0 } else { 2 };
    let all = [Generation::Gen0, Generation::Gen1, Generation::Gen2, Generation::Loh, Generation::Poh];
    all.into_iter().zip(0..heap.generations.len()).skip(first)
}

fn segment(
    memory: &AddressSpace,
    offsets: &Offsets,
    heap: &SubHeap,
    generation: Generation,
    at: Addr,
) -> Result<(Segment, Addr), Fault> {
    let word = |offset: u64| memory.pointer(at.offset(offset));
    let ephemeral = at == heap.ephemeral_segment;
    let kind = match generation_starts(heap) {
        _ if word(offsets.flags)?.0 & READ_ONLY != 0 => SegmentKind::Of(Generation::Frozen),
        Some((gen0, gen1)) if ephemeral => SegmentKind::Ephemeral { gen1, gen0 },
        _ => SegmentKind::Of(generation),
    };
    let segment = Segment {
        address: at,
        heap: heap.number,
        kind,
        start: word(offsets.mem)?,
        end: if ephemeral { heap.alloc_allocated } else { word(offsets.allocated)? },
        committed: word(offsets.committed)?,
        reserved: word(offsets.reserved)?,
    };
    Ok((segment, word(offsets.next)?))
}

/// Where generations 0 and 1 begin in the ephemeral segment; `None` with regions.
fn generation_starts(heap: &SubHeap) -> Option<(Addr, Addr)> {
    let start = |number: usize| heap.generations.get(number)?.allocation_start;
    Some((start(0)?, start(1)?))
}

/// The segment, if its bounds make sense.
fn sound(segment: Segment, problems: &mut Vec<Problem>) -> Option<Segment> {
    let Segment { start, end, reserved, .. } = segment;
    let inside = end <= reserved.max(segment.committed) && end.0 < limits::USER_SPACE_END;
    if start.0 % 8 == 0 && start <= end && inside {
        return Some(segment);
    }
    problems.push(Problem::loss(format!(
        "the segment at {} makes no sense (objects from {start} to {end}, reserved to {reserved}): left out",
        segment.address
    )));
    None
}
