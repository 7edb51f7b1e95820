//! What the GC counts and notes of its collections.
//!
//! Both stand in variables that the GC tells nobody, but near those that it tells (`GcDacVars`), and have a shape of their own:
//! the numbers of a heap's generations lead to rows of one table, one after the other; the record of a collection has the sizes
//! of the generations, and their sum. What does not have it all is not believed.
//!
//! Source: `class dynamic_data`, `struct static_data` and `struct last_recorded_gc_info` in `src/coreclr/gc/gcpriv.h` of
//! dotnet/runtime v8.0 to v10.0.

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::AddressSpace;
use crate::limits::GC_VARIABLES_AROUND;

use super::heaps::SubHeap;

/// Generations 0, 1 and 2 are collected by number; those behind them, of large and pinned objects, with generation 2.
const COLLECTED: usize = 3;

/// What the GC counts of a generation of a heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenerationCounts {
    /// How often it was collected, be it as part of an older one: `GC.CollectionCount`.
    pub collections: u64,
    /// The number of the collection in which it last was: of all, from 1 on.
    pub last: u64,
    /// Microseconds that that one took.
    pub elapsed: u64,
    /// Bytes that may be allocated in it before it is collected the next time.
    pub budget: u64,
}

/// What the GC notes of the last collection of a kind: ephemeral, full, in the background.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CollectionRecord {
    /// Its number, from 1 on.
    pub index: u64,
    /// The oldest generation that it collected.
    pub generation: u8,
    /// Whether it moved objects together.
    pub compacting: bool,
    /// Whether it ran beside the program.
    pub background: bool,
    /// Microseconds for which the program stood still; a collection in the background stops it twice.
    pub pauses: [u64; 2],
    /// Part of the time that the program has stood still for collections up to then, in percent.
    pub pause_percentage: f32,
    /// Bytes of the heap after it, free space included.
    pub heap_size: u64,
    /// Bytes of that which are free.
    pub fragmentation: u64,
    /// Bytes committed.
    pub committed: u64,
    /// Bytes of the objects that survived.
    pub promoted: u64,
    /// Objects that were pinned.
    pub pinned: u64,
    /// Objects that only wait for their finalizers.
    pub finalizable: u64,
    /// Part of the machine's memory, or the container's, that was in use, in percent.
    pub memory_load: u32,
}

/// What is counted of the generations of each heap. `None` where the layout does not describe it, or not exactly one place, the
/// same in all heaps, has its shape.
pub fn generation_counts(
    memory: &AddressSpace,
    layout: &Descriptor,
    heaps: &[SubHeap],
) -> Option<Vec<Vec<GenerationCounts>>> {
    let fields = CountFields::of(layout)?;
    // The structures of a server's heaps may lie so near each other that one finds another's: but each has its own as far away
    // as the others have theirs.
    let found: Vec<FxHashMap<u64, Vec<GenerationCounts>>> =
        heaps.iter().map(|heap| fields.of_heap(memory, heap)).collect();
    let (first, others) = found.split_first()?;
    let everywhere = |distance: &&u64| others.iter().all(|found| found.contains_key(distance));
    let distance = only(first.keys().filter(everywhere))?;
    found.iter().map(|found| found.get(distance).cloned()).collect()
}

/// Offsets in what is counted of a generation.
struct CountFields {
    size: u64,
    /// Where the pointer to the row of the generation is, and the size of the rows.
    table: u64,
    row: u64,
    /// In the order of [`GenerationCounts`].
    counts: [u64; 4],
}

impl CountFields {
    fn of(layout: &Descriptor) -> Option<CountFields> {
        let of = |field: &str| layout.optional_field("GcDynamicData", field);
        Some(CountFields {
            size: of(Descriptor::SIZE)?,
            table: of("StaticData")?,
            row: layout.optional_field("GcStaticData", Descriptor::SIZE)?,
            counts: [of("CollectionCount")?, of("GcClock")?, of("GcElapsedTime")?, of("DesiredAllocation")?],
        })
    }

    /// What may be the counts of a heap, by the distance from its table of generations.
    fn of_heap(&self, memory: &AddressSpace, heap: &SubHeap) -> FxHashMap<u64, Vec<GenerationCounts>> {
        let near = heap.generation_table;
        let counts = |at: Addr| {
            let counts = self.at(memory, at, heap.generations.len() as u64)?;
            Some((at.0.wrapping_sub(near.0), counts))
        };
        around(memory, near).filter_map(counts).collect()
    }

    /// The counts that begin at `start`; `None` where none do.
    fn at(&self, memory: &AddressSpace, start: Addr, generations: u64) -> Option<Vec<GenerationCounts>> {
        let word = |generation: u64, offset: u64| {
            memory.u64(start.offset((generation * self.size).wrapping_add(offset))).ok()
        };
        let first = word(0, self.table).filter(|&first| first != 0)?;
        let in_order =
            |generation: u64| word(generation, self.table) == first.checked_add(generation * self.row);
        if !(1..generations).all(in_order) {
            return None;
        }
        let of_one = |generation| {
            let [collections, last, elapsed, budget] = self.counts.map(|offset| word(generation, offset));
            Some(GenerationCounts {
                collections: collections?,
                last: last?,
                elapsed: elapsed?,
                budget: budget?,
            })
        };
        (0..generations).map(of_one).collect::<Option<Vec<_>>>().filter(|counts| are_counts(counts))
    }
}

