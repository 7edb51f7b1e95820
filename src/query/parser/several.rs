//! Statements about several dumps.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::map;
use nom::sequence::preceded;

use super::input::{Parsed, Tokens};
use super::query::query;
use super::select::objects_of_type;
use super::token::{keyword, text};
use crate::diagnostic::Span;
use crate::query::ast::{Name, Select, SeveralStatement};
use crate::query::catalog::Keyword;

/// `diff SELECT`, `leaks`, `survivors of TYPE`, `survivors of TYPE+`, `survivors of :type`.
pub fn several_statement(input: Tokens<'_>) -> Parsed<'_, SeveralStatement> {
    let named = |input| objects_of_type(input, "a type");
    let of_type = preceded(keyword(Keyword::Of), alt((named, map(text("a text"), type_in_text))));
    alt((
        map((keyword(Keyword::Diff), query), |(word, select)| SeveralStatement::Diff(word, Box::new(select))),
        map(keyword(Keyword::Leaks), SeveralStatement::Leaks),
        map((keyword(Keyword::Survivors), of_type), |(word, (name, subclasses))| {
            SeveralStatement::Survivors { word, name, subclasses }
        }),
    ))
    .parse(input)
}

/// The type that a text or a parameter names, as `instances('Zoo.Animal+')` takes it.
fn type_in_text((text, span): (String, Span)) -> (Name, bool) {
    match text.strip_suffix('+') {
        Some(name) => (Name { text: name.to_owned(), span }, true),
        None => (Name { text, span }, false),
    }
}

/// The select behind `diff`.
pub fn compared_select(input: Tokens<'_>) -> Parsed<'_, Select> {
    preceded(keyword(Keyword::Diff), query).parse(input)
}
