//! What was proved about a dump: the checks behind `heapql info`.
//!
//! Nothing that was found by a name, a build id or a shape is believed before it was read through.

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed,
    /// The memory that it needs is not in the dump.
    NotPossible,
}

impl Outcome {
    /// The word for it: `passed`, `failed`, `not possible`.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::NotPossible => "not possible",
        }
    }
}

/// One check and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// What was seen.
    pub detail: String,
}

impl Check {
    /// A check that holds or not.
    pub fn of(name: &'static str, holds: bool, detail: impl Into<String>) -> Check {
        let outcome = if holds { Outcome::Passed } else { Outcome::Failed };
        Check { name, outcome, detail: detail.into() }
    }

    /// A check whose memory is missing.
    pub fn not_possible(name: &'static str, why: impl ToString) -> Check {
        Check { name, outcome: Outcome::NotPossible, detail: why.to_string() }
    }
}
