//! The statement `explain analyze`: the steps of a select, with what each gave and took.

use std::time::Instant;

use super::answer::{Answer, AnswerColumn, Kind, ValueRef};
use super::ast::Select;
use super::exec::{self, Execution, Measure, Measures};
use super::plan::{Built, GraphPart, Measured};
use super::{QueryError, RunOptions, plan};
use crate::graph::Snapshot;

/// Answers a select, and tells of each step the rows that it gave, the milliseconds that it took and the bytes of what it
/// gave. What is built first is built one after the other. Rows are scanned, filtered and grouped in one go: the time of all
/// three stands at the groups or, without such, at what is shown. Selects together and windows have a time of their own. The rows themselves are not shown.
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
    let steps = plan::explain_measured(&plan, snapshots);
    let built = |(_, measured): &(_, Option<Measured<'_>>)| match measured {
        Some(Measured::Built(number, what)) => build(*what, snapshots.get(*number), options),
        _ => Ok(None),
    };
    let built: Vec<Option<Measure>> = steps.iter().map(built).collect::<Result<_, QueryError>>()?;
    let measures = Measures::default();
    let execution = Execution::new(snapshots, options).measuring(&measures);
    exec::execute(&plan, &execution)?;
    let taken = steps.iter().zip(built).map(|((_, measured), built)| match measured {
        Some(Measured::Stage(plan, stage)) => measures.of(plan, *stage),
        _ => built.unwrap_or_default(),
    });
    let taken: Vec<Measure> = taken.collect();
    let text = |text| ValueRef::Text(text);
    let number = |number: Option<u64>| number.map_or(ValueRef::Null, |n| ValueRef::Integer(n.into()));
    let time = |taken: &Measure| {
        let milliseconds = taken.time.map(|time| (time.as_secs_f64() * 1e4).round() / 10.0);
        milliseconds.map_or(ValueRef::Null, ValueRef::Real)
    };
    let bytes = |taken: &Measure| taken.bytes.map_or(ValueRef::Null, ValueRef::Bytes);
    let columns = vec![
        AnswerColumn::new("step", Kind::Text, steps.iter().map(|((step, _), _)| text(*step))),
        AnswerColumn::new("what", Kind::Text, steps.iter().map(|((_, what), _)| text(what.as_str()))),
        AnswerColumn::new("rows", Kind::Integer, taken.iter().map(|taken| number(taken.rows))),
        AnswerColumn::new("ms", Kind::Real, taken.iter().map(time)),
        AnswerColumn::new("bytes", Kind::Bytes, taken.iter().map(bytes)),
    ];
    Ok(Answer { columns, warnings: execution.problems(), ..Answer::default() })
}

/// Builds what a select takes, where it is not there yet.
fn build(
    what: Built,
    snapshot: Option<&Snapshot>,
    options: &RunOptions<'_>,
) -> Result<Option<Measure>, QueryError> {
    let Some(snapshot) = snapshot else { return Ok(None) };
    let (graph, progress) = (snapshot.graph(), options.progress);
    let began = Instant::now();
    let rows = match what {
        Built::Heap if snapshot.built_heap().is_none() => snapshot.heap(progress)?.objects.len(),
        Built::Graph(GraphPart::References) if graph.built_references().is_none() => {
            snapshot.references(progress)?.forward.member_count()
        }
        Built::Graph(GraphPart::Referrers) if graph.built_referrers().is_none() => {
            snapshot.referrers(progress)?.member_count()
        }
        Built::Graph(GraphPart::Roots) if graph.built_roots().is_none() => {
            snapshot.roots(progress)?.all.len()
        }
        Built::Graph(GraphPart::Dominators) if graph.built_dominators().is_none() => {
            snapshot.dominators(progress)?;
            snapshot.heap(progress)?.objects.len()
        }
        // It is there, or kept by nobody: then it is searched for when the source is opened.
        Built::Heap | Built::Graph(_) => return Ok(None),
    };
    Ok(Some(Measure { rows: Some(rows as u64), time: Some(began.elapsed()), bytes: None }))
}
