//! `heapql snapshot`: keep what is compared of a dump.

use std::slice;

use crate::diff::Profile;
use crate::diff::compare::keep as kept_answer;
use crate::graph::Snapshot;
use crate::problem::Problem;
use crate::query::{GroupedSelect, QueryError, RunOptions};
use crate::units::{grouped, human_bytes};

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::request::{Baseline, Common};
use super::session::Session;
use super::sides::tell;

/// Carries out a request. The selects are read and the output is opened before the dump is: a slip should not cost the
/// opening of a large dump.
pub(super) fn keep(request: &Baseline, common: &Common, console: &Console) -> ExitStatus {
    let mut selects = Vec::with_capacity(request.selects.len());
    for text in &request.selects {
        match GroupedSelect::parse(text) {
            Ok(select) => selects.push(select),
            Err(diagnostic) => {
                console.messages.diagnostic(&diagnostic.render(text));
                return ExitStatus::Statement;
            }
        }
    }
    let destination = match Destination::file(&request.output) {
        Ok(destination) => destination,
        Err(error) => {
            console.messages.error(&error);
            return ExitStatus::Usage;
        }
    };
    let session = match Session::open(slice::from_ref(&request.dump), common, console) {
        Ok(session) => session,
        Err(status) => return status,
    };
    let Some(snapshot) = session.snapshots().first() else { return ExitStatus::Dump };
    let status = match console.interrupt.while_working(|cancel| {
        let options = console.run_options(cancel);
        profile(snapshot, &selects, &options, console)
    }) {
        Ok((profile, warnings)) => {
            let status = ExitStatus::of_problems(&warnings);
            warnings.iter().for_each(|problem| console.messages.problem(problem));
            write(&profile, destination, console).map_or_else(|status| status, |()| status)
        }
        Err(status) => status,
    };
    if status < ExitStatus::Interrupted {
        session.keep_indexes();
    }
    status
}

/// The profile with the answers to the selects, and what was left out of either.
fn profile(
    snapshot: &Snapshot,
    selects: &[GroupedSelect],
    options: &RunOptions<'_>,
    console: &Console,
) -> Result<(Profile, Vec<Problem>), ExitStatus> {
    let mut profile = Profile::of(snapshot, options).map_err(|error| tell(&error, console))?;
    profile.keep_ways(snapshot, options).map_err(|error| tell(&error, console))?;
    let mut warnings = Vec::new();
    for select in selects {
        let answer = select.answer(snapshot, options).map_err(|error| match error {
            QueryError::Statement(diagnostic) => {
                console.messages.diagnostic(&diagnostic.render(select.text()));
                ExitStatus::Statement
            }
            error => tell(&error, console),
        })?;
        profile.answers.push(kept_answer(select, &answer));
        warnings.extend(answer.answer.warnings);
    }
    let heap = snapshot.built_heap().into_iter().flat_map(|heap| &heap.problems);
    warnings.extend(snapshot.problems.iter().chain(heap).cloned());
    warnings.extend(snapshot.graph().built_roots().into_iter().flat_map(|roots| roots.problems.clone()));
    Ok((profile, warnings))
}

/// Writes the file and says what is in it.
fn write(profile: &Profile, mut destination: Destination, console: &Console) -> Result<(), ExitStatus> {
    let name = destination.name().to_owned();
    let written = profile.write(&mut destination).and_then(|kept| {
        let bytes = destination.written();
        destination.finish()?;
        Ok((kept, bytes))
    });
    match written {
        Ok((kept, bytes)) => {
            console.messages.remark(&summary(&name, &kept, bytes));
            Ok(())
        }
        Err(error) => {
            console.messages.error(&Destination::failure(&name, error));
            Err(ExitStatus::Usage)
        }
    }
}

/// What was kept, in a sentence.
fn summary(name: &str, kept: &Profile, bytes: u64) -> String {
    let mut parts = vec![
        format!("{} types", grouped(kept.types.len() as u64)),
        format!("{} groups of roots", grouped(kept.roots.len() as u64)),
        format!("{} ways", grouped(kept.ways.iter().map(|of_type| of_type.ways.len() as u64).sum::<u64>())),
    ];
    match kept.answers.len() {
        0 => {}
        1 => parts.push("1 answer".to_owned()),
        answers => parts.push(format!("{answers} answers")),
    }
    let heap = human_bytes(kept.totals.bytes as f64);
    format!(
        "baseline of {} ({heap} of objects) in {name}: {}; {}",
        kept.dump.file,
        parts.join(", "),
        human_bytes(bytes as f64)
    )
}
