//! What rustyline asks while a line is being typed: completion, hints, colours, and whether the line goes on.

use std::borrow::Cow;
use std::cell::Cell;

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::SearchDirection;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Context, Helper};
use unicode_width::UnicodeWidthStr;

use crate::cli::session::Session;

use super::colors::{self, colored};
use super::completion::{Known, Offer, complete};
use super::hint::{Hint, hint};
use super::lines;

/// The columns that are taken for a terminal that does not tell how wide it is.
const WIDTH: usize = 80;

/// The columns of the prompt, and the one that the cursor needs at the end of the line.
const PROMPT_WIDTH: usize = "heapql> ".len() + 1;

/// Assists who types.
pub(super) struct Assistant<'a> {
    known: Known<'a>,
    files: FilenameCompleter,
    color: bool,
    /// Whether nothing stands in the line: rustyline does not say so of one that was ended by Ctrl-C.
    empty: Cell<bool>,
}

impl<'a> Assistant<'a> {
    pub(super) fn new(session: &'a Session<'a>) -> Assistant<'a> {
        let color = session.console().color;
        Assistant {
            known: Known::of(session),
            files: FilenameCompleter::new(),
            color,
            empty: Cell::new(true),
        }
    }
}

impl Assistant<'_> {
    /// A new line begins.
    pub(super) fn begin_line(&self) {
        self.empty.set(true);
    }

    /// Whether nothing stood in the line when it was shown last.
    pub(super) fn is_line_empty(&self) -> bool {
        self.empty.get()
    }
}

impl Helper for Assistant<'_> {}

impl Completer for Assistant<'_> {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        match complete(line, pos, &self.known) {
            Offer::Files => self.files.complete_path(line, pos),
            Offer::FilesAnd(names) => {
                let (start, files) = self.files.complete_path(line, pos)?;
                // A name of the library is no path: it takes the place of all that is typed.
                let whole = names.iter().all(|name| name.starts_with(&line[start..pos]));
                let names = names.into_iter().filter(|_| whole);
                let names = names.map(|name| Pair { display: name.clone(), replacement: name });
                Ok((start, names.chain(files).collect()))
            }
            Offer::Words(start, words) => {
                let pair = |word: String| Pair { display: word.clone(), replacement: word };
                Ok((start, words.into_iter().map(pair).collect()))
            }
        }
    }
}

impl Validator for Assistant<'_> {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let incomplete = lines::go_on(context.input());
        Ok(if incomplete { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Hinter for Assistant<'_> {
    type Hint = Hint;

    fn hint(&self, line: &str, pos: usize, context: &Context<'_>) -> Option<Hint> {
        // This is asked at every change of the line.
        self.empty.set(line.is_empty());
        // Without colours a hint could not be told from what was typed.
        if !self.color || pos < line.len() || line.contains('\n') {
            return None;
        }
        let columns = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| width.0.into());
        let room = columns.saturating_sub(PROMPT_WIDTH + line.width());
        let before = |typed: &str| {
            let history = context.history();
            let last = history.len().checked_sub(1)?;
            let found = history.starts_with(typed, last, SearchDirection::Reverse).ok()??;
            Some(found.entry.into_owned())
        };
        hint(line, before, room)
    }
}

impl Highlighter for Assistant<'_> {
    fn highlight<'l>(&self, line: &'l str, pos: usize) -> Cow<'l, str> {
        if !self.color || line.is_empty() {
            return Cow::Borrowed(line);
        }
        Cow::Owned(colored(line, pos, |name| self.known.types().is_some_and(|types| types.contains(name))))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        Cow::Borrowed(prompt)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        let style = colors::HINT;
        Cow::Owned(format!("{style}{hint}{style:#}"))
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        Cow::Borrowed(candidate)
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.color
    }
}
