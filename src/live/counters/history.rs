//! The last numbers of each counter, in the order in which they are shown.

use std::collections::{HashMap, VecDeque};

use super::names::{RUNTIME, RUNTIME_COUNTERS};
use super::sample::{Sample, SeriesKey};
use crate::limits::MAX_LIVE_SERIES;

/// A counter's last numbers.
#[derive(Clone, Debug)]
pub struct Series {
    /// The last sample.
    pub last: Sample,
    /// The numbers, the oldest first, the last one at the end.
    pub values: VecDeque<f64>,
    rank: usize,
}

/// The numbers of all counters of a process.
#[derive(Debug)]
pub struct History {
    kept: usize,
    series: Vec<Series>,
    places: HashMap<SeriesKey, usize>,
    left_out: u64,
}

impl History {
    /// A history that keeps so many numbers of each counter.
    pub fn keeping(kept: usize) -> History {
        History { kept: kept.max(1), series: Vec::new(), places: HashMap::new(), left_out: 0 }
    }

    /// Adds a sample. A counter beyond the limit of rows is left out.
    pub fn add(&mut self, sample: Sample) {
        if let Some(series) = self.places.get(&sample.key).and_then(|&place| self.series.get_mut(place)) {
            series.values.push_back(sample.value);
            while series.values.len() > self.kept {
                series.values.pop_front();
            }
            series.last = sample;
            return;
        }
        if self.series.len() >= MAX_LIVE_SERIES {
            self.left_out += 1;
            return;
        }
        self.places.insert(sample.key.clone(), self.series.len());
        let (rank, values) = (rank(&sample.key), VecDeque::from([sample.value]));
        self.series.push(Series { last: sample, values, rank });
    }

    /// All counters: provider by provider as they came, the runtime's in the order of [`RUNTIME_COUNTERS`], others by
    /// name and tags.
    pub fn series(&self) -> Vec<&Series> {
        let mut providers: Vec<&str> = Vec::new();
        for series in &self.series {
            let provider = &*series.last.key.provider;
            if !providers.contains(&provider) {
                providers.push(provider);
            }
        }
        let mut all: Vec<&Series> = self.series.iter().collect();
        let provider =
            |series: &Series| providers.iter().position(|name| **name == *series.last.key.provider);
        all.sort_by(|a, b| {
            let key = |series: &Series| (provider(series), series.rank);
            key(a).cmp(&key(b)).then_with(|| a.last.key.cmp(&b.last.key))
        });
        all
    }

    /// Samples of counters beyond the limit.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}

/// The place of one of the runtime's counters; that of all others is behind them.
fn rank(key: &SeriesKey) -> usize {
    let known =
        RUNTIME_COUNTERS.iter().position(|counter| *key.provider == *RUNTIME && *counter.name == *key.name);
    known.unwrap_or(RUNTIME_COUNTERS.len())
}
