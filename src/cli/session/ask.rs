//! Statements of `query`, `run` and piped input: answered where they are asked, and written while rows are found.

use std::io::{self, Write};
use std::sync::Arc;

use super::in_words::{Part, Rendering, with_word_meant};
use super::{Reply, Session};
use crate::cli::exit::ExitStatus;
use crate::cli::interrupt::{Stoppable, is_stopped};
use crate::diff::{run, run_into};
use crate::error::{Error, ErrorKind};
use crate::graph::Facts;
use crate::output::{AnswerWriter, Document};
use crate::query::script::Origin;
use crate::query::{Answer, Delivered, QueryError, Rows, RunError, RunOptions, deliver};
use crate::sos;
use crate::units::human_bytes;

impl Session<'_> {
    /// Answers one statement, or words of SOS, on `out`, tells what is missing from the answer, or what is wrong.
    ///
    /// # Errors
    /// Those of `out`.
    pub(in crate::cli) fn ask(
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
    pub(in crate::cli) fn ask_of_script(
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
        render: Rendering<'_>,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        if sos::is_command(statement) {
            return self.in_words(statement, render, &mut |part| self.ask_part(part, writer, out));
        }
        self.ask_part(Part::alone(statement, render), writer, out)
    }

    /// Answers one statement of the language, or shows an answer that is there already.
    fn ask_part(
        &self,
        part: Part<'_>,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        let (statement, render, closing) = match part {
            Part::Explanation(answer) => return self.show(answer, writer, out),
            Part::Statement { text, render, closing, at, count } => (text, render, (closing, at, count)),
        };
        let reply = self.console.interrupt.while_working(|cancel| {
            let environment = self.environment.borrow().clone();
            let options = RunOptions { environment: &environment, ..self.console.run_options(cancel) };
            match self.answer(statement, closing, &options, writer, &mut Stoppable::new(out, cancel)) {
                Ok(reply) => Ok(reply),
                // Nothing is written yet, or the beginning of an answer, behind which nothing may follow.
                Err(RunError::Query(error)) => Ok(self.refuse(render, &with_word_meant(statement, error))),
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
        Ok(self.follow(&answer, Reply::Answered { status, rows, elapsed: answer.elapsed }))
    }

    /// Does what a statement says besides being answered: keeps its answer, or fails.
    pub(super) fn follow(&self, answer: &Answer, mut reply: Reply) -> Reply {
        let messages = &self.console.messages;
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
        reply
    }

    pub(super) fn refuse(&self, render: Rendering<'_>, error: &QueryError) -> Reply {
        let messages = &self.console.messages;
        match error {
            QueryError::Statement(diagnostic) => {
                messages.diagnostic(&render(diagnostic));
                Reply::Refused(ExitStatus::Statement)
            }
            QueryError::Data(error) => {
                messages.error(error);
                Reply::Refused(ExitStatus::of_error(error))
            }
            QueryError::Cancelled => self.stopped(),
        }
    }

    pub(super) fn stopped(&self) -> Reply {
        self.console.messages.remark("stopped");
        Reply::Refused(ExitStatus::Interrupted)
    }
}

/// Whether the answer explains rather than lists.
pub(in crate::cli) fn is_about_the_language(statement: &str) -> bool {
    let word = statement.split_whitespace().next().unwrap_or_default();
    ["help", "tables", "describe", "explain", "soshelp", "sql"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}
