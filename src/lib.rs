//! heapql: an offline analyzer for .NET core dumps.
//!
//! ```no_run
//! use heapql::diff::run;
//! use heapql::open::{OpenOptions, open};
//! use heapql::progress::NoProgress;
//! use heapql::query::RunOptions;
//!
//! let opened = open("app.core".as_ref(), &OpenOptions::default(), &NoProgress)?;
//! let answer = run(&[opened.snapshot], "select type, count, size group by type", &RunOptions::default())?;
//! for row in 0..answer.row_count() {
//!     println!("{:?} {:?}", answer.columns[0].value(row), answer.columns[2].value(row));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate is layered, and the layers know each other in one direction only:
//!
//! | layer | what it knows | what it must not know |
//! | --- | --- | --- |
//! | [`bytes`] | addresses, bounded reads, mapped files | formats |
//! | [`dump`] | core files as an address space, mappings, threads | .NET |
//! | [`image`] | ELF and PE modules in memory or on disk | the runtime's structures |
//! | [`clr`] | the runtime: layouts, globals, heaps, types, modules | columns, queries |
//! | [`values`] | objects as their program knew them: fields, texts, collections | columns |
//! | [`graph`] | the heap as columns | how a dump is read |
//! | [`state`] | what the program was doing: locks, tasks, timers, queues | columns, queries |
//! | [`info`] | what is known of a dump, as data | how it is printed |
//! | [`query`] | the language over those columns | how results are printed |
//! | [`diff`] | several dumps of one program: growth, who holds it, leaks | how results are printed |
//! | [`sos`] | the words of SOS and of debuggers, as statements | how statements are answered |
//! | [`output`] | results as tables, JSON, CSV | where they came from |
//! | `live` | processes that run here: their diagnostic sockets, counters, conditions | dumps |
//! | [`open`] | the way from a file to a dump that can be asked | statements |
//! | [`cli`] | arguments, commands, the prompt, exit statuses | everything else is below it |

pub mod bytes;
pub mod cli;
#[cfg_attr(not(test), deny(clippy::unwrap_used, clippy::indexing_slicing))]
pub mod clr;
pub mod diagnostic;
pub mod diff;
#[cfg_attr(not(test), deny(clippy::unwrap_used, clippy::indexing_slicing))]
pub mod dump;
pub mod error;
pub mod graph;
#[cfg_attr(not(test), deny(clippy::unwrap_used, clippy::indexing_slicing))]
pub mod image;
pub mod info;
pub mod limits;
#[cfg(all(feature = "live", target_os = "linux"))]
#[cfg_attr(not(test), deny(clippy::unwrap_used, clippy::indexing_slicing))]
pub mod live;
pub mod memory_limit;
pub mod open;
pub mod output;
pub mod problem;
pub mod progress;
pub mod query;
pub mod sos;
pub mod state;
#[cfg(any(test, feature = "synth"))]
pub mod synth;
pub mod text;
pub mod units;
#[cfg_attr(not(test), deny(clippy::unwrap_used, clippy::indexing_slicing))]
pub mod values;

pub use error::{Error, ErrorKind, Result};
