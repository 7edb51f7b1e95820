//! Statements about several dumps, and with them all others.

use std::time::Instant;

use super::growth::Side;
use super::{Profile, compare, identity, leaks};
use crate::graph::Snapshot;
use crate::problem::Problem;
use crate::query::{self, Answer, Diagnostic, QueryError, RunOptions, SeveralDumps, Span};

/// Answers any statement of the language: those about several dumps (`diff`, `leaks`, `survivors`) here, all others as
/// [`query::run`] does.
///
/// # Errors
/// Those of [`query::run`]; `diff` and `survivors` over fewer than two dumps.
pub fn run(snapshots: &[Snapshot], statement: &str, options: &RunOptions<'_>) -> Result<Answer, QueryError> {
    let started = Instant::now();
    let Some(several) = query::parse_several(statement) else {
        return query::run(snapshots, statement, options);
    };
    let mut answer = match several {
        SeveralDumps::Diff { select, span } => {
            several_dumps(snapshots, "diff", &span)?;
            compare::compare_select(&select, snapshots, options)?
        }
        SeveralDumps::Leaks => suspects(snapshots, options)?,
        SeveralDumps::Survivors { type_name, type_span, span } => {
            several_dumps(snapshots, "survivors", &span)?;
            survivors(snapshots, &type_name, &type_span, options)?
        }
    };
    answer.query = statement.trim().to_owned();
    answer.elapsed = started.elapsed();
    Ok(answer)
}

/// Refuses a statement that needs at least two dumps where there are fewer.
fn several_dumps(snapshots: &[Snapshot], word: &str, span: &Span) -> Result<(), Diagnostic> {
    if snapshots.len() >= 2 {
        return Ok(());
    }
    let message = format!("`{word}` needs two dumps, and {} is open", snapshots.len());
    Err(Diagnostic::new(span.clone(), message).hint("name both, the older first: `heapql BEFORE AFTER`"))
}

fn suspects(snapshots: &[Snapshot], options: &RunOptions<'_>) -> Result<Answer, QueryError> {
    let profiles = snapshots.iter().map(|snapshot| Profile::of(snapshot, options));
    let profiles = profiles.collect::<Result<Vec<_>, _>>()?;
    let sides = profiles.iter().zip(snapshots);
    let sides: Vec<_> = sides.map(|(profile, dump)| Side { profile, snapshot: Some(dump) }).collect();
    Ok(leaks::answer(&leaks::leaks(&sides, options)?, sides.len()))
}

/// What became of the objects of a type from each dump to the next and, of three and more, from the first to the last.
fn survivors(
    snapshots: &[Snapshot],
    type_name: &str,
    type_span: &Span,
    options: &RunOptions<'_>,
) -> Result<Answer, QueryError> {
    has_objects(snapshots, type_name, type_span, options)?;
    let mut pairs: Vec<_> = (1..snapshots.len()).map(|to| (to - 1, to)).collect();
    if snapshots.len() > 2 {
        pairs.push((0, snapshots.len() - 1));
    }
    let (mut found, mut warnings) = (Vec::new(), Vec::new());
    for (from, to) in pairs {
        match identity::survival((&snapshots[from], &snapshots[to]), type_name, None, options)? {
            Some(survival) => {
                found.push(identity::Survival { from: from as u32 + 1, to: to as u32 + 1, ..survival });
            }
            None => warnings.push(Problem::note(format!(
                "the objects of {type_name} have no trait by which those of @{} could be recognised in @{}",
                from + 1,
                to + 1
            ))),
        }
    }
    Ok(Answer { warnings, ..identity::answer(&found) })
}

/// Refuses the name of a type that has objects in none of the dumps.
fn has_objects(
    snapshots: &[Snapshot],
    type_name: &str,
    type_span: &Span,
    options: &RunOptions<'_>,
) -> Result<(), QueryError> {
    let mut names = Vec::new();
    for snapshot in snapshots {
        names.extend(snapshot.heap(options.progress)?.types.all().iter().map(|of| &*of.name));
    }
    if names.contains(&type_name) {
        return Ok(());
    }
    let ends_so =
        |full: &&str| full.strip_suffix(type_name).is_some_and(|before| before.ends_with(['.', '+']));
    let near = query::nearest(type_name, names.iter().copied());
    let near = near.or_else(|| names.iter().copied().find(ends_so));
    let diagnostic =
        Diagnostic::new(type_span.clone(), format!("no dump has objects of a type called `{type_name}`"));
    Err(match near {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")).into(),
        None => diagnostic.into(),
    })
}
