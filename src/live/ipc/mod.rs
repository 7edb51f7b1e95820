//! The diagnostic protocol of the runtime, version `DOTNET_IPC_V1`: one command a connection, one answer, and behind some
//! answers a stream.
//!
//! Source of truth: dotnet/diagnostics, `documentation/design-docs/ipc-protocol.md`, and the runtime's side of it,
//! `src/native/eventpipe/ds-*.c`. The protocol's numbers are little-endian, its texts UTF-16 with their length before them.
//!
//! The peer is not trusted: a message has at most 65,535 bytes because its size has 16 bits, what follows one is capped in
//! `limits`, and each exchange has a deadline that no trickle of bytes moves.

mod connection;
mod dump;
mod fault;
mod message;
mod payload;
mod process_info;
mod tracing;

pub(crate) use connection::is_passing;
pub use connection::{Connection, PATIENCE, ask};
pub use dump::{DumpType, write_dump};
pub use fault::{Fault, HResult};
pub use message::{Command, Message};
pub use payload::{PayloadReader, PayloadWriter};
pub use process_info::{ProcessInfo, process_info};
pub use tracing::{Provider, SessionId, begin_tracing, stop_tracing};

#[cfg(test)]
pub(crate) mod fake_peer;
