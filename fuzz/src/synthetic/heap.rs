//! A process with a heap of every kind, a few words of it changed: the walk, roots, references, dominators, damage.

use std::sync::LazyLock;

use heapql::synth::{Family, RandomHeap};

use super::changes::Original;
use super::open_and_ask;

const OBJECTS: usize = 150;

const STATEMENTS: &[&str] = &[
    "select type, count, size group by type",
    "select gen, count, size group by gen",
    "select * from segments",
    "select * from modules",
    "select * from types",
    "select * from threads",
    "select * from handles",
    "select * from roots",
    "select * from finalizers",
    "select * from loaded_types",
    "select type, address, size, retained, depth order by retained desc limit 5",
    "select source_type, field, count from refs group by source_type, field",
    "select * from damage",
    "paths to (select address from objects order by size desc limit 3)",
    "roots of (select address from arrays order by size desc limit 1)",
    "dominators of (select address from objects order by size desc limit 1)",
    "select count, size from reachable(select address from objects limit 50)",
    "select * from referrers(select address from objects limit 50)",
    "leaks",
];

/// A core of each family, with both collectors.
static CORES: LazyLock<Vec<Original>> = LazyLock::new(|| {
    let core = |(family, server)| {
        let heap = RandomHeap { family, server, look_alikes: 20, ..RandomHeap::new(5, OBJECTS) };
        Original::new(heap.process().dump().core().build())
    };
    Family::ALL.into_iter().flat_map(|family| [(family, None), (family, Some(2))]).map(core).collect()
});

/// Runs the target: the first byte chooses the process, the others are changes.
pub fn run(input: &[u8]) {
    let Some((&number, changes)) = input.split_first() else { return };
    open_and_ask(CORES[usize::from(number) % CORES.len()].changed(changes), STATEMENTS);
}
