//! Selects and conditions over rows that are given: an answer in memory instead of a table of a dump.
//!
//! Planned and executed as all others are; only the source differs. No dump is asked.

use super::answer::Answer;
use super::ast::Statement;
use super::schema::Schema;
use super::{Environment, QueryError, RunOptions, ValueRef, parser, resolve, select_answer};
use crate::diagnostic::Diagnostic;

/// Rows that are given, and what messages call them.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The rows.
    pub rows: &'a Answer,
    /// What messages call them: `the comparison`.
    pub name: &'a str,
}

/// What a condition says of given rows.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The rows for which it holds, those whose first value in the condition is biggest first. Of a condition over all
    /// rows (`sum(size_2) > 1gb`) one row with the values of its aggregates, and none where it does not hold.
    pub holding: Answer,
    /// How many rows it was about: all that its `where` lets pass.
    pub looked_at: u64,
}

/// Answers a select whose rows are those of `given`: its columns are the columns, and those of numbers add up. All of the
/// language but tables, types and paths is there; a source can be a select in parentheses.
///
/// ```text
/// select type, size_delta where size_delta > 10mb order by size_delta desc limit 10
/// ```
///
/// # Errors
/// [`QueryError::Statement`] with the place of the mistake.
pub fn select_over(given: &Answer, statement: &str) -> Result<Answer, QueryError> {
    let given = Given { rows: given, name: "the answer" };
    let Statement::Select(select) = parser::parse(statement, &Environment::new())? else {
        let start = statement.len() - statement.trim_start().len();
        let word =
            statement.trim_start().find(char::is_whitespace).map_or(statement.len(), |end| start + end);
        return Err(Diagnostic::new(start..word, "given rows can be selected from only")
            .expected("`select`")
            .into());
    };
    let plan = resolve::resolve(&select, statement, &Schema::of_given(given))?;
    let answer = select_answer(&plan, &[], &RunOptions::default())?;
    Ok(Answer { query: statement.trim().to_owned(), ..answer })
}

/// Tests a condition, `COND [where COND]`: on each row that passes the `where`, or, where it has an aggregate in it, on
/// all of these together.
///
/// ```text
/// size_delta > 10mb where type like 'Shop.%'
/// sum(size_2) > 1.1 * sum(size_1)
/// ```
///
/// # Errors
/// [`QueryError::Statement`] with the place of the mistake in `condition`.
pub fn rows_where(given: Given<'_>, condition: &str) -> Result<Tested, QueryError> {
    let parsed = parser::parse_condition(condition)?;
    let plans = resolve::resolve_condition(&parsed, condition, given)?;
    let options = RunOptions::default();
    let looked_at = match select_answer(&plans.looked_at, &[], &options)?.columns.first().map(|c| c.value(0))
    {
        Some(ValueRef::Integer(rows)) => u64::try_from(rows).unwrap_or(0),
        _ => 0,
    };
    let holding = select_answer(&plans.holding, &[], &options)?;
    Ok(Tested { holding: Answer { query: condition.trim().to_owned(), ..holding }, looked_at })
}
