//! What the combinators read: a slice of tokens, with a memory of how far the parser came.
//!
//! Combinators forget why an optional part did not match; the memory keeps what was expected at
//! the furthest token that any attempt reached, which is nearly always where the mistake is.

use std::cell::{Cell, RefCell};
use std::iter::Enumerate;
use std::slice::Iter;

use nom::error::{ErrorKind, ParseError};
use nom::{Err, IResult, Input, Needed};

use crate::diagnostic::{Diagnostic, Span};
use crate::query::Environment;
use crate::query::catalog::Keyword;
use crate::query::lexer::Token;

/// Something that could have stood at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A keyword.
    Keyword(Keyword),
    /// A keyword that is an operator: shown as such, but offered when it was nearly hit.
    Operator(Keyword),
    /// A symbol.
    Symbol(&'static str),
    /// Anything else, in words.
    What(&'static str),
}

/// What attempts to parse leave behind.
#[derive(Debug, Default)]
pub struct Memory<'a> {
    /// Where parameters have their values from; `None` where only the form of a statement is of interest.
    pub environment: Option<&'a Environment>,
    furthest: Cell<usize>,
    expected: RefCell<Vec<Expected>>,
    /// A mistake that is no matter of expectation.
    pub failure: RefCell<Option<Diagnostic>>,
    /// How many parentheses and prefix operators are open.
    pub depth: Cell<u32>,
}

impl<'a> Memory<'a> {
    /// No attempts yet.
    pub fn new(environment: Option<&'a Environment>) -> Memory<'a> {
        Memory { environment, ..Memory::default() }
    }

    fn note(&self, at: usize, expected: Expected) {
        let mut list = self.expected.borrow_mut();
        if at > self.furthest.get() {
            self.furthest.set(at);
            list.clear();
        }
        if at == self.furthest.get() && !list.contains(&expected) {
            list.push(expected);
        }
    }

    /// The index of the furthest token at which something else was expected, and what.
    pub fn furthest(&self) -> (usize, Vec<Expected>) {
        (self.furthest.get(), self.expected.borrow().clone())
    }
}

/// The tokens that are still to be parsed.
#[derive(Clone, Copy, Debug)]
pub struct Tokens<'a> {
    /// The tokens.
    pub rest: &'a [Token],
    /// How many were parsed before.
    pub at: usize,
    /// The length of the statement's text: where a missing token would stand.
    pub end: usize,
    /// The memory.
    pub memory: &'a Memory<'a>,
}

impl<'a> Tokens<'a> {
    /// Notes what was expected here, and fails.
    pub fn reject<T>(self, expected: Expected) -> Parsed<'a, T> {
        self.memory.note(self.at, expected);
        Err(Err::Error(Rejected))
    }

    /// Fails for good, with a diagnostic of its own.
    pub fn fail<T>(self, diagnostic: Diagnostic) -> Parsed<'a, T> {
        self.memory.failure.replace(Some(diagnostic));
        Err(Err::Failure(Rejected))
    }

    /// Where the next token stands; an empty place at the end of the statement when there is none.
    pub fn span(self) -> Span {
        self.rest.first().map_or(self.end..self.end, |t| t.span.clone())
    }
}

/// A part could not be parsed; the reason stands in the [`Memory`].
#[derive(Debug)]
pub struct Rejected;

impl ParseError<Tokens<'_>> for Rejected {
    fn from_error_kind(_: Tokens<'_>, _: ErrorKind) -> Self {
        Rejected
    }

    fn append(_: Tokens<'_>, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// What a parser returns.
pub type Parsed<'a, T> = IResult<Tokens<'a>, T, Rejected>;

impl<'a> Input for Tokens<'a> {
    type Item = &'a Token;
    type Iter = Iter<'a, Token>;
    type IterIndices = Enumerate<Iter<'a, Token>>;

    fn input_len(&self) -> usize {
        self.rest.len()
    }

    fn take(&self, index: usize) -> Self {
        Tokens { rest: &self.rest[..index], ..*self }
    }

    fn take_from(&self, index: usize) -> Self {
        Tokens { rest: &self.rest[index..], at: self.at + index, ..*self }
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.take_from(index), self.take(index))
    }

    fn position<P: Fn(Self::Item) -> bool>(&self, predicate: P) -> Option<usize> {
        self.rest.iter().position(predicate)
    }

    fn iter_elements(&self) -> Self::Iter {
        self.rest.iter()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.rest.iter().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        if count <= self.rest.len() { Ok(count) } else { Err(Needed::new(count - self.rest.len())) }
    }
}
