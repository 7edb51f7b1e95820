//! Walks through synthetic segments: exact where the heap is whole, and as far as it goes where not.

use super::*;
use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::gc::Segment;
use crate::clr::synthetic::{gc, open};
use crate::synth::{Family, Place, Process, ProcessDump, RandomHeap, TrueObject};

/// What walks of all segments find, and what they leave out.
fn walk(runtime: &ClrRuntime) -> (Vec<TrueObject>, Vec<Gap>) {
    let gc = gc(runtime);
    let shapes = Shapes::new(&runtime.dump.memory, &gc.method_tables);
    let mut types = WorkerTypes::new(&shapes);
    let (mut found, mut gaps) = (Vec::new(), Vec::new());
    for segment in &gc.segments {
        let mut numbered = Vec::new();
        let end = HeapWalk::new(gc, segment).walk(
            &mut types,
            segment.start,
            segment.end,
            |address, number, size| numbered.push((address, number, size)),
        );
        assert_eq!(end.next, segment.end, "{:?}", segment.kind);
        gaps.extend(end.gaps);
        found.extend(numbered.into_iter().map(|(address, number, size)| TrueObject {
            address: address.0,
            method_table: types.method_tables()[number as usize].0,
            size,
        }));
    }
    found.sort_unstable();
    (found, gaps)
}

#[track_caller]
fn assert_true(dump: &ProcessDump, context: &str) {
    let (found, gaps) = walk(&open(dump));
    let first = dump.truth.objects.iter().zip(&found).find(|(t, f)| t != f);
    assert_eq!((found.len(), first), (dump.truth.objects.len(), None), "{context}");
    assert_eq!(gaps, [], "{context}");
}

/// Seven objects of different kinds in one region: [`Process::object`]'s addresses, and the process.
fn seven_objects() -> (Vec<u64>, Process) {
    let mut process = Process::new(Family::V10_0);
    let dog = process.classes("zoo.dll", "Zoo", &["Ant", "Dog"])[1];
    let segment = process.segment(0, Place::Gen2);
    let kinds = [
        (process.object, 0),
        (dog, 0),
        (process.string, 11),
        (process.bytes, 3),
        (process.objects, 4),
        (process.free, 50),
        (process.object, 0),
    ];
    let addresses = kinds.map(|(of, count)| process.object(segment, of, count)).to_vec();
    // Enough objects behind them to prove that a walk has found its way again.
    for _ in 0..12 {
        process.object(segment, dog, 0);
    }
    (addresses, process)
}

/// The objects of a dump but for some.
fn all_but(dump: &ProcessDump, without: &[u64]) -> Vec<TrueObject> {
    dump.truth.objects.iter().filter(|o| !without.contains(&o.address)).copied().collect()
}

#[test]
fn every_object_of_every_form_of_heap_is_found() {
    for family in Family::ALL {
        let heap = RandomHeap { family, ..RandomHeap::new(7, 500) };
        assert_true(&heap.process().dump(), &format!("{family:?}"));
    }
    // The standalone GC of 8.0 with segments.
    let mut process = Process::new(Family::V8_0);
    process.heap.regions = false;
    let old = process.segment(0, Place::Gen2);
    let young = process.segment(0, Place::Ephemeral);
    process.object(old, process.string, 9);
    process.object(young, process.string, 1);
    process.begin_generation(young, 1);
    process.begin_generation(young, 0);
    process.object(young, process.string, 0);
    assert_true(&process.dump(), "8.0 with segments");
}

#[test]
fn allocation_contexts_hold_no_objects() {
    let mut process = Process::new(Family::V10_0);
    let segment = process.segment(0, Place::Gen0);
    process.allocation_context(segment, 24);
    process.object(segment, process.string, 4);
    process.allocation_context(segment, 4096);
    process.allocation_context(segment, 64);
    process.object(segment, process.string, 5);
    process.heap.global_context = process.unformatted(segment, 800);
    process.object(segment, process.string, 6);
    process.allocation_context(segment, 256);
    let dump = process.dump();
    assert_eq!(dump.truth.objects.len(), 3);
    assert_true(&dump, "contexts at the start, in the middle, beside each other, at the end");
}

#[test]
fn a_context_whose_limit_wraps_around_does_not_send_the_walk_back() {
    let mut process = Process::new(Family::V10_0);
    let segment = process.segment(0, Place::Gen0);
    process.object(segment, process.string, 4);
    let thread = process.thread();
    process.set_allocation_context(thread, process.segment_end(segment), u64::MAX - 7);
    (0..20).for_each(|i| _ = process.object(segment, process.string, i));
    assert_true(&process.dump(), "a context to the end of the address space");
}

#[test]
fn a_context_that_reaches_out_of_its_segment_hides_no_objects() {
    let mut process = Process::new(Family::V10_0);
    let segment = process.segment(0, Place::Gen0);
    process.object(segment, process.string, 4);
    let (thread, pointer) = (process.thread(), process.segment_end(segment));
    (0..20).for_each(|i| _ = process.object(segment, process.string, i));
    process.set_allocation_context(thread, pointer, process.segment_end(segment));
    assert_true(&process.dump(), "a context beyond the end of its segment");
}

