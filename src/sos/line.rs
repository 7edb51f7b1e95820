//! A line of a command: its pieces, and what stands before its word.

use super::words::{WordDoc, word, words};
use super::{not_yet, text};
use crate::query::catalog::{Keyword, function, source_functions, statements, table};
use crate::query::{Diagnostic, Span};

/// What introduces a word: `sos dumpheap` in LLDB, `ext dumpheap` in dotnet-dump.
const INTRODUCTIONS: [&str; 2] = ["sos", "ext"];
/// What asks for the statements of a word without an answer, at the prompt like a setting too.
const SHOW_ONLY: [&str; 2] = ["sql", "\\sql"];
/// What lists the words, or tells about one.
const HELP: &str = "soshelp";

/// A piece of a line: without the quotes that it stood in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub text: String,
    /// Where it stands in the whole text.
    pub span: Span,
}

/// A line, cut into pieces.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    text: &'a str,
    pieces: Vec<Piece>,
    /// How many pieces stand before the word.
    word: usize,
    only_shown: bool,
    /// Whether the word came with what only SOS in WinDbg and LLDB has: `!` or `sos`.
    introduced: bool,
}

impl<'a> Line<'a> {
    /// The first line of a text that holds anything.
    pub(super) fn first(text: &'a str) -> Option<Line<'a>> {
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let pieces = text::pieces(line, at);
            if !pieces.is_empty() {
                return Some(Line::of(line.trim(), pieces));
            }
            at += line.len();
        }
        None
    }

    /// All lines of a text that hold anything.
    pub(super) fn all(text: &'a str) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let pieces = text::pieces(line, at);
            if !pieces.is_empty() {
                lines.push(Line::of(line.trim(), pieces));
            }
            at += line.len();
        }
        lines
    }

    fn of(text: &'a str, mut pieces: Vec<Piece>) -> Line<'a> {
        let mut line = Line { text, pieces: Vec::new(), word: 0, only_shown: false, introduced: false };
        let is = |piece: Option<&Piece>, word: &str| {
            piece.is_some_and(|piece| piece.text.eq_ignore_ascii_case(word))
        };
        let mut at = 0;
        if SHOW_ONLY.iter().any(|word| is(pieces.first(), word)) && pieces.len() > 1 {
            line.only_shown = true;
            at += 1;
        }
        if INTRODUCTIONS.iter().any(|word| is(pieces.get(at), word)) && pieces.len() > at + 1 {
            line.introduced = true;
            at += 1;
        }
        if let Some(piece) = pieces.get_mut(at)
            && let Some(rest) = piece.text.strip_prefix('!').filter(|rest| !rest.is_empty())
        {
            // WinDbg also names the extension: `!sos.dumpheap`.
            let bare = rest.strip_prefix("sos.").unwrap_or(rest);
            let taken = piece.text.len() - bare.len();
            *piece = Piece { text: bare.to_owned(), span: piece.span.start + taken..piece.span.end };
            line.introduced = true;
        }
        Line { word: at, pieces, ..line }
    }

    /// Whether it is for this layer.
    pub(super) fn is_command(&self) -> bool {
        self.help().is_some() || self.known() || not_yet::find(&self.word().text).is_some()
    }

    fn known(&self) -> bool {
        let Some(doc) = word(&self.word().text) else { return false };
        // `memory` alone is no word: LLDB reads it with `memory read`.
        doc.second.is_none_or(|second| {
            self.pieces.get(self.word + 1).is_some_and(|piece| piece.text.eq_ignore_ascii_case(second))
        })
    }

    /// The word that help is asked for; empty for all of them. `None` when the line asks for something else.
    pub(super) fn help(&self) -> Option<Piece> {
        let end = self.pieces.last().map_or(0, |piece| piece.span.end);
        let nothing = || Piece { text: String::new(), span: end..end };
        let (first, second) = (self.word(), self.pieces.get(self.word + 1));
        if first.text.eq_ignore_ascii_case(HELP) {
            return Some(second.map_or_else(nothing, bare));
        }
        if !first.text.eq_ignore_ascii_case(Keyword::Help.word()) {
            return None;
        }
        let second = second.map(bare);
        match second {
            // The language's own names come first: `threads` is a table, and `help threads` tells of it.
            Some(second) => (self.introduced || is_only_a_word(&second.text)).then_some(second),
            None => self.introduced.then(nothing),
        }
    }

    /// The word.
    pub(super) fn word(&self) -> Piece {
        self.pieces.get(self.word).cloned().unwrap_or(Piece { text: String::new(), span: 0..0 })
    }

    /// The entry of the word.
    ///
    /// # Errors
    /// It is not answered yet, or no word at all.
    pub(super) fn doc(&self) -> Result<&'static WordDoc, Diagnostic> {
        let Piece { text, span } = self.word();
        if let Some(reason) = not_yet::find(&text) {
            return Err(Diagnostic::new(
                span,
                format!("`{}` is not answered yet", text.to_ascii_lowercase()),
            )
            .hint(reason));
        }
        match word(&text).filter(|_| self.known()) {
            Some(doc) => Ok(doc),
            None => Err(Diagnostic::new(span, format!("`{text}` is no word of SOS"))
                .nearest(&text, words().map(|doc| doc.word))
                .expected("a line a word, or the end of the words with `;`")),
        }
    }

    /// What stands behind the word.
    pub(super) fn rest(&self) -> &[Piece] {
        let second = word(&self.word().text).is_some_and(|doc| doc.second.is_some());
        self.pieces.get(self.word + 1 + usize::from(second)..).unwrap_or_default()
    }

    /// Where the line ends in the whole text.
    pub(super) fn end(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.span.end)
    }

    /// Whether only the statements are wanted.
    pub(super) fn only_shown(&self) -> bool {
        self.only_shown
    }

    /// The line as it was written.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }
}

/// A word as help is asked for it, with `!` or without.
fn bare(piece: &Piece) -> Piece {
    let text = piece.text.trim_start_matches('!').to_owned();
    Piece { span: piece.span.end - text.len()..piece.span.end, text }
}

/// Whether a name is a word of this layer and nothing of the language.
fn is_only_a_word(name: &str) -> bool {
    let is_a_word = word(name).is_some() || not_yet::find(name).is_some();
    let is_of_the_language = Keyword::of(name).is_some()
        || table(name).is_some()
        || function(name).is_some()
        || source_functions().iter().any(|source| source.name == name)
        || statements().iter().any(|statement| statement.name == name);
    is_a_word && !is_of_the_language
}
