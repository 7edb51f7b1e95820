//! The heap's columns against the truth, whatever the number of threads and the size of pieces.

mod holes;

use proptest::prelude::*;

use super::*;
use crate::clr::synthetic::open;
use crate::graph::{Generation, generation_totals};
use crate::progress::NoProgress;
use crate::synth::{Family, Place, Process, ProcessDump, RandomHeap, Randomness, TrueObject, Truth};

const THREADS: [usize; 4] = [1, 2, 3, 7];
const PIECES: [u64; 4] = [64, 1000, 4096, 1 << 22];

fn build(runtime: &ClrRuntime, threads: usize, piece: u64) -> Heap {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| build_heap_in_pieces(runtime, PieceSize(piece), &NoProgress)).unwrap()
}

/// The objects of a heap by address.
fn objects(heap: &Heap) -> Vec<TrueObject> {
    let of_block = |block: &crate::graph::ObjectBlock| -> Vec<TrueObject> {
        let method_table = |row: usize| heap.types.get(block.types[row]).unwrap().method_table.0;
        let object = |row: usize| TrueObject {
            address: block.address(row).0,
            method_table: method_table(row),
            size: block.size(row),
        };
        (0..block.len()).map(object).collect()
    };
    let mut objects: Vec<TrueObject> = heap.objects.blocks().iter().flat_map(of_block).collect();
    objects.sort_unstable();
    objects
}

/// Everything that must be the same in every run, in the order in which it is listed.
#[derive(Debug, PartialEq)]
struct Answer {
    /// Segment, address, type and size of every object.
    rows: Vec<(u32, u64, u32, u64)>,
    types: Vec<String>,
    free_bytes: Vec<u64>,
    problems: Vec<String>,
}

fn answer(heap: &Heap) -> Answer {
    let rows = heap.objects.blocks().iter().flat_map(|block| {
        (0..block.len()).map(|r| (block.segment.0, block.address(r).0, block.types[r].0, block.size(r)))
    });
    let types = heap.types.all().iter();
    Answer {
        rows: rows.collect(),
        types: types.map(|t| format!("{} {} {} {}", t.method_table, t.name, t.count, t.size)).collect(),
        free_bytes: heap.free_bytes.clone(),
        problems: heap.problems.iter().map(ToString::to_string).collect(),
    }
}

#[track_caller]
fn assert_true(runtime: &ClrRuntime, heap: &Heap, truth: &Truth, context: &str) {
    let got = objects(heap);
    let first = truth.objects.iter().zip(&got).find(|(t, g)| t != g);
    assert_eq!((got.len(), first), (truth.objects.len(), None), "{context}");
    assert_eq!(heap.problems, [], "{context}");
    for of in heap.types.all() {
        assert_eq!((of.count, of.size), truth.of_type(of.method_table.0), "{context}: {}", of.name);
    }
    let segments = &runtime.gc.as_ref().unwrap().segments;
    let totals = generation_totals(heap, segments).map(|t| (t.objects, t.bytes));
    assert_eq!(totals, truth.generations, "{context}: {:?}", Generation::ALL);
    let free = heap.types.all().iter().find(|t| &*t.name == "Free").map_or(0, |t| t.size);
    assert_eq!(heap.free_bytes.iter().sum::<u64>(), free, "{context}");
}

