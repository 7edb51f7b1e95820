//! Carries out what was entered: settings change the prompt, statements are answered.

use std::cell::Cell;
use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use crate::cli::destination::Destination;
use crate::cli::exit::ExitStatus;
use crate::cli::library;
use crate::cli::pager::{Extent, Paged, Pager, Shown};
use crate::cli::query::footer;
use crate::cli::request::Source;
use crate::cli::script;
use crate::cli::session::{Reply, Session, is_about_the_language};
use crate::output::{AnswerWriter, Format, Screen};
use crate::query::script::ScriptError;
use crate::query::{Answer, nearest, split_statements};

use super::lines;
use super::results::Results;
use super::setting::{self, Setting};

/// What comes after an entered text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next one; the status is that of the statements, the worst of them.
    Next(ExitStatus),
    /// A list of what was entered last, so many, and then the next one.
    History(usize),
    /// Nothing: the user is done.
    End,
}

/// An output whose looks are asked for anew before each answer: windows change their size.
pub(super) trait Page: Write {
    /// What the answer will be shown on.
    fn screen(&self) -> Screen;

    /// How much can be seen at once; `None` where nobody needs to turn pages.
    fn extent(&self) -> Option<Extent>;
}

impl Page for Destination {
    fn screen(&self) -> Screen {
        Destination::screen(self)
    }

    fn extent(&self) -> Option<Extent> {
        Destination::extent(self)
    }
}

/// The state of a conversation.
pub(super) struct Interpreter<'a> {
    session: &'a Session<'a>,
    format: Format,
    timing: bool,
    /// At a prompt, prompts separate answers and each has a footer.
    prompt: bool,
    /// One writer serves all answers that go to one place, and separates them. At a prompt on the screen each has one
    /// of its own.
    writer: Option<Box<dyn AnswerWriter>>,
    /// What long answers are shown in.
    pager: Option<Pager>,
    /// The file that answers are appended to.
    output: Option<Destination>,
    results: Results,
}

impl<'a> Interpreter<'a> {
    /// For a person at a prompt.
    pub(super) fn for_prompt(session: &'a Session<'a>) -> Self {
        let pager = Pager::of_environment(|name| env::var_os(name));
        Interpreter { prompt: true, pager, ..Self::for_pipe(session) }
    }

    /// For a program behind a pipe.
    pub(super) fn for_pipe(session: &'a Session<'a>) -> Self {
        Interpreter {
            session,
            format: Format::Table,
            timing: true,
            prompt: false,
            writer: None,
            pager: None,
            output: None,
            results: Results::default(),
        }
    }

