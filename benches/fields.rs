//! Conditions on fields of half a million objects, beside the count of their type that looks at no field.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapql::graph::Snapshot;
use heapql::open::{OpenOptions, open_bytes};
use heapql::query::{RunOptions, run};
use heapql::synth::{BORN, Family, Kennel};

const DOGS: u64 = 500_000;

const STATEMENTS: [(&str, &str); 7] = [
    ("type alone", "select count, max(size) from objects where type = 'Zoo.Dog' and size > 1"),
    ("number", "select count from Zoo.Dog where Legs = 4"),
    ("string", "select count from Zoo.Dog where Name like '%99'"),
    ("date", "select count from Zoo.Dog where Born > '2021'"),
    ("path", "select count from Zoo.Dog where Friend.Legs = 4"),
    ("strings", "select count from strings where value = 'Dog 17'"),
    ("equal strings", "select count from duplicates"),
];

fn snapshot() -> Snapshot {
    let mut kennel = Kennel::new(Family::V10_0);
    let mut friend = kennel.dogs[0];
    for n in 0..DOGS {
        let name = kennel.string(&format!("Dog {}", n % 1000));
        friend = kennel.object(kennel.dog, &[name, friend, 4 + n % 2, BORN + n * 10_000_000, n]);
    }
    open_bytes(kennel.process.dump().core().build(), &OpenOptions::default()).expect("a dump").snapshot
}

fn fields(criterion: &mut Criterion) {
    let snapshots = [snapshot()];
    let ask = |statement| run(&snapshots, statement, &RunOptions::default()).expect("an answer");
    let mut group = criterion.benchmark_group("half a million objects");
    group.throughput(Throughput::Elements(DOGS)).sample_size(20);
    for (name, statement) in STATEMENTS {
        group.bench_function(name, |bencher| bencher.iter(|| black_box(ask(statement))));
    }
    group.finish();
}

criterion_group!(benches, fields);
criterion_main!(benches);
