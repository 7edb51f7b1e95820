//! Statements at the prompt: answered on a thread of their own, so that Ctrl-C always brings the prompt back, and kept,
//! so that later ones can refer to their answers.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::ask::is_about_the_language;
use super::in_words::{Part, Rendering, with_word_meant};
use super::{Reply, Session};
use crate::cli::exit::ExitStatus;
use crate::cli::interrupt::{Stoppable, is_stopped};
use crate::cli::pager::is_left;
use crate::cli::worker::stoppable;
use crate::diff::run;
use crate::graph::{Facts, Snapshot};
use crate::output::{AnswerWriter, Document};
use crate::query::{Answer, QueryError, RunOptions};
use crate::sos;

impl Session<'_> {
    /// Answers one statement, or words of SOS, as [`Session::ask`] does, and hands `keep` each answer that was shown: of
    /// words those to all statements that they stand for.
    ///
    /// # Errors
    /// Those of `out`.
    pub(in crate::cli) fn ask_and_keep(
        &self,
        statement: &str,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
        keep: &mut dyn FnMut(Reply, Arc<Answer>),
    ) -> io::Result<Reply> {
        let mut answer = |part: Part<'_>| {
            let (statement, render, closing, at, count) = match part {
                Part::Explanation(answer) => return self.show(answer, writer, out),
                Part::Statement { text, render, closing, at, count } => (text, render, closing, at, count),
            };
            self.console.interrupt.while_working(|cancel| match self.answer_apart(statement, cancel) {
                Ok(answer) => {
                    let answer = Arc::new(answer);
                    let reply = self.show_stoppably(&answer, writer, out, cancel)?;
                    let reply = self.follow(&answer, reply);
                    let below = closing.line(&answer, at, count);
                    below.iter().for_each(|line| self.console.messages.remark(line));
                    keep(reply, answer);
                    Ok(reply)
                }
                Err(error) => Ok(self.refuse(render, &with_word_meant(statement, error))),
            })
        };
        let render: Rendering<'_> = &|diagnostic| diagnostic.render(statement);
        let reply = if sos::is_command(statement) {
            self.in_words(statement, render, &mut answer)
        } else {
            answer(Part::alone(statement, render))
        };
        self.tell_index_problems();
        reply
    }

    /// Writes an answer that was given before.
    ///
    /// # Errors
    /// Those of `out`.
    pub(in crate::cli) fn show(
        &self,
        answer: &Answer,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        self.console.interrupt.while_working(|cancel| self.show_stoppably(answer, writer, out, cancel))
    }

    /// The answer to a statement; given on another thread, which is left behind where it does not stop for Ctrl-C.
    fn answer_apart(&self, statement: &str, cancel: &AtomicBool) -> Result<Answer, QueryError> {
        let progress = self.console.statement_progress();
        let (snapshots, environment) = (Arc::clone(&self.snapshots), self.environment.borrow().clone());
        let memory = self.console.memory;
        let (text, listener) = (statement.to_owned(), Arc::clone(&progress));
        let work = move |cancel: &AtomicBool| {
            let options = RunOptions { progress: &*listener, cancel, environment: &environment, memory };
            run(&snapshots, &text, &options)
        };
        let background = &self.console.background;
        let look = || background.hush(!self.console.bars || progress.is_busy());
        let answer = stoppable(cancel, work, look);
        background.hush(true);
        progress.hush(true);
        answer.unwrap_or(Err(QueryError::Cancelled))
    }

    fn show_stoppably(
        &self,
        answer: &Answer,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
        cancel: &AtomicBool,
    ) -> io::Result<Reply> {
        match self.write_whole(answer, writer, &mut Stoppable::new(out, cancel)) {
            Err(error) if is_stopped(&error) => {
                // What is shown next must not stand behind half a row.
                out.write_all(b"\n")?;
                out.flush()?;
                Ok(self.stopped())
            }
            // Who reads in a pager reads as far as it is of interest.
            Err(error) if is_left(&error) => {
                answer.warnings.iter().for_each(|problem| self.console.messages.problem(problem));
                let status = ExitStatus::of_problems(&answer.warnings);
                Ok(Reply::Answered { status, rows: answer.row_count(), elapsed: answer.elapsed })
            }
            written => written,
        }
    }

    fn write_whole(
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
        let problems = self.problems_with(&answer.warnings);
        let prose = is_about_the_language(&answer.query);
        writer.write(&Document { answer, dumps: &dumps, problems: &problems, prose }, out)?;
        out.flush()?;
        problems.iter().for_each(|problem| self.console.messages.problem(problem));
        let status = ExitStatus::of_problems(problems);
        Ok(Reply::Answered { status, rows: answer.row_count(), elapsed: answer.elapsed })
    }

    /// Tells what is known to be missing from the dumps by now, unless it was told before.
    pub(in crate::cli) fn tell_known_problems(&self) {
        self.known_problems().for_each(|problem| self.console.messages.problem(problem));
        self.tell_index_problems();
    }

    /// The open dumps, for a thread that builds parts of them.
    pub(in crate::cli) fn shared_snapshots(&self) -> Arc<[Snapshot]> {
        Arc::clone(&self.snapshots)
    }
}
