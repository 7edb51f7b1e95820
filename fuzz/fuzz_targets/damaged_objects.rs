//! Opens a small synthetic process with a few words changed and asks for all that its objects hold.
//!
//! The process is made of the structures that tell fields, types and statics, and is small: thousands of damaged ones
//! are asked in the time of one real dump.
#![no_main]

use std::sync::LazyLock;

use heapql::open::{OpenOptions, open_bytes};
use heapql::query::{RunOptions, run};
use heapql::synth::{Family, Kennel};
use libfuzzer_sys::fuzz_target;

const STATEMENTS: &[&str] = &[
    "select * from Zoo.Animal+",
    "select Friend.Friend.Name, Home.Y, Born, (Friend as Zoo.Cat).Fur from Zoo.Animal+",
    "select Payload.Name, Names[1], Points[0].X, Points.Length, Payload is Zoo.Dog from Zoo.Holder",
    "select address, value, length from strings",
    "select address, lengths, used from arrays",
    "select type, name, offset, field_type from fields",
    "select * from statics",
    "select * from exceptions",
    "select * from collections",
    "select * from duplicates",
    "select address, value from objects",
    "select * from items(select address from arrays)",
];

/// More changes than this make every run alike.
const MAX_CHANGES: usize = 8;

/// A core of each family, and the addresses of its dogs.
static CORES: LazyLock<Vec<(Vec<u8>, Vec<u64>)>> = LazyLock::new(|| {
    let core = |family| {
        let kennel = Kennel::new(family);
        let objects = [&kennel.dogs[..], &kennel.cats, &kennel.holders].concat();
        (kennel.process.dump().core().build(), objects)
    };
    Family::ALL.map(core).to_vec()
});

fuzz_target!(|input: &[u8]| {
    let Some((&family, changes)) = input.split_first() else { return };
    let (core, objects) = &CORES[usize::from(family) % CORES.len()];
    let mut core = core.clone();
    // Each 12 bytes are a change: where (4), the new word (8).
    let (records, _) = changes.as_chunks::<12>();
    for &[a, b, c, d, ref word @ ..] in records.iter().take(MAX_CHANGES) {
        let at = u32::from_le_bytes([a, b, c, d]) as usize % core.len() & !7;
        if let Some(place) = core.get_mut(at..at + 8) {
            place.copy_from_slice(word);
        }
    }
    let Ok(opened) = open_bytes(core, &OpenOptions::default()) else { return };
    let snapshots = [opened.snapshot];
    for statement in STATEMENTS {
        let _ = run(&snapshots, statement, &RunOptions::default());
    }
    for object in objects {
        let _ = run(&snapshots, &format!("object {object:#x}"), &RunOptions::default());
    }
});
