//! heapql: an offline analyzer for .NET core dumps.
//!
//! The crate is layered, and the layers know each other in one direction only:
//!
//! | layer | what it knows | what it must not know |
//! | --- | --- | --- |
//! | [`bytes`] | addresses, bounded reads, mapped files | formats |
//! | [`dump`] | core files as an address space, mappings, threads | .NET |
//! | [`image`] | ELF and PE modules in memory or on disk | the runtime's structures |
//! | [`clr`] | the runtime: layouts, globals, heaps, types, modules | columns, queries |
//! | [`graph`] | the heap as columns | how a dump is read |
//! | [`query`] | the language over those columns | how results are printed |
//! | [`output`] | results as tables, JSON, CSV | where they came from |
//! | [`cli`] | arguments, commands, the prompt, exit statuses | everything else is below it |

pub mod bytes;
pub mod cli;
#[cfg_attr(not(test), deny(clippy::unwrap_used, clippy::indexing_slicing))]
pub mod clr;
#[cfg_attr(not(test), deny(clippy::unwrap_used, clippy::indexing_slicing))]
pub mod dump;
pub mod error;
pub mod graph;
#[cfg_attr(not(test), deny(clippy::unwrap_used, clippy::indexing_slicing))]
pub mod image;
pub mod info;
pub mod limits;
pub mod open;
pub mod output;
pub mod problem;
pub mod progress;
pub mod query;
#[cfg(any(test, feature = "synth"))]
pub mod synth;
pub mod units;

pub use error::{Error, ErrorKind, Result};
