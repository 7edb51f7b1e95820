//! Conditions over a comparison, for builds that must fail when they hold.

use crate::query::{self, Answer, Given, QueryError};

#[cfg(test)]
mod tests;

/// A condition that was evaluated.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The condition as it was written: `size_delta > 10mb where type like 'Shop.%'`.
    pub condition: String,
    /// The rows for which it holds, with the comparison's columns, biggest first; none when the gate is passed. Of a
    /// condition over all rows (`sum(size_2) > 1gb`) one row with the values of its aggregates.
    pub failing: Answer,
    /// How many rows the condition was about: those that its `where` lets pass. A gate that looks at none guards
    /// nothing.
    pub looked_at: u64,
}

impl Verdict {
    /// Whether the condition holds for any row.
    pub fn holds(&self) -> bool {
        self.failing.row_count() > 0
    }
}

/// Evaluates a condition, `COND [where COND]`, over the rows of a comparison. A condition with an aggregate in it
/// (`sum(size_2) > 1.1 * sum(size_1)`) is over all rows that pass the `where` together. For these, `comparison` must be
/// whole: rows that did not change are part of a sum, and no threshold may have left rows out.
///
/// # Errors
/// The condition is wrong, with its place in the text.
pub fn evaluate(condition: &str, comparison: &Answer) -> Result<Verdict, QueryError> {
    let tested = query::rows_where(Given { rows: comparison, name: "the comparison" }, condition)?;
    Ok(Verdict {
        condition: condition.trim().to_owned(),
        failing: tested.holding,
        looked_at: tested.looked_at,
    })
}
