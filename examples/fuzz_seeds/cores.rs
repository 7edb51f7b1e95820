//! Writes small synthetic cores of all kinds into a folder, as seeds for fuzzing:
//! `cargo run --features synth --example fuzz_seeds -- DIR`.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use heapql::synth::{Family, Image, Place, Process, ProcessDump, RandomHeap};

/// Objects of each heap: few enough for cores of some hundred kilobytes.
const OBJECTS: usize = 400;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: fuzz_seeds DIR")?);
    fs::create_dir_all(&folder)?;
    for (name, core) in seeds() {
        let path = folder.join(format!("{name}.core"));
        fs::write(&path, &core)?;
        println!("{} bytes\t{}", core.len(), path.display());
    }
    Ok(())
}

fn seeds() -> Vec<(String, Vec<u8>)> {
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
