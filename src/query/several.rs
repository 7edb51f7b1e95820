//! Statements about several dumps, for the layer above, which answers them.

use super::Environment;
use super::ast::{SeveralStatement, Statement};
use super::grouped::GroupedSelect;
use super::parser;
use crate::diagnostic::{Diagnostic, Span};

/// A statement about several dumps.
#[derive(Clone, Debug)]
pub enum SeveralDumps {
    /// `diff SELECT`: the answers to a grouped select side by side.
    Diff {
        /// The select.
        select: Box<GroupedSelect>,
        /// Where the word `diff` stands.
        span: Span,
    },
    /// `leaks`: what looks like a leak, and why.
    Leaks,
    /// `survivors of TYPE`, `survivors of TYPE+`: which objects of a type are in several dumps.
    Survivors {
        /// The type's name as it was written, without quotes.
        type_name: String,
        /// Whether the types that derive from it are meant too.
        subclasses: bool,
        /// Where the name stands.
        type_span: Span,
        /// Where the word `survivors` stands.
        span: Span,
    },
}

/// The statement, where it is one about several dumps, with the parameters of `environment`; `None` where it is another or is wrong, which
/// [`super::run`] tells.
pub fn parse_several(statement: &str, environment: &Environment) -> Option<SeveralDumps> {
    let Ok(Statement::Several(several)) = parser::parse(statement, environment) else { return None };
    Some(match several {
        SeveralStatement::Diff(span, select) => {
            SeveralDumps::Diff { select: Box::new(GroupedSelect::new(statement, *select)), span }
        }
        SeveralStatement::Leaks(_) => SeveralDumps::Leaks,
        SeveralStatement::Survivors { word, name, subclasses } => {
            SeveralDumps::Survivors { type_name: name.text, subclasses, type_span: name.span, span: word }
        }
    })
}

/// Why a statement about several dumps is not answered by the entrance for one.
pub(super) fn refusal(several: &SeveralStatement, statement: &str) -> Diagnostic {
    let span = several.word().clone();
    let word = statement.get(span.clone()).unwrap_or_default().to_lowercase();
    Diagnostic::new(span, format!("`{word}` compares dumps, which `query::run` does not"))
        .hint("`diff::run` answers every statement")
}
