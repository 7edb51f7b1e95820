//! Dominators and retained sizes of graphs of a million objects, of the shapes that are hardest in one way each.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use heapql::graph::{ObjectId, ObjectSet, Rows, Unfinished};
use heapql::synth::Randomness;

const OBJECTS: u32 = 1_000_000;

/// One list: every node holds the next and the one before.
fn list() -> Rows {
    (0..OBJECTS).map(|id| [Some(id + 1).filter(|&next| next < OBJECTS), id.checked_sub(1)]).map(row).collect()
}

fn tree() -> Rows {
    (0..OBJECTS)
        .map(|id| [2 * id + 1, 2 * id + 2].map(|child| Some(child).filter(|&c| c < OBJECTS)))
        .map(row)
        .collect()
}

/// A list of nodes with a value each, which an array holds too: a climb from every value to the top.
fn list_of_shared_values() -> Rows {
    let half = OBJECTS / 2;
    let node = |id| row([Some(id + 1).filter(|&next| next < half), Some(half + id)]);
    let top = vec![1, OBJECTS - 1];
    let nodes = (1..half).map(node);
    let values = (half..OBJECTS - 1).map(|_| Vec::new());
    let array = (half..OBJECTS - 1).collect();
    std::iter::once(top).chain(nodes).chain(values).chain(std::iter::once(array)).collect()
}

/// Half as many references again as objects, most of them to neighbours: what allocation leaves behind.
fn neighbours() -> Rows {
    let mut random = Randomness::new(1);
    let near = |id: u32, random: &mut Randomness| {
        let to = u64::from(id) + 1 + random.below(40);
        Some(to as u32).filter(|&to| to < OBJECTS)
    };
    let far = |id: u32, random: &mut Randomness| {
        let target = Some(id.saturating_sub(random.below(10_000) as u32));
        target.filter(|_| random.below(2) == 0)
    };
    (0..OBJECTS).map(|id| row([near(id, &mut random), far(id, &mut random)])).collect()
}

/// The same without any order in memory: every step is a miss of the processor's cache.
fn anywhere() -> Rows {
    let mut random = Randomness::new(2);
    let mut anywhere = |_| {
        let mut one = || random.below(u64::from(OBJECTS)) as u32;
        let (to, also) = (one(), one());
        row([Some(to), Some(also).filter(|also| also % 2 == 0)])
    };
    (0..OBJECTS).map(&mut anywhere).collect()
}

fn row(members: [Option<u32>; 2]) -> Vec<u32> {
    members.into_iter().flatten().collect()
}

fn dominators(criterion: &mut Criterion) {
    let shapes = [
        ("list", list()),
        ("tree", tree()),
        ("list of shared values", list_of_shared_values()),
        ("neighbours", neighbours()),
        ("anywhere", anywhere()),
    ];
    let mut group = criterion.benchmark_group("dominators of a million objects");
    group.throughput(Throughput::Elements(OBJECTS.into())).sample_size(10);
    let free = ObjectSet::none(OBJECTS as usize);
    let entries: Vec<ObjectId> = (0..OBJECTS).step_by(10_000).map(ObjectId).collect();
    for (name, rows) in &shapes {
        let entries = if name.contains("list") || *name == "tree" { &entries[..1] } else { &entries[..] };
        group.bench_function(*name, |bencher| {
            let sizes = || vec![24; OBJECTS as usize];
            let all = |sizes| Unfinished::new(rows, entries, &free).finish(|| sizes).expect("few references");
            bencher.iter_batched(sizes, |sizes| black_box(all(sizes)), BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(benches, dominators);
criterion_main!(benches);
