//! Statements about several dumps.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::map;
use nom::sequence::preceded;

use super::input::{Parsed, Tokens};
use super::select::select;
use super::token::keyword;
use super::type_name::type_name;
use crate::query::ast::{Select, SeveralStatement};
use crate::query::catalog::Keyword;

/// `diff SELECT`, `leaks`, `survivors of TYPE`.
pub fn several_statement(input: Tokens<'_>) -> Parsed<'_, SeveralStatement> {
    let of_type = preceded(keyword(Keyword::Of), type_name("a type"));
    alt((
        map((keyword(Keyword::Diff), select), |(word, select)| {
            SeveralStatement::Diff(word, Box::new(select))
        }),
        map(keyword(Keyword::Leaks), SeveralStatement::Leaks),
        map((keyword(Keyword::Survivors), of_type), |(word, name)| SeveralStatement::Survivors(word, name)),
    ))
    .parse(input)
}

/// The select behind `diff`.
pub fn compared_select(input: Tokens<'_>) -> Parsed<'_, Select> {
    preceded(keyword(Keyword::Diff), select).parse(input)
}
