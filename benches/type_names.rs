//! Names of a thousand classes and three thousand instances of generics and arrays over them.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapql::bytes::{Addr, Mapped};
use heapql::clr::ClrRuntime;
use heapql::dump::Dump;
use heapql::image::ModuleFiles;
use heapql::synth::{Family, Image, Place, Process};

const CLASSES: usize = 1000;

/// The runtime, and the MethodTables to be named.
fn types() -> (ClrRuntime, Vec<Addr>) {
    let mut process = Process::new(Family::V10_0);
    let module = process.module("zoo.dll", Image::Mapped);
    let map = process.define(module, "Zoo.Collections", "Map`2");
    let entry = process.define_in(map, "Entry");
    let mut types = Vec::new();
    for number in 0..CLASSES {
        let of = process.define(module, "Zoo.Animals", &format!("Animal{number}"));
        let of = process.class(of, 32);
        let map = process.generic(map, &[process.string.into(), of.into()], 80);
        let entry = process.generic(entry, &[process.string.into(), map.into()], 40);
        types.extend([of, map, entry, process.array(entry, 24)]);
    }
    let segment = process.segment(0, Place::Gen2);
    process.object(segment, process.string, 5);
    let dump = Dump::parse(Mapped::Memory(process.dump().core().build())).expect("a dump");
    let runtime = ClrRuntime::open(dump.into(), &ModuleFiles::new(&[]).0).expect("a runtime");
    (runtime, types.iter().map(|of| Addr(of.method_table)).collect())
}

fn type_names(criterion: &mut Criterion) {
    let (runtime, types) = types();
    let gc = runtime.gc.as_ref().expect("a heap");
    let mut group = criterion.benchmark_group("type names");
    group.throughput(Throughput::Elements(types.len() as u64)).sample_size(20);
    group.bench_function("first time", |bencher| {
        bencher.iter(|| {
            let mut names = runtime.type_names(gc);
            types.iter().map(|&of| black_box(names.name(of)).len()).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, type_names);
criterion_main!(benches);
