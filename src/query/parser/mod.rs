//! Tokens to statements. The rules are those of `grammar/heapql.ebnf`, a function each.

mod condition;
mod error;
mod expression;
mod from;
mod graph;
mod input;
mod select;
mod several;
mod slips;
mod statement;
mod token;
mod type_name;

use nom::Err;

use super::ast::{Condition, Statement};
use super::diagnostic::Diagnostic;
use super::lexer::{Token, TokenKind, tokens};
pub use input::Expected;
use input::{Memory, Parsed, Tokens};

/// How deep parentheses, selects and prefix operators may be nested. Each costs some ten stack
/// frames of the parser, so this keeps it within a fraction of the smallest stack that threads have.
const MAX_NESTING: u32 = 48;

/// How high the tree of an expression may be: chains like `a + a + a` grow it without nesting.
const MAX_HEIGHT: u32 = 200;

/// Parses one statement, which may end with a semicolon.
///
/// # Errors
/// The furthest place at which the text is no statement, and what could stand there.
pub fn parse(text: &str) -> Result<Statement, Diagnostic> {
    parse_whole(text, "statement", statement::statement)
}

/// Parses a condition that stands alone: `COND [where COND]`.
///
/// # Errors
/// As for [`parse`].
pub fn parse_condition(text: &str) -> Result<Condition, Diagnostic> {
    parse_whole(text, "condition", condition::condition)
}

/// What can stand behind the first tokens of a statement; nothing when they are no such beginning.
pub fn expected_behind(tokens: &[Token]) -> Vec<Expected> {
    let end = tokens.last().map_or(0, |token| token.span.end);
    // A token that fits nowhere, at which every attempt to go on leaves a note.
    let stop = Token { kind: TokenKind::Symbol(""), span: end..end };
    let tokens = [tokens, &[stop]].concat();
    let memory = Memory::default();
    let input = Tokens { rest: &tokens, at: 0, end, memory: &memory };
    let _ = statement::statement(input);
    let (at, expected) = memory.furthest();
    if at + 1 == tokens.len() { expected } else { Vec::new() }
}

/// Parses a whole text, which messages call `what`.
fn parse_whole<T>(
    text: &str,
    what: &str,
    parser: for<'a> fn(Tokens<'a>) -> Parsed<'a, T>,
) -> Result<T, Diagnostic> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(error::empty(what));
    }
    let memory = Memory::default();
    let input = Tokens { rest: &tokens, at: 0, end: text.trim_end().len(), memory: &memory };
    match parser(input) {
        Ok((_, parsed)) => Ok(parsed),
        Err(Err::Failure(_)) if memory.failure.borrow().is_some() => {
            Err(memory.failure.take().unwrap_or_else(|| error::empty(what)))
        }
        Err(_) => Err(error::translate(&memory, &tokens, input.end, what)),
    }
}
