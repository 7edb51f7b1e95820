//! Opens any bytes as a dump and asks for its histogram.
#![no_main]

use heapql::open::{OpenOptions, open_bytes};
use heapql::query::{RunOptions, run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Errors are fine, panics and hangs are not.
    if let Ok(opened) = open_bytes(bytes.to_vec(), &OpenOptions::default()) {
        let statement = "select type, count, size group by type";
        let _ = run(&[opened.snapshot], statement, &RunOptions::default());
    }
});