    /// Carries out a text, which may hold several statements; a wrong one ends it.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn enter(&mut self, text: &str, out: &mut dyn Page) -> io::Result<Flow> {
        match setting::parse(text) {
            Some(Ok(Setting::Quit)) => Ok(Flow::End),
            Some(Ok(Setting::History(count))) if self.prompt => Ok(Flow::History(count)),
            Some(Ok(Setting::Include(path))) => self.include(&path, out).map(Flow::Next),
            Some(Ok(setting)) => self.set(setting, out).map(Flow::Next),
            Some(Err(message)) => Ok(Flow::Next(self.complain(&message))),
            None => self.answer(&lines::join(text), out).map(Flow::Next),
        }
    }

    fn complain(&self, message: &str) -> ExitStatus {
        self.session.console().messages.complaint(message);
        ExitStatus::Statement
    }

    fn set(&mut self, setting: Setting, out: &mut dyn Page) -> io::Result<ExitStatus> {
        let environment = self.session.environment();
        match setting {
            Setting::Format(format) => {
                self.format = format;
                self.writer = None;
            }
            Setting::Timing(timing) => {
                self.timing = timing.unwrap_or(!self.timing);
                self.tell_switch("the time is shown", "the time is not shown", timing, self.timing);
            }
            Setting::Pager(pager) => {
                let on = pager.unwrap_or(self.pager.is_none());
                self.pager = None;
                if !on {
                    self.tell_switch("", "the pager is not used", pager, on);
                    return Ok(ExitStatus::Answered);
                }
                self.pager = Pager::of_environment(|name| env::var_os(name));
                if self.pager.is_none() {
                    return Ok(
                        self.complain("the environment asks for no pager: HEAPQL_PAGER or PAGER names one")
                    );
                }
                self.tell_switch("the pager is used", "", pager, on);
            }
            Setting::Output(path) => return Ok(self.redirect(path.as_deref())),
            Setting::Set(Some((name, value))) => environment.borrow_mut().set_parameter(&name, &value),
            Setting::Set(None) => show(&parameters(&environment.borrow()), out)?,
            Setting::Unset(name) => {
                if !environment.borrow_mut().unset_parameter(&name) {
                    return Ok(self.complain(&format!("the parameter :{name} has no value")));
                }
            }
            Setting::Sql(tell) => self.session.tell_statements(tell),
            Setting::LastSql => {
                let statements = self.session.last_statements();
                if statements.is_empty() {
                    return Ok(self
                        .complain("no word of SOS was answered yet: \\sql shows what the last stands for"));
                }
                show(&statements.iter().map(|text| format!("{text};\n")).collect::<String>(), out)?;
            }
            Setting::Results => show(&self.results.listing(&environment.borrow()), out)?,
            Setting::History(_) => return Ok(self.complain("there is a history at a prompt only")),
            Setting::Help => show(&setting::help(), out)?,
            Setting::Include(_) | Setting::Quit => {}
        }
        Ok(ExitStatus::Answered)
    }

    /// Tells how a setting stands that was not said to be on or off.
    fn tell_switch(&self, on: &str, off: &str, said: Option<bool>, is_on: bool) {
        if said.is_none() {
            self.session.console().messages.remark(if is_on { on } else { off });
        }
    }

    /// Sends answers to a file from now on, or to the screen again.
    fn redirect(&mut self, path: Option<&Path>) -> ExitStatus {
        self.writer = None;
        let messages = &self.session.console().messages;
        match path.map(Destination::append) {
            None => self.output = None,
            Some(Ok(file)) => {
                messages.remark(&format!("answers are appended to {}; \\o ends that", file.name()));
                self.output = Some(file);
            }
            Some(Err(error)) => {
                messages.error(&error);
                return ExitStatus::Usage;
            }
        }
        ExitStatus::Answered
    }

    /// Answers the statements of a file.
    fn include(&mut self, path: &Path, out: &mut dyn Page) -> io::Result<ExitStatus> {
        let messages = &self.session.console().messages;
        // A file goes before a script of the library of that name.
        let name = path.to_str().filter(|name| library::entry(name).is_some() && !path.exists());
        let source =
            name.map_or_else(|| Source::File(path.to_owned()), |name| Source::Library(name.to_owned()));
        match script::read(&source) {
            Ok(loaded) => {
                // What a session gave a parameter goes before what the script would have it be.
                for parameter in &loaded.script.parameters {
                    let environment = self.session.environment();
                    let given = environment.borrow().parameters().any(|name| name == parameter.name);
                    if let Some(default) = parameter.default.as_ref().filter(|_| !given) {
                        environment.borrow_mut().set_parameter(&parameter.name, default);
                    }
                }
                let statements: Vec<_> = loaded.script.statements.iter().map(|s| s.origin.text()).collect();
                self.answer(&statements.join(";\n"), out)
            }
            Err(ScriptError::Text(error)) => {
                let near = path
                    .to_str()
                    .and_then(|name| nearest(name, library::entries().iter().map(|entry| entry.name)));
                let error = match near {
                    Some(near) => error.hint(format!("did you mean `{near}`? The library has that script")),
                    None => error,
                };
                messages.error(&error);
                Ok(ExitStatus::Usage)
            }
            Err(error @ ScriptError::Wrong(..)) => {
                messages.diagnostic(&error.to_string());
                Ok(ExitStatus::Statement)
            }
        }
    }

    fn answer(&mut self, text: &str, out: &mut dyn Page) -> io::Result<ExitStatus> {
        let mut worst = ExitStatus::Answered;
        for range in split_statements(text) {
            let reply = self.ask(&text[range], out)?;
            worst = worst.max(reply.status());
            if let Reply::Refused(ExitStatus::Statement | ExitStatus::Interrupted) = reply {
                break;
            }
        }
        Ok(worst)
    }

    fn ask(&mut self, statement: &str, out: &mut dyn Page) -> io::Result<Reply> {
        let (session, format) = (self.session, self.format);
        if let Some(mut file) = self.output.take() {
            let writer = self.writer.get_or_insert_with(|| format.writer(file.screen()));
            let name = Some(file.name().to_owned());
            let mut footers = Footers {
                session,
                results: &mut self.results,
                timing: self.timing,
                prompt: self.prompt,
                format,
                file: name,
            };
            let asked = session.ask_and_keep(statement, &mut **writer, &mut file, &mut |reply, answer| {
                footers.tell(reply, &answer)
            });
            return match asked {
                Ok(reply) => {
                    self.output = Some(file);
                    Ok(reply)
                }
                Err(error) => {
                    // A disk that is full is no reason to end the conversation.
                    self.writer = None;
                    let error = Destination::failure(file.name(), error).hint("answers are shown again");
                    session.console().messages.error(&error);
                    Ok(Reply::Refused(ExitStatus::Usage))
                }
            };
        }
        let screen = out.screen();
        if !self.prompt {
            let writer = self.writer.get_or_insert_with(|| format.writer(screen));
            return session.ask(statement, &mut **writer, &mut *out);
        }
        let pager = self.pager.clone().zip(out.extent());
        let mut footers = Footers {
            session,
            results: &mut self.results,
            timing: self.timing,
            prompt: true,
            format,
            file: None,
        };
        let Some((pager, extent)) = pager else {
            return session.ask_and_keep(
                statement,
                &mut *format.writer(screen),
                &mut *out,
                &mut |reply, answer| {
                    footers.tell(reply, &answer);
                },
            );
        };
        let shown = Cell::new(Shown::Paged);
        let mut not_shown = Vec::new();
        let mut paged = Paged::new(
            &mut *out,
            &pager,
            session.console().interrupt,
            extent,
            format == Format::Table,
            &shown,
        );
        let reply = session.ask_and_keep(
            statement,
            &mut *format.writer(screen),
            &mut paged,
            &mut |reply, answer| match shown.get() {
                Shown::Not => not_shown.push((reply, answer)),
                Shown::Paged | Shown::Plainly => footers.tell(reply, &answer),
            },
        )?;
        paged.flush()?;
        if shown.get() != Shown::Paged {
            // What does not work is told and not tried again.
            self.pager = None;
            if pager.named {
                let warning = format!("the pager `{}` does not work and is not used", pager.name());
                session.console().messages.warning(&warning);
            }
        }
        for (reply, answer) in not_shown {
            session.show(&answer, &mut *format.writer(screen), &mut *out)?;
            footers.tell(reply, &answer);
        }
        Ok(reply)
    }
}

