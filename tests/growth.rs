//! Who holds the growth of the series of dumps in `corpus/`: what its program leaks, and nothing else.

use std::fs;
use std::path::Path;

use heapql::diff::Profile;
use heapql::diff::growth::{Growth, Side, assembly_growth, growth, root_growth};
use heapql::output::{GrowthSection, write_growth};
use heapql::query::RunOptions;

use crate::corpus::open;

const SERIES: [&str; 3] = ["web-t0", "web-t1", "web-t2"];

fn with_sides<T>(dumps: &[&str], ask: impl FnOnce(&[Side<'_>]) -> T) -> T {
    let snapshots: Vec<_> = dumps.iter().map(|dump| open(dump)).collect();
    let options = RunOptions::default();
    let profile = |snapshot| Profile::of(snapshot, &options).expect("a heap");
    let profiles: Vec<Profile> = snapshots.iter().map(profile).collect();
    let sides = profiles.iter().zip(&snapshots);
    let sides: Vec<_> = sides.map(|(profile, snapshot)| Side { profile, snapshot: Some(snapshot) }).collect();
    ask(&sides)
}

fn found(sides: &[Side<'_>]) -> Vec<Growth> {
    growth(sides, 10, &RunOptions::default()).expect("references")
}

#[test]
fn the_series_tells_what_its_program_leaks() {
    let text = with_sides(&SERIES, |sides| {
        let (growth, roots, assemblies) = (found(sides), root_growth(sides), assembly_growth(sides));
        let section = GrowthSection { growth: &growth, roots: &roots, assemblies: &assemblies };
        let mut out = Vec::new();
        write_growth(&section, Some(100), &mut out).expect("writing to memory");
        String::from_utf8(out).expect("text")
    });
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/growth/web-series.txt");
    if std::env::var_os("HEAPQL_GOLDEN").is_some() {
        fs::write(&path, &text).expect("the golden file can be written");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, golden, "HEAPQL_GOLDEN=1 renews {}", path.display());
}

#[test]
fn two_dumps_of_the_series_tell_the_same_types() {
    let types = |dumps: &[&str]| {
        let mut types: Vec<String> =
            with_sides(dumps, |sides| found(sides).into_iter().map(|growth| growth.type_name).collect());
        types.sort();
        types
    };
    let all = types(&SERIES);
    assert_eq!(all.len(), 4, "{all:?}");
    assert_eq!(types(&SERIES[..2]), all);
    assert_eq!(types(&SERIES[1..]), all);
}

#[test]
fn what_shrinks_and_what_stays_is_no_growth() {
    assert_eq!(with_sides(&["web-t2", "web-t0"], found), []);
    assert_eq!(with_sides(&["web-t1", "web-t1"], found), []);
}
