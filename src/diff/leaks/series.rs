//! One thing that a rule watches, in each of the dumps.

use std::sync::Arc;

use crate::graph::{ObjectId, TypeId};

/// A thing that a rule watches, in one dump.
#[derive(Clone, Debug, Default)]
pub(super) struct Sighting {
    /// What it is called in every dump: two sightings of one rule with the same key are of one thing.
    pub key: String,
    /// What is suspected, for people.
    pub subject: String,
    /// The file name of the module of the subject's type.
    pub module: Option<Arc<str>>,
    /// Whether the program made it, not the framework.
    pub is_of_program: bool,
    /// How many there are of it.
    pub count: u64,
    /// The bytes that hang on it, or are wasted.
    pub bytes: u64,
    /// The objects that it is made of; empty where it is none of particular objects.
    pub objects: Objects,
    /// What is known beside, as the middle of a sentence: `subscribed to Notifier.Notified`.
    pub detail: String,
    /// More of that, a sentence each, with the points that it gives.
    pub remarks: Vec<(i32, String)>,
    /// A statement that goes on from here, without the number of the dump.
    pub next: Option<String>,
}

/// The objects of a sighting.
#[derive(Clone, Debug, Default)]
pub(super) enum Objects {
    /// None in particular.
    #[default]
    None,
    /// These.
    These(Vec<ObjectId>),
    /// All of these types.
    OfTypes(Vec<TypeId>),
}

/// A thing that a rule watches, in all dumps.
#[derive(Debug)]
pub(super) struct Series<'a> {
    /// As it is in the last dump.
    pub last: &'a Sighting,
    /// How many there are in each dump.
    pub counts: Vec<u64>,
    /// The bytes in each dump.
    pub all_bytes: Vec<u64>,
    /// The bytes of reachable objects in the last dump.
    pub heap: u64,
}

impl Series<'_> {
    /// How many there are in the last dump.
    pub fn count(&self) -> u64 {
        self.last.count
    }

    /// The bytes in the last dump.
    pub fn bytes(&self) -> u64 {
        self.last.bytes
    }

    /// The part of the last dump's heap that they make, from 0 to 1.
    pub fn share(&self) -> f64 {
        (self.bytes() as f64 / self.heap.max(1) as f64).min(1.0)
    }

    /// How many more there are in the last dump than in the first; 0 for fewer, and for a single dump.
    pub fn grown_count(&self) -> u64 {
        grown(&self.counts)
    }

    /// How many more bytes that are.
    pub fn grown_bytes(&self) -> u64 {
        grown(&self.all_bytes)
    }

    /// Whether there are several dumps.
    pub fn has_history(&self) -> bool {
        self.counts.len() > 1
    }
}

fn grown(numbers: &[u64]) -> u64 {
    match numbers {
        [first, .., last] => last.saturating_sub(*first),
        _ => 0,
    }
}
