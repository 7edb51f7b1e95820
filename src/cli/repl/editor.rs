//! The prompt itself: line editing and history by rustyline.

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{ColorMode, CompletionType, Config, Editor, ExternalPrinter};

use crate::cli::destination::Destination;
use crate::cli::exit::ExitStatus;
use crate::cli::session::Session;

use super::super::summary;
use super::assistant::Assistant;
use super::interpreter::{Flow, Interpreter};
use super::notices::Notices;
use super::{background, history, recall};

/// As it is measured, and as it is shown where colours are.
const PROMPT: (&str, &str) = ("heapql> ", "\u{1b}[1mheapql>\u{1b}[0m ");

/// Enough to remember months, read in a millisecond.
const MAX_HISTORY: usize = 10_000;

/// Candidates that are listed without a question.
const MAX_LISTED: usize = 200;

/// How long the prompt waits for heaps to be walked, so that most dumps are told whole before it comes.
const PATIENCE: Duration = Duration::from_millis(150);

/// Greets, then answers until the user ends it.
pub(super) fn converse(session: &Session<'_>, out: &mut Destination) -> io::Result<ExitStatus> {
    let mut editor = editor(session).map_err(io_error)?;
    let printer = editor.create_external_printer().ok();
    let notices =
        Arc::new(Notices::new(printer.map(|printer| Box::new(printer) as Box<dyn ExternalPrinter + Send>)));
    greet(session, &notices, out)?;
    let history = history::path().filter(|path| history::make_folder(path).is_ok());
    if let Some(history) = &history {
        history::forget_duplicates(history, config(session).map_err(io_error)?);
        // There is none at the first start; a broken one is not worth a word either.
        let _ = editor.load_history(history);
    }
    let interrupt = session.console().interrupt;
    let lines = || answer_lines(session, &mut editor, history.as_deref(), &notices, out);
    if gives_keys() { interrupt.at_prompt(lines) } else { interrupt.at_prompt_of_lines(lines) }
}

/// Whether the terminal gives single keys: rustyline reads whole lines from those that say that they cannot.
fn gives_keys() -> bool {
    let term = env::var("TERM").unwrap_or_default();
    !["dumb", "cons25", "emacs"].iter().any(|unable| term.eq_ignore_ascii_case(unable))
}

/// Tells what was opened, and begins to build what will be asked for.
fn greet(session: &Session<'_>, notices: &Arc<Notices>, out: &mut Destination) -> io::Result<()> {
    let snapshots = session.snapshots();
    for (number, snapshot) in (1..).zip(snapshots) {
        let number = (snapshots.len() > 1).then_some(number);
        out.write_all(summary::of_dump(snapshot, number).as_bytes())?;
    }
    out.flush()?;
    let walked = background::build(session, notices);
    // Whether they are by then or not: the rest is told when it is known.
    let _ = walked.recv_timeout(PATIENCE);
    notices.show_waiting(out)?;
    out.write_all(summary::how_to_go_on(snapshots.len()).as_bytes())?;
    out.flush()
}

fn answer_lines(
    session: &Session<'_>,
    editor: &mut PromptEditor<'_>,
    history: Option<&Path>,
    notices: &Notices,
    out: &mut Destination,
) -> io::Result<ExitStatus> {
    let mut interpreter = Interpreter::for_prompt(session);
    let mut leaving = false;
    loop {
        session.tell_known_problems();
        session.console().interrupt.begin_line();
        editor.helper().inspect(|assistant| assistant.begin_line());
        match notices.while_at_prompt(out, || editor.readline(&PROMPT))? {
            Ok(text) => {
                leaving = false;
                let Some(text) = recalled(session, editor, text, out)? else { continue };
                remember(editor, &text, history);
                match interpreter.enter(&text, out)? {
                    Flow::Next(_) => {}
                    Flow::History(count) => {
                        out.write_all(recall::listing(&past(editor), count).as_bytes())?;
                        out.flush()?;
                    }
                    Flow::End => return Ok(ExitStatus::Answered),
                }
            }
            Err(ReadlineError::Interrupted) => {
                let empty = editor.helper().is_some_and(Assistant::is_line_empty);
                if empty && leaving {
                    return Ok(ExitStatus::Answered);
                }
                if empty {
                    session.console().messages.remark("Ctrl-C once more leaves, as Ctrl-D does");
                }
                leaving = empty;
            }
            Err(ReadlineError::Eof) => return Ok(ExitStatus::Answered),
            Err(error) => return Err(io_error(error)),
        }
    }
}

/// The text that was entered, or what it recalls, which is shown; `None` where it recalls nothing, which is told.
fn recalled(
    session: &Session<'_>,
    editor: &PromptEditor<'_>,
    text: String,
    out: &mut Destination,
) -> io::Result<Option<String>> {
    match recall::recall(&text, &past(editor)) {
        None => Ok(Some(text)),
        Some(Ok(text)) => {
            writeln!(out, "{text}")?;
            out.flush()?;
            Ok(Some(text))
        }
        Some(Err(why)) => {
            session.console().messages.complaint(&why);
            Ok(None)
        }
    }
}

type PromptEditor<'a> = Editor<Assistant<'a>, FileHistory>;

fn past<'e>(editor: &'e PromptEditor<'_>) -> Vec<&'e str> {
    editor.history().iter().map(String::as_str).collect()
}

fn config(session: &Session<'_>) -> rustyline::Result<Config> {
    let color = if session.console().color { ColorMode::Enabled } else { ColorMode::Disabled };
    Ok(Config::builder()
        .max_history_size(MAX_HISTORY)?
        .history_ignore_dups(true)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .completion_prompt_limit(MAX_LISTED)
        .completion_show_all_if_ambiguous(true)
        .color_mode(color)
        .build())
}

fn editor<'a>(session: &'a Session<'a>) -> rustyline::Result<PromptEditor<'a>> {
    let mut editor = Editor::with_config(config(session)?)?;
    editor.set_helper(Some(Assistant::new(session)));
    Ok(editor)
}

/// Keeps a text for the next run at once: a prompt may end by a crash or a closed window. What
/// cannot be kept is not worth a word at every line.
fn remember(editor: &mut PromptEditor<'_>, text: &str, history: Option<&Path>) {
    if editor.add_history_entry(text).unwrap_or(false)
        && let Some(history) = history
    {
        let _ = editor.append_history(history);
    }
}

fn io_error(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        other => io::Error::other(other),
    }
}
