//! Windows and cases.

use nom::Parser;
use nom::combinator::opt;
use nom::multi::{many1, separated_list1};
use nom::sequence::preceded;

use super::expression::{build, expression, nested};
use super::input::{Parsed, Tokens};
use super::select::order;
use super::token::{follows, keyword, keyword_follows, symbol};
use crate::query::ast::{Arguments, Expr, ExprKind, Name, Window};
use crate::query::catalog::Keyword;

/// What stands behind a call: nothing, or a window.
pub fn over<'a>(input: Tokens<'a>, name: Name, arguments: Arguments, call: Expr) -> Parsed<'a, Expr> {
    let opens = nom::Input::take_from(&input, input.rest.len().min(1));
    if !keyword_follows(input, Keyword::Over) || !follows(opens, "(") {
        // Noted as possible here.
        let _ = opt(keyword(Keyword::Over)).parse(input);
        return Ok((input, call));
    }
    let (rest, _) = (keyword(Keyword::Over), symbol("(")).parse(input)?;
    let by = (keyword(Keyword::Partition), keyword(Keyword::By));
    let (rest, partition_by) = opt(preceded(by, separated_list1(symbol(","), expression))).parse(rest)?;
    let (rest, order_by) = order(rest)?;
    let (rest, close) = symbol(")")(rest)?;
    let window = Window { name, arguments, partition_by: partition_by.unwrap_or_default(), order_by };
    let height = window.parts().into_iter().map(|part| part.height).max().unwrap_or(0);
    build(rest, ExprKind::Window(Box::new(window)), call.span.start..close.end, height)
}

/// `case when CONDITION then X ... else Y end`, `case V when W then X ... end`
pub fn case(input: Tokens<'_>) -> Parsed<'_, Expr> {
    nested(input, case_within)
}

fn case_within(input: Tokens<'_>) -> Parsed<'_, Expr> {
    let (rest, case) = keyword(Keyword::Case)(input)?;
    // `when` can be a name, but not of what a case is about.
    let (rest, operand) = match keyword_follows(rest, Keyword::When) {
        true => (rest, None),
        false => opt(expression).parse(rest)?,
    };
    let then = preceded(keyword(Keyword::Then), expression);
    let (rest, branches) = many1((preceded(keyword(Keyword::When), expression), then)).parse(rest)?;
    let (rest, otherwise) = opt(preceded(keyword(Keyword::Else), expression)).parse(rest)?;
    let (rest, end) = keyword(Keyword::End)(rest)?;
    let (operand, otherwise) = (operand.map(Box::new), otherwise.map(Box::new));
    let kind = ExprKind::Case { operand, branches, otherwise };
    let whole = Expr { kind, span: case.start..end.end, height: 0 };
    let height = whole.parts().into_iter().map(|part| part.height).max().unwrap_or(0);
    build(rest, whole.kind, whole.span, height)
}
