//! A condition: its parts, and the text that they are written as.

use std::fmt;
use std::time::Duration;

use super::super::counters::names::{RUNTIME, runtime_counter, twins_of_instrument};
use super::super::counters::{Sample, Selection, SeriesKey};
use super::amount::Amount;

/// A counter as a condition names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CounterName {
    /// The EventSource or the meter.
    pub provider: String,
    /// The counter or the instrument.
    pub name: String,
}

impl CounterName {
    /// Whether a number is one of this counter: by name, or, for an instrument of the runtime, by that of the counter which
    /// tells the same.
    pub fn matches(&self, key: &SeriesKey) -> bool {
        self.provider.eq_ignore_ascii_case(&key.provider)
            && (self.name.eq_ignore_ascii_case(&key.name)
                || (self.provider == RUNTIME
                    && twins_of_instrument(&self.name).any(|twin| *twin.name == *key.name)))
    }
}

impl fmt::Display for CounterName {
    /// The name alone for the runtime's own counters, else with the provider.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.provider == RUNTIME && runtime_counter(&self.name).is_some() {
            f.write_str(&self.name)
        } else {
            write!(f, "{}[{}]", self.provider, self.name)
        }
    }
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

impl Comparison {
    /// Whether it holds. Never for what is no number.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Comparison::Above => value > limit,
            Comparison::AtLeast => value >= limit,
            Comparison::Below => value < limit,
            Comparison::AtMost => value <= limit,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::Above => ">",
            Comparison::AtLeast => ">=",
            Comparison::Below => "<",
            Comparison::AtMost => "<=",
        })
    }
}

/// What is asked of a counter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Check {
    /// Its number compared with an amount.
    Compare(Comparison, Amount),
    /// Its number is so much higher than it was at some moment of the time before.
    Grows {
        /// How much higher.
        by: Amount,
        /// Over how much time at most.
        within: Duration,
    },
}

/// A counter and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The counter.
    pub counter: CounterName,
    /// What is asked of it.
    pub check: Check,
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.check {
            Check::Compare(comparison, amount) => write!(f, "{} {comparison} {amount}", self.counter),
            Check::Grows { by, within } => write!(f, "{} grows {by} in {}", self.counter, time(*within)),
        }
    }
}

/// A time as conditions have it, in the largest unit that tells it whole.
fn time(time: Duration) -> String {
    let milliseconds = time.as_millis();
    let units = [(3_600_000, "h"), (60_000, "m"), (1000, "s")];
    let whole = units.into_iter().find(|(unit, _)| milliseconds > 0 && milliseconds.is_multiple_of(*unit));
    let (unit, name) = whole.unwrap_or((1, "ms"));
    format!("{}{name}", milliseconds / unit)
}

/// A part of a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A test, by its number in [`Condition::tests`].
    Test(usize),
    /// All of these; two at least.
    All(Vec<Part>),
    /// Any of these; two at least.
    Any(Vec<Part>),
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub(super) tests: Vec<Test>,
    pub(super) root: Part,
}

impl Condition {
    /// The tests, in the order in which they are written.
    pub fn tests(&self) -> &[Test] {
        &self.tests
    }

    /// How the tests are joined.
    pub fn root(&self) -> &Part {
        &self.root
    }

    /// The counters that it is about, each once: what a session must ask the process for.
    pub fn counters_needed(&self) -> Selection {
        Selection::of_counters(self.tests.iter().map(|test| (&*test.counter.provider, &*test.counter.name)))
    }

    /// Whether it is about this number.
    pub fn is_about(&self, sample: &Sample) -> bool {
        self.tests.iter().any(|test| test.counter.matches(&sample.key))
    }

    fn write(&self, part: &Part, inside: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match part {
            Part::Test(test) => return self.tests.get(*test).map_or(Ok(()), |test| write!(f, "{test}")),
            Part::All(parts) => (parts, " and "),
            Part::Any(parts) => (parts, " or "),
        };
        f.write_str(if inside { "(" } else { "" })?;
        for (at, part) in parts.iter().enumerate() {
            f.write_str(if at > 0 { word } else { "" })?;
            self.write(part, true, f)?;
        }
        f.write_str(if inside { ")" } else { "" })
    }
}

impl fmt::Display for Condition {
    /// The condition as it may be written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(&self.root, false, f)
    }
}
