//! Takes any text for statements and asks them of a small process: what is parsed is planned and run, too.

use std::sync::LazyLock;

use heapql::diff::run as ask;
use heapql::graph::Snapshot;
use heapql::open::{OpenOptions, open_bytes};
use heapql::query::{RunOptions, split_statements};
use heapql::synth::{Family, Kennel};

static SNAPSHOTS: LazyLock<[Snapshot; 2]> = LazyLock::new(|| {
    [Family::V10_0, Family::V8_0].map(|family| {
        let core = Kennel::new(family).process.dump().core().build();
        open_bytes(core, &OpenOptions::default()).expect("a whole dump").snapshot
    })
});

/// Runs the target.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for range in split_statements(text) {
        let one = &SNAPSHOTS[..1];
        if ask(one, &text[range.clone()], &RunOptions::default()).is_err() {
            let _ = ask(&SNAPSHOTS[..], &text[range], &RunOptions::default());
        }
    }
}
