//! The table `timers`.

use super::table::Table;
use crate::graph::Heap;
use crate::problem::Problem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::state::timers::{Timer, timers as read_timers};
use crate::values::Values;

/// Reads the columns `used` of the table, and tells why it may lack some.
pub fn timers(values: &Values, heap: &Heap, used: &[usize]) -> (Table, Vec<Problem>) {
    let (rows, problems) = read_timers(values, heap);
    (Table::of_catalog(TableId::Timers.doc().columns, rows.len(), used, |name| column(&rows, name)), problems)
}

/// A column, or `None` when there is no such column.
fn column(rows: &[Timer], name: &str) -> Option<Cells> {
    let numbers = |of: fn(&Timer) -> Option<u64>| Some(Cells::optional(rows.iter().map(of)));
    let texts = |of: fn(&Timer) -> Option<&str>| Some(Cells::texts(rows.iter().map(of)));
    match name {
        "address" => numbers(|row| Some(row.address.0)),
        "due_ms" => numbers(|row| row.due_ms),
        "period_ms" => numbers(|row| row.period_ms),
        "callback" => texts(|row| row.callback.as_deref()),
        "target" => numbers(|row| row.target.map(|target| target.0)),
        "target_type" => texts(|row| row.target_type.as_deref()),
        "kind" => texts(|row| Some(row.kind)),
        "started_ms" => numbers(|row| row.started_ms),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for doc in TableId::Timers.doc().columns {
            assert!(column(&[], doc.name).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing").is_none());
    }
}
