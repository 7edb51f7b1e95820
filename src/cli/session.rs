//! Open dumps that answer statements: what `query` and the prompt have in common.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::graph::{Facts, Snapshot};
use crate::open::open;
use crate::output::{AnswerWriter, Document};
use crate::problem::Problem;
use crate::query::Answer;

use super::console::Console;
use super::exit::ExitStatus;
use super::interrupt::{Stoppable, is_stopped};
use super::open_options::open_options;
use super::request::Common;
use crate::query::{QueryError, RunOptions, run};

/// The dumps that statements are asked of, oldest first.
pub(super) struct Session<'a> {
    snapshots: Vec<Snapshot>,
    console: &'a Console,
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
        let mut snapshots = Vec::with_capacity(dumps.len());
        for dump in dumps {
            let opened = open(dump, &options, &*console.progress).map_err(|error| {
                console.messages.error(&error);
                ExitStatus::Dump
            })?;
            snapshots.push(opened.snapshot);
        }
        Ok(Session::over(snapshots, console))
    }

    /// A session over dumps that are already open.
    pub(super) fn over(snapshots: Vec<Snapshot>, console: &'a Console) -> Session<'a> {
        let session = Session { snapshots, console };
        session.known_problems().for_each(|problem| console.messages.problem(problem));
        session
    }

    /// The open dumps.
    pub(super) fn snapshots(&self) -> &[Snapshot] {
        &self.snapshots
    }

    /// What every command talks through.
    pub(super) fn console(&self) -> &'a Console {
        self.console
    }

    /// Answers one statement on `out`, tells what is missing from the answer, or what is wrong.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn ask(
        &self,
        statement: &str,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        self.console.interrupt.while_working(|cancel| {
            let options = RunOptions { progress: &*self.console.progress, cancel };
            match run(&self.snapshots, statement, &options) {
                Ok(answer) => match self.write(&answer, writer, &mut Stoppable::new(out, cancel)) {
                    Err(error) if is_stopped(&error) => {
                        // What is shown next must not stand behind half a row.
                        out.write_all(b"\n")?;
                        out.flush()?;
                        Ok(self.stopped())
                    }
                    written => written,
                },
                Err(error) => Ok(self.refuse(statement, &error)),
            }
        })
    }

    fn write(
        &self,
        answer: &Answer,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        if let Some(refusal) = writer.refusal(answer) {
            self.console.messages.error(&refusal);
            return Ok(Reply::Refused(ExitStatus::Usage));
        }
        let dumps: Vec<&Facts> = self.snapshots.iter().map(|snapshot| &snapshot.facts).collect();
        let mut problems: Vec<&Problem> = Vec::new();
        for problem in self.known_problems().chain(&answer.warnings) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        let prose = is_about_the_language(&answer.query);
        writer.write(&Document { answer, dumps: &dumps, problems: &problems, prose }, out)?;
        out.flush()?;
        problems.iter().for_each(|problem| self.console.messages.problem(problem));
        let status = ExitStatus::of_problems(problems);
        Ok(Reply::Answered { status, rows: answer.row_count(), elapsed: answer.elapsed })
    }

    /// What opening and, where it was done, walking the heap left out.
    fn known_problems(&self) -> impl Iterator<Item = &Problem> {
        self.snapshots.iter().flat_map(|snapshot| {
            let walk = snapshot.built_heap().into_iter().flat_map(|heap| &heap.problems);
            snapshot.problems.iter().chain(walk)
        })
    }

    fn refuse(&self, statement: &str, error: &QueryError) -> Reply {
        let messages = &self.console.messages;
        match error {
            QueryError::Statement(diagnostic) => {
                messages.diagnostic(&diagnostic.render(statement));
                Reply::Refused(ExitStatus::Statement)
            }
            QueryError::Data(error) => {
                messages.error(error);
                Reply::Refused(ExitStatus::Dump)
            }
            QueryError::Cancelled => self.stopped(),
        }
    }

    fn stopped(&self) -> Reply {
        self.console.messages.remark("stopped");
        Reply::Refused(ExitStatus::Interrupted)
    }
}

/// Whether the answer explains rather than lists.
fn is_about_the_language(statement: &str) -> bool {
    let word = statement.split_whitespace().next().unwrap_or_default();
    ["help", "tables", "describe", "explain"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
pub(super) mod tests;
