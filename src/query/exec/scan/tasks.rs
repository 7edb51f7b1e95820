//! The table `tasks`.

use super::table::Table;
use crate::bytes::Addr;
use crate::graph::Heap;
use crate::problem::Problem;
use crate::query::Kind;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::query::scalar::Scalar;
use crate::state::tasks::{Task, Tasks};
use crate::values::Values;

/// Reads the columns `used` of the table, and tells why it may lack some.
pub fn tasks(values: &Values, heap: &Heap, used: &[usize]) -> (Table, Vec<Problem>) {
    let tasks = Tasks::find(values, heap);
    let rows = tasks.all();
    (
        Table::of_catalog(TableId::Tasks.doc().columns, rows.len(), used, |name| column(&rows, name)),
        tasks.problems(heap),
    )
}

/// A column, or `None` when there is no such column.
fn column(rows: &[Task], name: &str) -> Option<Cells> {
    let addresses = |of: fn(&Task) -> Option<Addr>| {
        Some(Cells::optional(rows.iter().map(|row| of(row).map(|address| address.0))))
    };
    match name {
        "address" => addresses(|row| Some(row.address)),
        "type" => Some(Cells::texts(rows.iter().map(|row| Some(&*row.type_name)))),
        "method" => Some(Cells::texts(rows.iter().map(|row| row.method.as_deref()))),
        "state" => Some(Cells::texts(rows.iter().map(|row| Some(row.state.word())))),
        "awaiting" => addresses(|row| row.awaiting),
        "continuation" => addresses(|row| row.continuation),
        "continuations" => Some(Cells::unsigned(rows.iter().map(|row| row.continuations.into()).collect())),
        "async_state" => Some(signed(rows.iter().map(|row| row.async_state))),
        "exception" => addresses(|row| row.exception),
        "blocks" => addresses(|row| row.blocks),
        "id" => Some(Cells::optional(rows.iter().map(|row| row.id.map(u64::from)))),
        _ => None,
    }
}

/// Whole numbers that may be below 0.
pub(super) fn signed(numbers: impl Iterator<Item = Option<i32>>) -> Cells {
    let scalar = |number: Option<i32>| number.map_or(Scalar::Null, |number| Scalar::Integer(number.into()));
    Cells::scalars(Kind::Integer, numbers.map(scalar))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for doc in TableId::Tasks.doc().columns {
            assert!(column(&[], doc.name).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing").is_none());
    }
}
