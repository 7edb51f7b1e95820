//! What the steps of a plan took, where that is asked for.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use crate::query::plan::{Plan, Stage};

/// What one stage of a plan took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// The rows that it gave; `None` where none were counted.
    pub rows: Option<u64>,
    /// How long it took, without the plans within it.
    pub time: Option<Duration>,
    /// How many bytes its result takes.
    pub bytes: Option<u64>,
}

/// What the stages of plans took, by the places of the plans in memory: a plan stays where it is while it is executed.
#[derive(Debug, Default)]
pub struct Measures {
    taken: Mutex<FxHashMap<(usize, Stage), Measure>>,
}

impl Measures {
    /// Notes what a stage took, which may be told in parts.
    pub fn note(&self, plan: &Plan, stage: Stage, measure: Measure) {
        let mut taken = self.taken.lock().unwrap_or_else(|e| e.into_inner());
        let known = taken.entry((std::ptr::from_ref(plan) as usize, stage)).or_default();
        let Measure { rows, time, bytes } = measure;
        *known =
            Measure { rows: rows.or(known.rows), time: time.or(known.time), bytes: bytes.or(known.bytes) };
    }

    /// What a stage took; nothing where it was not met.
    pub fn of(&self, plan: &Plan, stage: Stage) -> Measure {
        let taken = self.taken.lock().unwrap_or_else(|e| e.into_inner());
        taken.get(&(std::ptr::from_ref(plan) as usize, stage)).copied().unwrap_or_default()
    }
}

/// A clock that is read where somebody wants to know only.
pub struct Clock(Option<Instant>);

impl Clock {
    /// Starts it where it is `wanted`.
    pub fn start(wanted: bool) -> Clock {
        Clock(wanted.then(Instant::now))
    }

    /// How long it ran.
    pub fn read(&self) -> Option<Duration> {
        self.0.map(|start| start.elapsed())
    }
}