#[track_caller]
fn assert_true_in_all_ways(dump: &ProcessDump, context: &str) {
    let runtime = open(dump);
    let whole = build(&runtime, 1, u64::MAX / 2);
    assert_true(&runtime, &whole, &dump.truth, context);
    for threads in THREADS {
        for piece in PIECES {
            let context = format!("{context}, {threads} threads, pieces of {piece} bytes");
            let heap = build(&runtime, threads, piece);
            assert_true(&runtime, &heap, &dump.truth, &context);
            assert_eq!(answer(&heap), answer(&whole), "{context}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_large_segment_is_walked_exactly_however_it_is_cut(seed: u64, look_alikes in 0_u64..30) {
        let heap = RandomHeap { look_alikes, one_segment: true, ..RandomHeap::new(seed, 800) };
        assert_true_in_all_ways(&heap.process().dump(), "one segment");
    }

    #[test]
    fn heaps_of_look_alikes_mislead_no_walk(seed: u64) {
        let heap = RandomHeap { look_alikes: 95, one_segment: true, ..RandomHeap::new(seed, 150) };
        assert_true_in_all_ways(&heap.process().dump(), "look-alikes");
    }

    #[test]
    fn damaged_heaps_give_the_same_answer_for_all_numbers_of_threads(seed: u64, damages in 1_u64..12) {
        let heap = RandomHeap { look_alikes: 20, one_segment: true, ..RandomHeap::new(seed, 600) };
        let mut dump = heap.process().dump();
        damage(&mut dump, seed, damages);
        let runtime = open(&dump);
        // Pieces of another size may begin within what is damaged, but not change what is found.
        let whole = answer(&build(&runtime, 1, u64::MAX / 2));
        for threads in THREADS {
            for piece in PIECES {
                let heap = build(&runtime, threads, piece);
                prop_assert_eq!(&answer(&heap), &whole, "{} threads, pieces of {}", threads, piece);
            }
        }
    }
}

/// Overwrites words of the heap and loses stretches of it.
fn damage(dump: &mut ProcessDump, seed: u64, damages: u64) {
    let mut random = Randomness::new(!seed);
    let objects = dump.truth.objects.clone();
    for _ in 0..damages {
        let at = random.one_of(&objects).address;
        if random.below(2) == 0 {
            dump.memory.write_u64(at, random.number());
        }
    }
    let small = objects.iter().filter(|o| o.size < 80_000).collect::<Vec<_>>();
    let from = small[random.below(small.len() as u64) as usize].address + random.below(64);
    dump.memory.forget(from, from + 8 + random.below(2000));
}

#[test]
fn random_heaps_of_all_families_and_modes_are_walked_exactly() {
    for family in Family::ALL {
        for server in [None, Some(3)] {
            let heap = RandomHeap { family, server, ..RandomHeap::new(42, 600) };
            assert_true_in_all_ways(&heap.process().dump(), &format!("{family:?}, {server:?}"));
        }
    }
}

#[test]
fn a_piece_that_begins_in_an_allocation_context_is_walked_from_behind_it() {
    let mut process = Process::new(Family::V10_0);
    let segment = process.segment(0, Place::Gen0);
    for i in 0..20 {
        process.object(segment, process.string, i);
        process.allocation_context(segment, 24 + 8 * u64::from(i * 7));
    }
    process.object(segment, process.object, 0);
    assert_true_in_all_ways(&process.dump(), "allocation contexts everywhere");
}

#[test]
fn an_array_larger_than_several_pieces_hides_what_it_holds() {
    let mut process = Process::new(Family::V10_0);
    let segment = process.segment(0, Place::Gen2);
    process.object(segment, process.object, 0);
    // Each three words look like the smallest of objects.
    let word = process.object.method_table.to_le_bytes();
    let contents = word.repeat(5000);
    process.object_of(segment, process.longs, 5000, &contents);
    process.object(segment, process.string, 3);
    process.object_of(segment, process.longs, 5000, &contents);
    assert_true_in_all_ways(&process.dump(), "pictures of objects");
}

#[test]
fn gaps_are_told_in_one_sentence_with_what_they_may_hide() {
    let mut process = Process::new(Family::V10_0);
    let segment = process.segment(0, Place::Gen2);
    let objects: Vec<u64> = (0..200).map(|_| process.object(segment, process.object, 0)).collect();
    let mut dump = process.dump();
    for &at in objects.iter().skip(10).step_by(20) {
        dump.memory.write_u64(at, 0x1234_5678);
    }
    let heap = build(&open(&dump), 2, 640);
    assert_eq!(heap.objects.len(), 190);
    let told: Vec<String> = heap.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    for part in [
        "240 bytes",
        "in 10 places (10 bad_method_table)",
        "at least",
        "up to 10 objects",
        &format!("{:#x}", objects[10]),
    ] {
        assert!(told[0].contains(part), "{part} in {told:?}");
    }
}

/// What the collector's plan phase writes in front of a plug.
fn plan(dump: &mut ProcessDump, plug: u64, gap: u64) {
    dump.memory.write_u64(plug - 32, gap);
    dump.memory.write_u64(plug - 24, 0xffff_ffff_fcf0_6f2a);
    dump.memory.write_u64(plug - 16, 0x0010_ffe0);
}

/// A process in which a collection runs, and its objects: 60 of 24 or 32 bytes and arrays of 40 in turn.
fn planned() -> (Vec<(u64, u64)>, ProcessDump) {
    let mut process = Process::new(Family::V10_0);
    process.heap.collecting = true;
    let pair = process.classes("zoo.dll", "Zoo", &["Pair"])[0];
    let segment = process.segment(0, Place::Gen1);
    let kinds = [(process.object, 0), (pair, 0), (process.bytes, 16), (process.string, 3)];
    for i in 0..240 {
        let (of, count) = kinds[i % kinds.len()];
        process.object(segment, of, count);
    }
    let dump = process.dump();
    let objects = dump.truth.objects.iter().map(|o| (o.address, o.size.next_multiple_of(8)));
    (objects.collect(), dump)
}

#[test]
fn what_a_collection_planned_over_is_left_out_and_nothing_else() {
    let (objects, whole) = planned();
    // Each dead object of a size that the plan can destroy, alone and with the two before it.
    for (number, &(at, size)) in
        objects.iter().enumerate().skip(3).take(12).filter(|(_, (_, size))| *size <= 40)
    {
        for gap in [size, at + size - objects[number - 2].0, 24] {
            let mut dump = whole.clone();
            plan(&mut dump, at + size, gap);
            for piece in [64, 1 << 22] {
                let heap = build(&open(&dump), 2, piece);
                let lost = whole.truth.objects.len() - heap.objects.len();
                assert!(lost <= 1, "{lost} objects are lost behind {at:#x} of {size} bytes, gap {gap}");
                assert!(
                    objects
                        .iter()
                        .filter(|o| o.0 != at)
                        .all(|o| heap.objects.find(crate::bytes::Addr(o.0)).is_some())
                );
                assert!(heap.problems[0].message.contains("is not seen to have moved objects"));
                assert_eq!(heap.problems.len(), 1, "{:?}", heap.problems);
            }
        }
    }
}

#[test]
fn a_length_that_is_a_plan_leads_past_no_segments_end() {
    let (objects, mut dump) = planned();
    // The last array of 40 bytes, in front of the last object: its length becomes the bytes from the first object on.
    let (at, size) = objects[objects.len() - 2];
    assert_eq!(size, 40);
    plan(&mut dump, at + size, at + size - objects[0].0);
    let heap = build(&open(&dump), 2, 1000);
    assert_eq!((heap.objects.len(), heap.problems.len()), (objects.len() - 1, 1), "{:?}", heap.problems);
    assert!(heap.problems[0].message.contains("1 objects (40 bytes)"), "{:?}", heap.problems);
}

#[test]
fn objects_that_are_half_moved_bound_the_totals() {
    let (objects, mut dump) = planned();
    dump.memory.write(objects[100].0 - 8, &[0xab; 64]);
    let heap = build(&open(&dump), 2, 1000);
    let told = &heap.problems[0].message;
    assert!(told.contains("had begun to move objects: 1 of"), "{told}");
    assert!(told.contains("between 0 and 24"), "{told}");
    assert!(heap.problems[1].message.contains("could not be walked at"), "{:?}", heap.problems);
}

#[test]
fn a_heap_without_objects_is_an_error() {
    let mut process = Process::new(Family::V10_0);
    let segment = process.segment(0, Place::Gen2);
    process.object(segment, process.object, 0);
    let mut dump = process.dump();
    let at = dump.truth.objects[0].address;
    dump.memory.write_u64(at, 1 << 40);
    let error = build_heap(&open(&dump), &NoProgress).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoHeap);
}

#[test]
fn an_absurdly_large_segment_is_cut_into_no_more_pieces_than_the_cap() {
    const CLAIMED: u64 = 1 << 39;
    let mut process = Process::new(Family::V10_0);
    let segment = process.segment(0, Place::Gen2);
    for i in 0..50 {
        process.object(segment, process.string, i);
    }
    let (start, end) = (process.segment_start(segment), process.segment_end(segment));
    process.claim_bounds(segment, [start, start + CLAIMED, start + CLAIMED]);
    let mut core = process.dump().core();
    // The file claims to hold all of it, and is cut right behind the objects.
    let load = core.loads.iter_mut().find(|l| l.address == start).unwrap();
    (load.size, load.lost) = (CLAIMED, CLAIMED - (end - start));
    let position = core.loads.iter().position(|l| l.address == start).unwrap();
    let last = core.loads.remove(position);
    core.loads.push(last);
    let dump = crate::dump::Dump::parse(crate::bytes::Mapped::Memory(core.build())).unwrap();
    let runtime =
        ClrRuntime::open(std::sync::Arc::new(dump), &crate::image::ModuleFiles::new(&[]).0).unwrap();
    let gc = runtime.gc.as_ref().unwrap();
    let pieces = pieces::pieces(&gc.segments, PieceSize(64));
    assert!(pieces.len() as u64 <= crate::limits::MAX_PIECES + gc.segments.len() as u64, "{}", pieces.len());
    let heap = build(&runtime, 2, 64);
    assert_eq!(heap.objects.len(), 50);
    assert!(heap.problems[0].message.contains("cut off"), "{:?}", heap.problems);
}

#[test]
fn a_collection_under_way_is_told_with_the_heap() {
    let mut process = Process::new(Family::V10_0);
    process.heap.collecting = true;
    let segment = process.segment(0, Place::Gen2);
    process.object(segment, process.object, 0);
    let heap = build(&open(&process.dump()), 1, 4096);
    assert!(heap.problems[0].message.contains("collection was running"), "{:?}", heap.problems);
}
