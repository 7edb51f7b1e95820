//! The prompt itself: line editing, history and completion by rustyline.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::{self, Write};
use std::path::Path;

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{ColorMode, CompletionType, Config, Context, Editor, Helper};

use crate::cli::destination::Destination;
use crate::cli::exit::ExitStatus;
use crate::cli::session::Session;

use super::completion::{TypeNames, complete};
use super::interpreter::{Flow, Interpreter};
use super::{history, lines, summary};

const PROMPT: (&str, &str) = ("heapql> ", "\u{1b}[1mheapql>\u{1b}[0m ");

/// Enough to remember months, read in a millisecond.
const MAX_HISTORY: usize = 10_000;

/// Greets, then answers until the user ends it.
pub(super) fn converse(session: &Session<'_>, out: &mut Destination) -> io::Result<ExitStatus> {
    greet(session, out)?;
    let mut editor = editor(session).map_err(io_error)?;
    let history = history::path().filter(|path| history::make_folder(path).is_ok());
    if let Some(history) = &history {
        // There is none at the first start; a broken one is not worth a word either.
        let _ = editor.load_history(history);
    }
    let mut interpreter = Interpreter::for_prompt(session);
    let interrupt = session.console().interrupt;
    loop {
        match interrupt.at_prompt(|| editor.readline(&PROMPT)) {
            Ok(text) => {
                remember(&mut editor, &text, history.as_deref());
                if interpreter.enter(&text, out)? == Flow::End {
                    return Ok(ExitStatus::Answered);
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return Ok(ExitStatus::Answered),
            Err(error) => return Err(io_error(error)),
        }
    }
}

/// Tells what was opened. Walks the heap, so that the first question is answered at once and names
/// of types can be completed; a dump without a heap says so and still answers other questions.
fn greet(session: &Session<'_>, out: &mut Destination) -> io::Result<()> {
    let console = session.console();
    for snapshot in session.snapshots() {
        let heap = snapshot.heap(&*console.progress);
        out.write_all(summary::summary(snapshot, heap.as_ref().ok().copied()).as_bytes())?;
        match heap {
            Ok(heap) => heap.problems.iter().for_each(|problem| console.messages.problem(problem)),
            Err(error) => console.messages.error(&error),
        }
    }
    out.write_all(b"`help` explains the language, `\\help` the prompt, Ctrl-D ends.\n")?;
    out.flush()
}

type PromptEditor<'a> = Editor<PromptHelper<'a>, FileHistory>;

fn editor<'a>(session: &'a Session<'a>) -> rustyline::Result<PromptEditor<'a>> {
    let color = if session.console().color { ColorMode::Enabled } else { ColorMode::Disabled };
    let config = Config::builder()
        .max_history_size(MAX_HISTORY)?
        .history_ignore_dups(true)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .color_mode(color)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(PromptHelper { session, names: OnceCell::new() }));
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

/// What rustyline asks of us.
struct PromptHelper<'a> {
    session: &'a Session<'a>,
    /// The names of types, sorted when they are first needed.
    names: OnceCell<TypeNames>,
}

impl PromptHelper<'_> {
    /// The types of heaps that are built. Never walks a heap: Tab must not take seconds.
    fn names(&self) -> Option<&TypeNames> {
        if let Some(names) = self.names.get() {
            return Some(names);
        }
        let heaps: Vec<_> = self.session.snapshots().iter().filter_map(|s| s.built_heap()).collect();
        if heaps.is_empty() {
            return None;
        }
        let names = heaps.iter().flat_map(|heap| heap.types.all()).map(|t| &t.name).cloned();
        Some(self.names.get_or_init(|| TypeNames::new(names.collect())))
    }
}

impl Helper for PromptHelper<'_> {}

impl Completer for PromptHelper<'_> {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, words) = complete(line, pos, self.names());
        let pair = |word: Cow<'_, str>| Pair { display: word.to_string(), replacement: word.into_owned() };
        Ok((start, words.into_iter().map(pair).collect()))
    }
}

impl Validator for PromptHelper<'_> {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let incomplete = lines::go_on(context.input());
        Ok(if incomplete { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Hinter for PromptHelper<'_> {
    type Hint = String;
}

impl Highlighter for PromptHelper<'_> {}
