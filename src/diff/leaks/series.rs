//! One thing that a rule watches, in each of the dumps.

use std::sync::Arc;

use super::score::Trend;
use crate::bytes::Addr;
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
    /// The part of all that hangs on objects of its type, from 0 to 1, where it is of a type.
    pub part: f64,
    /// The objects that it is made of; empty where it is none of particular objects.
    pub objects: Objects,
    /// What is known beside, as the middle of a sentence: `subscribed to Notifier.Notified`.
    pub detail: String,
    /// More of that, a sentence each, with the points that it gives.
    pub remarks: Vec<(i32, String)>,
    /// A statement that goes on from here.
    pub next: Option<Next>,
}

/// A statement that goes on from a suspect; it may be one of several open dumps that it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Next {
    before: String,
    /// What it asks of: a type, an address, a table.
    source: String,
    behind: &'static str,
}

impl Next {
    /// Who holds the objects of a type.
    pub fn paths_to(type_name: &str) -> Next {
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '+');
        let is_plain = type_name.chars().all(is_plain) && !type_name.is_empty();
        let source = if is_plain { type_name.to_owned() } else { format!("\"{type_name}\"") };
        Next { before: "paths to ".to_owned(), source, behind: "" }
    }

    /// What hangs on an object.
    pub fn retained_by(object: Addr) -> Next {
        Next { before: "retained by ".to_owned(), source: object.to_string(), behind: "" }
    }

    /// A select from a table: what stands before the table's name and what stands behind it.
    pub fn select(items: &str, table: &str, behind: &'static str) -> Next {
        Next { before: format!("select {items} from "), source: table.to_owned(), behind }
    }

    /// The statement, for the only open dump or for one of several, by its number from 1.
    pub fn statement(&self, dump: Option<usize>) -> String {
        let dump = dump.map(|number| format!("@{number}.")).unwrap_or_default();
        format!("{}{dump}{}{}", self.before, self.source, self.behind)
    }
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

    /// Whether there are too many of them: at least `many` in a single dump; over several, a growth by at least `more`.
    pub fn are_too_many(&self, many: u64, more: u64) -> bool {
        match self.has_history() {
            true => Trend::of(&self.counts).is_growth() && self.grown_count() >= more,
            false => self.count() >= many,
        }
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
