//! The merged dominator tree of a million objects of the shapes that are hardest in one way each.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapql::graph::merged_dominators::MergedDominators;
use heapql::graph::{Dominators, ObjectId, ObjectSet, Roots, Rows, Unfinished};
use heapql::synth::Randomness;

const OBJECTS: u32 = 1_000_000;

/// Objects by what each refers to, entered at every ten thousandth.
fn dominators(rows: &Rows) -> Dominators {
    let entries: Vec<ObjectId> = (0..OBJECTS).step_by(10_000).map(ObjectId).collect();
    let unfinished = Unfinished::new(rows, &entries, &ObjectSet::none(OBJECTS as usize));
    unfinished.finish(|| vec![24; OBJECTS as usize]).expect("few references")
}

/// Lists: each object holds the next.
fn lists() -> Rows {
    (0..OBJECTS)
        .map(|id| Some(id + 1).filter(|&next| next < OBJECTS).into_iter().collect::<Vec<_>>())
        .collect()
}

fn tree() -> Rows {
    let children = |id: u32| [2 * id + 1, 2 * id + 2].into_iter().filter(|&child| child < OBJECTS);
    (0..OBJECTS).map(|id| children(id).collect::<Vec<_>>()).collect()
}

/// References to neighbours: what allocation leaves behind.
fn neighbours() -> Rows {
    let mut random = Randomness::new(1);
    let near = |id: u32| (id + 1 + random.below(40) as u32).min(OBJECTS - 1);
    (0..OBJECTS).map(near).map(|to| vec![to]).collect()
}

fn merged_dominators(criterion: &mut Criterion) {
    let mut random = Randomness::new(2);
    let one = vec![0; OBJECTS as usize];
    let two: Vec<u32> = (0..OBJECTS).map(|id| id % 2).collect();
    let many: Vec<u32> = (0..OBJECTS).map(|_| random.below(1000) as u32).collect();
    let shapes = [
        ("lists of one type", lists(), &one),
        ("lists of two types in turn", lists(), &two),
        ("lists of a thousand types", lists(), &many),
        ("a tree of a thousand types", tree(), &many),
        ("neighbours of a thousand types", neighbours(), &many),
    ];
    let mut group = criterion.benchmark_group("merged dominator tree of a million objects");
    group.throughput(Throughput::Elements(OBJECTS.into())).sample_size(10);
    for (name, rows, types) in &shapes {
        let dominators = dominators(rows);
        group.bench_function(*name, |bencher| {
            bencher.iter(|| {
                let sizes = std::iter::repeat_n(24, OBJECTS as usize);
                black_box(MergedDominators::new(&dominators, types.to_vec(), sizes, &Roots::default()))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, merged_dominators);
criterion_main!(benches);
