//! Statements about several dumps, and with them all others.

use crate::graph::Snapshot;
use crate::query::{self, Answer, QueryError, RunOptions};

/// Answers any statement of the language: those about several dumps (`diff`, `leaks`, `survivors`) here, all others as
/// [`query::run`] does.
///
/// # Errors
/// Those of [`query::run`].
pub fn run(snapshots: &[Snapshot], statement: &str, options: &RunOptions<'_>) -> Result<Answer, QueryError> {
    query::run(snapshots, statement, options)
}
