//! Statements about several dumps, and with them all others.

use std::time::Instant;

use super::growth::Side;
use super::{Profile, compare, identity, leaks};
use crate::graph::Snapshot;
use crate::query::{self, Answer, Diagnostic, QueryError, RunOptions, SeveralDumps, Span};

/// Answers any statement of the language: those about several dumps (`diff`, `leaks`, `survivors`) here, all others as
/// [`query::run`] does.
///
/// # Errors
/// Those of [`query::run`]; `diff` and `survivors` over fewer than two dumps.
pub fn run(snapshots: &[Snapshot], statement: &str, options: &RunOptions<'_>) -> Result<Answer, QueryError> {
    let started = Instant::now();
    let Some(several) = query::parse_several(statement, options.environment) else {
        return query::run(snapshots, statement, options);
    };
    let mut answer = match several {
        SeveralDumps::Diff { select, span } => {
            several_dumps(snapshots, "diff", &span)?;
            compare::compare_select(&select, snapshots, options)?
        }
        SeveralDumps::Leaks => suspects(snapshots, options)?,
        SeveralDumps::Survivors { type_name, subclasses, type_span, span } => {
            several_dumps(snapshots, "survivors", &span)?;
            identity::survivors(snapshots, (&type_name, &type_span), subclasses, options)?
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
