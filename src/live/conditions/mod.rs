//! Conditions over counters, as `--when` takes them: `gc-heap-size > 500mb and cpu-usage > 80`.
//!
//! ```text
//! condition: all ("or" all)*
//! all:       part ("and" part)*
//! part:      "(" condition ")" | counter compare amount | counter "grows" ["by"] amount "in" time
//! counter:   NAME of the runtime | PROVIDER "[" NAME "]"
//! compare:   ">" | ">=" | "<" | "<="
//! amount:    number ["b" | "kb" | "mb" | "gb" | "tb" | "%"] ["/s"]
//! time:      whole number, "ms" | "s" | "m" | "min" | "h"
//! ```
//!
//! Sizes are those of the language of dumps: powers of 1024. Words may be written in any case. Evaluation is pure: a
//! [`Watcher`] is fed with samples, which bring their own time, and tells when the condition holds.

mod amount;
mod condition;
mod parse;
#[cfg(test)]
mod tests;
mod tokens;
mod watcher;

pub use amount::{Amount, AmountUnit};
pub use condition::{Check, Comparison, Condition, CounterName, Part, Test};
pub use watcher::{Met, Watcher};
