//! What the program was doing when the dump was taken: who holds which lock and who waits for it, tasks and what they
//! await, timers, queues of work, requests under way.
//!
//! These are not structures of the runtime (those, with threads and their frames, are `clr`'s) but objects of its
//! libraries and what follows from several of them together. Each concept is a file that reads a snapshot and gives rows;
//! columns and statements are `query`'s.

pub mod clock;
mod deadlocks;
mod exception_traces;
mod fields;
mod gc_settings;
mod held_monitors;
mod instances;
mod library_locks;
pub mod load_contexts;
mod locks;
pub mod member_names;
mod objects_of;
mod pinned;
pub mod process_memory;
pub mod requests;
pub mod tasks;
mod thin_locks;
mod threads;
pub mod timers;
mod untold;
mod waits;
mod waits_in_code;
pub mod work_items;

pub use deadlocks::{Deadlock, deadlocks};
pub use exception_traces::{TraceFrame, exception_traces};
pub use gc_settings::{GcSetting, gc_settings};
pub use held_monitors::HeldMonitors;
pub use locks::{Lock, LockKind, Locks, locks};
pub use pinned::{Pinned, PinnedBy, pinned};
pub use threads::{Holder, Threads};
pub use waits::{Wait, WaitKind, Waits, waits};
