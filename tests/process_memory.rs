//! The ledger of the process's memory adds up on every dump of the corpus.

use heapql::state::process_memory::{MemoryKind, memory_totals, process_memory};

use crate::corpus::open;

const DUMPS: [&str; 6] = ["zoo-10.0", "zoo-8.0", "zoo-3.1", "web-t0", "web-t1", "web-t2"];

#[test]
fn ranges_are_apart_and_add_up_to_all_that_is_mapped_and_saved() {
    for name in DUMPS {
        let snapshot = open(name);
        let types = snapshot.types.as_ref().expect("a dump with a runtime");
        let dump = &types.runtime().dump;
        let mappings = process_memory(types);
        assert!(mappings.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start), "{name}");
        let mapped: u64 = dump.regions.iter().map(|region| region.size()).sum();
        let saved: u64 = dump.regions.iter().map(|region| dump.saved.within(&region.range)).sum();
        let totals = memory_totals(&mappings);
        assert_eq!(totals.iter().map(|total| total.size).sum::<u64>(), mapped, "{name}");
        assert_eq!(totals.iter().map(|total| total.saved).sum::<u64>(), saved, "{name}");
        let of = |kind| totals.iter().find(|total| total.kind == kind).map_or(0, |total| total.size);
        assert!(
            of(MemoryKind::Unknown) * 20 < mapped,
            "{name}: {} of {mapped} unknown",
            of(MemoryKind::Unknown)
        );
    }
}

#[test]
fn the_gc_heap_is_what_its_segments_have_committed() {
    for name in DUMPS {
        let snapshot = open(name);
        let mappings = process_memory(snapshot.types.as_ref().expect("a dump with a runtime"));
        for segment in &snapshot.segments {
            let holding = mappings.iter().find(|mapping| mapping.range.contains(&segment.start));
            assert_eq!(
                holding.map(|mapping| mapping.kind),
                Some(MemoryKind::GcHeap),
                "{name} {}",
                segment.start
            );
        }
    }
}
