//! What is made of selects: selects with names, selects together, assertions; and answers that were kept.

use super::{Expr, Name, Select};
use crate::diagnostic::Span;

/// A select that has a name.
#[derive(Clone, Debug)]
pub struct With {
    /// The name.
    pub name: Name,
    /// The select.
    pub select: Select,
}

/// Two selects together.
#[derive(Clone, Debug)]
pub struct Combined {
    /// How.
    pub op: SetOp,
    /// Whether rows may occur more than once; of unions only.
    pub all: bool,
    /// The select before the word.
    pub left: Select,
    /// The select behind it.
    pub right: Select,
}

/// How two selects are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetOp {
    /// The rows of both.
    Union,
    /// The rows of the first that the second does not have.
    Except,
    /// The rows that both have.
    Intersect,
}

impl SetOp {
    /// How it is written.
    pub fn words(self, all: bool) -> &'static str {
        match self {
            SetOp::Union if all => "union all",
            SetOp::Union => "union",
            SetOp::Except => "except",
            SetOp::Intersect => "intersect",
        }
    }
}

/// Something that must be true of all rows, or of all groups.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// What must be true.
    pub holds: Expr,
    /// The rows that it is about: a source, a condition and keys, without anything that is selected.
    pub of: Select,
    /// What is said when it is not true, and where that stands.
    pub message: Option<(String, Span)>,
}

/// Values of an answer that was kept: a column, in all rows or in one.
#[derive(Clone, Debug)]
pub struct KeptValue {
    /// The name of the answer: that of `let`, or `$3`.
    pub name: Name,
    /// The number of the row, from 1; `None` when it was not said.
    pub row: Option<(u64, Span)>,
    /// The column.
    pub column: Name,
    /// Where all of it stands.
    pub span: Span,
}
