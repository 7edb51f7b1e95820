//! What is wrong with a text that the user wrote about a process: a list of counters, a condition.
//!
//! The language of dumps has diagnostics of its own; this layer does not know them. The command line shows both alike.

use std::ops::Range;

/// Why a text cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong; lower case, no final full stop.
    pub message: String,
    /// The part of the text that is wrong, in bytes; empty at its end when something is missing there.
    pub span: Range<usize>,
    /// What could stand there instead.
    pub expected: Option<String>,
    /// What was meant perhaps, or what to do.
    pub hint: Option<String>,
}

impl Mistake {
    /// A mistake in a part of the text.
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Mistake { message: message.into(), span, expected: None, hint: None }
    }

    /// Adds what could stand there instead.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Adds what was meant perhaps, or what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
