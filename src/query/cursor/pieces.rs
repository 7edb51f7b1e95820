//! The parts of a text that is being written, for who shows them in colours.

use super::super::catalog::is_reserved;
use super::super::lexer::{TokenKind, tokens_so_far};
use crate::diagnostic::Span;
use crate::query::catalog::Keyword;

/// What a part of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// A keyword: a word that is reserved, or the first of a statement.
    Keyword,
    /// Any other word.
    Name,
    /// A name in double quotes.
    QuotedName,
    /// A text.
    Text,
    /// A quote that is not closed, with all that follows it.
    OpenText,
    /// A number, a size, the number of a dump or of an answer, a parameter.
    Number,
    /// A number in hexadecimal.
    Address,
    /// Punctuation, brackets and operators.
    Symbol,
    /// A comment.
    Comment,
}

/// The parts of `text` in order. White space and what means nothing to the language is in none of them.
pub fn pieces(text: &str) -> Vec<(Span, Piece)> {
    let (tokens, open) = tokens_so_far(text);
    let mut pieces = Vec::with_capacity(tokens.len());
    let (mut at, mut first) = (0, true);
    for token in &tokens {
        comment(text, at..token.span.start, &mut pieces);
        at = token.span.end;
        let piece = match &token.kind {
            // Words like `roots` are keywords where a statement begins, and names elsewhere.
            TokenKind::Word(word) if is_reserved(word) || (first && Keyword::of(word).is_some()) => {
                Piece::Keyword
            }
            TokenKind::Word(_) | TokenKind::Parameter(_) | TokenKind::Result(_) => Piece::Name,
            TokenKind::Quoted(_) => Piece::QuotedName,
            TokenKind::Text(_) => Piece::Text,
            TokenKind::Address(_) => Piece::Address,
            TokenKind::Symbol(_) => Piece::Symbol,
            TokenKind::Integer(_) | TokenKind::Real(_) | TokenKind::Size(_) | TokenKind::Dump(_) => {
                Piece::Number
            }
        };
        first = matches!(token.kind, TokenKind::Symbol(";"))
            || (first
                && matches!(&token.kind, TokenKind::Word(word) if Keyword::of(word) == Some(Keyword::Explain)));
        pieces.push((token.span.clone(), piece));
    }
    comment(text, at..open.unwrap_or(text.len()), &mut pieces);
    pieces.extend(open.map(|at| (at..text.len(), Piece::OpenText)));
    pieces
}

/// Adds the comment between two tokens; where there are several, from the first to the last.
fn comment(text: &str, between: Span, pieces: &mut Vec<(Span, Piece)>) {
    let gap = &text[between.clone()];
    if let Some(start) = gap.find("--") {
        let end = gap.trim_end().len();
        pieces.push((between.start + start..between.start + end, Piece::Comment));
    }
}
