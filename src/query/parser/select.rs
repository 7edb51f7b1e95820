//! The select, its clauses, and what stands in its place in parentheses.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::multi::separated_list1;
use nom::sequence::{delimited, preceded};

use super::expression::{expression, literal_value, nested};
use super::from::from;
use super::input::{Parsed, Tokens};
use super::query::{kept_value_for_sure, query};
use super::token::{dump_number, follows, keyword, name, result, symbol, whole_number};
use super::type_name::type_name;
use crate::diagnostic::Span;
use crate::query::ast::{Expr, Item, Limit, Name, OrderKey, Select, Source, SourceArgument};
use crate::query::catalog::Keyword;
use crate::query::lexer::TokenKind;

/// A select without order and limit, which stand behind all that are put together.
pub fn body(input: Tokens<'_>) -> Parsed<'_, Select> {
    let (rest, _) = keyword(Keyword::Select)(input)?;
    let (rest, distinct) = opt(keyword(Keyword::Distinct)).parse(rest)?;
    let (rest, items) = separated_list1(symbol(","), item).parse(rest)?;
    let select = Select { distinct: distinct.is_some(), ..Select::of(items, input.span()) };
    let (rest, select) = clauses_of_rows(rest, select)?;
    let (rest, having) = opt(preceded(keyword(Keyword::Having), expression)).parse(rest)?;
    let span = input.span().start..end_of(input, rest);
    Ok((rest, Select { having, span, ..select }))
}

/// The clauses that say which rows and groups `select` is about.
pub fn clauses_of_rows<'a>(input: Tokens<'a>, select: Select) -> Parsed<'a, Select> {
    let (rest, source) = opt(preceded(keyword(Keyword::From), from)).parse(input)?;
    let (rest, filter) = opt(preceded(keyword(Keyword::Where), expression)).parse(rest)?;
    let (rest, group_by) = keys(rest)?;
    Ok((rest, Select { source, filter, group_by, ..select }))
}

/// Where the last token between two places of a statement ends.
pub fn end_of(input: Tokens<'_>, rest: Tokens<'_>) -> usize {
    input.rest[..rest.at - input.at].last().map_or(input.span().start, |t| t.span.end)
}

/// A select in parentheses.
pub fn parenthesized(input: Tokens<'_>) -> Parsed<'_, Select> {
    nested(input, delimited(symbol("("), query, symbol(")")))
}

fn item(input: Tokens<'_>) -> Parsed<'_, Item> {
    let aliased = (expression, opt(preceded(keyword(Keyword::As), name("a name"))));
    if all_of_follows(input) {
        return all_of(input);
    }
    alt((map(symbol("*"), Item::All), map(aliased, |(expr, alias)| Item::Expr { expr, alias }))).parse(input)
}

/// Whether `NAME.*` follows; notes nothing.
fn all_of_follows(input: Tokens<'_>) -> bool {
    let is_symbol = |at: usize, wanted: &str| matches!(input.rest.get(at).map(|t| &t.kind), Some(TokenKind::Symbol(s)) if *s == wanted);
    is_symbol(1, ".") && is_symbol(2, "*")
}

/// `s.*`
fn all_of(input: Tokens<'_>) -> Parsed<'_, Item> {
    let (rest, (source, _, star)) = (name("an expression"), symbol("."), symbol("*")).parse(input)?;
    let span = source.span.start..star.end;
    Ok((rest, Item::AllOf(source, span)))
}

/// A source without a name of its own.
pub fn source(input: Tokens<'_>) -> Parsed<'_, Source> {
    let kept = |name| Source::Table { dump: None, name: Some(name), subclasses: false };
    alt((map(parenthesized, |s| Source::Select(Box::new(s))), of_a_dump, map(result, kept), |input| {
        named(input, None)
    }))
    .parse(input)
}

/// `@1`, `@1.objects`
fn of_a_dump(input: Tokens<'_>) -> Parsed<'_, Source> {
    let (rest, dump) = dump_number(input)?;
    if follows(rest, ".") {
        let (rest, _) = symbol(".")(rest)?;
        return named(rest, Some(dump));
    }
    Ok((rest, Source::Table { dump: Some(dump), name: None, subclasses: false }))
}

/// A table, a type or a function.
fn named<'a>(input: Tokens<'a>, dump: Option<(u32, Span)>) -> Parsed<'a, Source> {
    let (behind, first) = name("a table, a type or a function")(input)?;
    if follows(behind, "(") {
        let (rest, argument) = delimited(symbol("("), source_argument, symbol(")")).parse(behind)?;
        let span = first.span.start..end_of(input, rest);
        return Ok((rest, Source::Call { dump, name: first, argument, span }));
    }
    let (rest, (name, subclasses)) = objects_of_type(input, "a table, a type or a function")?;
    Ok((rest, Source::Table { dump, name: Some(name), subclasses }))
}

/// A type's name, and whether a plus behind it takes the types that derive from it too.
pub fn objects_of_type<'a>(input: Tokens<'a>, what: &'static str) -> Parsed<'a, (Name, bool)> {
    let (rest, name) = type_name(what)(input)?;
    let (rest, plus) = opt(symbol("+")).parse(rest)?;
    Ok((rest, (name, plus.is_some())))
}

/// Values, a type, or a select with parentheses of its own or without.
fn source_argument(input: Tokens<'_>) -> Parsed<'_, SourceArgument> {
    const WHAT: &str = "an address, a text, a type or a select";
    alt((
        select_argument,
        map(kept_value_for_sure, SourceArgument::Kept),
        map(
            |input| objects_of_type(input, WHAT),
            |(name, subclasses)| SourceArgument::Type { name, subclasses },
        ),
        map(separated_list1(symbol(","), |input| literal_value(input, WHAT)), SourceArgument::Values),
    ))
    .parse(input)
}

/// A select with parentheses or without.
pub fn select_argument(input: Tokens<'_>) -> Parsed<'_, SourceArgument> {
    let of_select = |select| SourceArgument::Select(Box::new(select));
    alt((map(|input| nested(input, query), of_select), map(parenthesized, of_select))).parse(input)
}

fn keys(input: Tokens<'_>) -> Parsed<'_, Vec<Expr>> {
    let by = (keyword(Keyword::Group), keyword(Keyword::By));
    map(opt(preceded(by, separated_list1(symbol(","), expression))), Option::unwrap_or_default).parse(input)
}

/// `order by KEYS`, which may be left out.
pub fn order(input: Tokens<'_>) -> Parsed<'_, Vec<OrderKey>> {
    let by = (keyword(Keyword::Order), keyword(Keyword::By));
    let direction = alt((map(keyword(Keyword::Asc), |_| false), map(keyword(Keyword::Desc), |_| true)));
    let key = map((expression, opt(direction)), |(expr, descending)| OrderKey {
        expr,
        descending: descending.unwrap_or(false),
    });
    map(opt(preceded(by, separated_list1(symbol(","), key))), Option::unwrap_or_default).parse(input)
}

/// `limit N offset M`, which may be left out.
pub fn limit(input: Tokens<'_>) -> Parsed<'_, Option<Limit>> {
    let number = |input| map(whole_number, |(number, _)| number).parse(input);
    let offset = opt(preceded(keyword(Keyword::Offset), number));
    let limit = preceded(keyword(Keyword::Limit), (number, offset));
    opt(map(limit, |(count, offset)| Limit { count, offset: offset.unwrap_or(0) })).parse(input)
}
