//! Checks of the heap against what was not used to read it.

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::clr::checks::Check;
use crate::clr::walk::HeapWalk;
use crate::clr::{ClrRuntime, GcHeap};
use crate::graph::Heap;
use crate::problem::Severity;

/// All checks that this dump allows. `heap` is `None` when it could not be walked.
pub(super) fn checks(runtime: &ClrRuntime, heap: Option<&Heap>) -> Vec<Check> {
    let mut checks = vec![threads_are_native(runtime)];
    let Ok(gc) = &runtime.gc else { return checks };
    checks.push(segments_lie_apart(gc));
    checks.push(contexts_lie_in_segments(gc));
    if let Some(heap) = heap {
        checks.push(walks_end_at_segments_ends(heap, gc.segments.len()));
        checks.push(strings_are_strings(heap, gc, runtime));
    }
    checks
}

/// Every managed thread that has an id of the operating system is among the threads of the core.
fn threads_are_native(runtime: &ClrRuntime) -> Check {
    const NAME: &str = "managed threads are native";
    let native: FxHashSet<u64> = runtime.dump.threads.iter().map(|t| t.id).collect();
    let Some(list) = &runtime.threads else {
        return Check::not_possible(NAME, "no managed threads were read");
    };
    if native.is_empty() {
        return Check::not_possible(NAME, "the dump lists no native threads");
    }
    let alive: Vec<u64> = list.threads.iter().filter(|t| !t.state.dead).filter_map(|t| t.os_id).collect();
    let found = alive.iter().filter(|id| native.contains(id)).count();
    Check::of(NAME, found == alive.len(), format!("{found} of {} are threads of the dump", alive.len()))
}

/// Segments that overlap others or make no sense were left out when they were listed.
fn segments_lie_apart(gc: &GcHeap) -> Check {
    let detail = format!("{} segments, {} faults in their lists", gc.segments.len(), gc.segment_faults);
    Check::of("segments lie apart", gc.segment_faults == 0, detail)
}

/// Threads allocate in segments of small objects, and nowhere else.
fn contexts_lie_in_segments(gc: &GcHeap) -> Check {
    let small = gc.segments.iter().filter(|s| HeapWalk::holds_small_objects(s));
    let mut ranges: Vec<_> = small.map(|s| (s.start, s.end.max(s.committed))).collect();
    ranges.sort_unstable();
    let is_inside = |pointer: Addr| {
        let before = ranges.partition_point(|&(start, _)| start <= pointer);
        before.checked_sub(1).is_some_and(|last| pointer <= ranges[last].1)
    };
    let contexts = gc.contexts.from(Addr::NULL);
    let inside = contexts.iter().filter(|&&(pointer, _)| is_inside(pointer)).count();
    let detail = format!("{inside} of {} lie in segments of small objects", contexts.len());
    Check::of("allocation contexts lie in segments", inside == contexts.len(), detail)
}

/// Walks go from object to object by sizes alone: ending exactly at a segment's end is no accident.
fn walks_end_at_segments_ends(heap: &Heap, segments: usize) -> Check {
    let losses = heap.problems.iter().filter(|p| p.severity == Severity::Loss).count();
    let detail =
        if losses == 0 { format!("all {segments}") } else { format!("{losses} places could not be walked") };
    Check::of("walks end at the ends of segments", losses == 0, detail)
}

/// The type that the runtime's own variable names as String is the one that metadata names so.
fn strings_are_strings(heap: &Heap, gc: &GcHeap, runtime: &ClrRuntime) -> Check {
    const NAME: &str = "strings are named System.String";
    let string = runtime.located.globals.pointer(&runtime.dump.memory, "StringMethodTable");
    let found = heap.types.all().iter().find(|t| Some(t.method_table) == string);
    match found {
        Some(t) if t.name.contains("!02") => Check::not_possible(NAME, "its metadata is not in the dump"),
        Some(t) => Check::of(NAME, &*t.name == "System.String", format!("{} objects of {}", t.count, t.name)),
        None => {
            Check::of(NAME, false, format!("no strings among the types of {} segments", gc.segments.len()))
        }
    }
}
