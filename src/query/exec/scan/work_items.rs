//! The table `work_items`.

use super::table::Table;
use crate::graph::{Heap, Snapshot};
use crate::problem::Problem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::state::work_items::{WorkItem, work_items as read_work_items};
use crate::values::Values;

/// Reads the columns `used` of the table, and tells what of the queues is not in the dump.
pub fn work_items(
    snapshot: &Snapshot,
    values: &Values,
    heap: &Heap,
    used: &[usize],
) -> (Table, Vec<Problem>) {
    let (rows, problems) = read_work_items(&snapshot.threads, values, heap);
    (
        Table::of_catalog(TableId::WorkItems.doc().columns, rows.len(), used, |name| column(&rows, name)),
        problems,
    )
}

/// A column, or `None` when there is no such column.
fn column(rows: &[WorkItem], name: &str) -> Option<Cells> {
    let numbers = |of: fn(&WorkItem) -> Option<u64>| Some(Cells::optional(rows.iter().map(of)));
    let texts = |of: fn(&WorkItem) -> Option<&str>| Some(Cells::texts(rows.iter().map(of)));
    match name {
        "queue" => texts(|row| Some(row.queue.word())),
        "position" => numbers(|row| Some(row.position)),
        "object" => numbers(|row| Some(row.object.0)),
        "type" => texts(|row| row.type_name.as_deref()),
        "callback" => texts(|row| row.callback.as_deref()),
        "target" => numbers(|row| row.target.map(|target| target.0)),
        "target_type" => texts(|row| row.target_type.as_deref()),
        "os_id" => numbers(|row| row.thread),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for doc in TableId::WorkItems.doc().columns {
            assert!(column(&[], doc.name).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing").is_none());
    }
}
