//! Open dumps that answer statements: what `query` and the prompt have in common.

mod at_prompt;
mod in_words;

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::diff::{run, run_into};
use crate::graph::{Facts, Snapshot};
use crate::open::{IndexFile, open};
use crate::output::{AnswerWriter, Document};
use crate::problem::Problem;
use crate::sos;
use crate::units::human_bytes;

use super::console::Console;
use super::exit::ExitStatus;
use super::interrupt::{Stoppable, is_stopped};
use super::open_options::open_options;
use super::request::Common;
use crate::query::{Delivered, Environment, QueryError, Rows, RunError, RunOptions, deliver};
use in_words::Part;

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

    /// Answers one statement, or words of SOS, on `out`, tells what is missing from the answer, or what is wrong.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn ask(
        &self,
        statement: &str,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        if sos::is_command(statement) {
            return self.in_words(statement, &mut |part| self.ask_part(part, writer, out));
        }
        let closing = sos::Closing::Nothing;
        self.ask_part(Part::Statement { text: statement, closing, at: 0, count: 1 }, writer, out)
    }

    /// Answers one statement of the language, or shows an answer that is there already.
    fn ask_part(
        &self,
        part: Part<'_>,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        let (statement, closing) = match part {
            Part::Explanation(answer) => return self.show(answer, writer, out),
            Part::Statement { text, closing, at, count } => (text, (closing, at, count)),
        };
        let reply = self.console.interrupt.while_working(|cancel| {
            let environment = self.environment.borrow();
            let options = RunOptions { environment: &environment, ..self.console.run_options(cancel) };
            match self.answer(statement, closing, &options, writer, &mut Stoppable::new(out, cancel)) {
                Ok(reply) => Ok(reply),
                Err(RunError::Query(error)) => {
                    // Nothing is written yet, or the beginning of an answer, behind which nothing may follow.
                    Ok(self.refuse(statement, &error))
                }
                Err(RunError::Output(error)) if is_stopped(&error) => {
                    // What is shown next must not stand behind half a row.
                    out.write_all(b"\n")?;
                    out.flush()?;
                    Ok(self.stopped())
                }
                Err(RunError::Output(error)) => Err(error),
            }
        });
        // Parts of an index are looked at when a statement needs them.
        self.tell_index_problems();
        reply
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

    fn answer(
        &self,
        statement: &str,
        (closing, at, count): (sos::Closing, usize, usize),
        options: &RunOptions<'_>,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> Result<Reply, RunError> {
        let prose = is_about_the_language(statement);
        // What is said below is told by the rows.
        let streams = writer.streams() && closing == sos::Closing::Nothing;
        let mut refusal = None;
        let mut write = |rows: &Rows<'_>| {
            refusal = writer.refusal(rows.head());
            if refusal.is_none() { writer.write_rows(rows, prose, out) } else { Ok(()) }
        };
        let delivered = if streams {
            run_into(&self.snapshots, statement, options, &mut write)?
        } else {
            deliver(run(&self.snapshots, statement, options)?, &mut write)?
        };
        if let Some(refusal) = refusal {
            self.console.messages.error(&refusal);
            return Ok(Reply::Refused(ExitStatus::Usage));
        }
        let Delivered { answer, rows } = delivered;
        let dumps: Vec<&Facts> = self.snapshots.iter().map(|snapshot| &snapshot.facts).collect();
        let problems = self.problems_with(&answer.warnings);
        let document = Document { answer: &answer, dumps: &dumps, problems: &problems, prose };
        writer.finish(&document, out).and_then(|()| out.flush()).map_err(RunError::Output)?;
        problems.iter().for_each(|problem| self.console.messages.problem(problem));
        closing.line(&answer, at, count).iter().for_each(|line| self.console.messages.remark(line));
        let status = ExitStatus::of_problems(problems);
        Ok(Reply::Answered { status, rows, elapsed: answer.elapsed })
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

    fn refuse(&self, statement: &str, error: &QueryError) -> Reply {
        let messages = &self.console.messages;
        match error {
            QueryError::Statement(diagnostic) => {
                messages.diagnostic(&diagnostic.render(statement));
                Reply::Refused(ExitStatus::Statement)
            }
            QueryError::Data(error) => {
                messages.error(error);
                Reply::Refused(ExitStatus::of_error(error))
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
pub(super) fn is_about_the_language(statement: &str) -> bool {
    let word = statement.split_whitespace().next().unwrap_or_default();
    ["help", "tables", "describe", "explain", "soshelp", "sql"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
pub(super) mod tests;