/// Whether an older generation was collected no more often, and no later, than a younger one.
fn are_counts(counts: &[GenerationCounts]) -> bool {
    let Some((young, old)) = counts.split_at_checked(COLLECTED) else { return false };
    let [first, _, full] = young else { return false };
    let ordered = young.is_sorted_by(|a, b| a.collections >= b.collections && a.last >= b.last);
    ordered
        && first.collections == first.last
        && old.iter().all(|counts| counts.collections == full.collections)
}

/// The records of the last collections of each kind near the variable at `near`, of `collections` that there were, the last one
/// first; none where the layout does not describe them.
pub fn collection_records(
    memory: &AddressSpace,
    layout: &Descriptor,
    near: Addr,
    collections: u64,
) -> Vec<CollectionRecord> {
    let Some(fields) = RecordFields::of(layout) else { return Vec::new() };
    let records = around(memory, near).filter_map(|at| fields.record(memory, at, collections));
    let mut records: Vec<CollectionRecord> = records.collect();
    records.sort_by_key(|record| std::cmp::Reverse(record.index));
    records
}

/// Offsets in a record.
struct RecordFields<'a> {
    layout: &'a Descriptor,
    index: u64,
    generations: u64,
    generation_size: u64,
    size_after: u64,
    fragmentation_after: u64,
    heap_size: u64,
    fragmentation: u64,
}

impl<'a> RecordFields<'a> {
    fn of(layout: &'a Descriptor) -> Option<RecordFields<'a>> {
        let of = |field: &str| layout.optional_field("GcRecordedInfo", field);
        let each = |field: &str| layout.optional_field("GcRecordedGeneration", field);
        Some(RecordFields {
            layout,
            index: of("Index")?,
            generations: of("Generations")?,
            generation_size: each(Descriptor::SIZE)?,
            size_after: each("SizeAfter")?,
            fragmentation_after: each("FragmentationAfter")?,
            heap_size: of("HeapSize")?,
            fragmentation: of("Fragmentation")?,
        })
    }

    /// The record at `at`; `None` where none is.
    fn record(&self, memory: &AddressSpace, at: Addr, collections: u64) -> Option<CollectionRecord> {
        let word = |offset: u64| memory.u64(at.offset(offset)).ok();
        let place = |field: &str| Some(at.offset(self.layout.optional_field("GcRecordedInfo", field)?));
        let number = |field: &str| memory.u64(place(field)?).ok();
        let index = word(self.index).filter(|index| (1..=collections).contains(index))?;
        let (heap_size, fragmentation) = (word(self.heap_size)?, word(self.fragmentation)?);
        let sum = |part: u64| {
            let of = (self.generations..self.heap_size).step_by(self.generation_size.max(8) as usize);
            of.map(|start| word(start + part)).try_fold(0_u64, |sum, size| sum.checked_add(size?))
        };
        if heap_size == 0
            || sum(self.size_after) != Some(heap_size)
            || sum(self.fragmentation_after) != Some(fragmentation)
        {
            return None;
        }
        let flag = |field: &str| match memory.u8(place(field)?).ok()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        };
        let pauses = place("PauseDurations")?;
        let pause = |number: u64| memory.u64(pauses.offset(8 * number)).ok();
        Some(CollectionRecord {
            index,
            generation: memory
                .u8(place("CondemnedGeneration")?)
                .ok()
                .filter(|&of| usize::from(of) < COLLECTED)?,
            compacting: flag("Compaction")?,
            background: flag("Concurrent")?,
            pauses: [pause(0)?, pause(1)?],
            pause_percentage: memory.u32(place("PausePercentage")?).ok().map(f32::from_bits)?,
            heap_size,
            fragmentation,
            committed: number("TotalCommitted")?,
            promoted: number("Promoted")?,
            pinned: number("PinnedObjects")?,
            finalizable: number("FinalizePromoted")?,
            memory_load: memory.u32(place("MemoryLoad")?).ok().filter(|&load| load <= 100)?,
        })
    }
}

/// The words around an address, where the dump has them.
fn around(memory: &AddressSpace, near: Addr) -> impl Iterator<Item = Addr> {
    let from = Addr(near.without(7).0.saturating_sub(GC_VARIABLES_AROUND));
    let to = Addr(near.0.saturating_add(GC_VARIABLES_AROUND));
    memory.runs(from, to).flat_map(|run| run.words().map(|(at, _)| at))
}

