//! Sources that are made of other plans: selects together, selects with names, windows.

use super::Plan;
use crate::query::Kind;
use crate::query::ast::SetOp;

/// The rows of two plans together. Their columns belong together by position.
#[derive(Clone, Debug)]
pub struct Combined {
    /// How.
    pub op: SetOp,
    /// Whether rows may occur more than once.
    pub all: bool,
    /// The plan before the word.
    pub left: Plan,
    /// The plan behind it.
    pub right: Plan,
    /// The kinds that hold the values of both.
    pub kinds: Vec<Option<Kind>>,
}

/// A plan with a name: it is run once, however often its rows are asked for.
#[derive(Clone, Debug)]
pub struct NamedPlan {
    /// The name.
    pub name: String,
    /// The plan.
    pub plan: Plan,
}

/// The rows of a plan, and behind their columns one for each function over a window.
#[derive(Clone, Debug)]
pub struct Windows {
    /// The rows.
    pub input: Plan,
    /// The functions.
    pub calls: Vec<WindowCall>,
}

/// A function over a window. Columns are those of the input, by position.
#[derive(Clone, Debug)]
pub struct WindowCall {
    /// The function.
    pub function: WindowFunction,
    /// The column that it is computed over; `None` for the rows themselves.
    pub argument: Option<usize>,
    /// What the rows of a window have in common.
    pub partition: Vec<usize>,
    /// The order of its rows, each key with whether the biggest comes first.
    pub order: Vec<(usize, bool)>,
    /// What it gives.
    pub kind: Kind,
    /// How it is written.
    pub text: String,
}

/// What is computed over a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WindowFunction {
    /// The number of the row.
    RowNumber,
    /// One more than there are rows before.
    Rank,
    /// One more than there are different rows before.
    DenseRank,
    /// How many values there are.
    Count,
    /// Their sum.
    Sum,
    /// Their mean.
    Avg,
    /// The smallest.
    Min,
    /// The biggest.
    Max,
}
