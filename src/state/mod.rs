//! What the program was doing when the dump was taken: who holds which lock and who waits for it, tasks and what they
//! await, timers, queues of work, requests under way.
//!
//! These are not structures of the runtime (those, with threads and their frames, are `clr`'s) but objects of its
//! libraries and what follows from several of them together. Each concept is a file that reads a snapshot and gives rows;
//! columns and statements are `query`'s.

mod deadlocks;
mod held_monitors;
mod library_locks;
mod locks;
mod objects_of;
mod thin_locks;
mod threads;
mod waits;
mod waits_in_code;

pub use deadlocks::{Deadlock, deadlocks};
pub use held_monitors::HeldMonitors;
pub use locks::{Lock, LockKind, Locks, locks};
pub use threads::{Holder, Threads};
pub use waits::{Wait, WaitKind, Waits, waits};
pub mod clock;
mod fields;
mod instances;
pub mod load_contexts;
pub mod member_names;
pub mod process_memory;
pub mod requests;
pub mod tasks;
pub mod timers;
mod untold;
pub mod work_items;
