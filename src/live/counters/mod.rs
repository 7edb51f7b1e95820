//! Counters of a running process: what to ask its runtime for, and what its events say.
//!
//! A runtime tells numbers in two ways. EventCounters are events of an EventSource, which all versions since 3.0 send; the
//! runtime's own are the provider `System.Runtime`. Meters (`System.Diagnostics.Metrics`) are sent by one EventSource for
//! all of them since 6.0; the runtime has one of its own since 9.0. Both become [`Sample`]s, under one set of names
//! ([`names`]).
//!
//! Sources of truth: `documentation/design-docs/eventcounters.md` of dotnet/diagnostics, `RuntimeEventSource.cs`,
//! `CounterGroup.cs`, `MetricsEventSource.cs` and `RuntimeMetrics.cs` of dotnet/runtime.

mod amount;
mod event_counters;
mod feed;
mod history;
mod meters;
pub mod names;
mod sample;
mod selection;
mod subscription;
#[cfg(test)]
mod tests;

pub use feed::{Feed, Heard, News};
pub use history::{History, Series};
pub use sample::{Kind, Sample, SeriesKey, Unit};
pub use selection::{Selected, Selection};
pub use subscription::Subscription;
