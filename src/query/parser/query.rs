//! Queries: selects with names before them, several selects together; assertions; values of kept answers.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::multi::separated_list1;
use nom::sequence::preceded;

use super::expression::expression;
use super::input::{Expected, Parsed, Tokens};
use super::select::{body, clauses_of_rows, end_of, limit, order, parenthesized};
use super::token::{any_word, follows, keyword, keyword_follows, name, result, symbol, text, token};
use crate::diagnostic::Span;
use crate::query::ast::{
    Assertion, Combined, ExprKind, Item, KeptValue, Literal, Name, Select, SetOp, Source, With,
};
use crate::query::catalog::Keyword;
use crate::query::lexer::TokenKind;

/// Whether a query begins here; notes nothing. `with` is a name where no name and no `as (` stand behind it.
pub fn query_follows(input: Tokens<'_>) -> bool {
    let behind = |count: usize| nom::Input::take_from(&input, count.min(input.rest.len()));
    let named = keyword_follows(behind(2), Keyword::As) && follows(behind(3), "(");
    keyword_follows(input, Keyword::Select) || (keyword_follows(input, Keyword::With) && named)
}

/// A select, or several together, perhaps with names before and an order behind.
pub fn query(input: Tokens<'_>) -> Parsed<'_, Select> {
    let start = input.span().start;
    let (rest, with) = map(opt(with), Option::unwrap_or_default).parse(input)?;
    let (rest, select) = chain(rest, union_or_except, |input| chain(input, intersect, body))?;
    let (rest, order_by) = order(rest)?;
    let (rest, limit) = limit(rest)?;
    let span = start..end_of(input, rest);
    Ok((rest, Select { with, order_by, limit, span, ..select }))
}

/// `with NAME as (SELECT), ...`
fn with(input: Tokens<'_>) -> Parsed<'_, Vec<With>> {
    let one = (name("a name"), preceded(keyword(Keyword::As), parenthesized));
    let one = map(one, |(name, select)| With { name, select });
    preceded(keyword(Keyword::With), separated_list1(symbol(","), one)).parse(input)
}

fn union_or_except(input: Tokens<'_>) -> Parsed<'_, (SetOp, bool)> {
    let union = preceded(keyword(Keyword::Union), opt(keyword(Keyword::All)));
    alt((
        map(union, |all| (SetOp::Union, all.is_some())),
        map(keyword(Keyword::Except), |_| (SetOp::Except, false)),
    ))
    .parse(input)
}

fn intersect(input: Tokens<'_>) -> Parsed<'_, (SetOp, bool)> {
    map(keyword(Keyword::Intersect), |_| (SetOp::Intersect, false)).parse(input)
}

/// Selects with words of the same precedence between them, put together from the left.
fn chain<'a>(
    input: Tokens<'a>,
    word: fn(Tokens<'a>) -> Parsed<'a, (SetOp, bool)>,
    part: fn(Tokens<'a>) -> Parsed<'a, Select>,
) -> Parsed<'a, Select> {
    let (mut rest, mut left) = part(input)?;
    while let (behind, Some((op, all))) = opt(word).parse(rest)? {
        let (after, right) = part(behind)?;
        let span = left.span.start..right.span.end;
        let combined = Combined { op, all, left, right };
        let items = vec![Item::All(span.clone())];
        left = Select { source: Some(Source::Combined(Box::new(combined))), ..Select::of(items, span) };
        rest = after;
    }
    Ok((rest, left))
}

/// `assert CONDITION [from SOURCE] [where CONDITION] [group by KEYS] [, 'message']`
pub fn assertion(input: Tokens<'_>) -> Parsed<'_, Assertion> {
    let (rest, _) = keyword(Keyword::Assert)(input)?;
    let (rest, holds) = expression(rest)?;
    let nothing = Select::of(Vec::new(), input.span());
    let (rest, mut of) = clauses_of_rows(rest, nothing)?;
    // A text is no key, since a constant makes no groups: behind keys it can only be the message.
    let last = match of.group_by.last().map(|key| (&key.kind, &key.span)) {
        Some((ExprKind::Literal(Literal::Text(message)), span)) if of.group_by.len() > 1 => {
            Some((message.to_string(), span.clone()))
        }
        _ => None,
    };
    let (rest, message) = match last {
        Some(message) => {
            of.group_by.pop();
            (rest, Some(message))
        }
        None => opt(preceded(symbol(","), text("a message in single quotes"))).parse(rest)?,
    };
    of.span = input.span().start..end_of(input, rest);
    Ok((rest, Assertion { holds, of, message }))
}

/// `$3.address`, `big[4].address`
pub fn kept_value(input: Tokens<'_>) -> Parsed<'_, KeptValue> {
    let (rest, name) = alt((result, name("an answer that was kept"))).parse(input)?;
    kept_column(input, rest, name)
}

/// The same, but not what is written like a type's name as well: `big.address`. Whether that is one is seen when it is
/// resolved.
pub fn kept_value_for_sure(input: Tokens<'_>) -> Parsed<'_, KeptValue> {
    if let Ok((rest, name)) = result(input) {
        return kept_column(input, rest, name);
    }
    let (rest, name) = name("an answer that was kept")(input)?;
    row(rest)?;
    kept_column(input, rest, name)
}

fn kept_column<'a>(input: Tokens<'a>, rest: Tokens<'a>, name: Name) -> Parsed<'a, KeptValue> {
    let (rest, row) = if follows(rest, "[") { map(row, Some).parse(rest)? } else { (rest, None) };
    let (rest, column) = preceded(symbol("."), any_word("a column")).parse(rest)?;
    let span = input.span().start..column.span.end;
    Ok((rest, KeptValue { name, row, column, span }))
}

/// `[4]`
fn row(input: Tokens<'_>) -> Parsed<'_, (u64, Span)> {
    let number = |k: &TokenKind| if let TokenKind::Integer(n) = k { u64::try_from(*n).ok() } else { None };
    let (rest, _) = symbol("[")(input)?;
    let (rest, row) = token(rest, Expected::What("the number of a row"), number)?;
    let (rest, _) = symbol("]")(rest)?;
    Ok((rest, row))
}
