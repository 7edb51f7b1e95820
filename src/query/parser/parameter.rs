//! Parameters: `:name` stands for a literal of the environment, and is never read as anything but a value.

use std::sync::Arc;

use super::input::{Parsed, Tokens};
use crate::diagnostic::{Diagnostic, Span, nearest, one_of};
use crate::query::Environment;
use crate::query::ast::Literal;
use crate::query::lexer::TokenKind;

/// The value of the parameter that follows, and where that stands; `None` when none follows. `form` is taken where the
/// values of parameters are not known.
///
/// # Errors
/// The parameter has no value.
fn parameter<'a>(input: Tokens<'a>, form: Literal) -> Parsed<'a, Option<(Literal, Span)>> {
    let Some(TokenKind::Parameter(name)) = input.rest.first().map(|token| &token.kind) else {
        return Ok((input, None));
    };
    let span = input.span();
    let rest = nom::Input::take_from(&input, 1);
    let Some(environment) = input.memory.environment else { return Ok((rest, Some((form, span)))) };
    match environment.parameter(name) {
        Some(value) => Ok((rest, Some((value.clone(), span)))),
        None => input.fail(without_value(name, span, environment)),
    }
}

fn without_value(name: &str, span: Span, environment: &Environment) -> Diagnostic {
    let names: Vec<_> = environment.parameters().map(|name| format!("`:{name}`")).collect();
    let diagnostic = Diagnostic::new(span, format!("the parameter `:{name}` has no value"));
    let diagnostic = if names.is_empty() { diagnostic } else { diagnostic.expected(one_of(&names)) };
    let how = format!("`-p {name}=VALUE` gives it one");
    diagnostic.hint(match nearest(name, environment.parameters()) {
        Some(near) => format!("did you mean `:{near}`? {how}"),
        None => how,
    })
}

/// The value of a parameter, of any kind.
pub fn any(input: Tokens<'_>) -> Parsed<'_, Option<(Literal, Span)>> {
    parameter(input, Literal::Null)
}

/// The value of a parameter that must be text.
pub fn text(input: Tokens<'_>) -> Parsed<'_, Option<(String, Span)>> {
    of_kind(input, Literal::Text(Arc::from("")), "a text", |value| match value {
        Literal::Text(text) => Some(text.to_string()),
        _ => None,
    })
}

/// The value of a parameter that must be an address.
pub fn address(input: Tokens<'_>) -> Parsed<'_, Option<(u64, Span)>> {
    of_kind(input, Literal::Address(0), "an address (`0x7f00`)", |value| match value {
        Literal::Address(address) => Some(*address),
        _ => None,
    })
}

/// The value of a parameter that must be a whole number that is not negative.
pub fn whole_number(input: Tokens<'_>) -> Parsed<'_, Option<(u64, Span)>> {
    of_kind(input, Literal::Integer(0), "a whole number, not negative", |value| match value {
        Literal::Integer(number) => u64::try_from(*number).ok(),
        _ => None,
    })
}

fn of_kind<'a, T>(
    input: Tokens<'a>,
    form: Literal,
    expected: &str,
    wanted: impl Fn(&Literal) -> Option<T>,
) -> Parsed<'a, Option<(T, Span)>> {
    let (rest, Some((value, span))) = parameter(input, form)? else { return Ok((input, None)) };
    match wanted(&value) {
        Some(wanted) => Ok((rest, Some((wanted, span)))),
        None => {
            let message = format!("the parameter is {value}");
            input.fail(Diagnostic::new(span, message).expected(expected))
        }
    }
}
