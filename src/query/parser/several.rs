//! Statements about several dumps.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::map;
use nom::sequence::preceded;

use super::input::{Parsed, Tokens};
use super::query::query;
use super::select::objects_of_type;
use super::token::keyword;
use crate::query::ast::{Select, SeveralStatement};
use crate::query::catalog::Keyword;

/// `diff SELECT`, `leaks`, `survivors of TYPE`, `survivors of TYPE+`.
pub fn several_statement(input: Tokens<'_>) -> Parsed<'_, SeveralStatement> {
    let of_type = preceded(keyword(Keyword::Of), |input| objects_of_type(input, "a type"));
    alt((
        map((keyword(Keyword::Diff), query), |(word, select)| SeveralStatement::Diff(word, Box::new(select))),
        map(keyword(Keyword::Leaks), SeveralStatement::Leaks),
        map((keyword(Keyword::Survivors), of_type), |(word, (name, subclasses))| {
            SeveralStatement::Survivors { word, name, subclasses }
        }),
    ))
    .parse(input)
}

/// The select behind `diff`.
pub fn compared_select(input: Tokens<'_>) -> Parsed<'_, Select> {
    preceded(keyword(Keyword::Diff), query).parse(input)
}
