//! `heapql counters`: the counters of a process while it runs.

mod page;
mod rows;
mod screen;
mod silence;
mod spark;
mod writer;

use std::env;
use std::io;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::live::counters::{News, Selection};
use crate::live::targets::{System, Target, choose};
use crate::problem::{Problem, Severity};

use super::super::console::Console;
use super::super::destination::Destination;
use super::super::exit::ExitStatus;
use super::super::request::Counters;
use super::listening::{Counting, End, Outcome, Until, begin, listen};
use silence::Silence;
use writer::CounterWriter;

/// Shows the counters until Ctrl-C, the time or the process's end.
pub(super) fn show(request: &Counters, console: &Console) -> ExitStatus {
    let list = request.counters.as_deref();
    let selection = match list.map_or_else(|| Ok(Selection::default()), Selection::parse) {
        Ok(selection) => selection,
        Err(mistake) => {
            console.messages.diagnostic(&mistake.render(list.unwrap_or_default()));
            return ExitStatus::Usage;
        }
    };
    match start(request, &selection) {
        Ok((target, counting)) => console.interrupt.while_working(|cancel| {
            let deadline = request.duration.and_then(|time| Instant::now().checked_add(time));
            follow(request, &target, counting, Until { cancel, deadline }, console)
        }),
        Err(error) => {
            console.messages.error(&error);
            ExitStatus::of_error(&error)
        }
    }
}

fn start(request: &Counters, selection: &Selection) -> Result<(Target, Counting)> {
    let target = choose(&System::this_machine(), &request.target)?;
    let counting = begin(&target, selection, request.interval)?;
    Ok((target, counting))
}

/// Writes what the process tells until something ends it.
fn follow(
    request: &Counters,
    target: &Target,
    counting: Counting,
    until: Until<'_>,
    console: &Console,
) -> ExitStatus {
    let Counting { session, subscription, runtime } = counting;
    let heading = heading(target, runtime.as_deref(), request.interval);
    let mut writer = CounterWriter::new(request.format, heading, request.interval, can_be_drawn_on());
    let mut silence = Silence::new(subscription.selection(), request.interval);
    let mut problems: Vec<Problem> = Vec::new();
    let mut written = Ok(());
    let outcome = listen(session, &subscription, until, |news| {
        match news {
            Some(News::Sample(sample)) => {
                silence.heard(&sample.key);
                writer.add(sample);
                if !writer.is_due() {
                    return ControlFlow::Continue(());
                }
            }
            Some(News::Told(problem)) => tell(problem, &mut problems, &mut writer, console),
            None => {
                if let Some(problem) = silence.problem() {
                    tell(problem, &mut problems, &mut writer, console);
                }
            }
        }
        written = writer.show(&notes(&problems));
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let shown_below = writer.shows_notes();
    let finished = written.and_then(|()| writer.finish(&notes(&problems)));
    end(request, target, outcome, finished, (problems, shown_below), console)
}

/// Tells a problem once: below a page that is drawn in place, else at once.
fn tell(problem: Problem, problems: &mut Vec<Problem>, writer: &mut CounterWriter, console: &Console) {
    // A process may tell of troubles without end; those that were told are enough.
    const MOST: usize = 8;
    if problems.contains(&problem) || problems.len() >= MOST {
        return;
    }
    if writer.shows_notes() {
        writer.note();
    } else {
        console.messages.problem(&problem);
    }
    problems.push(problem);
}

/// How it ended, told, and as a status.
fn end(
    request: &Counters,
    target: &Target,
    outcome: Outcome,
    finished: io::Result<Option<Problem>>,
    (mut problems, shown_below): (Vec<Problem>, bool),
    console: &Console,
) -> ExitStatus {
    let told = if shown_below { 0 } else { problems.len() };
    problems.extend(outcome.problems);
    let status = match finished {
        Ok(problem) => {
            problems.extend(problem);
            ending(request, target, outcome.end, console)
        }
        // The reader of the output went away, and needs no more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitStatus::Answered,
        Err(error) => {
            console.messages.error(&Destination::failure("standard output", error));
            ExitStatus::Usage
        }
    };
    for problem in problems.iter().skip(told) {
        console.messages.problem(problem);
    }
    status.max(ExitStatus::of_problems(&problems))
}

fn ending(request: &Counters, target: &Target, end: End, console: &Console) -> ExitStatus {
    match end {
        End::Enough | End::TimeIsOver => ExitStatus::Answered,
        // Without a time this is how it is meant to end.
        End::Cancelled if request.duration.is_none() => ExitStatus::Answered,
        End::Cancelled => ExitStatus::Interrupted,
        End::ProcessEnded => {
            console.messages.remark(&format!("{} ({}) ended", target.name, target.pid));
            if request.duration.is_none() { ExitStatus::Answered } else { ExitStatus::Partial }
        }
        End::Failed(error) => {
            console.messages.error(&error);
            ExitStatus::of_error(&error)
        }
    }
}

/// What stands above the counters.
fn heading(target: &Target, runtime: Option<&str>, interval: Duration) -> String {
    let runtime = runtime.and_then(|version| version.split(['+', '@', ' ']).next());
    let runtime = runtime.map_or_else(String::new, |version| format!(", .NET {version}"));
    format!("{} ({}){runtime}, every {} s", target.name, target.pid, interval.as_secs_f64())
}

/// What is told below a page.
fn notes(problems: &[Problem]) -> Vec<String> {
    let label = |severity| if severity == Severity::Loss { "warning" } else { "note" };
    problems.iter().map(|problem| format!("{}: {problem}", label(problem.severity))).collect()
}

/// Whether standard output is a terminal that moves its cursor when it is told to.
fn can_be_drawn_on() -> bool {
    Destination::stdout().extent().is_some() && env::var_os("TERM").is_none_or(|term| term != "dumb")
}
