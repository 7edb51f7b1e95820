//! Names of types as listings print them, as far as they need no quotes.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::map;
use nom::multi::{fold_many0, many0_count};
use nom::sequence::{delimited, preceded};

use super::input::{Expected, Parsed, Tokens};
use super::token::{any_word, keyword_follows, name, symbol};
use crate::query::ast::Name;
use crate::query::catalog::Keyword;

/// `Zoo.Dog`, `Zoo.Program+Inner`, `System.Byte[]`, or any name in double quotes. Behind a point any word
/// can stand; behind a plus no keyword can, nor `to`, since a plus may also end the name.
pub fn type_name<'a>(what: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Name> {
    move |input| {
        let (rest, first) = name(what)(input)?;
        let part = alt((
            map(preceded(symbol("."), any_word("a name")), |part| ('.', part)),
            map(preceded(symbol("+"), nested_name), |part| ('+', part)),
        ));
        let join = |mut all: Name, (separator, part): (char, Name)| {
            all.text.push(separator);
            all.text.push_str(&part.text);
            all.span.end = part.span.end;
            all
        };
        let (mut rest, mut whole) = fold_many0(part, move || first.clone(), join).parse(rest)?;
        while let Ok((behind, (commas, close))) = array(rest) {
            whole.text.push_str(&format!("[{}]", ",".repeat(commas)));
            whole.span.end = close;
            rest = behind;
        }
        Ok((rest, whole))
    }
}

/// The name of a nested type: one that could go on the statement stands in double quotes.
fn nested_name(input: Tokens<'_>) -> Parsed<'_, Name> {
    if keyword_follows(input, Keyword::To) {
        return input.reject(Expected::What("a name"));
    }
    name("a name")(input)
}

/// The brackets of an array: how many commas they hold, and where they end.
fn array(input: Tokens<'_>) -> Parsed<'_, (usize, usize)> {
    let (rest, commas) = delimited(symbol("["), many0_count(symbol(",")), symbol("]")).parse(input)?;
    Ok((rest, (commas, super::select::end_of(input, rest))))
}
