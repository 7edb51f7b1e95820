//! Small synthetic cores of all kinds, from whole ones to the smallest that has something of everything.

use heapql::synth::elf_core::{ElfCore, Note};
use heapql::synth::{Family, Image, Place, Process, ProcessDump, RandomHeap};

use super::Seed;

/// Objects of each heap: few enough for cores of some hundred kilobytes.
const OBJECTS: usize = 400;

/// Whole processes of some hundred kilobytes.
pub fn processes() -> Vec<Seed> {
    let mut seeds = Vec::new();
    let mut add = |name: String, core: Vec<u8>| seeds.push((name, core));
    for family in Family::ALL {
        let heap = RandomHeap { family, ..RandomHeap::new(1, OBJECTS) };
        let version = family.version();
        add(format!("workstation-{version}"), heap.process().dump().core().build());
        let server = RandomHeap { server: Some(2), ..heap.clone() };
        add(format!("server-{version}"), server.process().dump().core().build());
        add(format!("kernel-{version}"), kernel(&heap));
    }
    let dump = RandomHeap::new(2, OBJECTS).process().dump();
    add("gcore".to_owned(), dump.core().by_gcore().build());
    let mut cut = dump.core().build();
    cut.truncate(cut.len() / 2);
    add("cut".to_owned(), cut);
    add("holes".to_owned(), with_holes(dump));
    add("no-metadata".to_owned(), without_metadata().dump().core().build());
    seeds
}

/// As the kernel writes it: without symbols, so that the table of variables is found by its shape.
fn kernel(heap: &RandomHeap) -> Vec<u8> {
    let mut process = heap.process();
    process.runtime.symbols_saved = false;
    let mut core = process.dump().core();
    core.os_abi = 0;
    core.build()
}

/// Every tenth object lost, with what lies around it.
fn with_holes(mut dump: ProcessDump) -> Vec<u8> {
    for object in dump.truth.objects.clone().iter().step_by(10) {
        dump.memory.forget(object.address, object.address + 32);
    }
    dump.core().build()
}

fn without_metadata() -> Process {
    let mut process = Process::new(Family::V3_1);
    let module = process.module("zoo.dll", Image::NotSaved);
    let cage = process.define(module, "Zoo", "Cage`1");
    let of = process.generic(cage, &[process.string.into()], 32);
    let segment = process.segment(0, Place::Gen2);
    (0..100).for_each(|_| _ = process.object(segment, of, 0));
    process
}

/// Cores of a few hundred bytes without a runtime: what the reader of headers and notes sees, with nothing around it.
pub fn headers() -> Vec<Seed> {
    let registers: Vec<u64> = (0..34).collect();
    let core = ElfCore::default()
        .note(&Note::process(7, "app"))
        .note(&Note::thread(7, &registers))
        .note(&Note::auxiliary_vector(&[(6, 4096), (9, 0x40_1000)]))
        .note(&Note::files(&[
            (0x40_0000, 0x40_1000, 0, "/app/app"),
            (0x50_0000, 0x50_2000, 1, "/lib/libcoreclr.so"),
        ]))
        .load(0x40_0000, &[0x7f; 64])
        .load_of(0x50_0000, b"\x7fELF\x02\x01\x01", 0x2000);
    let gcore = core.clone().by_gcore();
    let lying = ElfCore::default().note(&Note::files_declaring(1 << 40, &[(1 << 12, 2 << 12, 0, "/a")]));
    [("createdump", core.by_createdump()), ("gcore", gcore), ("lying", lying)]
        .map(|(name, core)| (name.to_owned(), core.build()))
        .to_vec()
}
