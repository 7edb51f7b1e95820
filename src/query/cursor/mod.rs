//! What a statement that is still being written wants at the cursor: what completion and hints go by.
//!
//! What can stand there is what the parser expects there (`parser::expected_behind`), so nothing is offered that
//! would be refused. Which sources are in reach, which path or call the cursor is in, and what an open quote is
//! compared with, is told by the tokens alone (`scan`, `word`): the statement need not be right for that. Knows
//! no dump: names are not looked up.

mod pieces;
mod scan;
mod word;

#[cfg(test)]
mod tests;

pub use pieces::{Piece, pieces};

use super::catalog::Keyword;
use super::lexer::{Token, TokenKind, tokens_so_far};
use super::parser::{Expected, expected_behind};
use crate::diagnostic::Span;

/// What is at a place of a statement that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Where the word at the cursor begins: what is offered takes the place of all from there on. Behind an opening
    /// quote, what follows it.
    pub start: usize,
    /// What can stand there.
    pub wanted: Vec<Wanted>,
    /// The keywords that can stand there.
    pub keywords: Vec<Keyword>,
    /// The sources whose columns can be named there.
    pub sources: Vec<NamedSource>,
    /// What the path that the cursor is in begins with, and the members that it has gone through; `None` when the
    /// cursor is in no path.
    pub path: Option<PathSoFar>,
    /// The function whose parentheses are open.
    pub call: Option<CallSoFar>,
    /// The quote that is open.
    pub quote: Option<Quote>,
    /// The clause of the select that the cursor is in, by the keyword that begins it.
    pub clause: Option<Keyword>,
    /// The names of that select's own columns, as far as they are written.
    pub columns: Vec<String>,
    /// The selects that `with` names.
    pub named: Vec<String>,
}

/// A sort of thing that can stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// A table, a type, a function that gives rows, or a kept answer.
    Source,
    /// A value: a column, a function, a literal.
    Value,
    /// The name of a type.
    Type,
    /// Anything that has a description: what stands behind `describe`.
    Described,
    /// A word that `help` knows.
    HelpWord,
    /// An address, or an answer that holds one.
    Address,
}

/// A source whose columns can be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedSource {
    /// What it is.
    pub rows: Rows,
    /// The name that it was given.
    pub alias: Option<String>,
    /// The number of the dump that it is of; `None` for the first.
    pub dump: Option<u32>,
}

/// What the rows of a source are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Those of a table, the objects of a type, or a kept answer: all that a name can mean.
    Named(String),
    /// Those of a function.
    Function(String),
    /// Those of a select, whose columns bear these names.
    Select(Vec<String>),
}

/// A path as far as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathSoFar {
    /// What it begins with.
    pub root: Root,
    /// The steps behind that.
    pub steps: Vec<Step>,
}

/// What a path begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// A column, a field, the name of a source.
    Name(String),
    /// An object that is seen as one of that type.
    Cast(String),
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To a field.
    Member(String),
    /// To an element.
    Element,
}

/// A call whose parentheses are open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallSoFar {
    /// The function's name.
    pub name: String,
    /// How many arguments stand before the cursor.
    pub arguments: usize,
}

/// A quote that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Whether it is one around a text; else it is one around a name.
    pub text: bool,
    /// What is compared with the text: the last word of it, of a call the function's name.
    pub compared: Option<String>,
    /// Whether the text is a pattern of `like`.
    pub pattern: bool,
}

/// What is at byte `position` of `text`, which may hold several statements.
pub fn cursor(text: &str, position: usize) -> Cursor {
    let before = &text[..position];
    let (tokens, open) = tokens_so_far(before);
    let begin = tokens.iter().rposition(|token| is_symbol(token, ";")).map_or(0, |at| at + 1);
    let tokens = &tokens[begin..];
    let after = tokens_behind(text, position, open.map(|at| &before[at..=at]));
    if let Some(at) = open {
        let place = scan::Place::of(text, tokens, &after);
        let text = before[at..].starts_with('\'');
        return Cursor {
            start: at + 1,
            wanted: if text { Vec::new() } else { wanted(tokens).0 },
            keywords: Vec::new(),
            path: None,
            sources: place.sources,
            call: place.call,
            quote: Some(Quote { text, ..compared(tokens) }),
            clause: place.clause,
            columns: place.columns,
            named: place.named,
        };
    }
    let (head, word) = word::word_at(before, tokens);
    let place = scan::Place::of(text, head, &after);
    let (wanted, keywords) = wanted(head);
    let names_type = wanted.iter().any(|w| matches!(w, Wanted::Source | Wanted::Type | Wanted::Described));
    if names_type && !wanted.contains(&Wanted::Value) {
        // The points of a type's name are parts of a word.
        let start = word.path_start;
        let keywords = if start == word.start { keywords } else { Vec::new() };
        return Cursor {
            start,
            wanted,
            keywords,
            sources: place.sources,
            call: place.call,
            clause: place.clause,
            columns: place.columns,
            named: place.named,
            path: None,
            quote: None,
        };
    }
    let in_path = word.path.is_some();
    Cursor {
        start: word.start,
        keywords: if in_path { Vec::new() } else { keywords },
        wanted: if in_path { Vec::new() } else { wanted },
        sources: place.sources,
        path: word.path,
        call: place.call,
        quote: None,
        clause: place.clause,
        columns: place.columns,
        named: place.named,
    }
}

