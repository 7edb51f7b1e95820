//! Which object refers to which: the graph of the heap, forward and backward.

mod rows;

use crate::problem::Problem;

pub use rows::{NoRows, Rows};

/// The references of all objects.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// For every object the objects that it keeps alive, in the order of its slots and as often as it refers to them;
    /// behind them the dependents that handles attach to it, and the loader allocator of its type.
    pub forward: Rows,
    /// What had to be left out: memory that is not in the dump, references to no object.
    pub problems: Vec<Problem>,
}
