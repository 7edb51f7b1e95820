//! Expressions, by precedence: or, and, not, comparisons, sums, products, signs, operands.

use std::sync::Arc;

use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::multi::separated_list1;
use nom::sequence::preceded;
use nom::{Input, Parser};

use super::input::{Expected, Parsed, Rejected, Tokens};
use super::parameter;
use super::query::query_follows;
use super::select::{end_of, parenthesized};
use super::token::{
    any_word, follows, keyword, keyword_follows, name, operator, symbol, symbol_operator, text, token,
};
use super::type_name::type_name;
use super::window::{case, over};
use super::{MAX_HEIGHT, MAX_NESTING};
use crate::diagnostic::{Diagnostic, Span};
use crate::query::ast::{Arguments, ArithmeticOp, CompareOp, Expr, ExprKind, Literal, Name};
use crate::query::catalog::Keyword;
use crate::query::lexer::TokenKind;

const COMPARISONS: &[(&str, CompareOp)] = &[
    ("=", CompareOp::Equal),
    ("!=", CompareOp::Unequal),
    ("<>", CompareOp::Unequal),
    ("<=", CompareOp::LessOrEqual),
    ("<", CompareOp::Less),
    (">=", CompareOp::GreaterOrEqual),
    (">", CompareOp::Greater),
];

const SUMS: &[(&str, ArithmeticOp)] = &[("+", ArithmeticOp::Add), ("-", ArithmeticOp::Subtract)];

const PRODUCTS: &[(&str, ArithmeticOp)] =
    &[("*", ArithmeticOp::Multiply), ("/", ArithmeticOp::Divide), ("%", ArithmeticOp::Remainder)];

/// An expression.
pub fn expression(input: Tokens<'_>) -> Parsed<'_, Expr> {
    nested(input, disjunction)
}

/// Parses something that may contain itself, to a bounded depth.
pub fn nested<'a, T>(
    input: Tokens<'a>,
    mut parser: impl Parser<Tokens<'a>, Output = T, Error = Rejected>,
) -> Parsed<'a, T> {
    let depth = &input.memory.depth;
    if depth.get() >= MAX_NESTING {
        return input.fail(Diagnostic::new(input.span(), "the statement is nested too deeply here"));
    }
    depth.set(depth.get() + 1);
    let parsed = parser.parse(input);
    depth.set(depth.get() - 1);
    parsed
}

/// Makes an expression of its parts, unless it would be too high a tree.
pub fn build<'a>(rest: Tokens<'a>, kind: ExprKind, span: Span, height: u32) -> Parsed<'a, Expr> {
    if height >= MAX_HEIGHT {
        return rest
            .fail(Diagnostic::new(span, "the expression is too long").hint("`in (...)` takes long lists"));
    }
    Ok((rest, Expr { kind, span, height: height + 1 }))
}

fn unary<'a>(
    rest: Tokens<'a>,
    start: usize,
    part: Expr,
    make: fn(Box<Expr>) -> ExprKind,
) -> Parsed<'a, Expr> {
    let (span, height) = (start..part.span.end, part.height);
    build(rest, make(Box::new(part)), span, height)
}

