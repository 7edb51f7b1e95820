//! The parser library's failures in words: the only file that would change with the library.

use super::input::{Expected, Memory};
use super::slips;
use crate::diagnostic::{Diagnostic, nearest, one_of};
use crate::query::catalog::Keyword;
use crate::query::lexer::{Token, TokenKind};

/// What is wrong with a text that could not be parsed; `what` it was to be: a statement, a condition.
pub fn translate(memory: &Memory<'_>, tokens: &[Token], end: usize, what: &str) -> Diagnostic {
    let (at, expected) = memory.furthest();
    let (span, message) = match tokens.get(at) {
        Some(token) => (token.span.clone(), format!("{} does not fit here", found(&token.kind))),
        None => (end..end, format!("the {what} ends too early")),
    };
    let diagnostic = Diagnostic::new(span, message).expected(one_of(&in_words(&expected)));
    if let Some(hint) = slips::hint(tokens, at, &expected) {
        return diagnostic.hint(hint);
    }
    let Some(Token { kind: TokenKind::Word(word), .. }) = tokens.get(at) else {
        return match hint_on_symbol(tokens, at) {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        };
    };
    let words = expected.iter().filter_map(|e| match e {
        Expected::Keyword(k) | Expected::Operator(k) => Some(k.word()),
        _ => None,
    });
    if let Some(near) = nearest(word, words) {
        return diagnostic.hint(format!("did you mean `{near}`?"));
    }
    match Keyword::of(word) {
        Some(Keyword::Union | Keyword::Except | Keyword::Intersect) => diagnostic.hint(
            "selects together have one order and one limit, behind the last of them; a part has its own in parentheses: `from (select ...)`",
        ),
        Some(k) if k.doc().reserved && expected.iter().any(is_name) => {
            diagnostic.hint(format!("`{word}` is a keyword; as a name it stands in double quotes"))
        }
        _ => diagnostic,
    }
}

/// What was meant perhaps by a symbol that does not fit.
fn hint_on_symbol(tokens: &[Token], at: usize) -> Option<&'static str> {
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at)).map(|t| &t.kind);
    let is_word = |kind: Option<&TokenKind>, words: &[Keyword]| matches!(kind, Some(TokenKind::Word(word)) if Keyword::of(word).is_some_and(|k| words.contains(&k)));
    match tokens.get(at).map(|t| &t.kind) {
        Some(TokenKind::Symbol("." | "+" | "[")) if is_word(before(2), &[Keyword::As]) => {
            Some("a cast stands in parentheses: `(Payload as Zoo.Cat).Name`; a name is one word")
        }
        Some(TokenKind::Symbol("<" | ">")) => {
            // Back over the parts of a name to the word that a source or a type stands behind.
            let mut back = 1;
            while matches!(before(back), Some(TokenKind::Word(_) | TokenKind::Symbol("." | "+")))
                && !is_word(before(back), &[Keyword::From, Keyword::Is, Keyword::As])
            {
                back += 1;
            }
            is_word(before(back), &[Keyword::From, Keyword::Is, Keyword::As]).then_some(
                "a type's name with other characters than letters and points stands in double quotes",
            )
        }
        _ => None,
    }
}

/// A statement or a condition without anything in it.
pub fn empty(what: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(0..0, format!("there is no {what}"));
    if what == "statement" { diagnostic.hint("`help` lists what can be asked") } else { diagnostic }
}

fn is_name(expected: &Expected) -> bool {
    matches!(expected, Expected::What(what) if what.ends_with("name") || *what == "an expression")
}

/// What was expected, each once, in the order of first mention but the end of the statement last.
fn in_words(expected: &[Expected]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for e in expected {
        let word = match e {
            Expected::Keyword(k) => format!("`{}`", k.word()),
            Expected::Operator(_) => "an operator".to_owned(),
            Expected::Symbol(s) => format!("`{s}`"),
            Expected::What(what) => (*what).to_owned(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.sort_by_key(|w| w.starts_with("the end"));
    words
}

fn found(kind: &TokenKind) -> String {
    match kind {
        TokenKind::Word(w) => format!("`{w}`"),
        TokenKind::Quoted(_) => "a name in quotes".to_owned(),
        TokenKind::Text(_) => "a text".to_owned(),
        TokenKind::Integer(_) | TokenKind::Real(_) | TokenKind::Size(_) => "a number".to_owned(),
        TokenKind::Address(_) => "an address".to_owned(),
        TokenKind::Dump(n) => format!("`@{n}`"),
        TokenKind::Parameter(name) => format!("`:{name}`"),
        TokenKind::Result(n) => format!("`${n}`"),
        TokenKind::Symbol(s) => format!("`{s}`"),
    }
}
