//! Carries out what was entered: settings change the prompt, statements are answered.

use std::io::{self, Write};

use crate::cli::destination::Destination;
use crate::cli::exit::ExitStatus;
use crate::cli::query::footer;
use crate::cli::session::{Reply, Session};
use crate::output::{AnswerWriter, Format, Screen};
use crate::query::split_statements;

use super::lines;
use super::setting::{self, Setting};

/// What comes after an entered text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next one; the status is that of the statements, the worst of them.
    Next(ExitStatus),
    /// Nothing: the user is done.
    End,
}

/// An output whose looks are asked for anew before each answer: windows change their size.
pub(super) trait Page: Write {
    /// What the answer will be shown on.
    fn screen(&self) -> Screen;
}

impl Page for Destination {
    fn screen(&self) -> Screen {
        Destination::screen(self)
    }
}

/// The state of a conversation.
pub(super) struct Interpreter<'a> {
    session: &'a Session<'a>,
    format: Format,
    timing: bool,
    /// At a prompt, prompts separate answers and each has a footer.
    prompt: bool,
    /// Through a pipe, one writer serves all answers and separates them.
    writer: Option<Box<dyn AnswerWriter>>,
}

impl<'a> Interpreter<'a> {
    /// For a person at a prompt.
    pub(super) fn for_prompt(session: &'a Session<'a>) -> Self {
        Interpreter { session, format: Format::Table, timing: true, prompt: true, writer: None }
    }

    /// For a program behind a pipe.
    pub(super) fn for_pipe(session: &'a Session<'a>) -> Self {
        Interpreter { prompt: false, ..Self::for_prompt(session) }
    }

    /// Carries out a text, which may hold several statements; a wrong one ends it.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn enter(&mut self, text: &str, out: &mut dyn Page) -> io::Result<Flow> {
        match setting::parse(text) {
            Some(Ok(Setting::Quit)) => return Ok(Flow::End),
            Some(Ok(setting)) => self.set(&setting, out)?,
            Some(Err(message)) => {
                self.session.console().messages.complaint(&message);
                return Ok(Flow::Next(ExitStatus::Statement));
            }
            None => return self.answer(&lines::join(text), out).map(Flow::Next),
        }
        Ok(Flow::Next(ExitStatus::Answered))
    }

    fn set(&mut self, setting: &Setting, out: &mut dyn Page) -> io::Result<()> {
        match setting {
            Setting::Format(format) => {
                self.format = *format;
                self.writer = None;
            }
            Setting::Timing(timing) => self.timing = *timing,
            Setting::Sql(tell) => self.session.tell_statements(*tell),
            Setting::LastSql => {
                for statement in self.session.last_statements() {
                    writeln!(out, "{statement};")?;
                }
                out.flush()?;
            }
            Setting::Help => {
                out.write_all(setting::help().as_bytes())?;
                out.flush()?;
            }
            Setting::Quit => {}
        }
        Ok(())
    }

    fn answer(&mut self, text: &str, out: &mut dyn Page) -> io::Result<ExitStatus> {
        let mut worst = ExitStatus::Answered;
        for range in split_statements(text) {
            if self.prompt {
                self.writer = None;
            }
            let screen = out.screen();
            let writer = self.writer.get_or_insert_with(|| self.format.writer(screen));
            let reply = self.session.ask(&text[range], &mut **writer, &mut *out)?;
            worst = worst.max(reply.status());
            match reply {
                Reply::Answered { rows, elapsed, .. } if self.prompt && self.format == Format::Table => {
                    let elapsed = self.timing.then_some(elapsed);
                    self.session.console().messages.remark(&footer(rows, elapsed));
                }
                Reply::Refused(ExitStatus::Statement | ExitStatus::Interrupted) => break,
                _ => {}
            }
        }
        Ok(worst)
    }
}
