//! A grouped select asked of each dump by itself, and the answers compared.

use super::table::{Table, UnknownColumn};
use super::{Thresholds, are_of_one_run, cut, kept};
use crate::diff::growth::Side;
use crate::graph::Snapshot;
use crate::problem::Problem;
use crate::query::{Answer, Diagnostic, GroupedAnswer, GroupedSelect, QueryError, RunOptions};

/// The answers of dumps to a grouped select side by side, oldest first. Its `order by` names columns of the comparison,
/// and its `limit` is that of the comparison.
///
/// # Errors
/// The select is wrong, has no groups, or names a dump; no dump can answer it; it was stopped. A select that is wrong for
/// some of the dumps only (a type that the first does not have yet) has no rows there, which is noted.
pub fn compare_select(
    select: &GroupedSelect,
    snapshots: &[Snapshot],
    options: &RunOptions<'_>,
) -> Result<Answer, QueryError> {
    let answers =
        snapshots.iter().map(|snapshot| (snapshot.facts.file.clone(), select.answer(snapshot, options)));
    let run = |snapshot: &Snapshot| snapshot.facts.process_run;
    let first = snapshots.first().and_then(run);
    let one_run = first.is_some() && snapshots.iter().all(|snapshot| run(snapshot) == first);
    compare(select, answers.collect(), one_run, &Thresholds::default())
}

/// The same of dumps and baselines; a baseline answers with what was kept of the same select.
///
/// # Errors
/// As for [`compare_select`]; a baseline has no answer to the select.
pub fn compare_kept(
    select: &GroupedSelect,
    sides: &[Side<'_>],
    thresholds: &Thresholds,
    options: &RunOptions<'_>,
) -> Result<Answer, QueryError> {
    let answers = sides.iter().map(|side| {
        let answer = match side.snapshot {
            Some(snapshot) => select.answer(snapshot, options),
            None => kept::answer(select, side.profile),
        };
        (side.profile.dump.file.clone(), answer)
    });
    compare(select, answers.collect(), are_of_one_run(sides), thresholds)
}

/// What a dump of some name answered.
type Named = (String, Result<GroupedAnswer, QueryError>);

fn compare(
    select: &GroupedSelect,
    answers: Vec<Named>,
    one_run: bool,
    thresholds: &Thresholds,
) -> Result<Answer, QueryError> {
    let order = select.order()?;
    let (sides, mut warnings) = where_it_is_right(answers)?;
    let Some(table) = Table::new(&sides, one_run, thresholds) else { return Ok(Answer::default()) };
    let mut answer = table.answer(&order, |_| 0).map_err(no_column)?;
    let (count, offset) = select.limit().unwrap_or((u64::MAX, 0));
    cut(
        &mut answer,
        usize::try_from(count).unwrap_or(usize::MAX),
        usize::try_from(offset).unwrap_or(usize::MAX),
    );
    if let Some(limit) = thresholds.limit {
        cut(&mut answer, limit, 0);
    }
    for problem in sides.iter().flat_map(|side| &side.answer.warnings) {
        if !warnings.contains(problem) {
            warnings.push(problem.clone());
        }
    }
    warnings.append(&mut answer.warnings);
    if select.leaves_out_groups() {
        warnings.push(Problem::note(
            "`having` is asked of each dump by itself: a group that fails it in one counts as missing there",
        ));
    }
    answer.query = select.text().trim().to_owned();
    Ok(Answer { warnings, ..answer })
}

/// The answers, and what is to be told of dumps that have none; those are taken to have no rows.
fn where_it_is_right(answers: Vec<Named>) -> Result<(Vec<GroupedAnswer>, Vec<Problem>), QueryError> {
    let is_answered = answers.iter().any(|(_, answer)| answer.is_ok());
    let (mut sides, mut notes) = (Vec::with_capacity(answers.len()), Vec::new());
    for (at, (file, answer)) in answers.into_iter().enumerate() {
        match answer {
            Ok(answer) => sides.push(answer),
            Err(QueryError::Statement(diagnostic)) if is_answered => {
                let message =
                    format!("@{} ({file}) is taken to have no rows: {}", at + 1, diagnostic.message);
                notes.push(Problem::note(message));
                sides.push(GroupedAnswer::default());
            }
            Err(error) => return Err(error),
        }
    }
    Ok((sides, notes))
}

fn no_column(UnknownColumn { key, columns }: UnknownColumn) -> QueryError {
    let names = columns.iter().map(String::as_str);
    Diagnostic::new(key.span, format!("the comparison has no column `{}`", key.name))
        .expected(columns.join(", "))
        .nearest(&key.name, names)
        .into()
}
