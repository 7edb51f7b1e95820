//! The table `load_contexts`.

use super::table::Table;
use crate::graph::Heap;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::state::load_contexts::{LoadContext, load_contexts as read};
use crate::values::Values;

/// Reads the columns `used` of the table.
pub fn load_contexts(values: &Values, heap: &Heap, used: &[usize]) -> Table {
    let rows = read(values, heap);
    Table::of_catalog(TableId::LoadContexts.doc().columns, rows.len(), used, |name| column(&rows, name))
}

/// A column, or `None` when there is no such column.
fn column(rows: &[LoadContext], name: &str) -> Option<Cells> {
    Some(match name {
        "address" => Cells::optional(rows.iter().map(|row| row.object.map(|object| object.0))),
        "type" => Cells::texts(rows.iter().map(|row| row.type_name.as_deref())),
        "name" => Cells::texts(rows.iter().map(|row| Some(row.name.as_str()))),
        "collectible" => Cells::booleans(rows.iter().map(|row| row.collectible)),
        "state" => Cells::texts(rows.iter().map(|row| row.state.as_deref())),
        "modules" => Cells::unsigned(rows.iter().map(|row| row.modules).collect()),
        "size" => Cells::unsigned(rows.iter().map(|row| row.size).collect()),
        "loader_allocator" => Cells::optional(rows.iter().map(|row| row.loader_allocator.map(|at| at.0))),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for doc in TableId::LoadContexts.doc().columns {
            assert!(column(&[], doc.name).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing").is_none());
    }
}
