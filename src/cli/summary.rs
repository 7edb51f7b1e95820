//! The few lines that tell what a dump is when it was opened, in two parts. What the dump tells without a walk over its
//! heap is there at once; objects and types follow when the walk is done.

use crate::error::Error;
use crate::graph::{Generation, Heap, SegmentKind, Snapshot};
use crate::output::sanitize::sanitize;
use crate::output::shorten_middle;
use crate::units::{grouped, human_bytes};

/// Types that are named.
const TYPES: usize = 4;

/// Characters of a type's name that are shown.
const NAME_WIDTH: usize = 44;

/// What is known of a dump at once: the file and the runtime in a line, its memory by generations in another. Of several
/// dumps, one line each, with their numbers.
pub(super) fn of_dump(snapshot: &Snapshot, number: Option<usize>) -> String {
    let facts = &snapshot.facts;
    let known = |text: &str, shown: String| (!text.is_empty()).then_some(shown);
    let gc = facts.gc_mode.as_deref().unwrap_or_default();
    let process = facts.process.as_ref().map(|process| format!("process {}", process.id));
    // Those that the runtime knows; where it is lost, all.
    let of_runtime = snapshot.threads.iter().filter(|thread| thread.address.is_some()).count();
    let threads = if of_runtime > 0 { of_runtime } else { snapshot.threads.len() };
    let parts = [
        known(&facts.runtime, format!(".NET {}", facts.runtime)),
        known(&facts.architecture, facts.architecture.clone()),
        known(gc, format!("{gc} GC")),
        facts.program.clone().or_else(|| facts.process.as_ref().map(|process| process.name.clone())),
        process,
        (threads > 0).then(|| format!("{threads} threads")),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let number = number.map_or_else(String::new, |number| format!("@{number} "));
    let mut text = format!("{number}{}: {}\n", sanitize(&facts.file), sanitize(&parts.join(", ")));
    let generations = generations(snapshot);
    if number.is_empty() && !generations.is_empty() {
        text.push_str(&format!("heap {generations}\n"));
    }
    text
}

/// The memory that the generations take, free space included: `2.1 GB: gen0 12 MB, gen2 2 GB`. Empty where there are no
/// segments.
fn generations(snapshot: &Snapshot) -> String {
    let mut bytes = [0_u64; Generation::ALL.len()];
    let mut add = |generation: Generation, more: u64| {
        let sum = &mut bytes[generation as usize];
        *sum = sum.saturating_add(more);
    };
    for segment in &snapshot.segments {
        let length = |from: u64, to: u64| to.saturating_sub(from);
        match segment.kind {
            SegmentKind::Of(generation) => add(generation, length(segment.start.0, segment.end.0)),
            SegmentKind::Ephemeral { gen1, gen0 } => {
                add(Generation::Gen2, length(segment.start.0, gen1.0));
                add(Generation::Gen1, length(gen1.0, gen0.0));
                add(Generation::Gen0, length(gen0.0, segment.end.0));
            }
        }
    }
    let total = bytes.iter().fold(0, |sum: u64, &more| sum.saturating_add(more));
    if total == 0 {
        return String::new();
    }
    let parts = Generation::ALL.iter().zip(bytes).filter(|(_, bytes)| *bytes > 0);
    let parts: Vec<_> =
        parts.map(|(of, bytes)| format!("{} {}", of.word(), human_bytes(bytes as f64))).collect();
    format!("{}: {}", human_bytes(total as f64), parts.join(", "))
}

/// What the walk over a heap found: how many objects, and of which types most. A line and a few, or, of several dumps,
/// one line with the dump's name.
pub(super) fn of_heap(snapshot: &Snapshot, heap: Result<&Heap, &Error>, several: bool) -> String {
    let file = if several { format!("{}: ", sanitize(&snapshot.facts.file)) } else { String::new() };
    let heap = match heap {
        Ok(heap) => heap,
        Err(error) => return format!("{file}no heap: {}\n", sanitize(&error.to_string())),
    };
    let bytes: u64 = heap.types.all().iter().map(|t| t.size).fold(0, u64::saturating_add);
    let free: u64 = heap.free_bytes.iter().copied().fold(0, u64::saturating_add);
    let mut text = format!(
        "{file}{} objects, {}, {} types",
        grouped(heap.objects.len() as i128),
        human_bytes(bytes as f64),
        grouped(heap.types.len() as i128)
    );
    if free > 0 {
        text.push_str(&format!(", {} free", human_bytes(free as f64)));
    }
    text.push('\n');
    if !several {
        text.push_str(&biggest_types(heap));
    }
    text
}

/// The types that take most, a line each.
fn biggest_types(heap: &Heap) -> String {
    let free = heap.types.free();
    let mut types: Vec<_> = heap.types.all().iter().collect();
    if let Some(free) = free {
        types.remove(free.0 as usize);
    }
    types.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
    let lines = types.iter().take(TYPES).map(|of| {
        let name = sanitize(&of.name);
        let (size, count) = (human_bytes(of.size as f64), grouped(i128::from(of.count)));
        format!("{size:>10}  {count:>12}  {}\n", shorten_middle(&name, NAME_WIDTH))
    });
    lines.collect()
}

/// How to go on.
pub(super) fn how_to_go_on(dumps: usize) -> &'static str {
    match dumps {
        0 | 1 => {
            "Ask:  select type, count, size group by type limit 20\n      \
             help tells of the language, \\? of the prompt; Tab completes, Ctrl-D ends\n"
        }
        _ => {
            "Ask:  leaks, or diff select type, count, size group by type limit 20\n      \
             help tells of the language, \\? of the prompt; Tab completes, Ctrl-D ends\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Addr;
    use crate::cli::session::tests::snapshot;
    use crate::graph::Segment;
    use crate::progress::NoProgress;

    fn segment(kind: SegmentKind, start: u64, end: u64) -> Segment {
        let (start, end) = (Addr(start), Addr(end));
        Segment { address: Addr(1), heap: 0, kind, start, end, committed: end, reserved: end }
    }

    #[test]
    fn a_dump_is_told_before_its_heap_is_walked() {
        let mut snapshot = snapshot(true, vec![]);
        let ephemeral = SegmentKind::Ephemeral { gen1: Addr(0x1400), gen0: Addr(0x1c00) };
        snapshot.segments = vec![
            segment(ephemeral, 0x1000, 0x2000),
            segment(SegmentKind::Of(Generation::Loh), 0x8000, 0xa000),
        ];
        assert_eq!(
            of_dump(&snapshot, None),
            "zoo.core: .NET 10.0.14, x64, workstation GC\n\
             heap 12.0 KB: gen0 1.0 KB, gen1 2.0 KB, gen2 1.0 KB, loh 8.0 KB\n"
        );
        assert!(snapshot.built_heap().is_none());
        assert_eq!(of_dump(&snapshot, Some(2)), "@2 zoo.core: .NET 10.0.14, x64, workstation GC\n");
    }

    #[test]
    fn a_heap_is_told_with_its_biggest_types() {
        let snapshot = snapshot(true, vec![]);
        let heap = snapshot.heap(&NoProgress).unwrap();
        assert_eq!(
            of_heap(&snapshot, Ok(heap), false),
            "0 objects, 688 B, 2 types\n     640 B             1  Zoo.Cat\n      48 B             2  Zoo.Dog\n"
        );
        assert_eq!(of_heap(&snapshot, Ok(heap), true), "zoo.core: 0 objects, 688 B, 2 types\n");
    }

    #[test]
    fn a_dump_without_a_heap_says_so() {
        let snapshot = snapshot(false, vec![]);
        let error = snapshot.heap(&NoProgress).unwrap_err();
        assert_eq!(of_heap(&snapshot, Err(&error), false), "no heap: the dump holds no heap\n");
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let mut snapshot = snapshot(false, vec![]);
        snapshot.facts.gc_mode = None;
        snapshot.facts.file = "zoo\u{1b}.core".into();
        assert_eq!(of_dump(&snapshot, None), "zoo\\u001b.core: .NET 10.0.14, x64\n");
    }
}
