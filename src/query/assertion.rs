//! The statement `assert`: which rows fail, how many, and the first of them in words.

use super::ast::Assertion as Written;
use super::schema::Schema;
use super::{Answer, Assertion, QueryError, RunOptions, ValueRef, resolve, select_answer};
use crate::graph::Snapshot;
use crate::problem::Problem;

/// So many rows that fail are answered: enough to see what they have in common. All are counted.
const MAX_ROWS: usize = 1000;

/// So many of them are named in words.
const MAX_NAMED: usize = 3;

/// Tests an assertion, which was parsed from `statement`.
///
/// # Errors
/// Those of [`super::run`].
pub fn assert(
    assertion: &Written,
    statement: &str,
    snapshots: &[Snapshot],
    options: &RunOptions<'_>,
) -> Result<Answer, QueryError> {
    let mut of = assertion.of.clone();
    // What the types of are asked for must be all that is looked up in them.
    of.having = Some(assertion.holds.clone());
    let schema = Schema::new(&of, snapshots, options)?;
    let plan = resolve::resolve_assertion(assertion, statement, &schema)?;
    let mut answer = select_answer(&plan, snapshots, options)?;
    let failing = answer.row_count();
    let condition = statement.get(assertion.holds.span.clone()).unwrap_or_default();
    let condition = || condition.split_whitespace().collect::<Vec<_>>().join(" ");
    answer.assertion = Some(Assertion {
        message: assertion.message.as_ref().map_or_else(condition, |(message, _)| message.clone()),
        failing: failing as u64,
        first: (0..failing.min(MAX_NAMED)).map(|row| in_words(&answer, row)).collect(),
    });
    if failing > MAX_ROWS {
        let rows = crate::units::grouped(MAX_ROWS as i128);
        answer.warnings.push(Problem::note(format!("the first {rows} of the rows that fail are shown")));
        for column in &mut answer.columns {
            column.cells = column.cells.gather(0..MAX_ROWS);
        }
    }
    Ok(answer)
}

/// A row as `type=Zoo.Dog count=36`.
fn in_words(answer: &Answer, row: usize) -> String {
    let words = answer.columns.iter().map(|column| {
        let value = match column.value(row) {
            ValueRef::Null => "null".to_owned(),
            ValueRef::Text(text) => text.to_owned(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Bytes(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Address(address) => address.to_string(),
            ValueRef::Boolean(truth) => truth.to_string(),
            ValueRef::List(_) => "(a list)".to_owned(),
        };
        format!("{}={value}", column.name)
    });
    words.collect::<Vec<_>>().join(" ")
}
