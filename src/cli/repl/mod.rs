//! Questions and answers at a prompt, or line by line through a pipe.

mod assistant;
mod background;
mod colors;
mod completion;
mod editor;
mod hint;
mod history;
mod interpreter;
mod lines;
mod notices;
mod recall;
mod results;
mod setting;

use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use super::console::Console;
use super::destination::Destination;
use super::exit::ExitStatus;
use super::request::Common;
use super::session::Session;

use interpreter::{Flow, Interpreter, Page};
pub(super) use setting::settings;

/// Opens dumps and answers what is asked of them: at a prompt when both ends are a terminal, else
/// a statement a line from standard input. A prompt ends well however its statements went; through
/// a pipe the worst of them counts.
pub(super) fn open(dumps: &[PathBuf], common: &Common, console: &Console) -> ExitStatus {
    let session = match Session::open(dumps, common, console) {
        Ok(session) => session,
        Err(status) => return status,
    };
    let mut out = Destination::stdout();
    let answered = if io::stdin().is_terminal() && io::stdout().is_terminal() {
        editor::converse(&session, &mut out)
    } else {
        answer_lines(&session, io::stdin().lock(), &mut out)
    };
    session.keep_indexes();
    match answered {
        Ok(status) => status,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Answered,
        Err(error) => {
            let message = format!("cannot go on reading statements and writing answers: {error}");
            console.messages.complaint(&message);
            ExitStatus::Usage
        }
    }
}

/// Answers the lines of `input`, each as soon as it is there, so that another program can hold a
/// conversation through two pipes.
fn answer_lines(session: &Session<'_>, input: impl BufRead, out: &mut dyn Page) -> io::Result<ExitStatus> {
    let mut interpreter = Interpreter::for_pipe(session);
    let mut worst = ExitStatus::Answered;
    let mut text = String::new();
    let mut input = input.lines();
    loop {
        let line = input.next().transpose()?;
        let ended = line.is_none();
        text.push_str(line.as_deref().unwrap_or_default());
        if !ended && lines::go_on(&text) {
            text.push('\n');
            continue;
        }
        match interpreter.enter(&text, out)? {
            Flow::Next(status) => worst = worst.max(status),
            Flow::History(_) => {}
            Flow::End => return Ok(worst),
        }
        if ended || worst == ExitStatus::Interrupted {
            return Ok(worst);
        }
        text.clear();
    }
}

#[cfg(test)]
mod tests;
