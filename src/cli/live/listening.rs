//! Hearing a process's counters until something ends it: Ctrl-C, the time, the process, or enough was heard.

use std::ops::ControlFlow;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};
use crate::live::conditions::Condition;
use crate::live::counters::{Feed, Heard, News, Selection, Subscription};
use crate::live::ipc::process_info;
use crate::live::session::Session;
use crate::live::targets::Target;
use crate::problem::Problem;

/// Megabytes of events that a runtime buffers. Counters take some kilobytes a second.
const BUFFER_MB: u32 = 16;

/// The runtime that is assumed where neither it nor its path tell its version: before 6.0 runtimes tell nothing of themselves.
const OLDEST_VERSION: u32 = 3;

/// A session with the counters of a process.
#[derive(Debug)]
pub(super) struct Counting {
    /// Its events.
    pub session: Session,
    /// What was asked for.
    pub subscription: Subscription,
    /// The version of the runtime, where it is known.
    pub runtime: Option<String>,
}

/// Has a process tell counters.
///
/// # Errors
/// When it cannot be reached, or refuses.
pub(super) fn begin(target: &Target, selection: &Selection, interval: Duration) -> Result<Counting> {
    let socket = target.reachable_socket()?;
    let info = process_info(socket);
    let told = info.ok().and_then(|info| info.runtime_version);
    let runtime = told.or_else(|| target.runtime_by_path.clone());
    let version = runtime.as_deref().and_then(major).unwrap_or(OLDEST_VERSION);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let client = format!("heapql-{}-{}", process::id(), now.as_nanos());
    let subscription = Subscription::new(selection, interval, version, &client);
    let session = Session::start(socket, subscription.providers(), BUFFER_MB)
        .map_err(|fault| target.error("be asked for counters", fault))?;
    Ok(Counting { session, subscription, runtime })
}

/// `10` of `10.0.14+0a1b`.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// A condition as it was typed.
///
/// # Errors
/// What is wrong with it, to be shown with its place.
pub(super) fn condition(text: &str) -> Result<Condition, String> {
    Condition::parse(text).map_err(|diagnostic| diagnostic.render(text))
}

/// What ends listening, beside the process and whoever listens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Until<'a> {
    /// Set by Ctrl-C.
    pub cancel: &'a AtomicBool,
    /// When the time is over.
    pub deadline: Option<Instant>,
}

/// Why it ended.
#[derive(Debug)]
pub(super) enum End {
    /// The listener had enough.
    Enough,
    /// Ctrl-C.
    Cancelled,
    /// The time is over.
    TimeIsOver,
    /// The process ended.
    ProcessEnded,
    /// What it tells could not be read any further.
    Failed(Error),
}

/// How it ended.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Why.
    pub end: End,
    /// What was left out.
    pub problems: Vec<Problem>,
}

/// Hears a session to its end, and ends it in the process whatever happens. `listener` is given each news, and nothing when
/// none came for a moment; it is not called any more once it had enough.
pub(super) fn listen(
    session: Session,
    subscription: &Subscription,
    until: Until<'_>,
    mut listener: impl FnMut(Option<News>) -> ControlFlow<()>,
) -> Outcome {
    let stopper = session.stopper();
    // Should the process not answer, the session gives up a few seconds later all the same.
    let stop = || drop(stopper.stop());
    let mut feed = Feed::new(session, subscription);
    let mut end = None;
    let end = loop {
        if end.is_none() {
            end = until.reached();
            if end.is_some() {
                stop();
            }
        }
        let news = match feed.hear() {
            Ok(Heard::News(news)) => Some(news),
            Ok(Heard::Waiting) => None,
            Ok(Heard::End(_)) => break end.unwrap_or(End::ProcessEnded),
            Err(error) => break end.unwrap_or(End::Failed(error)),
        };
        if end.is_none() && listener(news).is_break() {
            end = Some(End::Enough);
            stop();
        }
    };
    Outcome { end, problems: feed.problems() }
}

impl Until<'_> {
    fn reached(self) -> Option<End> {
        if self.cancel.load(Ordering::SeqCst) {
            return Some(End::Cancelled);
        }
        self.deadline.filter(|&deadline| Instant::now() >= deadline).map(|_| End::TimeIsOver)
    }
}
