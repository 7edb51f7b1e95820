//! The columns that every row of an export begins with: which dump it is of.

use crate::diff::profile::DumpFacts;
use crate::graph::Snapshot;
use crate::progress::Progress;
use crate::query::{AnswerColumn, Kind, ValueRef};

use crate::cli::request::Label;

/// The columns, one value each: what is known of the dump, then the user's labels. The heap is walked for the clock.
pub(super) fn dump_columns(
    snapshot: &Snapshot,
    labels: &[Label],
    progress: &dyn Progress,
) -> Vec<AnswerColumn> {
    let facts = snapshot.facts.clone();
    let of_heap = snapshot.heap(progress).ok().map(|heap| DumpFacts::of(snapshot, heap));
    let clock = of_heap.and_then(|facts| facts.clock_ms);
    let run = facts.process_run.map(|run| format!("{run:016x}"));
    let id = dump_id(snapshot);
    let text = |name: &str, text: Option<&str>| {
        AnswerColumn::new(name, Kind::Text, [text.map_or(ValueRef::Null, ValueRef::Text)])
    };
    let number = |name: &str, number: Option<u64>| {
        let value = number.map_or(ValueRef::Null, |number| ValueRef::Integer(number.into()));
        AnswerColumn::new(name, Kind::Integer, [value])
    };
    let mut columns = vec![
        text("dump", Some(&id)),
        text("dump_file", Some(&facts.file)),
        text("program", facts.program.as_deref()),
        text("runtime", Some(&*facts.runtime).filter(|runtime| !runtime.is_empty())),
        number("process_id", facts.process.as_ref().map(|process| process.id)),
        text("process_run", run.as_deref()),
        number("clock_ms", clock),
    ];
    columns.extend(labels.iter().map(|label| text(&label.name, Some(&label.value))));
    columns
}

/// A text that tells the dump from all others and is the same whatever its file is called.
pub(super) fn dump_id(snapshot: &Snapshot) -> String {
    match snapshot.facts.fingerprint {
        Some(fingerprint) => format!("{fingerprint:032x}"),
        None => snapshot.facts.file.clone(),
    }
}

/// The name of the dump's files: that of the dump with the beginning of its id, so that dumps of one name from several
/// machines lie side by side.
pub(super) fn file_stem(snapshot: &Snapshot) -> String {
    let mut name = snapshot.facts.file.as_str();
    for ending in [".zst", ".gz", ".core", ".dmp"] {
        name = name.strip_suffix(ending).unwrap_or(name);
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let name: String = name.trim_start_matches('.').chars().map(plain).collect();
    let id: String = dump_id(snapshot).chars().take(8).map(plain).collect();
    if name.is_empty() { id } else { format!("{name}-{id}") }
}
