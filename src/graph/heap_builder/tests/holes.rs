//! Walks through memory of which parts are missing at random: what is found is a part of the truth, and every byte is
//! accounted for.

use rustc_hash::FxHashSet;

use super::*;
use crate::clr::gc::Segment;
use crate::graph::gaps;

/// Loses stretches of the heap: single words, pages, and what lies between.
fn punch(dump: &mut ProcessDump, seed: u64, holes: u64) {
    let mut random = Randomness::new(!seed);
    let objects = dump.truth.objects.clone();
    for _ in 0..holes {
        let from = random.one_of(&objects).address + random.below(40);
        let bytes = random.one_of(&[1, 8, 24, 300, 4096]);
        dump.memory.forget(from, from + bytes);
    }
}

/// Bytes of a segment that are objects, gaps or allocation contexts.
fn accounted(runtime: &ClrRuntime, segment: &Segment, found: &[TrueObject]) -> u64 {
    let inside = |at: u64| segment.start.0 <= at && at < segment.end.0;
    let objects = found.iter().filter(|object| inside(object.address));
    let objects: u64 = objects.map(|object| object.size.next_multiple_of(8)).sum();
    let gaps = gaps(runtime).unwrap();
    let gaps = gaps.iter().filter(|gap| inside(gap.from.0));
    let skipped: Vec<(u64, u64)> = gaps.map(|gap| (gap.from.0, gap.to.0)).collect();
    let contexts = runtime.gc.as_ref().unwrap().contexts.from(segment.start).iter();
    let contexts = contexts.filter(|(start, _)| inside(start.0)).map(|(start, resume)| (start.0, resume.0));
    let in_gap = |at: u64| skipped.iter().any(|&(from, to)| from <= at && at < to);
    let contexts: u64 =
        contexts.filter(|&(start, _)| !in_gap(start)).map(|(start, resume)| resume - start).sum();
    objects + contexts + skipped.iter().map(|(from, to)| to - from).sum::<u64>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_object_is_invented_and_no_byte_is_forgotten(seed: u64, holes in 1_u64..10) {
        // Pictures of objects within arrays that lost their headers cannot be told from objects.
        let heap = RandomHeap { look_alikes: 0, ..RandomHeap::new(seed, 300) };
        let mut dump = heap.process().dump();
        punch(&mut dump, seed, holes);
        let runtime = open(&dump);
        let heap = build(&runtime, 2, 1000);
        let found = objects(&heap);
        let truth: FxHashSet<_> = dump.truth.objects.iter().map(|o| (o.address, o.method_table, o.size)).collect();
        for object in &found {
            prop_assert!(truth.contains(&(object.address, object.method_table, object.size)), "{:x?}", object);
        }
        for segment in &runtime.gc.as_ref().unwrap().segments {
            prop_assert_eq!(accounted(&runtime, segment, &found), segment.end.0 - segment.start.0);
        }
        let lost = truth.len() - found.len();
        let most: u64 = gaps(&runtime).unwrap().iter().map(crate::clr::walk::Gap::most_objects).sum();
        prop_assert!(lost as u64 <= most, "{} objects are lost, {} told", lost, most);
        prop_assert_eq!(lost > 0, !heap.problems.is_empty());
    }
}
