//! What stands behind `from`: sources, their names, and how they are joined.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::multi::many0;
use nom::sequence::preceded;

use super::expression::expression;
use super::input::{Expected, Parsed, Tokens};
use super::select::{end_of, source};
use super::token::{follows, keyword, keyword_follows, name, nested_name};
use crate::diagnostic::{Diagnostic, nearest};
use crate::query::ast::{Aliased, Join, Joined, Name, Source};
use crate::query::catalog::Keyword;
use crate::query::lexer::TokenKind;

/// Words that can stand behind a source and its name.
const BEHIND: &[Keyword] = &[
    Keyword::Join,
    Keyword::Inner,
    Keyword::Left,
    Keyword::On,
    Keyword::Where,
    Keyword::Group,
    Keyword::Having,
    Keyword::Union,
    Keyword::Except,
    Keyword::Intersect,
    Keyword::Order,
    Keyword::Limit,
    Keyword::To,
];

/// Words that joins begin with.
const JOINS: &[Keyword] = &[Keyword::Join, Keyword::Inner, Keyword::Left];

/// Joins that other languages have.
const OTHER_JOINS: &[&str] = &["right", "full", "cross", "natural"];

/// One source, or several that are joined.
pub fn from(input: Tokens<'_>) -> Parsed<'_, Source> {
    let (rest, source) = source(input)?;
    let (rest, alias) = alias(rest)?;
    if alias.is_none() && !JOINS.iter().any(|&word| keyword_follows(rest, word)) {
        let (rest, _) = opt(keyword(Keyword::Join)).parse(rest)?;
        return Ok((rest, source));
    }
    let span = input.span().start..end_of(input, rest);
    let (rest, others) = many0(joined).parse(rest)?;
    Ok((rest, Source::Join(Box::new(Join { first: Aliased { source, alias, span }, others }))))
}

fn joined(input: Tokens<'_>) -> Parsed<'_, Joined> {
    let left = preceded(keyword(Keyword::Left), opt(keyword(Keyword::Outer)));
    let mut kind = opt(alt((map(keyword(Keyword::Inner), |_| false), map(left, |_| true))));
    let (rest, keeps_left) = kind.parse(input)?;
    let (rest, _) = keyword(Keyword::Join)(rest)?;
    let (rest, right) = aliased(rest)?;
    let (rest, on) = preceded(keyword(Keyword::On), expression).parse(rest)?;
    Ok((rest, Joined { keeps_left: keeps_left.unwrap_or(false), right, on }))
}

fn aliased(input: Tokens<'_>) -> Parsed<'_, Aliased> {
    let (rest, source) = source(input)?;
    let (rest, alias) = alias(rest)?;
    let span = input.span().start..end_of(input, rest);
    Ok((rest, Aliased { source, alias, span }))
}

/// The name that a source is given, if it is given one.
fn alias(input: Tokens<'_>) -> Parsed<'_, Option<Name>> {
    opt(alt((preceded(keyword(Keyword::As), name("a name")), bare_alias))).parse(input)
}

/// A name without `as`. A word that looks like a keyword is none where nothing fits behind it: the slip is then found
/// where it is.
fn bare_alias(input: Tokens<'_>) -> Parsed<'_, Name> {
    refuse_other_joins(input)?;
    let (rest, alias) = nested_name("a name")(input)?;
    if !may_follow(rest) && nearest(&alias.text, BEHIND.iter().map(|word| word.word())).is_some() {
        return input.reject(Expected::What("a name"));
    }
    refuse_other_joins(rest)?;
    Ok((rest, alias))
}

/// Whether what follows can stand behind a source and its name.
pub fn may_follow(rest: Tokens<'_>) -> bool {
    rest.rest.is_empty()
        || [")", ",", ";"].iter().any(|symbol| follows(rest, symbol))
        || BEHIND.iter().any(|&word| keyword_follows(rest, word))
}

/// Refuses `right join` and its like, of which the first word would be taken for a name.
fn refuse_other_joins(input: Tokens<'_>) -> Parsed<'_, ()> {
    let word = |at: usize| match input.rest.get(at).map(|token| &token.kind) {
        Some(TokenKind::Word(word)) => word.to_ascii_lowercase(),
        _ => String::new(),
    };
    let first = word(0);
    if !OTHER_JOINS.contains(&first.as_str())
        || !matches!(word(1).as_str(), "join" | "outer" | "inner" | "left")
    {
        return Ok((input, ()));
    }
    let diagnostic = Diagnostic::new(input.span(), format!("there is no `{first} join`"))
        .expected("`join`, `inner join` or `left join`");
    input.fail(match first.as_str() {
        "right" => diagnostic.hint("the sides can be swapped: `from B left join A on ...`"),
        "cross" => diagnostic.hint("`join B on true` takes all pairs"),
        _ => diagnostic,
    })
}
