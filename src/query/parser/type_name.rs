//! Names of types as listings print them, as far as they need no quotes.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::map;
use nom::multi::many0_count;
use nom::sequence::{delimited, preceded};

use super::from::may_follow;
use super::input::{Expected, Parsed, Tokens};
use super::token::{any_word, name, nested_name, symbol};
use crate::query::ast::Name;

/// `Zoo.Dog`, `Zoo.Program+Inner`, `System.Byte[]`, or any name in double quotes. Behind a point any word can stand;
/// behind a plus none that could go on with the statement, since a plus may also end the name.
pub fn type_name<'a>(what: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Name> {
    move |input| {
        let (mut rest, mut whole) = name(what)(input)?;
        while let Ok((behind, (separator, part))) = part(rest, whole.span.end) {
            whole.text.push(separator);
            whole.text.push_str(&part.text);
            whole.span.end = part.span.end;
            rest = behind;
        }
        while let Ok((behind, (commas, close))) = array(rest) {
            whole.text.push_str(&format!("[{}]", ",".repeat(commas)));
            whole.span.end = close;
            rest = behind;
        }
        Ok((rest, whole))
    }
}

/// A part of a name with its separator; the parts before it end at `end`.
fn part(input: Tokens<'_>, end: usize) -> Parsed<'_, (char, Name)> {
    alt((
        map(preceded(symbol("."), any_word("a name")), |part| ('.', part)),
        map(|input| nested(input, end), |part| ('+', part)),
    ))
    .parse(input)
}

/// The plus and the name of a nested type. Where the plus stands at the name before it and apart from the word behind
/// it, that word can be the name of the source instead: `from Zoo.Animal+ a where`.
fn nested(input: Tokens<'_>, end: usize) -> Parsed<'_, Name> {
    let (rest, plus) = symbol("+")(input)?;
    let (behind, name) = nested_name("a name")(rest)?;
    if plus.start == end && name.span.start > plus.end && may_follow(behind) {
        return input.reject(Expected::What("a name"));
    }
    Ok((behind, name))
}

/// The brackets of an array: how many commas they hold, and where they end.
fn array(input: Tokens<'_>) -> Parsed<'_, (usize, usize)> {
    let (rest, commas) = delimited(symbol("["), many0_count(symbol(",")), symbol("]")).parse(input)?;
    Ok((rest, (commas, super::select::end_of(input, rest))))
}
