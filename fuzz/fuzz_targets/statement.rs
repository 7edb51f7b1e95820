//! Takes any text for a script: splits it into statements and parses each; and for a condition of a gate.
#![no_main]

use heapql::diff::{gate, run};
use heapql::query::{Answer, RunOptions, is_incomplete, split_statements};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = is_incomplete(text);
    for range in split_statements(text) {
        // Without a dump a statement is parsed and resolved, and then there is nothing to run over.
        let _ = run(&[], &text[range], &RunOptions::default());
    }
    let _ = gate::evaluate(text, &Answer::default());
});
