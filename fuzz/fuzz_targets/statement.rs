//! Takes any text for a script: splits it into statements and parses each.
#![no_main]

use heapql::query::{RunOptions, is_incomplete, run, split_statements};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = is_incomplete(text);
    for range in split_statements(text) {
        // Without a dump a statement is parsed and resolved, and then there is nothing to run over.
        let _ = run(&[], &text[range], &RunOptions::default());
    }
});
