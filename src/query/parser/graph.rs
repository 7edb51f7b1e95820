//! Statements about the graph of objects.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::multi::separated_list1;
use nom::sequence::{preceded, terminated};

use super::input::{Parsed, Tokens};
use super::query::kept_value_for_sure;
use super::select::{end_of, objects_of_type, select_argument};
use super::token::{address, dump_number, keyword, symbol};
use crate::query::ast::{GraphStatement, Literal, Objects, SourceArgument};
use crate::query::catalog::Keyword;

/// `roots of X`, `path from X to Y` and the like.
pub fn graph_statement(input: Tokens<'_>) -> Parsed<'_, GraphStatement> {
    use GraphStatement::{DominatorsOf, PathFromTo, PathsTo, ReferencesOf, ReferrersOf, RetainedBy, RootsOf};
    let (from, to) = (preceded(keyword(Keyword::From), objects), preceded(keyword(Keyword::To), objects));
    alt((
        map(of(Keyword::Roots, Keyword::Of), RootsOf),
        map(preceded(keyword(Keyword::Path), (from, to)), |(from, to)| PathFromTo(from, to)),
        map(of(Keyword::Paths, Keyword::To), PathsTo),
        map(of(Keyword::References, Keyword::Of), ReferencesOf),
        map(of(Keyword::Referrers, Keyword::Of), ReferrersOf),
        map(of(Keyword::Retained, Keyword::By), RetainedBy),
        map(of(Keyword::Dominators, Keyword::Of), DominatorsOf),
    ))
    .parse(input)
}

/// Two keywords and the objects that they are about.
fn of<'a>(first: Keyword, second: Keyword) -> impl Fn(Tokens<'a>) -> Parsed<'a, Objects> {
    move |input| preceded((keyword(first), keyword(second)), objects).parse(input)
}

/// `0x7f00, 0x7f18`, `@2.0x7f00`, `Zoo.Animal+`, a select with parentheses or without.
fn objects(input: Tokens<'_>) -> Parsed<'_, Objects> {
    let of_a_dump = (opt(terminated(dump_number, symbol("."))), alt((addresses, of_type)));
    let kept = map(kept_value_for_sure, SourceArgument::Kept);
    let (rest, (dump, which)) =
        alt((map(alt((select_argument, kept)), |which| (None, which)), of_a_dump)).parse(input)?;
    let span = input.span().start..end_of(input, rest);
    Ok((rest, Objects { dump, which, span }))
}

fn addresses(input: Tokens<'_>) -> Parsed<'_, SourceArgument> {
    let literal = map(address, |(address, span)| (Literal::Address(address), span));
    map(separated_list1(symbol(","), literal), SourceArgument::Values).parse(input)
}

fn of_type(input: Tokens<'_>) -> Parsed<'_, SourceArgument> {
    let (rest, (name, subclasses)) = objects_of_type(input, "a type")?;
    Ok((rest, SourceArgument::Type { name, subclasses }))
}
