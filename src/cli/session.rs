//! Open dumps that answer statements: what `query` and the prompt have in common.

mod ask;
mod at_prompt;
mod in_words;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::Arc;

use crate::graph::Snapshot;
use crate::open::{IndexFile, open};
use crate::problem::Problem;
use crate::units::human_bytes;

use super::console::Console;
use super::exit::ExitStatus;
use super::open_options::open_options;
use super::request::Common;
use crate::query::Environment;
pub(super) use ask::is_about_the_language;

/// The dumps that statements are asked of, oldest first.
pub(super) struct Session<'a> {
    /// Shared with threads that answer and build, and may be left behind.
    snapshots: Arc<[Snapshot]>,
    /// The indexes of those that have one or may get one.
    indexes: Vec<Option<IndexFile>>,
    console: &'a Console,
    /// What statements can refer to besides the dumps.
    environment: RefCell<Environment>,
    /// Whether the statements that a word of SOS stands for are told before they are answered.
    tells_statements: Cell<bool>,
    /// The statements that the words asked last stood for.
    last_statements: RefCell<Vec<String>>,
    /// Whether it is told where a new index lies.
    tells_indexes: bool,
}

/// How a statement was dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// An answer of so many rows was written, whole or in part as the status says.
    Answered { status: ExitStatus, rows: usize, elapsed: std::time::Duration },
    /// There was no answer, and why was told.
    Refused(ExitStatus),
}

impl Reply {
    pub(super) fn status(self) -> ExitStatus {
        match self {
            Reply::Answered { status, .. } | Reply::Refused(status) => status,
        }
    }

    /// The same reply, but with this status where it is the worse one.
    fn at_least(self, worse: ExitStatus) -> Reply {
        match self {
            Reply::Answered { status, rows, elapsed } => {
                Reply::Answered { status: status.max(worse), rows, elapsed }
            }
            Reply::Refused(status) => Reply::Refused(status.max(worse)),
        }
    }
}

impl<'a> Session<'a> {
    /// Opens the dumps one after the other and tells what opening had to leave out. The first that
    /// cannot be opened ends it: an answer over the others would not be the one asked for.
    pub(super) fn open(
        dumps: &[PathBuf],
        common: &Common,
        console: &'a Console,
    ) -> Result<Session<'a>, ExitStatus> {
        let options = open_options(common, console)?;
        let (mut snapshots, mut indexes) = (Vec::with_capacity(dumps.len()), Vec::new());
        for dump in dumps {
            let opened = open(dump, &options, &*console.progress).map_err(|error| {
                console.messages.error(&error);
                ExitStatus::Dump
            })?;
            snapshots.push(opened.snapshot);
            indexes.push(opened.index);
        }
        let session =
            Session { indexes, tells_indexes: common.progress, ..Session::over(snapshots, console) };
        session.tell_index_problems();
        Ok(session)
    }

    /// A session over dumps that are already open.
    pub(super) fn over(snapshots: Vec<Snapshot>, console: &'a Console) -> Session<'a> {
        let session = Session {
            snapshots: snapshots.into(),
            indexes: Vec::new(),
            console,
            environment: RefCell::default(),
            tells_statements: Cell::new(false),
            last_statements: RefCell::default(),
            tells_indexes: false,
        };
        session.known_problems().for_each(|problem| console.messages.problem(problem));
        session
    }

    /// The open dumps.
    pub(super) fn snapshots(&self) -> &[Snapshot] {
        &self.snapshots
    }

    /// What statements can refer to besides the dumps.
    pub(super) fn environment(&self) -> &RefCell<Environment> {
        &self.environment
    }

    /// What every command talks through.
    pub(super) fn console(&self) -> &'a Console {
        self.console
    }

    /// Gives a parameter a value for the statements that follow.
    pub(super) fn set_parameter(&self, name: &str, value: &str) {
        self.environment.borrow_mut().set_parameter(name, value);
    }

    /// Writes the indexes of dumps of whose graph more was built than their index holds. All answers are out by now:
    /// where that is not possible is told, and is no failure.
    pub(super) fn keep_indexes(&self) {
        let messages = &self.console.messages;
        for (snapshot, index) in self.snapshots.iter().zip(&self.indexes) {
            let Some(index) = index.as_ref().filter(|index| index.lacks_what_was_built(snapshot)) else {
                continue;
            };
            match self.console.interrupt.while_working(|stop| index.save(snapshot, stop)) {
                Ok(saved) => {
                    saved.problems.iter().for_each(|problem| messages.problem(problem));
                    if self.tells_indexes {
                        let size = human_bytes(saved.length as f64);
                        messages.remark(&format!(
                            "the next opening is quick: index in {} ({size})",
                            saved.path.display()
                        ));
                    }
                }
                Err(error) => messages.problem(&Problem::note(error.to_string())),
            }
        }
    }

    fn tell_index_problems(&self) {
        let problems = self.indexes.iter().flatten().flat_map(IndexFile::problems);
        problems.for_each(|problem| self.console.messages.problem(&problem));
    }

    /// What is known to be missing from the dumps by now, each once.
    pub(super) fn problems(&self) -> Vec<&Problem> {
        self.problems_with(&[])
    }

    /// The same, and `more`.
    fn problems_with<'p>(&'p self, more: &'p [Problem]) -> Vec<&'p Problem> {
        let mut problems: Vec<&Problem> = Vec::new();
        for problem in self.known_problems().chain(more) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems
    }

    /// What opening and, where it was done, walking the heap left out.
    fn known_problems(&self) -> impl Iterator<Item = &Problem> {
        self.snapshots.iter().flat_map(|snapshot| {
            let walk = snapshot.built_heap().into_iter().flat_map(|heap| &heap.problems);
            snapshot.problems.iter().chain(walk)
        })
    }
}

#[cfg(test)]
pub(super) mod tests;
