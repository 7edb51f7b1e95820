//! Statements about several dumps: they are parsed here, and answered by the layer above.

use super::{Name, Select};
use crate::diagnostic::Span;

/// A statement about several dumps.
#[derive(Clone, Debug)]
pub enum SeveralStatement {
    /// Asks for the answers to a grouped select side by side; the place of its first word, and the select.
    Diff(Span, Box<Select>),
    /// Asks what looks like a leak; the place of the word.
    Leaks(Span),
    /// Asks which objects of a type are in several dumps.
    Survivors {
        /// The place of its first word.
        word: Span,
        /// The type.
        name: Name,
        /// Whether the types that derive from it are meant too.
        subclasses: bool,
    },
}

impl SeveralStatement {
    /// Where its first word stands.
    pub fn word(&self) -> &Span {
        match self {
            Self::Diff(word, _) | Self::Leaks(word) | Self::Survivors { word, .. } => word,
        }
    }
}
