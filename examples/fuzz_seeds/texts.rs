//! Texts: statements and baselines.

use std::error::Error;
use std::fs;
use std::path::Path;

use heapql::diff::Profile;
use heapql::open::{OpenOptions, open_bytes};
use heapql::query::RunOptions;
use heapql::query::catalog::topics;
use heapql::synth::{Family, Kennel};

use super::Seed;

/// Examples of the language, one a seed.
pub fn examples() -> Vec<Seed> {
    let examples = topics().into_iter().flat_map(|topic| topic.examples.iter());
    let mut texts: Vec<&str> = examples.copied().collect();
    texts.sort_unstable();
    texts.dedup();
    texts.into_iter().enumerate().map(|(n, text)| (format!("{n}"), text.as_bytes().to_vec())).collect()
}

/// The same, and the scripts of the library.
pub fn statements() -> Vec<Seed> {
    let mut seeds = examples();
    let scripts = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("queries"));
    let scripts = scripts.into_iter().flatten().flatten().map(|entry| entry.path());
    seeds.extend(
        scripts.enumerate().filter_map(|(n, path)| Some((format!("script-{n}"), fs::read(path).ok()?))),
    );
    seeds
}

/// The baseline of a small process.
pub fn baselines() -> Result<Vec<Seed>, Box<dyn Error>> {
    let core = Kennel::new(Family::V10_0).process.dump().core().build();
    let snapshot = open_bytes(core, &OpenOptions::default())?.snapshot;
    let profile = Profile::of(&snapshot, &RunOptions::default()).map_err(|error| format!("{error:?}"))?;
    let mut bytes = Vec::new();
    profile.write(&mut bytes)?;
    Ok(vec![("kennel".to_owned(), bytes)])
}
