//! Whether a condition holds, sample by sample.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime};

use super::super::counters::{Sample, SeriesKey};
use super::condition::{Check, Condition, Part};
use crate::limits::{MAX_LIVE_SERIES, MAX_WINDOW_SAMPLES};
use crate::units::duration;

/// A condition that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// Why, in a sentence without a full stop: `gc-heap-size is 512.3 MB (> 500mb)`. Has text of the process in it, where a
    /// counter has tags.
    pub why: String,
    /// When, by the clock of the process.
    pub at: SystemTime,
}

/// Waits for a condition.
#[derive(Debug)]
pub struct Watcher {
    condition: Condition,
    /// What is known of each test's counter, a state for each of its numbers.
    states: Vec<TestState>,
}

#[derive(Debug, Default)]
struct TestState {
    /// Whether any sample was of this counter. Stays when the past is forgotten.
    seen: bool,
    series: HashMap<SeriesKey, State>,
}

/// What one number did lately.
#[derive(Debug, Default)]
struct State {
    /// The lowest numbers of the window: each lower than all that came before it was dropped, so that the first is the
    /// lowest of all.
    lows: VecDeque<(SystemTime, f64)>,
    /// Why the test holds, where it does.
    holds: Option<String>,
}

impl Watcher {
    /// A watcher that has seen nothing yet.
    pub fn new(condition: Condition) -> Self {
        let states = condition.tests().iter().map(|_| TestState::default()).collect();
        Watcher { condition, states }
    }

    /// The condition that is waited for.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Takes a sample in; whether the condition holds with it. Samples of other counters change nothing. Where a counter
    /// has several numbers, told apart by tags, any of them may fulfil its test. A condition that goes on holding is told
    /// with each sample.
    pub fn feed(&mut self, sample: &Sample) -> Option<Met> {
        let mut concerned = false;
        for (test, state) in self.condition.tests.iter().zip(&mut self.states) {
            if !test.counter.matches(&sample.key) {
                continue;
            }
            (concerned, state.seen) = (true, true);
            let is_new = !state.series.contains_key(&sample.key);
            if is_new && state.series.len() >= MAX_LIVE_SERIES {
                continue;
            }
            let series = state.series.entry(sample.key.clone()).or_default();
            series.holds = series.judge(&test.check, sample);
        }
        if !concerned {
            return None;
        }
        self.why(&self.condition.root).map(|why| Met { why, at: sample.at })
    }

    /// The counters of which no sample came yet, as they are written.
    pub fn unseen(&self) -> Vec<String> {
        let mut unseen = Vec::new();
        for (test, state) in self.condition.tests.iter().zip(&self.states) {
            let name = test.counter.to_string();
            if !state.seen && !unseen.contains(&name) {
                unseen.push(name);
            }
        }
        unseen
    }

    /// Forgets all samples, so that growth is counted from the next one on: after a dump, which a process takes
    /// time and memory for.
    pub fn forget(&mut self) {
        for state in &mut self.states {
            state.series.clear();
        }
    }

    /// Why a part holds; `None` when it does not.
    fn why(&self, part: &Part) -> Option<String> {
        match part {
            Part::Test(test) => {
                let series = &self.states.get(*test)?.series;
                // The first in the order of keys, so that the same samples always give the same text.
                let holding = series.iter().filter_map(|(key, state)| Some((key, state.holds.as_ref()?)));
                holding.min_by_key(|(key, _)| *key).map(|(_, why)| why.clone())
            }
            Part::All(parts) => {
                let whys: Option<Vec<String>> = parts.iter().map(|part| self.why(part)).collect();
                whys.map(|whys| whys.join(" and "))
            }
            Part::Any(parts) => {
                let whys: Vec<String> = parts.iter().filter_map(|part| self.why(part)).collect();
                (!whys.is_empty()).then(|| whys.join(", and "))
            }
        }
    }
}

impl State {
    /// Why the test holds with this sample.
    fn judge(&mut self, check: &Check, sample: &Sample) -> Option<String> {
        match check {
            Check::Compare(comparison, limit) => {
                let holds = comparison.holds(sample.value, limit.value());
                holds.then(|| format!("{} is {} ({comparison} {limit})", named(sample), sample.shown()))
            }
            Check::Grows { by, within } => {
                let (since, lowest) = self.lowest(sample, *within)?;
                let growth = sample.value - lowest;
                (growth >= by.value() && since > Duration::ZERO).then(|| {
                    let from = Sample { value: lowest, ..sample.clone() }.shown();
                    format!("{} grew from {from} to {} in {}", named(sample), sample.shown(), duration(since))
                })
            }
        }
    }

    /// Adds a sample to the window; the lowest number in it and how long ago that was.
    fn lowest(&mut self, sample: &Sample, within: Duration) -> Option<(Duration, f64)> {
        if !sample.value.is_finite() {
            return None;
        }
        // A sample from before those that are there: the process's clock was set back, or it lies.
        if self.lows.back().is_some_and(|&(last, _)| last > sample.at) {
            self.lows.clear();
        }
        let age = |at: SystemTime| sample.at.duration_since(at).unwrap_or_default();
        while self.lows.front().is_some_and(|&(at, _)| age(at) > within) {
            self.lows.pop_front();
        }
        while self.lows.back().is_some_and(|&(_, value)| value >= sample.value) {
            self.lows.pop_back();
        }
        if self.lows.len() >= MAX_WINDOW_SAMPLES {
            self.lows.pop_front();
        }
        self.lows.push_back((sample.at, sample.value));
        self.lows.front().map(|&(at, value)| (age(at), value))
    }
}

/// The counter of a sample for a sentence, with the tags that tell its numbers apart.
fn named(sample: &Sample) -> String {
    let key = &sample.key;
    if key.tags.is_empty() { key.name.to_string() } else { format!("{} [{}]", key.name, key.tags) }
}
