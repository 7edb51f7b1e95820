//! The statement `explain analyze`: the steps of a select, with what each gave and took.

use super::answer::{Answer, AnswerColumn, Kind, ValueRef};
use super::ast::Select;
use super::exec::{self, Execution, Measure, Measures};
use super::{QueryError, RunOptions, plan};
use crate::graph::Snapshot;

/// Answers a select, and tells of each step the rows that it gave, the milliseconds that it took and the bytes of what it
/// gave. Rows are scanned, filtered and grouped in one go: the time of all three stands at the groups or, without such, at
/// what is shown. Joins, selects together and windows have a time of their own. What is built first has no figures. The rows themselves are not shown.
///
/// # Errors
/// Those of [`super::run`].
pub fn analyze(
    select: &Select,
    statement: &str,
    snapshots: &[Snapshot],
    options: &RunOptions<'_>,
) -> Result<Answer, QueryError> {
    let plan = plan(select, statement, snapshots, options)?;
    // Before it is run, since what a step builds is there already behind it.
    let (steps, stages) = plan::explain_stages(&plan, snapshots);
    let measures = Measures::default();
    let execution = Execution::new(snapshots, options).measuring(&measures);
    exec::execute(&plan, &execution)?;
    let mut taken = vec![Measure::default(); steps.len()];
    for (at, plan, stage) in stages {
        taken[at] = measures.of(plan, stage);
    }
    let text = |text| ValueRef::Text(text);
    let number = |number: Option<u64>| number.map_or(ValueRef::Null, |n| ValueRef::Integer(n.into()));
    let time = |taken: &Measure| {
        let milliseconds = taken.time.map(|time| (time.as_secs_f64() * 1e4).round() / 10.0);
        milliseconds.map_or(ValueRef::Null, ValueRef::Real)
    };
    let bytes = |taken: &Measure| taken.bytes.map_or(ValueRef::Null, ValueRef::Bytes);
    let columns = vec![
        AnswerColumn::new("step", Kind::Text, steps.iter().map(|(step, _)| text(*step))),
        AnswerColumn::new("what", Kind::Text, steps.iter().map(|(_, what)| text(what.as_str()))),
        AnswerColumn::new("rows", Kind::Integer, taken.iter().map(|taken| number(taken.rows))),
        AnswerColumn::new("ms", Kind::Real, taken.iter().map(time)),
        AnswerColumn::new("bytes", Kind::Bytes, taken.iter().map(bytes)),
    ];
    Ok(Answer { columns, warnings: execution.problems(), ..Answer::default() })
}