/// The tokens of the statement behind the cursor, with the rest of a word or quote that it stands in left out. Their
/// places are those in the whole text.
fn tokens_behind(text: &str, position: usize, open: Option<&str>) -> Vec<Token> {
    let rest = &text[position..];
    let skipped = match open {
        Some(quote) => rest.find(quote).map_or(rest.len(), |at| at + 1),
        None => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
    };
    let (tokens, _) = tokens_so_far(&rest[skipped..]);
    let from = position + skipped;
    let moved =
        tokens.into_iter().map(|t| Token { span: t.span.start + from..t.span.end + from, kind: t.kind });
    moved.take_while(|token| !is_symbol(token, ";")).collect()
}

/// What the parser expects behind some tokens.
fn wanted(tokens: &[Token]) -> (Vec<Wanted>, Vec<Keyword>) {
    let last = tokens.last().and_then(keyword_of);
    let (mut wanted, mut keywords) = (Vec::new(), Vec::new());
    for expected in expected_behind(tokens) {
        match expected {
            Expected::Keyword(keyword) | Expected::Operator(keyword) => keywords.push(keyword),
            Expected::Symbol(_) => {}
            Expected::What(what) => wanted.extend(wanted_by(what, last)),
        }
    }
    if wanted.contains(&Wanted::Value) {
        // Tried only where it follows, so that the parser leaves no note of it.
        keywords.push(Keyword::Not);
    }
    if keywords.contains(&Keyword::Join) {
        // Tried by the same look at the next word.
        keywords.extend([Keyword::Inner, Keyword::Left]);
    }
    if opens_select(tokens) {
        keywords.push(Keyword::Select);
    }
    wanted.sort_by_key(|w| *w as u8);
    wanted.dedup();
    keywords.sort_by_key(|k| k.word());
    keywords.dedup();
    (wanted, keywords)
}

/// What the parser's words for something mean; `last` is the keyword before it.
fn wanted_by(what: &str, last: Option<Keyword>) -> Option<Wanted> {
    Some(match what {
        _ if what.starts_with("a table") => Wanted::Source,
        _ if what.starts_with("an expression") => Wanted::Value,
        _ if what.starts_with("an address, a text") => Wanted::Type,
        _ if what.starts_with("an address") => Wanted::Address,
        "a type" | "a type's name" => Wanted::Type,
        "a word" => Wanted::HelpWord,
        "a name" if last == Some(Keyword::Describe) => Wanted::Described,
        _ => return None,
    })
}

/// Whether an open parenthesis can be that of a select.
fn opens_select(tokens: &[Token]) -> bool {
    let [.., before, open] = tokens else { return false };
    is_symbol(open, "(") && matches!(keyword_of(before), Some(Keyword::In | Keyword::From))
}

/// What an open quote behind `tokens` is compared with.
fn compared(tokens: &[Token]) -> Quote {
    let mut rest = tokens;
    // Back over the values of a list.
    while let [before @ .., token] = rest {
        let in_list =
            is_symbol(token, ",") || is_symbol(token, "(") || matches!(token.kind, TokenKind::Text(_));
        if !in_list {
            break;
        }
        rest = before;
    }
    let Some((last, mut before)) = rest.split_last() else {
        return Quote { text: true, compared: None, pattern: false };
    };
    let keyword = keyword_of(last);
    let operator = ["=", "!=", "<>", "<", "<=", ">", ">=", "~"].iter().any(|s| is_symbol(last, s));
    if !operator && !matches!(keyword, Some(Keyword::Like | Keyword::In | Keyword::Between)) {
        // `instances('`, and `contains(type, '`: the function, and the argument before.
        let follows = |symbol| tokens.get(rest.len()).is_some_and(|token| is_symbol(token, symbol));
        let compared = (follows("(") || follows(",")).then(|| name_of(last)).flatten();
        return Quote { text: true, compared, pattern: false };
    }
    if let [earlier @ .., not] = before
        && keyword_of(not) == Some(Keyword::Not)
    {
        before = earlier;
    }
    let compared = match before.last() {
        Some(close) if is_symbol(close, ")") => {
            word::opening(before).and_then(|open| before[..open].last()).and_then(name_of)
        }
        Some(token) => name_of(token),
        None => None,
    };
    Quote { text: true, compared, pattern: keyword == Some(Keyword::Like) }
}

fn is_symbol(token: &Token, symbol: &str) -> bool {
    matches!(token.kind, TokenKind::Symbol(s) if s == symbol)
}

fn keyword_of(token: &Token) -> Option<Keyword> {
    match &token.kind {
        TokenKind::Word(word) => Keyword::of(word),
        _ => None,
    }
}

/// The name that a token is.
fn name_of(token: &Token) -> Option<String> {
    match &token.kind {
        TokenKind::Word(name) | TokenKind::Quoted(name) => Some(name.clone()),
        _ => None,
    }
}

fn ends_at(token: &Token, at: usize) -> bool {
    token.span.end == at
}

/// Whether nothing stands between two tokens.
fn touch(first: &Span, second: &Span) -> bool {
    first.end == second.start
}
