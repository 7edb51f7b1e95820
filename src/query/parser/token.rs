//! Parsers of one token.

use nom::Input;

use super::input::{Expected, Parsed, Tokens};
use super::parameter;
use crate::diagnostic::Span;
use crate::query::ast::Name;
use crate::query::catalog::{Keyword, is_reserved};
use crate::query::lexer::TokenKind;

/// Takes the next token when `wanted` makes something of it, else notes what was expected.
pub fn token<'a, T>(
    input: Tokens<'a>,
    expected: Expected,
    wanted: impl Fn(&'a TokenKind) -> Option<T>,
) -> Parsed<'a, (T, Span)> {
    match input.rest.first().and_then(|t| wanted(&t.kind)) {
        Some(value) => Ok((input.take_from(1), (value, input.span()))),
        None => input.reject(expected),
    }
}

fn is_keyword(kind: &TokenKind, keyword: Keyword) -> Option<()> {
    matches!(kind, TokenKind::Word(w) if w.eq_ignore_ascii_case(keyword.word())).then_some(())
}

/// A keyword.
pub fn keyword<'a>(keyword: Keyword) -> impl Fn(Tokens<'a>) -> Parsed<'a, Span> {
    move |input| {
        let (rest, ((), span)) = token(input, Expected::Keyword(keyword), |k| is_keyword(k, keyword))?;
        Ok((rest, span))
    }
}

/// A keyword that is an operator.
pub fn operator<'a>(keyword: Keyword) -> impl Fn(Tokens<'a>) -> Parsed<'a, Span> {
    move |input| {
        let (rest, ((), span)) = token(input, Expected::Operator(keyword), |k| is_keyword(k, keyword))?;
        Ok((rest, span))
    }
}

/// A symbol.
pub fn symbol<'a>(symbol: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Span> {
    move |input| {
        let is = |k: &TokenKind| matches!(k, TokenKind::Symbol(s) if *s == symbol).then_some(());
        let (rest, ((), span)) = token(input, Expected::Symbol(symbol), is)?;
        Ok((rest, span))
    }
}

/// One of the symbols that are operators, as what the table says it means.
pub fn symbol_operator<'a, T: Copy>(
    operators: &'static [(&'static str, T)],
) -> impl Fn(Tokens<'a>) -> Parsed<'a, T> {
    move |input| {
        let find = |k: &TokenKind| match k {
            TokenKind::Symbol(s) => operators.iter().find(|(symbol, _)| symbol == s).map(|&(_, op)| op),
            _ => None,
        };
        let (rest, (op, _)) = token(input, Expected::What("an operator"), find)?;
        Ok((rest, op))
    }
}

/// Whether a symbol follows; notes nothing.
pub fn follows(input: Tokens<'_>, symbol: &str) -> bool {
    matches!(input.rest.first().map(|t| &t.kind), Some(TokenKind::Symbol(s)) if *s == symbol)
}

/// Whether a keyword follows; notes nothing.
pub fn keyword_follows(input: Tokens<'_>, keyword: Keyword) -> bool {
    input.rest.first().is_some_and(|t| is_keyword(&t.kind, keyword).is_some())
}

/// A name: a word that is not reserved, or anything in double quotes.
pub fn name<'a>(what: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Name> {
    move |input| {
        let named = |k: &TokenKind| match k {
            TokenKind::Word(w) if !is_reserved(w) => Some(w.clone()),
            TokenKind::Quoted(q) => Some(q.clone()),
            _ => None,
        };
        let (rest, (text, span)) = token(input, Expected::What(what), named)?;
        Ok((rest, Name { text, span }))
    }
}

/// Words that may follow a name, so that they are none where one may be left out.
const BEHIND_NAMES: &[Keyword] =
    &[Keyword::To, Keyword::Join, Keyword::On, Keyword::Inner, Keyword::Left, Keyword::Outer];

/// A name that is none of the words which could go on with the statement instead.
pub fn nested_name<'a>(what: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Name> {
    move |input| match BEHIND_NAMES.iter().any(|&word| keyword_follows(input, word)) {
        true => input.reject(Expected::What(what)),
        false => name(what)(input),
    }
}

/// Any word, reserved or not, or anything in double quotes.
pub fn any_word<'a>(what: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Name> {
    move |input| {
        let word = |k: &TokenKind| match k {
            TokenKind::Word(w) | TokenKind::Quoted(w) => Some(w.clone()),
            _ => None,
        };
        let (rest, (text, span)) = token(input, Expected::What(what), word)?;
        Ok((rest, Name { text, span }))
    }
}

/// A text in single quotes, or a parameter that is one.
pub fn text<'a>(what: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, (String, Span)> {
    move |input| {
        if let (rest, Some(text)) = parameter::text(input)? {
            return Ok((rest, text));
        }
        let text = |k: &TokenKind| if let TokenKind::Text(t) = k { Some(t.clone()) } else { None };
        token(input, Expected::What(what), text)
    }
}

/// A whole number, or a parameter that is one.
pub fn whole_number(input: Tokens<'_>) -> Parsed<'_, (u64, Span)> {
    if let (rest, Some(number)) = parameter::whole_number(input)? {
        return Ok((rest, number));
    }
    let number = |k: &TokenKind| if let TokenKind::Integer(n) = k { u64::try_from(*n).ok() } else { None };
    token(input, Expected::What("a whole number"), number)
}

/// The number of an answer: `$3`. It is the answer's name as it is written.
pub fn result(input: Tokens<'_>) -> Parsed<'_, Name> {
    let name = |k: &TokenKind| if let TokenKind::Result(n) = k { Some(format!("${n}")) } else { None };
    let (rest, (text, span)) = token(input, Expected::What("an answer (`$1`)"), name)?;
    Ok((rest, Name { text, span }))
}

/// The number of a dump: `@2`.
pub fn dump_number(input: Tokens<'_>) -> Parsed<'_, (u32, Span)> {
    let number = |k: &TokenKind| if let TokenKind::Dump(n) = k { Some(*n) } else { None };
    token(input, Expected::What("a dump (`@1`)"), number)
}

/// An address: `0x7f00`, or a parameter that is one.
pub fn address(input: Tokens<'_>) -> Parsed<'_, (u64, Span)> {
    if let (rest, Some(address)) = parameter::address(input)? {
        return Ok((rest, address));
    }
    let value = |k: &TokenKind| if let TokenKind::Address(a) = k { Some(*a) } else { None };
    token(input, Expected::What("an address (`0x7f00`)"), value)
}
