//! The word at the cursor, and the path that it is a part of.

use super::super::catalog::is_reserved;
use super::super::lexer::{Token, TokenKind};
use super::{PathSoFar, Root, Step, ends_at, is_symbol, keyword_of, name_of, touch};
use crate::query::catalog::Keyword;

/// A word at the end of a text.
pub struct WordAtEnd {
    /// Where it begins; the end of the text when there is no word.
    pub start: usize,
    /// Where the path or the dotted name that it is a part of begins.
    pub path_start: usize,
    /// The path before the word.
    pub path: Option<PathSoFar>,
}

/// The word at the end of `before`, whose tokens these are, and the tokens before the word or the path that it ends.
pub fn word_at<'a>(before: &str, tokens: &'a [Token]) -> (&'a [Token], WordAtEnd) {
    let (mut head, mut start) = (tokens, before.len());
    if let [earlier @ .., Token { kind: TokenKind::Word(_), span }] = tokens
        && span.end == before.len()
    {
        (head, start) = (earlier, span.start);
    }
    let none = |head, path_start| (head, WordAtEnd { start, path_start, path: None });
    let Some((point, earlier)) = head.split_last() else { return none(head, start) };
    // Nothing stands between the parts of a path that is being written, whatever the language allows.
    if !ends_at(point, start) || !(is_symbol(point, ".") || is_symbol(point, "+")) {
        return none(head, start);
    }
    match path_before(earlier, point.span.start) {
        Some((head, path_start, path)) => {
            let path = is_symbol(point, ".").then_some(path);
            (head, WordAtEnd { start, path_start, path })
        }
        None => none(head, start),
    }
}

/// The path that ends at byte `end` with the last of `tokens`: the tokens before it, where it begins, and itself.
fn path_before(tokens: &[Token], mut end: usize) -> Option<(&[Token], usize, PathSoFar)> {
    let (mut rest, mut steps) = (tokens, Vec::new());
    loop {
        let (last, before) = rest.split_last().filter(|(last, _)| ends_at(last, end))?;
        if is_symbol(last, "]") {
            let open = opening(rest)?;
            steps.push(Step::Element);
            end = rest[open].span.start;
            rest = &rest[..open];
            continue;
        }
        if is_symbol(last, ")") {
            let open = opening(rest)?;
            let name = cast_type(&rest[open + 1..rest.len() - 1])?;
            steps.reverse();
            let start = rest[open].span.start;
            return Some((&rest[..open], start, PathSoFar { root: Root::Cast(name), steps }));
        }
        let name = name_of(last)?;
        if let [further @ .., point] = before
            && (is_symbol(point, ".") || is_symbol(point, "+"))
            && touch(&point.span, &last.span)
        {
            steps.push(Step::Member(name));
            (rest, end) = (further, point.span.start);
            continue;
        }
        if matches!(&last.kind, TokenKind::Word(word) if is_reserved(word)) {
            return None;
        }
        steps.reverse();
        return Some((before, last.span.start, PathSoFar { root: Root::Name(name), steps }));
    }
}

/// The type of a cast: what stands behind the last `as` between its parentheses.
fn cast_type(inner: &[Token]) -> Option<String> {
    let at = inner.iter().rposition(|token| keyword_of(token) == Some(Keyword::As))?;
    let mut name = String::new();
    for token in &inner[at + 1..] {
        match &token.kind {
            TokenKind::Word(part) | TokenKind::Quoted(part) => name.push_str(part),
            TokenKind::Symbol(symbol) => name.push_str(symbol),
            _ => return None,
        }
    }
    Some(name).filter(|name| !name.is_empty())
}

/// The place of the parenthesis or bracket that the last token closes.
pub fn opening(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().rev() {
        if is_symbol(token, ")") || is_symbol(token, "]") {
            depth += 1;
        } else if is_symbol(token, "(") || is_symbol(token, "[") {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}
