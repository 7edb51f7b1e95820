//! Takes any text for a script: splits it into statements and parses each; and for a condition of a gate.

use heapql::diff::{gate, run as ask};
use heapql::query::{Answer, RunOptions, is_incomplete, split_statements};

/// Runs the target. Bytes that are no text are none for the program either.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = is_incomplete(text);
    for range in split_statements(text) {
        // Without a dump a statement is parsed and resolved, and then there is nothing to run over.
        let _ = ask(&[], &text[range], &RunOptions::default());
    }
    let _ = gate::evaluate(text, &Answer::default());
}