/// What an iterator gives, if it is one.
fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::synthetic::{space, zeros};
    use crate::dump::Target;
    use crate::synth::Memory;

    const AT: u64 = 0x10_0000;
    const TABLE: u64 = AT + 0x3000;

    fn layout() -> Descriptor {
        let version = "10.0.0".parse().unwrap();
        crate::clr::layout::for_version(version, Target::LINUX_X64).unwrap().descriptor()
    }

    fn heap(generation_table: u64) -> SubHeap {
        let generation = super::super::GcGeneration {
            allocation: (Addr::NULL, Addr::NULL),
            start_segment: Addr::NULL,
            allocation_start: None,
        };
        SubHeap {
            number: 0,
            generation_table: Addr(generation_table),
            generations: vec![generation; 5],
            ephemeral_segment: Addr::NULL,
            alloc_allocated: Addr::NULL,
            finalize_queue: Addr::NULL,
            oom_history: None,
        }
    }

    /// Writes what 10.0 counts of five generations.
    fn write_counts(memory: &mut Memory, at: u64, counts: [(u64, u64); 5]) {
        for (generation, (collections, last)) in (0..).zip(counts) {
            let start = at + 168 * generation;
            for (offset, word) in [
                (24, 1000 + generation),
                (88, collections),
                (120, last),
                (144, 7),
                (160, TABLE + 56 * generation),
            ] {
                memory.write_u64(start + offset, word);
            }
        }
    }

    const COUNTS: [(u64, u64); 5] = [(9, 9), (4, 8), (2, 5), (2, 0), (2, 0)];

    #[test]
    fn generations_are_counted_where_the_shape_is() {
        let mut memory = zeros(AT, AT + 0x4000);
        write_counts(&mut memory, AT + 0x1000, COUNTS);
        let counts = generation_counts(&space(memory.clone()), &layout(), &[heap(AT + 0x800)]).unwrap();
        let told: Vec<_> = counts[0].iter().map(|of| (of.collections, of.last)).collect();
        assert_eq!(told, COUNTS);
        assert_eq!((counts[0][2].budget, counts[0][2].elapsed), (1002, 7));
        // The same once more: nothing tells which it is.
        write_counts(&mut memory, AT + 0x2000, COUNTS);
        assert_eq!(generation_counts(&space(memory), &layout(), &[heap(AT + 0x800)]), None);
    }

    #[test]
    fn heaps_near_each_other_have_their_own_at_the_same_distance() {
        let mut memory = zeros(AT, AT + 0x4000);
        write_counts(&mut memory, AT + 0x1000, COUNTS);
        let other = [(9, 9), (4, 8), (2, 6), (2, 0), (2, 0)];
        write_counts(&mut memory, AT + 0x2000, other);
        let heaps = [heap(AT + 0x800), heap(AT + 0x1800)];
        let counts = generation_counts(&space(memory), &layout(), &heaps).unwrap();
        assert_eq!([counts[0][2].last, counts[1][2].last], [5, 6]);
    }

    #[test]
    fn numbers_that_contradict_each_other_are_none() {
        for wrong in [[(4, 9), (9, 8), (2, 5), (2, 0), (2, 0)], [(9, 9), (4, 8), (2, 5), (3, 0), (2, 0)]] {
            let mut memory = zeros(AT, AT + 0x4000);
            write_counts(&mut memory, AT + 0x1000, wrong);
            assert_eq!(generation_counts(&space(memory), &layout(), &[heap(AT + 0x800)]), None, "{wrong:?}");
        }
    }

    #[test]
    fn the_record_of_a_collection_has_the_sum_of_its_generations() {
        let mut memory = zeros(AT, AT + 0x4000);
        for (start, index, condemned) in [(AT + 0x100, 6, 0), (AT + 0x200, 9, 2)] {
            let words =
                [(0, index), (8, 4096), (40, 30), (48, 4), (64 + 16, 100), (64 + 48, 50), (64 + 56, 20)];
            for (offset, word) in
                words.into_iter().chain([(224, 150), (232, 20), (240, 13 | condemned << 32)])
            {
                memory.write_u64(start + offset, word);
            }
            memory.write(start + 56, &2.5_f32.to_le_bytes());
            // It moved objects together, and did not run in the background.
            memory.write(start + 245, &[1]);
        }
        let read = |memory: &Memory, collections| {
            collection_records(&space(memory.clone()), &layout(), Addr(AT + 0x800), collections)
        };
        let records = read(&memory, 9);
        assert_eq!(records.iter().map(|of| (of.index, of.generation)).collect::<Vec<_>>(), [(9, 2), (6, 0)]);
        let last = records[0];
        assert_eq!(
            (last.heap_size, last.fragmentation, last.pauses, last.memory_load),
            (150, 20, [30, 4], 13)
        );
        assert_eq!((last.compacting, last.background, last.pause_percentage), (true, false, 2.5));
        // One that has not been yet is none.
        assert_eq!(read(&memory, 8).len(), 1);
        memory.write_u64(AT + 0x200 + 224, 151);
        assert_eq!(read(&memory, 9).len(), 1);
    }
}
