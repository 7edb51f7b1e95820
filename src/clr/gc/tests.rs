//! Heaps, segments and contexts of synthetic processes, whole and damaged.

use super::*;
use crate::bytes::Addr;
use crate::clr::synthetic::{gc, open, told, try_open};
use crate::error::ErrorKind;
use crate::synth::{Family, Place, Process, SegmentKey};

const ALL: [Place; 6] = [Place::Gen0, Place::Gen1, Place::Gen2, Place::Loh, Place::Poh, Place::Frozen];

/// Adds segments of these kinds to a heap, with an object each.
fn add(process: &mut Process, heap: u32, places: &[Place]) -> Vec<SegmentKey> {
    let mut with_object = |&place: &Place| {
        let segment = process.segment(heap, place);
        process.object(segment, process.string, 100);
        segment
    };
    places.iter().map(&mut with_object).collect()
}

fn words(segments: &[Segment]) -> Vec<(u32, &'static str)> {
    segments.iter().map(|s| (s.heap, s.kind.word())).collect()
}

#[test]
fn regions_of_all_generations_are_listed() {
    for family in [Family::V8_0, Family::V9_0, Family::V10_0] {
        let mut process = Process::new(family);
        let keys = add(&mut process, 0, &ALL);
        let ends: Vec<u64> = keys.iter().map(|&k| process.segment_end(k)).collect();
        let runtime = open(&process.dump());
        let gc = gc(&runtime);
        assert!(gc.heaps.regions);
        assert_eq!(gc.heaps.mode, GcMode::Workstation);
        let kinds: Vec<_> = words(&gc.segments).into_iter().map(|(_, word)| word).collect();
        assert_eq!(kinds, ["gen0", "gen1", "frozen", "gen2", "loh", "poh"], "{family:?}");
        let mut found: Vec<u64> = gc.segments.iter().map(|s| s.end.0).collect();
        found.sort_unstable();
        assert_eq!(found, ends, "the ephemeral region ends at alloc_allocated, the others at allocated");
        assert_eq!(told(&runtime), [""; 0]);
    }
}

#[test]
fn the_ephemeral_segment_holds_three_generations() {
    for family in [Family::V3_1, Family::V8_0] {
        let mut process = Process::new(family);
        process.heap.regions = false;
        add(&mut process, 0, &[Place::Frozen, Place::Gen2, Place::Loh]);
        let young = process.segment(0, Place::Ephemeral);
        let gen2 = process.object(young, process.string, 1);
        process.begin_generation(young, 1);
        let gen1 = process.object(young, process.string, 2);
        process.begin_generation(young, 0);
        let gen0 = process.object(young, process.string, 3);
        let end = process.segment_end(young);
        let runtime = open(&process.dump());
        let gc = gc(&runtime);
        assert!(!gc.heaps.regions);
        let kinds: Vec<_> = words(&gc.segments).into_iter().map(|(_, word)| word).collect();
        assert_eq!(kinds, ["frozen", "gen2", "ephemeral", "loh"], "{family:?}");
        let segment = &gc.segments[2];
        assert_eq!(segment.end.0, end);
        let generations = [gen2, gen1 - 24, gen1, gen0 - 24, gen0].map(|at| segment.generation_at(Addr(at)));
        use Generation::{Gen0, Gen1, Gen2};
        assert_eq!(generations, [Gen2, Gen1, Gen1, Gen0, Gen0]);
    }
}

#[test]
fn the_server_gc_has_a_heap_a_processor() {
    for family in Family::ALL {
        let mut process = Process::new(family);
        process.heap.server = Some(4);
        for heap in 0..4 {
            add(&mut process, heap, &[Place::Gen2, Place::Loh]);
        }
        let runtime = open(&process.dump());
        let gc = gc(&runtime);
        assert_eq!(gc.heaps.mode, GcMode::Server);
        assert_eq!(gc.heaps.heaps.iter().map(|h| h.number).collect::<Vec<_>>(), [0, 1, 2, 3]);
        for heap in 0..4 {
            let of_heap: Vec<_> = words(&gc.segments).into_iter().filter(|(h, _)| *h == heap).collect();
            let young = if family == Family::V3_1 { (heap, "ephemeral") } else { (heap, "gen0") };
            assert!(of_heap.contains(&young), "{family:?}: {of_heap:?}");
            assert!(of_heap.contains(&(heap, "gen2")) && of_heap.contains(&(heap, "loh")), "{of_heap:?}");
            assert_eq!(of_heap.len(), 3);
        }
    }
}

#[test]
fn a_heap_of_the_server_gc_that_cannot_be_read_is_told() {
    let mut process = Process::new(Family::V10_0);
    process.heap.server = Some(3);
    (0..3).for_each(|heap| drop(add(&mut process, heap, &[Place::Gen2])));
    let mut dump = process.dump();
    let array = dump.memory.read_u64(dump.memory.read_u64(dump.gc_dac_vars + 184));
    dump.memory.write_u64(array + 8, 0xdead_0000);
    let runtime = open(&dump);
    assert_eq!(gc(&runtime).heaps.heaps.iter().map(|h| h.number).collect::<Vec<_>>(), [0, 2]);
    assert!(told(&runtime).iter().any(|p| p.contains("heap 1 of 3")), "{:?}", told(&runtime));
}

#[test]
fn an_absurd_number_of_heaps_is_capped_and_told() {
    let mut process = Process::new(Family::V10_0);
    process.heap.server = Some(1);
    add(&mut process, 0, &[Place::Gen2]);
    let mut dump = process.dump();
    let count = dump.memory.read_u64(dump.gc_dac_vars + 176);
    dump.memory.write(count, &u32::MAX.to_le_bytes());
    let runtime = open(&dump);
    assert_eq!(words(&gc(&runtime).segments), [(0, "gen0"), (0, "gen2")]);
    assert!(told(&runtime)[0].contains("4294967295 heaps"), "{:?}", told(&runtime)[0]);
}

