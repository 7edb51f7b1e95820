//! Waiting until a condition over a process's counters holds.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind};
use crate::live::conditions::{Condition, Watcher};
use crate::live::counters::News;
use crate::live::targets::{System, Target};

use super::super::console::Console;
use super::super::exit::ExitStatus;
use super::listening::{Counting, End, Until, begin, listen};

/// How often the process tells its counters.
const INTERVAL: Duration = Duration::from_secs(1);

/// How long a counter may stay unseen before that is told: some providers begin late, or tell every few seconds.
const UNSEEN_AFTER: Duration = Duration::from_secs(5);

/// How long a process may take to end after its stream did.
const LAST_BREATH: Duration = Duration::from_secs(2);

/// How often a pause looks whether it is to end.
const TICK: Duration = Duration::from_millis(50);

/// Waits for a condition; gives the reason that it holds. The session is over when this returns, whatever it returns.
pub(super) fn wait_for(
    condition: &Condition,
    target: &Target,
    console: &Console,
    cancel: &AtomicBool,
) -> Result<String, ExitStatus> {
    let Counting { session, subscription, .. } = begin(target, &condition.counters_needed(), INTERVAL)
        .map_err(|error| {
            console.messages.error(&error);
            ExitStatus::Dump
        })?;
    let mut watcher = Watcher::new(condition.clone());
    let (began, mut told, mut met) = (Instant::now(), false, None);
    let outcome = listen(session, &subscription, Until { cancel, deadline: None }, |news| {
        match news {
            Some(News::Sample(sample)) => met = watcher.feed(&sample),
            Some(News::Told(problem)) => console.messages.problem(&problem),
            None => {}
        }
        if !told && began.elapsed() >= UNSEEN_AFTER {
            told = true;
            tell_unseen(&watcher.unseen(), target, console);
        }
        if met.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    outcome.problems.iter().for_each(|problem| console.messages.problem(problem));
    match (met, outcome.end) {
        (Some(met), _) => Ok(met.why),
        (None, End::Cancelled) => {
            console.messages.remark("stopped");
            Err(ExitStatus::Interrupted)
        }
        (None, End::Failed(error)) => {
            console.messages.error(&error);
            Err(ExitStatus::Dump)
        }
        (None, End::ProcessEnded | End::Enough | End::TimeIsOver) => {
            console.messages.error(&ended(target, condition));
            Err(ExitStatus::Dump)
        }
    }
}

fn tell_unseen(unseen: &[String], target: &Target, console: &Console) {
    if !unseen.is_empty() {
        let names = unseen.join(", ");
        console.messages.warning(&format!(
            "{} tells nothing of {names} so far; `heapql counters {}` shows what it tells",
            target.called(),
            target.pid
        ));
    }
}

fn ended(target: &Target, condition: &Condition) -> Error {
    if is_still_running(target) {
        let message = format!("{} closed the stream of its counters", target.called());
        return Error::new(ErrorKind::Process, message)
            .hint("is another program debugging it? Start waiting again");
    }
    Error::new(ErrorKind::Process, format!("{} ended before `{condition}` held", target.called())).hint(
        "for a dump at its end start it with DOTNET_DbgEnableMiniDump=1 DOTNET_DbgMiniDumpType=2 DOTNET_DbgMiniDumpName=FILE \
         in its environment",
    )
}

/// Whether a process lives on though its stream ended: runtimes end their streams a little before their processes.
fn is_still_running(target: &Target) -> bool {
    let (system, began) = (System::this_machine(), Instant::now());
    while target.is_running(&system) {
        if began.elapsed() >= LAST_BREATH {
            return true;
        }
        thread::sleep(TICK);
    }
    false
}

/// What is told while a condition is waited for.
pub(super) fn waiting(condition: &Condition, target: &Target) -> String {
    format!("waiting until `{condition}` holds in {}", target.called())
}

/// Lets time pass between two dumps.
pub(super) fn pause(time: Duration, console: &Console, cancel: &AtomicBool) -> Result<(), ExitStatus> {
    let began = Instant::now();
    while began.elapsed() < time {
        if cancel.load(Ordering::SeqCst) {
            console.messages.remark("stopped");
            return Err(ExitStatus::Interrupted);
        }
        thread::sleep(TICK.min(time.saturating_sub(began.elapsed())));
    }
    Ok(())
}
