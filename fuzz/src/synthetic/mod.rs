//! Targets that damage small processes which never ran: thousands of them are asked in the time of one real dump.

pub mod answer;
mod changes;
pub mod heap;
pub mod index;
pub mod objects;

use heapql::open::{OpenOptions, open_bytes};
use heapql::query::{RunOptions, run as ask};

/// Opens a core and asks it all of `statements`.
fn open_and_ask(core: Vec<u8>, statements: &[impl AsRef<str>]) {
    let Ok(opened) = open_bytes(core, &OpenOptions::default()) else { return };
    let snapshots = [opened.snapshot];
    for statement in statements {
        let _ = ask(&snapshots, statement.as_ref(), &RunOptions::default());
    }
}