fn disjunction(input: Tokens<'_>) -> Parsed<'_, Expr> {
    let (rest, parts) = separated_list1(operator(Keyword::Or), conjunction).parse(input)?;
    Ok((rest, all_of(parts, ExprKind::Or)))
}

fn conjunction(input: Tokens<'_>) -> Parsed<'_, Expr> {
    let (rest, parts) = separated_list1(operator(Keyword::And), negation).parse(input)?;
    Ok((rest, all_of(parts, ExprKind::And)))
}

/// One part stays what it is; several become one node, however many there are.
fn all_of(mut parts: Vec<Expr>, make: fn(Vec<Expr>) -> ExprKind) -> Expr {
    match (parts.len(), parts.first(), parts.last()) {
        (2.., Some(first), Some(last)) => {
            let span = first.span.start..last.span.end;
            let height = parts.iter().map(|p| p.height).max().unwrap_or(0);
            Expr { kind: make(parts), span, height: height + 1 }
        }
        _ => parts.remove(0),
    }
}

fn negation(input: Tokens<'_>) -> Parsed<'_, Expr> {
    if !keyword_follows(input, Keyword::Not) {
        return comparison(input);
    }
    let (rest, not) = keyword(Keyword::Not)(input)?;
    let (rest, part) = nested(rest, negation)?;
    unary(rest, not.start, part, ExprKind::Not)
}

/// A sum, perhaps with one comparison behind it.
fn comparison(input: Tokens<'_>) -> Parsed<'_, Expr> {
    let (rest, value) = joined(input)?;
    if let Ok((rest, op)) = symbol_operator(COMPARISONS)(rest) {
        let (rest, other) = joined(rest)?;
        let (span, height) = (value.span.start..other.span.end, value.height.max(other.height));
        return build(rest, ExprKind::Compare(op, Box::new(value), Box::new(other)), span, height);
    }
    if let Ok((rest, _)) = operator(Keyword::Is)(rest) {
        return is(rest, value);
    }
    if follows(rest, "~") {
        return matches(rest, value);
    }
    let (behind, not) = opt(operator(Keyword::Not)).parse(rest)?;
    if let Ok((rest, _)) = operator(Keyword::Like)(behind) {
        return negated(like(rest, value)?, not.is_some());
    }
    if let Ok((rest, _)) = operator(Keyword::In)(behind) {
        return negated(within(rest, value)?, not.is_some());
    }
    if let Ok((rest, _)) = operator(Keyword::Between)(behind) {
        return negated(between(rest, value)?, not.is_some());
    }
    Ok((rest, value))
}

fn negated<'a>((rest, condition): (Tokens<'a>, Expr), not: bool) -> Parsed<'a, Expr> {
    if not { unary(rest, condition.span.start, condition, ExprKind::Not) } else { Ok((rest, condition)) }
}

/// What stands behind `is`: null or a type.
fn is<'a>(input: Tokens<'a>, value: Expr) -> Parsed<'a, Expr> {
    let (rest, not) = opt(keyword(Keyword::Not)).parse(input)?;
    let (start, height) = (value.span.start, value.height);
    if let Ok((rest, null)) = keyword(Keyword::Null)(rest) {
        let condition = build(rest, ExprKind::IsNull(Box::new(value)), start..null.end, height)?;
        return negated(condition, not.is_some());
    }
    let (rest, name) = type_name("a type's name")(rest)?;
    let span = start..name.span.end;
    negated(build(rest, ExprKind::IsType(Box::new(value), name), span, height)?, not.is_some())
}

fn like<'a>(input: Tokens<'a>, value: Expr) -> Parsed<'a, Expr> {
    let (rest, pattern) = text("a pattern in single quotes")(input)?;
    let (rest, escape) =
        opt(preceded(operator(Keyword::Escape), text("a character in single quotes"))).parse(rest)?;
    let end = escape.as_ref().map_or(pattern.1.end, |e| e.1.end);
    let (span, height) = (value.span.start..end, value.height);
    build(rest, ExprKind::Like { value: Box::new(value), pattern, escape }, span, height)
}

fn matches<'a>(input: Tokens<'a>, value: Expr) -> Parsed<'a, Expr> {
    let (rest, pattern) =
        preceded(symbol("~"), text("a regular expression in single quotes")).parse(input)?;
    let (span, height) = (value.span.start..pattern.1.end, value.height);
    build(rest, ExprKind::Matches { value: Box::new(value), pattern }, span, height)
}

fn between<'a>(input: Tokens<'a>, value: Expr) -> Parsed<'a, Expr> {
    let (rest, low) = joined(input)?;
    let (rest, _) = keyword(Keyword::And)(rest)?;
    let (rest, high) = joined(rest)?;
    let span = value.span.start..high.span.end;
    let height = value.height.max(low.height).max(high.height);
    let kind = ExprKind::Between { value: Box::new(value), low: Box::new(low), high: Box::new(high) };
    build(rest, kind, span, height)
}

/// What stands behind `in`: a list or a select in parentheses.
fn within<'a>(input: Tokens<'a>, value: Expr) -> Parsed<'a, Expr> {
    let start = value.span.start;
    let (behind, _) = symbol("(")(input)?;
    if query_follows(behind) {
        let (rest, select) = parenthesized(input)?;
        let (span, height) = (start..end_of(input, rest), value.height);
        return build(rest, ExprKind::InSelect(Box::new(value), Box::new(select)), span, height);
    }
    let (rest, list) = separated_list1(symbol(","), expression).parse(behind)?;
    let (rest, close) = symbol(")")(rest)?;
    let height = list.iter().map(|e| e.height).max().unwrap_or(0).max(value.height);
    build(rest, ExprKind::InList(Box::new(value), list), start..close.end, height)
}

