//! The words, numbers and signs of a condition, with their places.

use std::ops::Range;

use crate::diagnostic::Diagnostic;

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, digits, `-`, `.`, `_`: a name, a word, or a number with its unit.
    Word,
    /// A name in brackets, without them.
    Bracketed,
    /// A comparison or a parenthesis.
    Sign,
}

/// A piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    pub span: Range<usize>,
}

/// Signs, longer ones before those that they begin with.
const SIGNS: &[&str] = &[">=", "<=", "<>", "==", "!=", ">", "<", "=", "(", ")", "&&", "||"];

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '%' | '/')
}

/// Splits a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Diagnostic> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
            continue;
        }
        let (kind, skipped, inside, end) = token(rest, at)?;
        let text = rest.get(skipped..inside).unwrap_or_default();
        tokens.push(Token { kind, text, span: at..at + end });
        at += end;
    }
    Ok(tokens)
}

/// The token at the start of `rest`: its kind, where its text begins and ends, where it ends itself.
fn token(rest: &str, at: usize) -> Result<(TokenKind, usize, usize, usize), Diagnostic> {
    if let Some(inside) = rest.strip_prefix('[') {
        let Some(length) = inside.find(']') else {
            return Err(Diagnostic::new(at..at + 1, "this bracket is not closed").expected("`]`"));
        };
        return Ok((TokenKind::Bracketed, 1, 1 + length, 2 + length));
    }
    if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        return Ok((TokenKind::Sign, 0, sign.len(), sign.len()));
    }
    let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
    if length == 0 {
        let c = rest.chars().next().unwrap_or_default();
        let shown = c.escape_debug();
        return Err(Diagnostic::new(
            at..at + c.len_utf8(),
            format!("`{shown}` has no meaning in a condition"),
        ));
    }
    Ok((TokenKind::Word, 0, length, length))
}
