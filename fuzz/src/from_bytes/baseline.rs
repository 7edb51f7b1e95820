//! Takes any bytes for a baseline: reads it, and compares it with itself and with nothing.

use heapql::diff::Profile;
use heapql::diff::compare::{Thresholds, compare_types};
use heapql::diff::growth::{Side, growth};
use heapql::diff::relation::remarks;
use heapql::query::RunOptions;

/// Runs the target.
pub fn run(bytes: &[u8]) {
    let Ok(profile) = Profile::read(bytes) else { return };
    let empty = Profile::default();
    for pair in [[&profile, &profile], [&empty, &profile], [&profile, &empty]] {
        let sides = pair.map(|profile| Side { profile, snapshot: None });
        let _ = remarks(&pair.map(|profile| &profile.dump));
        let grown = growth(&sides, 10, &RunOptions::default()).expect("baselines need no dump");
        let _ = compare_types(&sides, &grown, &Thresholds { unchanged: true, ..Thresholds::default() });
    }
}