/// Texts that are joined by `||`, which binds less than arithmetic does.
fn joined(input: Tokens<'_>) -> Parsed<'_, Expr> {
    let (mut rest, first) = sum(input)?;
    if !follows(rest, "||") {
        return Ok((rest, first));
    }
    let operator = rest.span();
    let mut parts = vec![first];
    while follows(rest, "||") {
        let (behind, _) = symbol("||")(rest)?;
        let part;
        (rest, part) = sum(behind)?;
        parts.push(part);
    }
    let start = parts.first().map_or(operator.start, |p| p.span.start);
    let end = parts.last().map_or(operator.end, |p| p.span.end);
    let height = parts.iter().map(|p| p.height).max().unwrap_or(0);
    let name = Name { text: "concat".to_owned(), span: operator };
    build(rest, ExprKind::Call { name, arguments: Arguments::List(parts) }, start..end, height)
}

fn sum(input: Tokens<'_>) -> Parsed<'_, Expr> {
    chain(input, SUMS, product)
}

fn product(input: Tokens<'_>) -> Parsed<'_, Expr> {
    chain(input, PRODUCTS, sign)
}

/// Operands with operators of the same precedence between them, grouped from the left.
fn chain<'a>(
    input: Tokens<'a>,
    operators: &'static [(&'static str, ArithmeticOp)],
    operand: fn(Tokens<'a>) -> Parsed<'a, Expr>,
) -> Parsed<'a, Expr> {
    let (mut rest, mut left) = operand(input)?;
    while let Ok((behind, op)) = symbol_operator(operators)(rest) {
        let (after, right) = operand(behind)?;
        let (span, height) = (left.span.start..right.span.end, left.height.max(right.height));
        (rest, left) = build(after, ExprKind::Arithmetic(op, Box::new(left), Box::new(right)), span, height)?;
    }
    Ok((rest, left))
}

