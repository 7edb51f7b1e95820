//! Scripts: texts of several statements, with a header that says what they answer and which parameters they take.
//!
//! | part | what it does |
//! | --- | --- |
//! | `header` | reads the comments that mean something: `question`, `dumps`, `param`, `title` |
//! | `parts` | splits a text into statements with their titles, and includes |
//! | `scan` | finds comments and parameters |
//! | `load` | puts a script together with what it includes |
//! | `parameters` | holds what is declared, given and used against each other |
//!
//! Nothing here reads files: who loads a script says how texts are found ([`ScriptTexts`]). `docs/scripts.md` describes the form.

mod header;
mod load;
mod parameters;
mod parts;
mod scan;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Span};

pub use header::DumpCount;
pub use load::{ScriptText, ScriptTexts, load};
pub use parameters::{Parameter, undeclared_parameter, unknown_parameter};

/// A script that can be run: everything it includes is in it.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// The question that it answers; `None` where its header does not say.
    pub question: Option<String>,
    /// How many dumps it asks.
    pub dumps: DumpCount,
    /// The parameters that are declared, in the order of their declarations, those of the script before those of what it
    /// includes.
    pub parameters: Vec<Parameter>,
    /// Its statements, in order.
    pub statements: Vec<ScriptStatement>,
}

/// A statement of a script.
#[derive(Clone, Debug)]
pub struct ScriptStatement {
    /// Where it stands.
    pub origin: Origin,
    /// What its answer is called; `None` where nothing is said.
    pub title: Option<String>,
}

/// Where a part of a script stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The name of the file; `None` for a text that has none, such as one of the command line.
    pub file: Option<Arc<str>>,
    /// The whole text of the file.
    pub text: Arc<str>,
    /// The part, in bytes.
    pub range: Span,
}

impl Origin {
    /// The part itself.
    pub fn text(&self) -> &str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }

    /// What is wrong with the part, as [`Diagnostic::render`] writes it, with the file and the line in that file.
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        match &self.file {
            None => diagnostic.render(self.text()),
            Some(file) => {
                let (from, span) = (self.range.start, &diagnostic.span);
                let end = (from + span.end).min(self.range.end);
                let placed = Diagnostic { span: from + span.start..end, ..diagnostic.clone() };
                placed.render_in(file, &self.text)
            }
        }
    }
}

/// Why a script cannot be run.
#[derive(Debug)]
pub enum ScriptError {
    /// A text cannot be read.
    Text(crate::Error),
    /// Something in it is wrong, at a place of one of its texts.
    Wrong(Box<(Origin, Diagnostic)>),
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScriptError::Text(error) => error.fmt(f),
            ScriptError::Wrong(at) => f.write_str(&at.0.render(&at.1)),
        }
    }
}

impl std::error::Error for ScriptError {}

impl From<crate::Error> for ScriptError {
    fn from(error: crate::Error) -> Self {
        ScriptError::Text(error)
    }
}
