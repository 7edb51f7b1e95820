//! One number that a process told, at one moment.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What a number counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things, or nothing that is said.
    None,
    /// Memory. Whatever the process counts in (megabytes of a million, mostly), samples have bytes.
    Bytes,
    /// A share of a hundred.
    Percent,
    /// Any other, as the process writes it: `ms`, `s`.
    Other(Arc<str>),
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::None => "",
            Unit::Bytes => "B",
            Unit::Percent => "%",
            Unit::Other(unit) => unit,
        })
    }
}

/// How a number is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// How much there is.
    Gauge,
    /// How much was added in an interval, for a second of it.
    Rate {
        /// The interval over which it was counted.
        interval: Duration,
    },
}

impl Kind {
    /// Whether it is a rate.
    pub fn is_rate(self) -> bool {
        matches!(self, Kind::Rate { .. })
    }
}

/// What tells one row of numbers from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesKey {
    /// The EventSource or the meter.
    pub provider: Arc<str>,
    /// The counter or the instrument.
    pub name: Arc<str>,
    /// What tells its numbers apart, as `key=value,key=value`; empty for most.
    pub tags: Arc<str>,
}

/// One number.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Which number it is.
    pub key: SeriesKey,
    /// Its name for people; empty when the process gives none.
    pub display_name: Arc<str>,
    /// What it counts.
    pub unit: Unit,
    /// How it is to be understood.
    pub kind: Kind,
    /// The number: in bytes where the unit is bytes, for a second where it is a rate.
    pub value: f64,
    /// When the process told it, by its own clock.
    pub at: SystemTime,
}
