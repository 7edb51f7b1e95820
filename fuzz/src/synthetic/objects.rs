//! A process with fields, statics and collections, a few words of it changed: all that its objects hold.

use std::sync::LazyLock;

use heapql::synth::{Family, Kennel};

use super::changes::Original;
use super::open_and_ask;

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

/// A core of each family, and what is asked of it.
static CORES: LazyLock<Vec<(Original, Vec<String>)>> = LazyLock::new(|| {
    let core = |family| {
        let kennel = Kennel::new(family);
        let objects = [&kennel.dogs[..], &kennel.cats, &kennel.holders].concat();
        let shown = objects.iter().map(|object| format!("object {object:#x}"));
        let statements = STATEMENTS.iter().map(ToString::to_string).chain(shown).collect();
        (Original::new(kennel.process.dump().core().build()), statements)
    };
    Family::ALL.into_iter().map(core).collect()
});

/// Runs the target: the first byte chooses the family, the others are changes.
pub fn run(input: &[u8]) {
    let Some((&family, changes)) = input.split_first() else { return };
    let (original, statements) = &CORES[usize::from(family) % CORES.len()];
    open_and_ask(original.changed(changes), statements);
}
