//! Processes that run on this machine: which are .NET, and what their runtimes tell and do over the diagnostic socket.
//!
//! - [`targets`] finds the processes and their sockets.
//! - [`ipc`] speaks the protocol of those sockets: commands and their answers.
//! - [`session`] is a stream of events of a process.
//! - [`nettrace`] reads the events of such a stream.
//! - [`counters`] turns them into samples of counters, and knows what to ask a runtime for.
//! - [`conditions`] tells when samples fulfil what a user waits for.
//! - [`disk`] tells whether there is room for a dump.
//!
//! Knows nothing of dumps, and no layer but the command line knows it. Talks to Unix sockets of this machine only and
//! opens no port. What a process answers is as hostile as a dump: sizes are capped (`limits`), waiting is bounded.

pub mod conditions;
pub mod counters;
pub mod disk;
pub mod ipc;
pub mod nettrace;
pub mod session;
pub mod targets;
