//! What the program was doing when the dump was taken: who holds which lock and who waits for it, tasks and what they
//! await, timers, queues of work, requests under way.
//!
//! These are not structures of the runtime (those, with threads and their frames, are `clr`'s) but objects of its
//! libraries and what follows from several of them together. Each concept is a file that reads a snapshot and gives rows;
//! columns and statements are `query`'s.

pub mod load_contexts;
pub mod process_memory;
