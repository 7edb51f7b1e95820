//! The walk of a heap of a million objects, all columns filled, by one worker and by all.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapql::bytes::Mapped;
use heapql::clr::ClrRuntime;
use heapql::dump::Dump;
use heapql::graph::build_heap;
use heapql::image::ModuleFiles;
use heapql::progress::NoProgress;
use heapql::synth::{Family, Place, Process, Randomness};

const OBJECTS: u64 = 1_000_000;
const NAMES: [&str; 12] =
    ["Dog", "Cat", "Owl", "Ant", "Bee", "Cow", "Elk", "Fox", "Gnu", "Hen", "Jay", "Rat"];

/// Classes, strings and arrays as they are in ordinary programs, in one large segment.
fn runtime() -> ClrRuntime {
    let mut process = Process::new(Family::V10_0);
    let mut random = Randomness::new(1);
    let mut types = process.classes("zoo.dll", "Zoo", &NAMES);
    types.extend([process.string, process.string, process.objects, process.bytes, process.free]);
    let segment = process.segment(0, Place::Gen2);
    for _ in 0..OBJECTS {
        let of = random.one_of(&types);
        let count = if of.component_size == 0 { 0 } else { random.below(16) as u32 };
        process.object(segment, of, count);
    }
    let dump = Dump::parse(Mapped::Memory(process.dump().core().build())).expect("a dump");
    ClrRuntime::open(dump.into(), &ModuleFiles::new(&[]).0).expect("a runtime")
}

fn walk(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("walk of a million objects");
    group.throughput(Throughput::Elements(OBJECTS)).sample_size(20);
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in if all == 1 { vec![1] } else { vec![1, all] } {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        group.bench_function(format!("{threads} threads"), |bencher| {
            pool.install(|| bencher.iter(|| black_box(build_heap(&runtime, &NoProgress)).expect("a heap")));
        });
    }
    group.finish();
}

criterion_group!(benches, walk);
criterion_main!(benches);
