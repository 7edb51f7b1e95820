//! Columns that belong to somebody else as well: kept answers and the rows of `with` are read where they are.

use std::sync::Arc;

use super::Cells;
use crate::query::answer::Answer;

/// The columns of rows that stand ready.
#[derive(Clone, Debug)]
pub enum Columns {
    /// Columns that were computed.
    Computed(Arc<Vec<Cells>>),
    /// Those of an answer.
    Answer(Arc<Answer>),
}

impl Columns {
    /// A column by its position.
    pub fn get(&self, at: usize) -> Option<&Cells> {
        match self {
            Columns::Computed(columns) => columns.get(at),
            Columns::Answer(answer) => answer.columns.get(at).map(|column| &column.cells),
        }
    }

    /// The columns one by one; they are copied where somebody else has them too.
    pub fn into_cells(self) -> Vec<Cells> {
        match self {
            Columns::Computed(columns) => Arc::unwrap_or_clone(columns),
            Columns::Answer(answer) => answer.columns.iter().map(|column| column.cells.clone()).collect(),
        }
    }

    /// How many rows there are; 0 where there is no column.
    pub fn rows(&self) -> usize {
        self.get(0).map_or(0, Cells::len)
    }
}
