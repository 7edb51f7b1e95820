//! What was left out of an answer, and why.
//!
//! A damaged or partial dump is normal. A subsystem returns what it found and a
//! list of problems; the command line prints them and reflects them in the exit status.

use std::fmt;

/// How much a problem takes away from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; the numbers are complete (names that cannot be told, a guess that was proved).
    Note,
    /// Something was left out: answers are partial and the exit status says so.
    Loss,
}

/// One thing that could not be read, proved or told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether numbers are affected.
    pub severity: Severity,
    /// One sentence, lower case, without a final full stop: what, where, how much.
    pub message: String,
    /// What the user can do about it, if anything.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem that leaves the numbers complete.
    pub fn note(message: impl Into<String>) -> Self {
        Problem { severity: Severity::Note, message: message.into(), hint: None }
    }

    /// A problem that makes the answer partial.
    pub fn loss(message: impl Into<String>) -> Self {
        Problem { severity: Severity::Loss, message: message.into(), hint: None }
    }

    /// Adds what the user can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

/// So many names stand in one message; the rest is counted.
const NAMED: usize = 6;

/// Names for a message: the first few, and how many more there are.
pub fn some_of(names: &[&str]) -> String {
    let first = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_names_the_first_stand_in_a_message() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        assert_eq!(some_of(&names[..2]), "a, b");
        assert_eq!(some_of(&names[..6]), "a, b, c, d, e, f");
        assert_eq!(some_of(&names), "a, b, c, d, e, f and 2 more");
    }
}
