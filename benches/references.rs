//! The references of a heap of a million objects: read into rows, and turned around, by one thread and by all.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapql::bytes::Mapped;
use heapql::clr::ClrRuntime;
use heapql::dump::Dump;
use heapql::graph::{References, build_heap};
use heapql::image::ModuleFiles;
use heapql::progress::NoProgress;
use heapql::synth::{Family, Holds, Image, Place, Process, Randomness};

const OBJECTS: u64 = 1_000_000;

/// Nodes that refer to their neighbours or to any node, strings, and arrays of nodes, in one large segment.
fn runtime() -> ClrRuntime {
    let mut process = Process::new(Family::V10_0);
    let mut random = Randomness::new(1);
    let zoo = process.module("zoo.dll", Image::Mapped);
    let of = process.define(zoo, "Zoo", "Node");
    let node = process.class(of, 40);
    process.fields(
        of,
        node,
        &[("Next", 0, Holds::Object), ("Name", 8, Holds::String), ("Any", 16, Holds::Object)],
    );
    let segment = process.segment(0, Place::Gen2);
    let mut before = vec![0_u64; 3];
    for _ in 0..OBJECTS {
        let near = before[before.len() - 2 - random.below(2) as usize];
        let words = [near, before[before.len() - 1], random.one_of(&before)];
        let contents: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        before.push(match random.below(8) {
            0..5 => process.object_of(segment, node, 0, &contents),
            5..7 => process.object(segment, process.string, 12),
            _ => process.object_of(segment, process.objects, 3, &contents),
        });
    }
    let dump = Dump::parse(Mapped::Memory(process.dump().core().build())).expect("a dump");
    ClrRuntime::open(dump.into(), &ModuleFiles::new(&[]).0).expect("a runtime")
}

fn references(criterion: &mut Criterion) {
    let runtime = runtime();
    let heap = build_heap(&runtime, &NoProgress).expect("a heap");
    let read = || References::of(&runtime, &heap, &NoProgress).expect("references").0;
    let forward = read().forward;
    let mut group = criterion.benchmark_group("references of a million objects");
    group.throughput(Throughput::Elements(forward.member_count() as u64)).sample_size(20);
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in if all == 1 { vec![1] } else { vec![1, all] } {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        group.bench_function(format!("read, {threads} threads"), |bencher| {
            pool.install(|| bencher.iter(|| black_box(read())));
        });
        group.bench_function(format!("turned around, {threads} threads"), |bencher| {
            pool.install(|| bencher.iter(|| black_box(forward.transposed())));
        });
    }
    group.finish();
}

criterion_group!(benches, references);
criterion_main!(benches);
