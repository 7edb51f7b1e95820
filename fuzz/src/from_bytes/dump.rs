//! Opens any bytes as a dump and asks for its histogram.

use heapql::open::{OpenOptions, open_bytes};
use heapql::query::{RunOptions, run as ask};

/// Runs the target. Errors are fine, panics and hangs are not.
pub fn run(bytes: &[u8]) {
    if let Ok(opened) = open_bytes(bytes.to_vec(), &OpenOptions::default()) {
        let statement = "select type, count, size group by type";
        let _ = ask(&[opened.snapshot], statement, &RunOptions::default());
    }
}