fn sign(input: Tokens<'_>) -> Parsed<'_, Expr> {
    if !follows(input, "-") {
        return operand(input);
    }
    let (rest, minus) = symbol("-")(input)?;
    let (rest, part) = nested(rest, sign)?;
    unary(rest, minus.start, part, ExprKind::Negate)
}

fn operand(input: Tokens<'_>) -> Parsed<'_, Expr> {
    if follows(input, "(") {
        let (rest, inner) = in_parentheses(input)?;
        return steps(rest, inner);
    }
    if exists_follows(input) {
        return exists(input);
    }
    if keyword_follows(input, Keyword::Case) {
        return case(input);
    }
    alt((literal, |input| {
        let (rest, root) = call_or_name(input)?;
        steps(rest, root)
    }))
    .parse(input)
}

/// Whether `exists (select` follows: a word that is a name everywhere else.
fn exists_follows(input: Tokens<'_>) -> bool {
    keyword_follows(input, Keyword::Exists)
        && follows(input.take_from(1), "(")
        && input.rest.len() > 2
        && query_follows(input.take_from(2))
}

fn exists(input: Tokens<'_>) -> Parsed<'_, Expr> {
    let (rest, exists) = keyword(Keyword::Exists)(input)?;
    let (rest, select) = parenthesized(rest)?;
    let span = exists.start..end_of(input, rest);
    build(rest, ExprKind::Exists(Box::new(select)), span, 0)
}

/// A select in parentheses that gives one value.
fn subselect(input: Tokens<'_>) -> Parsed<'_, Expr> {
    let (rest, select) = parenthesized(input)?;
    let span = input.span().start..end_of(input, rest);
    build(rest, ExprKind::Select(Box::new(select)), span, 0)
}

/// An expression in parentheses, which may be seen as the address of an object of a type.
fn in_parentheses(input: Tokens<'_>) -> Parsed<'_, Expr> {
    let (rest, open) = symbol("(")(input)?;
    if query_follows(rest) {
        return subselect(input);
    }
    let (rest, inner) = expression(rest)?;
    let (rest, cast) = opt(preceded(operator(Keyword::As), type_name("a type's name"))).parse(rest)?;
    let (rest, close) = symbol(")")(rest)?;
    match cast {
        // Its place is that of the parentheses too: what it becomes a part of is spelled with both of them.
        None => Ok((rest, Expr { span: open.start..close.end, ..inner })),
        Some(name) => {
            let height = inner.height;
            build(rest, ExprKind::Cast(Box::new(inner), name), open.start..close.end, height)
        }
    }
}

/// The members and elements that a path goes through.
fn steps<'a>(mut rest: Tokens<'a>, mut path: Expr) -> Parsed<'a, Expr> {
    loop {
        let (start, height) = (path.span.start, path.height);
        if follows(rest, ".") {
            let (behind, member) = preceded(symbol("."), any_word("a field's name")).parse(rest)?;
            let span = start..member.span.end;
            (rest, path) = build(behind, ExprKind::Member(Box::new(path), member), span, height)?;
        } else if follows(rest, "[") {
            let list = separated_list1(symbol(","), index);
            let (behind, indexes) = preceded(symbol("["), list).parse(rest)?;
            let (behind, close) = symbol("]")(behind)?;
            let kind = ExprKind::Index(Box::new(path), indexes);
            (rest, path) = build(behind, kind, start..close.end, height)?;
        } else {
            return Ok((rest, path));
        }
    }
}

/// The index of an element; arrays may begin below zero.
fn index(input: Tokens<'_>) -> Parsed<'_, i64> {
    let (rest, minus) = opt(symbol("-")).parse(input)?;
    let number = |k: &TokenKind| if let TokenKind::Integer(n) = k { i64::try_from(*n).ok() } else { None };
    let (rest, (number, _)) = token(rest, Expected::What("an index"), number)?;
    Ok((rest, if minus.is_some() { -number } else { number }))
}

fn literal(input: Tokens<'_>) -> Parsed<'_, Expr> {
    let (rest, (value, span)) = literal_value(input, "an expression")?;
    Ok((rest, Expr { kind: ExprKind::Literal(value), span, height: 0 }))
}

/// A literal value by itself, or the one that a parameter stands for; `what` is told where there is none.
pub fn literal_value<'a>(input: Tokens<'a>, what: &'static str) -> Parsed<'a, (Literal, Span)> {
    if let (rest, Some(value)) = parameter::any(input)? {
        return Ok((rest, value));
    }
    let of = |k: &TokenKind| {
        Some(match k {
            TokenKind::Integer(n) => Literal::Integer(*n),
            TokenKind::Real(r) => Literal::Real(*r),
            TokenKind::Size(n) => Literal::Size(*n),
            TokenKind::Address(n) => Literal::Address(*n),
            TokenKind::Text(t) => Literal::Text(Arc::from(t.as_str())),
            TokenKind::Word(w) => match Keyword::of(w)? {
                Keyword::Null => Literal::Null,
                Keyword::True => Literal::Boolean(true),
                Keyword::False => Literal::Boolean(false),
                _ => return None,
            },
            _ => return None,
        })
    };
    token(input, Expected::What(what), of)
}

/// A name, or a function with its arguments.
fn call_or_name(input: Tokens<'_>) -> Parsed<'_, Expr> {
    let (rest, name) = name("an expression")(input)?;
    if !follows(rest, "(") {
        let span = name.span;
        return Ok((rest, Expr { kind: ExprKind::Name(name.text), span, height: 0 }));
    }
    let (rest, _) = symbol("(")(rest)?;
    let (rest, (arguments, height)) = arguments(rest)?;
    let (rest, close) = symbol(")")(rest)?;
    let span = name.span.start..close.end;
    let (of_window, arguments_of_window) = (name.clone(), arguments.clone());
    let (rest, call) = build(rest, ExprKind::Call { name, arguments }, span, height)?;
    over(rest, of_window, arguments_of_window, call)
}

fn arguments(input: Tokens<'_>) -> Parsed<'_, (Arguments, u32)> {
    let highest = |list: &[Expr]| list.iter().map(|e| e.height).max().unwrap_or(0);
    if follows(input, ")") {
        return Ok((input, (Arguments::List(Vec::new()), 0)));
    }
    alt((
        map(symbol("*"), |_| (Arguments::All, 0)),
        map(preceded(keyword(Keyword::Distinct), expression), |e| {
            let height = e.height;
            (Arguments::Distinct(Box::new(e)), height)
        }),
        map(separated_list1(symbol(","), expression), move |list| {
            let height = highest(&list);
            (Arguments::List(list), height)
        }),
    ))
    .parse(input)
}
