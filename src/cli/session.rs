//! Open dumps that answer statements: what `query` and the prompt have in common.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::diff::run;
use crate::error::{Error, ErrorKind};
use crate::graph::{Facts, Snapshot};
use crate::open::{IndexFile, open};
use crate::output::{AnswerWriter, Document};
use crate::problem::Problem;
use crate::query::Answer;
use crate::units::human_bytes;

use super::console::Console;
use super::exit::ExitStatus;
use super::interrupt::{Stoppable, is_stopped};
use super::open_options::open_options;
use super::request::Common;
use crate::query::script::Origin;
use crate::query::{Diagnostic, Environment, QueryError, RunOptions};

/// The dumps that statements are asked of, oldest first.
pub(super) struct Session<'a> {
    snapshots: Vec<Snapshot>,
    /// The indexes of those that have one or may get one.
    indexes: Vec<Option<IndexFile>>,
    console: &'a Console,
    /// What statements can refer to besides the dumps.
    environment: RefCell<Environment>,
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
            snapshots,
            indexes: Vec::new(),
            console,
            environment: RefCell::default(),
            tells_indexes: false,
        };
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

    /// Gives a parameter a value for the statements that follow.
    pub(super) fn set_parameter(&self, name: &str, value: &str) {
        self.environment.borrow_mut().set_parameter(name, value);
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
        self.ask_rendering(statement, &|diagnostic| diagnostic.render(statement), writer, out)
    }

    /// The same of a statement of a script: what is wrong is told with file and line.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn ask_of_script(
        &self,
        statement: &Origin,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        self.ask_rendering(statement.text(), &|diagnostic| statement.render(diagnostic), writer, out)
    }

    fn ask_rendering(
        &self,
        statement: &str,
        render: &dyn Fn(&Diagnostic) -> String,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        let reply = self.console.interrupt.while_working(|cancel| {
            match self.run(statement, cancel) {
                Ok(answer) => match self.tell(&answer, writer, &mut Stoppable::new(out, cancel)) {
                    Err(error) if is_stopped(&error) => {
                        // What is shown next must not stand behind half a row.
                        out.write_all(b"\n")?;
                        out.flush()?;
                        Ok(self.stopped())
                    }
                    written => written,
                },
                Err(error) => Ok(self.refuse(render, &error)),
            }
        });
        // Parts of an index are looked at when a statement needs them.
        self.tell_index_problems();
        reply
    }

    fn run(&self, statement: &str, cancel: &AtomicBool) -> Result<Answer, QueryError> {
        let environment = self.environment.borrow();
        let options = RunOptions { progress: &*self.console.progress, cancel, environment: &environment };
        run(&self.snapshots, statement, &options)
    }

    /// Writes an answer and does what its statement says besides: keeps it, or fails.
    fn tell(&self, answer: &Answer, writer: &mut dyn AnswerWriter, out: &mut dyn Write) -> io::Result<Reply> {
        let messages = &self.console.messages;
        let mut reply = self.write(answer, writer, out)?;
        if let Some(assertion) = &answer.assertion {
            if !assertion.holds() {
                messages.complaint(&assertion.to_string());
                reply = reply.at_least(ExitStatus::GateFailed);
            } else if self.console.terminal {
                messages.remark(&assertion.to_string());
            }
        }
        if let Some(name) = &answer.keep_as
            && !self.environment.borrow_mut().keep(name, Arc::new(answer.clone()))
        {
            let size = human_bytes(answer.bytes() as f64);
            let error = Error::new(ErrorKind::Usage, format!("`{name}` is too big to be kept: {size}"))
                .hint("fewer columns or rows take less; `with` names a select within one statement, without keeping it");
            messages.error(&error);
            reply = reply.at_least(ExitStatus::Statement);
        }
        Ok(reply)
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
        let problems = self.problems_of(answer);
        let prose = is_about_the_language(&answer.query);
        writer.write(&Document { answer, dumps: &dumps, problems: &problems, prose }, out)?;
        out.flush()?;
        Ok(self.told(answer))
    }

    /// Tells what is missing from an answer, and how that went.
    fn told(&self, answer: &Answer) -> Reply {
        let problems = self.problems_of(answer);
        problems.iter().for_each(|problem| self.console.messages.problem(problem));
        let status = ExitStatus::of_problems(problems);
        Reply::Answered { status, rows: answer.row_count(), elapsed: answer.elapsed }
    }

    /// What is missing from the dumps and from an answer, each once.
    fn problems_of<'p>(&'p self, answer: &'p Answer) -> Vec<&'p Problem> {
        let mut problems: Vec<&Problem> = Vec::new();
        for problem in self.known_problems().chain(&answer.warnings) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems
    }

    /// What is known to be missing from the dumps by now, each once.
    pub(super) fn problems(&self) -> Vec<&Problem> {
        let mut problems: Vec<&Problem> = Vec::new();
        for problem in self.known_problems() {
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

    fn refuse(&self, render: &dyn Fn(&Diagnostic) -> String, error: &QueryError) -> Reply {
        let messages = &self.console.messages;
        match error {
            QueryError::Statement(diagnostic) => {
                messages.diagnostic(&render(diagnostic));
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
