//! The table `requests`.

use super::table::Table;
use crate::graph::Heap;
use crate::problem::Problem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::state::requests::{Request, requests as read_requests};
use crate::values::Values;

/// Reads the columns `used` of the table, and tells why it may lack some.
pub fn requests(values: &Values, heap: &Heap, used: &[usize]) -> (Table, Vec<Problem>) {
    let (rows, problems) = read_requests(values, heap);
    (
        Table::of_catalog(TableId::Requests.doc().columns, rows.len(), used, |name| column(&rows, name)),
        problems,
    )
}

/// A column, or `None` when there is no such column.
fn column(rows: &[Request], name: &str) -> Option<Cells> {
    let numbers = |of: fn(&Request) -> Option<u64>| Some(Cells::optional(rows.iter().map(of)));
    let texts = |of: fn(&Request) -> Option<&str>| Some(Cells::texts(rows.iter().map(of)));
    match name {
        "address" => numbers(|row| Some(row.address.0)),
        "direction" => texts(|row| Some(row.direction.word())),
        "state" => texts(|row| Some(row.state.word())),
        "method" => texts(|row| row.method.as_deref()),
        "path" => texts(|row| row.path.as_deref()),
        "query" => texts(|row| row.query.as_deref()),
        "peer" => texts(|row| row.peer.as_deref()),
        "start" => texts(|row| row.start.as_deref()),
        "running_ms" => numbers(|row| row.running_ms),
        "id" => texts(|row| row.id.as_deref()),
        "trace" => texts(|row| row.trace.as_deref()),
        "connection" => numbers(|row| row.connection.map(|connection| connection.0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for doc in TableId::Requests.doc().columns {
            assert!(column(&[], doc.name).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing").is_none());
    }
}
