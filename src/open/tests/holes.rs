//! Memory that cannot be read at random places, the runtime's own structures included: every layer answers with what is
//! there, or says why it cannot.

use proptest::prelude::*;

use super::open;
use crate::query::{QueryError, RunOptions, run};
use crate::synth::{Family, Kennel, ProcessDump, Randomness};

/// A statement for every table and every part of the graph.
const STATEMENTS: [&str; 14] = [
    "select type, count, size, max(retained) group by type",
    "select address, size, gen, depth, reachable, dominator from objects",
    "select * from refs",
    "select * from roots",
    "select * from handles",
    "select * from finalizers",
    "select * from strings",
    "select * from threads",
    "select * from segments",
    "select * from modules",
    "select * from statics",
    "select * from fields",
    "select * from loaded_types",
    "select * from damage",
];

/// Loses stretches of all memory.
fn punch(dump: &mut ProcessDump, seed: u64, holes: u64) {
    let mut random = Randomness::new(seed);
    for _ in 0..holes {
        let (start, end) = random.one_of(&dump.memory.stretches());
        let from = start + random.below(end - start);
        let to = end.min(from + random.one_of(&[1, 8, 64, 512, 4096]));
        match random.below(2) {
            0 => dump.memory.forget(from, to),
            _ => dump.memory.unmap(from, to),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_layer_answers_around_holes(seed: u64, holes in 1_u64..12, family in 0..Family::ALL.len()) {
        let mut dump = Kennel::new(Family::ALL[family]).process.dump();
        punch(&mut dump, seed, holes);
        let Ok(opened) = open(dump.core().build()) else { return Ok(()) };
        let dumps = [opened.snapshot];
        for statement in STATEMENTS {
            match run(&dumps, statement, &RunOptions::default()) {
                Ok(_) | Err(QueryError::Data(_)) => {}
                Err(error) => prop_assert!(false, "{}: {}", statement, error),
            }
        }
    }
}
