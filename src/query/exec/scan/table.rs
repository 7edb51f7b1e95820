//! Columns that stand ready: small tables, groups, and what a select in parentheses gave.

use std::sync::Arc;

use super::{Batch, Morsel, Rows, Scan, cut};
use crate::query::catalog::ColumnDoc;
use crate::query::cells::{Cells, Columns};
use crate::query::exec::vector::Vector;

/// Columns of the same length. Those that nobody uses may be left empty.
#[derive(Debug)]
pub struct Table {
    columns: Columns,
    rows: usize,
    morsels: Vec<Morsel>,
}

impl Table {
    /// A table of `rows` rows.
    pub fn new(columns: Vec<Cells>, rows: usize) -> Table {
        Table::shared(Columns::Computed(Arc::new(columns)), rows)
    }

    /// A table of `rows` rows with the columns that the catalog lists. Those `used` are given by `column`, which knows them
    /// by name; the others, and those that it does not know, are left empty.
    pub fn of_catalog(
        columns: &[ColumnDoc],
        rows: usize,
        used: &[usize],
        column: impl Fn(&str) -> Option<Cells>,
    ) -> Table {
        let columns = columns.iter().enumerate().map(|(at, doc)| {
            let cells = used.contains(&at).then(|| column(doc.name)).flatten();
            cells.unwrap_or_else(|| Cells::null(0))
        });
        Table::new(columns.collect(), rows)
    }

    /// A table of `rows` rows whose columns others have too.
    pub fn shared(columns: Columns, rows: usize) -> Table {
        let mut morsels = Vec::new();
        cut(0, 0..rows, 0, 0, &mut morsels);
        Table { columns, rows, morsels }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// The columns.
    pub fn into_columns(self) -> Vec<Cells> {
        self.columns.into_cells()
    }

    /// How many bytes the columns take.
    pub fn bytes(&self) -> u64 {
        (0..).map_while(|at| self.columns.get(at)).map(Cells::bytes).sum()
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }
}

impl Scan for Table {
    fn morsels(&self) -> &[Morsel] {
        &self.morsels
    }

    fn load(&self, column: usize, batch: &Batch<'_>) -> Vector {
        let Some(cells) = self.columns.get(column) else { return Vector::NULL };
        Vector::Cells(match batch.rows {
            Rows::Of(_, Some(picked)) => cells.gather(picked.iter().map(|&row| row as usize)),
            Rows::Of(morsel, None) if morsel.len() == self.rows => cells.clone(),
            Rows::Of(morsel, None) => cells.gather(morsel.range()),
            Rows::One | Rows::Types | Rows::Places => Cells::null(batch.len()),
        })
    }
}
