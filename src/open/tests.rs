//! Synthetic dumps opened from their bytes, end to end; and damaged in every way.

mod holes;
mod memory;
mod paths;
mod survivors;
mod tables;

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::graph::{Generation, Heap, generation_totals};
use crate::info::Outcome;
use crate::problem::Severity;
use crate::progress::NoProgress;
use crate::synth::{Family, Image, Place, Process, RandomHeap, Randomness};

/// How long a damaged dump of some kilobytes may take, on a busy machine and not optimized.
const QUICKLY: Duration = Duration::from_secs(20);

fn open(bytes: Vec<u8>) -> Result<Opened> {
    open_bytes(bytes, &OpenOptions::default())
}

fn heap(opened: &Opened) -> &Heap {
    opened.snapshot.heap(&NoProgress).unwrap()
}

/// Name, count and size of every type, by name.
fn histogram(opened: &Opened) -> Vec<(String, u64, u64)> {
    let types = heap(opened).types.all();
    let mut rows: Vec<_> = types.iter().map(|t| (t.name.to_string(), t.count, t.size)).collect();
    rows.sort();
    rows
}

/// Three dogs, two cages of dogs, an array, strings and free space, in all generations there are.
fn zoo(family: Family) -> Process {
    let mut process = Process::new(family);
    let module = process.module("zoo.dll", Image::Mapped);
    let dog = process.define(module, "Zoo", "Dog");
    let dog = process.class(dog, 40);
    let cage = process.define(module, "Zoo", "Cage`1");
    let cage = process.generic(cage, &[dog.into()], 32);
    let dogs = process.array(dog, 8);
    let (string, free, bytes) = (process.string, process.free, process.bytes);
    let old = process.segment(0, Place::Gen2);
    process.object(old, dog, 0);
    process.object(old, cage, 0);
    process.object(old, free, 76);
    process.object(old, dogs, 3);
    let regions = process.heap.regions;
    let gen1 = process.segment(0, if regions { Place::Gen1 } else { Place::Ephemeral });
    if !regions {
        process.begin_generation(gen1, 1);
    }
    process.object(gen1, dog, 0);
    process.object(gen1, string, 0);
    let gen0 = if regions { process.segment(0, Place::Gen0) } else { gen1 };
    if !regions {
        process.begin_generation(gen0, 0);
    }
    process.object(gen0, dog, 0);
    process.object(gen0, cage, 0);
    process.object(gen0, string, 7);
    let large = process.segment(0, Place::Loh);
    process.object(large, bytes, 100_001);
    process
}

#[test]
fn synthetic_processes_of_all_families_are_answered_exactly() {
    for family in Family::ALL.into_iter().chain(Family::WINDOWS) {
        let process = zoo(family);
        let smallest_free = if process.heap.regions { 0 } else { 2 };
        let dump = process.dump();
        let file = if family.is_windows() { dump.minidump().build() } else { dump.core().build() };
        let opened = open(file).unwrap_or_else(|error| panic!("{family:?}: {error}"));
        let expected = [
            ("Free", 1 + smallest_free, 100 + 24 * smallest_free),
            ("System.Byte[]", 1, 100_025),
            // An empty string has 22 bytes, and no object less than 24.
            ("System.String", 2, 24 + 36),
            ("Zoo.Cage<Zoo.Dog>", 2, 64),
            ("Zoo.Dog", 3, 120),
            ("Zoo.Dog[]", 1, 48),
        ];
        let expected = expected.map(|(name, count, size)| (name.to_owned(), count, size));
        assert_eq!(histogram(&opened), expected, "{family:?}");
        let totals = generation_totals(heap(&opened), &opened.snapshot.segments);
        assert_eq!(totals.map(|t| (t.objects, t.bytes)), dump.truth.generations, "{:?}", Generation::ALL);
        assert_eq!(opened.snapshot.facts.gc_mode.as_deref(), Some("workstation"));
        assert_eq!(opened.snapshot.facts.runtime, family.version());
        assert_eq!(opened.snapshot.problems, []);
        assert_eq!(opened.snapshot.modules.len(), 2);
        assert_eq!(opened.snapshot.threads.len(), 2);
        let info = opened.info(&NoProgress);
        assert!(!info.has_failed_check(), "{:?}", info.checks);
        assert!(
            info.checks.iter().filter(|c| c.outcome == Outcome::Passed).count() >= 9,
            "{:?}",
            info.checks
        );
    }
}

#[test]
fn the_table_of_windows_6_0_is_found_in_its_resource() {
    let found_by = |family| {
        let opened = open(zoo(family).dump().minidump().build()).unwrap();
        let runtime = opened.runtime.unwrap();
        (runtime.located.found_by.clone(), runtime.located.family.clone())
    };
    assert_eq!(
        found_by(Family::Windows6_0),
        ("the resource COREXTERNALDATAACCESSRESOURCE".into(), "6.0".into())
    );
    assert_eq!(found_by(Family::Windows8_0), ("the symbol g_dacTable".into(), "8.0".into()));
}

