//! Statements about the graph of objects: what keeps them alive, and what they keep alive.

mod dominators;
mod explain;
mod neighbours;
mod path;
mod paths_to;
mod retained;
mod roots_of;
mod steps;
mod subject;
mod unreachable;

use super::answer::Answer;
use super::ast::{GraphStatement, Objects};
use super::catalog::statements;
use super::exec::{Execution, no_dump};
use super::plan::{Operand, Step};
use super::schema::Schema;
use super::{QueryError, RunOptions, resolve};
use crate::graph::paths::Stopped;
use neighbours::Neighbours;
use subject::Subject;

/// Answers a statement about the graph. `text` is what it was parsed from.
///
/// # Errors
/// Its objects are none; the dump has no heap; it was stopped.
pub fn answer(
    statement: &GraphStatement,
    text: &str,
    snapshots: &[super::Snapshot],
    options: &RunOptions<'_>,
) -> Result<Answer, QueryError> {
    let execution = Execution::new(snapshots, options.progress, options.cancel);
    let operand = |of: &Objects| operand(of, text, &execution, options);
    let subject = |operand: &Operand| Subject::new(operand, &execution);
    let mut answer = match statement {
        GraphStatement::RootsOf(of) => roots_of::roots_of(&subject(&operand(of)?)?, &execution)?,
        GraphStatement::PathsTo(of) => paths_to::paths_to(&subject(&operand(of)?)?, &execution)?,
        GraphStatement::PathFromTo(from, to) => {
            let (from, goals) = (operand(from)?, operand(to)?);
            path::same_dump(&from, &goals, &to.span)?;
            path::path(&subject(&from)?, &subject(&goals)?, &execution)?
        }
        GraphStatement::ReferencesOf(of) => {
            neighbours::neighbours(&subject(&operand(of)?)?, Neighbours::References, &execution)?
        }
        GraphStatement::ReferrersOf(of) => {
            neighbours::neighbours(&subject(&operand(of)?)?, Neighbours::Referrers, &execution)?
        }
        GraphStatement::RetainedBy(of) => retained::retained_by(&subject(&operand(of)?)?, &execution)?,
        GraphStatement::DominatorsOf(of) => dominators::dominators_of(&subject(&operand(of)?)?, &execution)?,
    };
    answer.warnings.extend(execution.problems());
    Ok(answer)
}

/// How a statement about the graph would be answered.
///
/// # Errors
/// As for [`answer`], but for what is found only by answering.
pub fn explain(
    statement: &GraphStatement,
    text: &str,
    snapshots: &[super::Snapshot],
    options: &RunOptions<'_>,
) -> Result<Vec<Step>, QueryError> {
    let execution = Execution::new(snapshots, options.progress, options.cancel);
    let operands = statement.operands().into_iter().map(|of| operand(of, text, &execution, options));
    let operands = operands.collect::<Result<Vec<_>, _>>()?;
    if operands.iter().any(|operand| snapshots.get(operand.snapshot).is_none()) {
        return Err(no_dump());
    }
    Ok(explain::explain(statement, &operands, snapshots))
}

/// The objects that a statement is about, by their names.
fn operand(
    of: &Objects,
    text: &str,
    execution: &Execution<'_>,
    options: &RunOptions<'_>,
) -> Result<Operand, QueryError> {
    let schema = Schema::of_objects(&[of], execution.snapshots, options)?;
    let words = || text.split_whitespace().map(str::to_lowercase);
    let statement =
        words().find_map(|word| statements().iter().find(|s| s.name == word && word != "explain"));
    let (name, usage) = statement.map_or(("", ""), |s| (s.name, s.usage));
    Ok(resolve::operand(of, text, &schema, name, usage)?)
}

impl From<Stopped> for QueryError {
    fn from(Stopped: Stopped) -> Self {
        QueryError::Cancelled
    }
}