/// What is told below each answer: its number, its rows, the time that it took.
struct Footers<'a, 's> {
    session: &'s Session<'s>,
    results: &'a mut Results,
    timing: bool,
    /// At a prompt only.
    prompt: bool,
    format: Format,
    /// The file that the answer went to.
    file: Option<String>,
}

impl Footers<'_, '_> {
    fn tell(&mut self, reply: Reply, answer: &Arc<Answer>) {
        let Reply::Answered { rows, elapsed, .. } = reply else { return };
        if !self.prompt {
            return;
        }
        let number = self.keep(answer).map_or_else(String::new, |number| format!("{number}: "));
        let footer = footer(rows, self.timing.then_some(elapsed));
        let messages = &self.session.console().messages;
        match &self.file {
            Some(file) => messages.remark(&format!("{number}{footer}, appended to {file}")),
            None if self.format == Format::Table => messages.remark(&format!("{number}{footer}")),
            None => {}
        }
    }

    /// Gives an answer that lists something a number.
    fn keep(&mut self, answer: &Arc<Answer>) -> Option<String> {
        let lists = answer.row_count() > 0 && !is_about_the_language(&answer.query);
        let mut environment = self.session.environment().borrow_mut();
        lists.then(|| self.results.keep(answer, &mut environment)).flatten()
    }
}

/// The parameters with their values, a line each.
fn parameters(environment: &crate::query::Environment) -> String {
    let value = |name: &str| environment.parameter_text(name).unwrap_or_default();
    let lines: String = environment.parameters().map(|name| format!(":{name} = {}\n", value(name))).collect();
    if lines.is_empty() { "no parameter has a value: \\set NAME VALUE gives it one\n".into() } else { lines }
}

fn show(text: &str, out: &mut dyn Page) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}
