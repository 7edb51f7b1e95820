//! Tokens to statements. The rules are those of `grammar/heapql.ebnf`, a function each.

mod condition;
mod error;
mod expression;
mod from;
mod graph;
mod input;
mod parameter;
mod query;
mod select;
mod several;
mod slips;
mod statement;
mod token;
mod type_name;
mod window;

use nom::Err;

use super::Environment;
use super::ast::{Condition, Statement};
use super::catalog::Keyword;
use super::lexer::{Token, TokenKind, tokens};
use crate::diagnostic::Diagnostic;
pub use input::Expected;
use input::{Memory, Parsed, Tokens};

/// How deep parentheses, selects and prefix operators may be nested. Each costs some ten stack
/// frames of the parser, so this keeps it within a fraction of the smallest stack that threads have.
const MAX_NESTING: u32 = 42;

/// How high the tree of an expression may be: chains like `a + a + a` grow it without nesting.
const MAX_HEIGHT: u32 = 200;

/// How many selects a statement may put together or give names to: each takes a walk through the statement one step
/// deeper.
const MAX_SELECTS: usize = 64;

/// Parses one statement, which may end with a semicolon. Its parameters have their values from `environment`; each is
/// then a literal like any other.
///
/// # Errors
/// The furthest place at which the text is no statement, and what could stand there; a parameter without a value.
pub fn parse(text: &str, environment: &Environment) -> Result<Statement, Diagnostic> {
    parse_whole(text, "statement", Some(environment), statement::statement)
}

/// Parses one statement for its form only: whatever a parameter stands for, it is taken as what fits its place.
///
/// # Errors
/// As for [`parse`], but for what parameters lack.
pub fn parse_form(text: &str) -> Result<Statement, Diagnostic> {
    parse_whole(text, "statement", None, statement::statement)
}

/// Parses a condition that stands alone: `COND [where COND]`.
///
/// # Errors
/// As for [`parse`].
pub fn parse_condition(text: &str) -> Result<Condition, Diagnostic> {
    parse_whole(text, "condition", Some(&Environment::new()), condition::condition)
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
    environment: Option<&Environment>,
    parser: for<'a> fn(Tokens<'a>) -> Parsed<'a, T>,
) -> Result<T, Diagnostic> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(error::empty(what));
    }
    // A form is not walked through any further.
    if environment.is_some() {
        refuse_too_many_selects(&tokens)?;
    }
    let memory = Memory::new(environment);
    let input = Tokens { rest: &tokens, at: 0, end: text.trim_end().len(), memory: &memory };
    match parser(input) {
        Ok((_, parsed)) => Ok(parsed),
        Err(Err::Failure(_)) if memory.failure.borrow().is_some() => {
            Err(memory.failure.take().unwrap_or_else(|| error::empty(what)))
        }
        Err(_) => Err(error::translate(&memory, &tokens, input.end, what)),
    }
}

/// Bounds how deep walks through a statement go that is not nested but long: `select ... union select ... union ...`.
fn refuse_too_many_selects(tokens: &[Token]) -> Result<(), Diagnostic> {
    const WORDS: [Keyword; 4] = [Keyword::With, Keyword::Union, Keyword::Except, Keyword::Intersect];
    let is_one = |token: &&Token| match &token.kind {
        TokenKind::Word(word) => Keyword::of(word).is_some_and(|keyword| WORDS.contains(&keyword)),
        _ => false,
    };
    match tokens.iter().filter(is_one).nth(MAX_SELECTS) {
        None => Ok(()),
        Some(token) => {
            Err(Diagnostic::new(token.span.clone(), "the statement puts too many selects together")
                .expected(format!("at most {MAX_SELECTS} of `with`, `union`, `except` and `intersect`")))
        }
    }
}
