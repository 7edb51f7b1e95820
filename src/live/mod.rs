//! Processes that run on this machine: which are .NET, and what their runtimes tell and do over the diagnostic socket.
//!
//! Knows nothing of dumps, and no layer but the command line knows it. Talks to Unix sockets of this machine only and
//! opens no port. What a process answers is as hostile as a dump: sizes are capped (`limits`), waiting is bounded.

pub mod conditions;
pub mod counters;
pub mod mistake;
pub mod nettrace;
