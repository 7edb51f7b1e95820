//! Statements about the graph of objects: what keeps them alive, and what they keep alive.

use std::sync::Arc;

use super::answer::Answer;
use super::ast::{GraphStatement, Objects};
use super::catalog::statements;
use super::exec::{self, Execution, no_dump};
use super::schema::Schema;
use super::{QueryError, RunOptions, resolve};
use crate::graph::{ObjectId, Snapshot};

/// Answers a statement about the graph. `text` is what it was parsed from.
///
/// # Errors
/// Its objects are none; the dump has no heap.
pub fn answer(
    statement: &GraphStatement,
    text: &str,
    snapshots: &[Snapshot],
    options: &RunOptions<'_>,
) -> Result<Answer, QueryError> {
    let execution = Execution::new(snapshots, options.progress, options.cancel);
    for of in statement.operands() {
        operand(of, text, &execution)?;
    }
    Err(QueryError::Data(Arc::new(crate::Error::new(crate::ErrorKind::Usage, "not built yet"))))
}

/// The dump and the objects that a statement is about.
fn operand<'s>(
    of: &Objects,
    text: &str,
    execution: &Execution<'s>,
) -> Result<(&'s Snapshot, Vec<ObjectId>), QueryError> {
    let schema = Schema::of_objects(&[of], execution.snapshots, execution.progress)?;
    let word = text.split_whitespace().next().unwrap_or_default();
    let usage = statements().iter().find(|s| s.name.eq_ignore_ascii_case(word)).map_or("", |s| s.usage);
    let operand = resolve::operand(of, text, &schema, word, usage)?;
    let snapshot = execution.snapshots.get(operand.snapshot).ok_or_else(no_dump)?;
    let objects = exec::objects(&operand.addresses, snapshot, execution)?;
    Ok((snapshot, objects))
}
