//! Conditions that stand alone: `COND [where COND]`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::{preceded, terminated};

use super::expression::expression;
use super::input::{Parsed, Tokens};
use super::statement::end;
use super::token::keyword;
use crate::query::ast::Condition;
use crate::query::catalog::Keyword;

/// A whole condition.
pub fn condition(input: Tokens<'_>) -> Parsed<'_, Condition> {
    let (rest, holds) = expression(input)?;
    let (rest, filter) = terminated(opt(preceded(keyword(Keyword::Where), expression)), end).parse(rest)?;
    Ok((rest, Condition { holds, filter }))
}
