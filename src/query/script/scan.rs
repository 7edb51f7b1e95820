//! Finds comments and parameters in a text, whether it can be parsed or not.

use crate::diagnostic::Span;
use crate::query::lexer::{blank, quoted};

/// What stands in a text outside of white space.
enum Piece {
    /// `-- ...`, to the end of the line.
    Comment(Span),
    /// One character outside of quotes and comments.
    Character(usize, char),
}

/// The comments of a text and the characters outside of quotes, in order.
fn pieces(text: &str, mut seen: impl FnMut(Piece)) {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let skipped = blank(&text[at..]);
        if skipped > 0 {
            if text[at..].starts_with("--") {
                seen(Piece::Comment(at..at + skipped));
            }
            at += skipped;
        } else if matches!(c, '\'' | '"') {
            at += quoted(&text[at..], c).0;
        } else {
            seen(Piece::Character(at, c));
            at += c.len_utf8();
        }
    }
}

/// Where the comments of a text stand, each from its dashes to the end of its line.
pub(super) fn comments(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    pieces(text, |piece| {
        if let Piece::Comment(span) = piece {
            found.push(span);
        }
    });
    found
}

/// The parameters that a text uses, `:min`, with the places where they do.
pub(super) fn parameter_uses(text: &str) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    pieces(text, |piece| {
        if let Piece::Character(at, ':') = piece
            && !text[..at].ends_with(':')
        {
            let rest = &text[at + 1..];
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            if length > 0 && !rest.starts_with(char::is_numeric) {
                found.push((&rest[..length], at..at + 1 + length));
            }
        }
    });
    found
}