#[test]
fn segments_whose_bounds_make_no_sense_are_left_out_and_told() {
    let top = u64::MAX - 7;
    let nonsense = [
        [0x7d00_0000_0101, 0x7d00_0000_0200, 0x7d00_0000_0200],
        [0x7d00_0000_2000, 0x7d00_0000_1000, 0x7d00_0000_3000],
        [0x7d00_0000_1000, 0x7d00_0000_3000, 0x7d00_0000_2000],
        [0x1000, top, top],
        [top, u64::MAX, u64::MAX],
    ];
    for bounds in nonsense {
        let mut process = Process::new(Family::V10_0);
        let keys = add(&mut process, 0, &[Place::Gen2, Place::Gen2, Place::Loh]);
        process.claim_bounds(keys[0], bounds);
        let runtime = open(&process.dump());
        let kinds: Vec<_> = words(&gc(&runtime).segments).into_iter().map(|(_, word)| word).collect();
        assert_eq!(kinds, ["gen0", "gen2", "loh"], "{bounds:x?}");
        assert!(told(&runtime)[0].contains("makes no sense"), "{:?}", told(&runtime));
    }
}

#[test]
fn segments_that_overlap_are_walked_once_and_told() {
    let mut process = Process::new(Family::V10_0);
    let keys = add(&mut process, 0, &[Place::Gen2, Place::Gen2, Place::Gen2]);
    let (start, end) = (process.segment_start(keys[0]), process.segment_end(keys[0]));
    process.claim_bounds(keys[1], [start, end, end]);
    let runtime = open(&process.dump());
    assert_eq!(words(&gc(&runtime).segments), [(0, "gen0"), (0, "gen2"), (0, "gen2")]);
    assert!(told(&runtime)[0].contains("overlaps"), "{:?}", told(&runtime));
    assert_eq!(gc(&runtime).segment_faults, told(&runtime).len(), "`info` fails its check");
}

#[test]
fn circular_chains_end() {
    let mut process = Process::new(Family::V10_0);
    let keys = add(&mut process, 0, &[Place::Gen2, Place::Gen2, Place::Gen2, Place::Loh]);
    process.follow_with(keys[2], keys[0]);
    process.follow_with(keys[3], keys[3]);
    let runtime = open(&process.dump());
    assert_eq!(words(&gc(&runtime).segments).len(), 5);
}

#[test]
fn a_chain_that_leads_nowhere_is_cut_and_told() {
    let mut process = Process::new(Family::V10_0);
    add(&mut process, 0, &[Place::Gen2, Place::Gen2, Place::Loh]);
    let mut dump = process.dump();
    let segment = gc(&open(&dump)).segments[1].address;
    dump.memory.write_u64(segment.0 + 48, 0xdead_0000);
    let runtime = open(&dump);
    assert_eq!(words(&gc(&runtime).segments), [(0, "gen0"), (0, "gen2"), (0, "loh")]);
    assert!(told(&runtime)[0].contains("the chain of gen2's segments"), "{:?}", told(&runtime));
}

#[test]
fn a_collection_under_way_is_seen() {
    for family in Family::ALL {
        let mut process = Process::new(family);
        process.heap.collecting = true;
        add(&mut process, 0, &[Place::Gen2]);
        let runtime = open(&process.dump());
        assert!(gc(&runtime).heaps.collecting, "{family:?}");
    }
}

#[test]
fn contexts_of_threads_and_of_all_are_collected() {
    for family in Family::ALL {
        let mut process = Process::new(family);
        let segment = process.segment(0, if family == Family::V3_1 { Place::Ephemeral } else { Place::Gen0 });
        process.object(segment, process.string, 1);
        let first = process.segment_end(segment);
        process.allocation_context(segment, 240);
        process.object(segment, process.string, 1);
        let (pointer, limit) = process.unformatted(segment, 480);
        process.heap.global_context = (pointer, limit);
        let runtime = open(&process.dump());
        let mut expected = vec![(Addr(first), Addr(first + 240))];
        // 3.1 has none that threads share.
        if family != Family::V3_1 {
            expected.push((Addr(pointer), Addr(pointer + 480)));
        }
        assert_eq!(gc(&runtime).contexts.from(Addr(0)), expected, "{family:?}");
    }
}

#[test]
fn a_dump_without_the_heaps_memory_says_so() {
    let mut process = Process::new(Family::V10_0);
    let keys = add(&mut process, 0, &[Place::Gen2]);
    let (start, end) = (process.segment_start(keys[0]), process.segment_end(keys[0]));
    let mut dump = process.dump();
    dump.memory.forget(start, end);
    let runtime = try_open(&dump).unwrap();
    let error = runtime.gc.as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoHeap);
    assert!(error.hint_text().unwrap().contains("--withheap"));
    assert_eq!(runtime.threads.unwrap().threads.len(), 2);
}

#[test]
fn a_damaged_size_of_generations_is_no_overflow() {
    let mut process = Process::new(Family::V10_0);
    add(&mut process, 0, &[Place::Gen2]);
    let mut dump = process.dump();
    // `generation_size` stands behind the versions.
    dump.memory.write_u64(dump.gc_dac_vars + 8, u64::MAX / 2);
    // Whatever is made of it: an error, or a heap that has nothing.
    if let Ok(runtime) = try_open(&dump) {
        assert!(runtime.gc.is_err() || gc(&runtime).segments.is_empty());
    }
}