#[test]
fn a_minidump_without_what_leads_to_the_heap_still_tells_threads_and_modules() {
    let mut minidump = zoo(Family::Windows10_0).dump().minidump();
    minidump.full = false;
    minidump.memory.truncate(0);
    let opened = open(minidump.build()).unwrap();
    assert!(opened.runtime.is_err());
    assert_eq!(opened.snapshot.threads.len(), 2);
    assert_eq!(opened.snapshot.modules[0].name, "coreclr.dll");
    let info = format!("{:?}", opened.info(&NoProgress).advice);
    assert!(info.contains("procdump -ma"), "{info}");
    // One with full memory that holds no runtime is no dump of ours.
    minidump.full = true;
    assert!(open(minidump.build()).is_err());
}

#[test]
fn random_servers_are_answered_exactly() {
    for family in [Family::V3_1, Family::V10_0] {
        let random = RandomHeap { family, server: Some(4), ..RandomHeap::new(11, 2000) };
        let dump = random.process().dump();
        let opened = open(dump.core().build()).unwrap();
        assert_eq!(opened.snapshot.facts.gc_mode.as_deref(), Some("server"));
        assert_eq!(heap(&opened).objects.len(), dump.truth.objects.len());
        for of in heap(&opened).types.all() {
            assert_eq!((of.count, of.size), dump.truth.of_type(of.method_table.0), "{}", of.name);
        }
    }
}

#[test]
fn a_core_cut_at_its_end_answers_what_is_there_and_tells_the_loss() {
    let dump = RandomHeap::new(3, 500).process().dump();
    let mut core = dump.core().build();
    core.truncate(core.len() - 2000);
    let opened = open(core);
    // The runtime's module lies at the end of the address space, and so of the file.
    match opened {
        Ok(opened) => assert!(opened.snapshot.problems.iter().any(|p| p.severity == Severity::Loss)),
        Err(error) => assert!(!error.message().is_empty()),
    }
}

/// Opens bytes and asks for everything; how it ends does not matter, only that it does.
fn ask_everything(bytes: Vec<u8>) {
    let began = Instant::now();
    if let Ok(opened) = open(bytes) {
        let info = opened.info(&NoProgress);
        assert!(!info.sections.is_empty());
        if let Ok(heap) = opened.snapshot.heap(&NoProgress) {
            let counted: u64 = heap.types.all().iter().map(|t| t.count).sum();
            assert_eq!(counted, heap.objects.len() as u64, "types and objects tell different numbers");
            if let Ok(references) = opened.snapshot.references(&NoProgress) {
                let referrers = opened.snapshot.referrers(&NoProgress).expect("references turned around");
                assert_eq!(referrers.member_count(), references.forward.member_count());
            }
        }
    }
    assert!(began.elapsed() < QUICKLY, "it took {:?}", began.elapsed());
}

fn small_core(seed: u64) -> Vec<u8> {
    let families = Family::ALL;
    let family = families[(seed % 4) as usize];
    let server = seed.is_multiple_of(3).then_some(2);
    let heap = RandomHeap { family, server, look_alikes: 5, ..RandomHeap::new(seed, 200) };
    let mut process = heap.process();
    process.runtime.symbols_saved = !seed.is_multiple_of(5);
    process.dump().core().build()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_flipped_bytes_make_it_panic_or_hang(seed: u64, count in 1_usize..200) {
        let mut core = small_core(seed);
        let mut random = Randomness::new(seed);
        for _ in 0..count {
            let at = random.below(core.len() as u64) as usize;
            core[at] ^= 1 << random.below(8);
        }
        ask_everything(core);
    }

    #[test]
    fn no_overwritten_words_make_it_panic_or_hang(seed: u64, count in 1_usize..40) {
        let mut core = small_core(seed);
        let mut random = Randomness::new(seed);
        let extremes = [0, 1, u64::MAX, u64::MAX - 7, 1 << 63, 0x7fff_ffff, 0xffff_ffff, 1 << 47, 1 << 50];
        for _ in 0..count {
            // Half of the damage goes to the runtime's own structures, which lie first; words that
            // are there already lead to places that exist.
            let words = core.len() as u64 / 8 - 1;
            let to = random.one_of(&[words, words.min(8000)]);
            let to = random.below(to) as usize * 8;
            let from = random.below(words) as usize * 8;
            let word: [u8; 8] = match random.below(2) {
                0 => random.one_of(&extremes).to_le_bytes(),
                _ => core[from..from + 8].try_into().unwrap(),
            };
            core[to..to + 8].copy_from_slice(&word);
        }
        ask_everything(core);
    }

    #[test]
    fn no_cut_makes_it_panic_or_hang(seed: u64, kept in 0_u64..1 << 20) {
        let mut core = small_core(seed);
        core.truncate(((kept * core.len() as u64) >> 20) as usize);
        ask_everything(core);
    }
}