#[test]
fn contexts_do_not_matter_among_large_objects() {
    let mut process = Process::new(Family::V10_0);
    let large = process.segment(0, Place::Loh);
    let first = process.object(large, process.bytes, 100_000);
    process.object(large, process.bytes, 100_000);
    let thread = process.thread();
    process.set_allocation_context(thread, first, first + 4096);
    assert_true(&process.dump(), "a context that points at a large object");
}

#[test]
fn objects_over_the_borders_of_runs_are_found() {
    let (objects, process) = seven_objects();
    let dump = process.dump();
    let (start, end) = (objects[0], objects[6] + 24);
    for border in start + 1..end {
        let mut cut = dump.clone();
        cut.memory.cut(border);
        assert_true(&cut, &format!("cut {} bytes in", border - start));
    }
    let mut shreds = dump;
    (start..end).step_by(3).for_each(|border| shreds.memory.cut(border));
    assert_true(&shreds, "cut every three bytes");
}

#[test]
fn a_missing_page_leaves_a_gap_and_the_objects_behind_it() {
    let mut process = Process::new(Family::V10_0);
    let segment = process.segment(0, Place::Gen2);
    for i in 0..2000 {
        process.object(segment, process.string, i % 40);
    }
    let mut dump = process.dump();
    let page = dump.truth.objects[0].address.next_multiple_of(4096) + 8192;
    dump.memory.forget(page, page + 4096);
    let (found, gaps) = walk(&open(&dump));
    // The object whose header is there but whose end is missing can still be measured.
    let missing = |o: &TrueObject| page <= o.address && o.address < page + 4096;
    let expected: Vec<_> = dump.truth.objects.iter().filter(|o| !missing(o)).copied().collect();
    let first_behind = expected.iter().find(|o| o.address >= page + 4096).unwrap().address;
    let lost = dump.truth.objects.iter().find(|o| missing(o)).unwrap().address;
    assert_eq!(found, expected);
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].from, gaps[0].to), (Addr(lost), Addr(first_behind)));
    assert!(gaps[0].why.to_string().contains("is not in the dump"), "{}", gaps[0].why);
}

#[test]
fn an_overwritten_method_table_loses_one_object() {
    let (objects, process) = seven_objects();
    let dump = process.dump();
    let elsewhere = objects[0];
    for nonsense in [0, 8, u64::MAX, 0x4141_4141_4141_4141, elsewhere, 0x5555_5000_0003] {
        for (&object, &next) in objects.iter().zip(&objects[1..]) {
            let mut damaged = dump.clone();
            damaged.memory.write_u64(object, nonsense);
            let (found, gaps) = walk(&open(&damaged));
            assert_eq!(found, all_but(&dump, &[object]), "{nonsense:#x} at {object:#x}");
            assert_eq!(gaps.len(), 1);
            assert_eq!((gaps[0].from, gaps[0].to), (Addr(object), Addr(next)));
            assert!(gaps[0].why.to_string().contains("leads to no MethodTable"), "{}", gaps[0].why);
        }
    }
}

#[test]
fn a_length_past_the_end_of_the_segment_loses_one_object() {
    let (objects, process) = seven_objects();
    let mut dump = process.dump();
    dump.memory.write(objects[3] + 8, &u32::MAX.to_le_bytes());
    let (found, gaps) = walk(&open(&dump));
    assert_eq!(found, all_but(&dump, &objects[3..4]));
    assert!(gaps[0].why.to_string().contains("past the segment's end"), "{}", gaps[0].why);
}

#[test]
fn a_damaged_last_object_ends_the_walk_at_the_end_of_the_segment() {
    let (_, process) = seven_objects();
    let mut dump = process.dump();
    let last = *dump.truth.objects.last().unwrap();
    dump.memory.write_u64(last.address, 1);
    let (found, gaps) = walk(&open(&dump));
    assert_eq!(found, all_but(&dump, &[last.address]));
    assert_eq!(gaps[0].to, Addr(last.address + last.size.next_multiple_of(8)));
}

#[test]
fn the_collectors_marks_are_no_part_of_the_method_table() {
    let (objects, process) = seven_objects();
    let mut dump = process.dump();
    for (mark, &object) in (1..8).zip(&objects) {
        let word = dump.memory.read_u64(object);
        dump.memory.write_u64(object, word | mark);
    }
    assert_true(&dump, "marked objects");
}

#[test]
fn the_start_of_objects_is_found_from_anywhere() {
    let (objects, process) = seven_objects();
    let runtime = open(&process.dump());
    let gc = gc(&runtime);
    let shapes = Shapes::new(&runtime.dump.memory, &gc.method_tables);
    let mut types = WorkerTypes::new(&shapes);
    let segment: &Segment = gc.segments.iter().find(|s| s.start == Addr(objects[0])).unwrap();
    let walk = HeapWalk::new(gc, segment);
    for from in objects[0]..objects[6] {
        let next = objects.iter().copied().find(|&o| o >= from).map(Addr);
        assert_eq!(walk.next_start(&mut types, Addr(from), segment.end), next, "from {from:#x}");
    }
    assert_eq!(walk.next_start(&mut types, segment.end, segment.end), None);
}
