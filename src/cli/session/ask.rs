//! What a session does with a statement: answers it, or the statements that a word of SOS stands for.

use std::io::{self, Write};

use super::{Reply, Session};
use crate::cli::exit::ExitStatus;
use crate::cli::interrupt::{Stoppable, is_stopped};
use crate::diff::{run, run_into};
use crate::graph::Facts;
use crate::output::{AnswerWriter, Document};
use crate::problem::Problem;
use crate::query::script::Origin;
use crate::query::{Answer, Delivered, Diagnostic, QueryError, Rows, RunError, RunOptions, deliver};
use crate::sos;

/// How a mistake is shown in the text that it stands in.
type Rendering<'r> = &'r dyn Fn(&Diagnostic) -> String;

/// What is said below an answer, and which it is of how many that a word of SOS stands for.
type Below = (sos::Closing, (usize, usize));

const NOTHING_BELOW: Below = (sos::Closing::Nothing, (0, 1));

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
            return self.ask_in_words(statement, render, writer, out);
        }
        self.ask_one(statement, render, NOTHING_BELOW, writer, out)
    }

    /// Answers the statements that words of SOS stand for, one after the other, until one is wrong.
    fn ask_in_words(
        &self,
        text: &str,
        render: Rendering<'_>,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        let meanings = match sos::translate(text) {
            Ok(meanings) => meanings,
            Err(error) => return Ok(self.refuse(render, &QueryError::Statement(error))),
        };
        let asked = meanings.iter().filter_map(|meaning| match meaning {
            sos::Meaning::Ask(translation) => Some(&translation.statements),
            sos::Meaning::Explain(_) => None,
        });
        let asked: Vec<String> = asked.flatten().cloned().collect();
        if !asked.is_empty() {
            self.last_statements.replace(asked);
        }
        let mut whole =
            Reply::Answered { status: ExitStatus::Answered, rows: 0, elapsed: std::time::Duration::ZERO };
        for meaning in &meanings {
            let reply = match meaning {
                sos::Meaning::Explain(answer) => self.explain(answer, writer, out)?,
                sos::Meaning::Ask(translation) => self.ask_translated(translation, writer, out)?,
            };
            whole = whole.followed_by(reply);
            if matches!(whole, Reply::Refused(_)) {
                break;
            }
        }
        Ok(whole)
    }

    fn ask_translated(
        &self,
        translation: &sos::Translation,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        let messages = &self.console.messages;
        translation.remarks.iter().for_each(|remark| messages.remark(remark));
        let mut whole: Option<Reply> = None;
        let count = translation.statements.len();
        for (at, statement) in translation.statements.iter().enumerate() {
            if self.tells_statements.get() {
                messages.remark(&format!("{statement};"));
            }
            let below = (translation.closing, (at, count));
            let reply = self.ask_one(statement, &|wrong| wrong.render(statement), below, writer, out)?;
            let reply = whole.map_or(reply, |whole| whole.followed_by(reply));
            whole = Some(reply);
            if matches!(reply, Reply::Refused(_)) {
                break;
            }
        }
        Ok(whole.unwrap_or(Reply::Refused(ExitStatus::Statement)))
    }

    /// Answers one statement of the language.
    fn ask_one(
        &self,
        statement: &str,
        render: Rendering<'_>,
        below: Below,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        let reply = self.console.interrupt.while_working(|cancel| {
            let environment = self.environment.borrow();
            let options = RunOptions { environment: &environment, ..self.console.run_options(cancel) };
            match self.answer(statement, below, &options, writer, &mut Stoppable::new(out, cancel)) {
                Ok(reply) => Ok(reply),
                Err(RunError::Query(error)) => {
                    // Nothing is written yet, or the beginning of an answer, behind which nothing may follow.
                    Ok(self.refuse(render, &error))
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

    /// Answers a statement; what is said below the answer of a word is said of all its rows.
    fn answer(
        &self,
        statement: &str,
        (closing, (at, count)): Below,
        options: &RunOptions<'_>,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> Result<Reply, RunError> {
        let streams = writer.streams() && closing == sos::Closing::Nothing;
        let mut line = None;
        let reply = self.show(is_about_the_language(statement), writer, out, |take| {
            if streams {
                return run_into(self.snapshots(), statement, options, take);
            }
            let answer = run(self.snapshots(), statement, options)?;
            line = closing.line(&answer, at, count);
            deliver(answer, take)
        })?;
        line.iter().for_each(|line| self.console().messages.remark(line));
        Ok(reply)
    }

    /// Writes an answer that explains a word.
    fn explain(
        &self,
        answer: &Answer,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
    ) -> io::Result<Reply> {
        match self.show(true, writer, out, |take| deliver(answer.clone(), take)) {
            Ok(reply) => Ok(reply),
            Err(RunError::Query(error)) => Ok(self.refuse(&|wrong| wrong.render(""), &error)),
            Err(RunError::Output(error)) => Err(error),
        }
    }

    /// Writes the rows that `produce` hands on, and what is missing from them. `prose`: they explain rather than list.
    fn show(
        &self,
        prose: bool,
        writer: &mut dyn AnswerWriter,
        out: &mut dyn Write,
        produce: impl FnOnce(&mut dyn FnMut(&Rows<'_>) -> io::Result<()>) -> Result<Delivered, RunError>,
    ) -> Result<Reply, RunError> {
        let messages = &self.console().messages;
        let mut refusal = None;
        let Delivered { answer, rows } = produce(&mut |rows| {
            refusal = writer.refusal(rows.head());
            if refusal.is_none() { writer.write_rows(rows, prose, out) } else { Ok(()) }
        })?;
        if let Some(refusal) = refusal {
            messages.error(&refusal);
            return Ok(Reply::Refused(ExitStatus::Usage));
        }
        let dumps: Vec<&Facts> = self.snapshots().iter().map(|snapshot| &snapshot.facts).collect();
        let mut problems: Vec<&Problem> = Vec::new();
        for problem in self.known_problems().chain(&answer.warnings) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        let document = Document { answer: &answer, dumps: &dumps, problems: &problems, prose };
        writer.finish(&document, out).and_then(|()| out.flush()).map_err(RunError::Output)?;
        problems.iter().for_each(|problem| messages.problem(problem));
        let status = ExitStatus::of_problems(problems);
        Ok(Reply::Answered { status, rows, elapsed: answer.elapsed })
    }

    fn refuse(&self, render: Rendering<'_>, error: &QueryError) -> Reply {
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
