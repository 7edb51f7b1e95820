//! The nettrace format, in which a .NET runtime streams its events.
//!
//! Responsible for the stream as it arrives over a socket: frames, blocks, the descriptions of events, their payloads as
//! typed values, and how many events the runtime dropped. What an event means is not its business, see
//! [`super::counters`].
//!
//! The source of truth is `NetTraceFormat.md` and `NetTraceFormat_v5.md` of microsoft/perfview
//! (`src/TraceEvent/EventPipe`), and, where they are silent, what runtimes from 8.0 to 10.0 send. Versions 4 and 5 are
//! read, which is what every runtime since 3.0 sends when it is asked for its format 1; the older NetPerf and the newer
//! version 6 are told apart and refused.
//!
//! A stream is
//!
//! ```text
//! "Nettrace"  20  "!FastSerialization.1"  object*  1
//! object: 5  5 1 version:i32 oldest-reader:i32 length:i32 name 6  payload  6
//! ```
//!
//! where the first object is `Trace`, of a fixed size, and all others are blocks that say their size and begin at a multiple of
//! four bytes of the stream: what is not known can be skipped. A peer may be hostile: sizes are capped (`crate::limits`),
//! a damaged block is left out and told, a stream that ends too early gives what it had.

mod block;
mod cursor;
mod decoder;
mod definition;
mod event;
mod losses;
mod reader;
#[cfg(test)]
pub(in crate::live) mod synthetic;
#[cfg(test)]
mod tests;
mod trace;
mod value;

pub use decoder::{Decoder, Ending};
pub use definition::{Definition, Field, FieldKind};
pub use event::Event;
pub use reader::{Reader, Step};
pub use trace::Trace;
pub use value::{Record, Value};
