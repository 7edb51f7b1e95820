//! Writes seeds for fuzzing, a folder for each target: `cargo run --features synth --example fuzz_seeds -- fuzz/corpus`.
//!
//! Coverage should start deep, so seeds are small and whole: synthetic processes, metadata and images cut out of the
//! dumps in `corpus/`, examples of the language, packed files with and without a trap.

mod cores;
mod gc_info;
mod minidumps;
mod modules;
mod packed;
mod texts;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// A name and what stands in the file.
type Seed = (String, Vec<u8>);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: fuzz_seeds DIR")?);
    let cut = modules::of_corpus()?;
    let seeds = [
        ("open_histogram", cores::processes()),
        ("core_file", cores::headers()),
        ("minidump", minidumps::all()),
        ("nettrace", streams()?),
        ("metadata", cut.metadata),
        ("image", cut.images),
        ("signature", cut.signatures),
        ("gc_info", gc_info::all()),
        ("packed", packed::all()?),
        ("statement", texts::statements()),
        ("answer", texts::examples()),
        ("baseline", texts::baselines()?),
        ("damaged_objects", changes()),
        ("damaged_heap", changes()),
        ("damaged_index", changes()),
        ("damaged_dump", changes()),
    ];
    for (target, seeds) in seeds {
        write(&folder.join(target), &seeds)?;
        let bytes: usize = seeds.iter().map(|(_, bytes)| bytes.len()).sum();
        println!("{target}: {} seeds, {bytes} bytes", seeds.len());
    }
    Ok(())
}

fn write(folder: &Path, seeds: &[Seed]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    seeds.iter().try_for_each(|(name, bytes)| fs::write(folder.join(name), bytes))
}

/// The streams of events of real runtimes that tests read.
fn streams() -> std::io::Result<Vec<Seed>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counters");
    let names = ["zoo-8.0.4.nettrace", "web-10.0.14.nettrace"];
    names.into_iter().map(|name| Ok((name.into(), fs::read(folder.join(name))?))).collect()
}

/// Inputs of the targets that damage something whole: one change of each kind.
fn changes() -> Vec<Seed> {
    let change = |kind: u8| {
        let input = [&[kind, 17 * kind, kind, 0, kind][..], &u64::from(kind).to_le_bytes()].concat();
        (format!("change-{kind}"), input)
    };
    (0..16).map(change).collect()
}
