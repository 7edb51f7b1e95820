//! The tables `mappings` and `memory_use`.

use super::table::Table;
use crate::clr::type_system::TypeSystem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::state::process_memory::{Mapping, MemoryTotal, memory_totals, process_memory};

/// Reads the columns `used` of `mappings`.
pub fn mappings(types: &TypeSystem, used: &[usize]) -> Table {
    let rows = process_memory(types);
    Table::of_catalog(TableId::Mappings.doc().columns, rows.len(), used, |name| column(&rows, name))
}

/// Reads the columns of `memory_use`.
pub fn memory_use(types: &TypeSystem) -> Table {
    let rows = memory_totals(&process_memory(types));
    let columns = TableId::MemoryUse.doc().columns.iter().map(|doc| total_column(&rows, doc.name));
    Table::new(columns.map(|cells| cells.unwrap_or_else(|| Cells::null(0))).collect(), rows.len())
}

/// A column, or `None` when there is no such column; so the function below too.
fn column(rows: &[Mapping], name: &str) -> Option<Cells> {
    let numbers = |of: fn(&Mapping) -> u64| Some(Cells::unsigned(rows.iter().map(of).collect()));
    match name {
        "address" => numbers(|row| row.range.start.0),
        "end" => numbers(|row| row.range.end.0),
        "area" => Some(Cells::texts(rows.iter().map(|row| Some(row.kind.area().word())))),
        "kind" => Some(Cells::texts(rows.iter().map(|row| Some(row.kind.word())))),
        "name" => Some(Cells::texts(rows.iter().map(|row| row.name.as_deref()))),
        "size" => numbers(Mapping::size),
        "saved" => numbers(|row| row.saved),
        "protection" => {
            let words: Vec<_> = rows.iter().map(|row| row.protection.map(|p| p.to_string())).collect();
            Some(Cells::texts(words.iter().map(Option::as_deref)))
        }
        "file" => Some(Cells::texts(rows.iter().map(|row| row.file.as_deref()))),
        _ => None,
    }
}

fn total_column(rows: &[MemoryTotal], name: &str) -> Option<Cells> {
    let numbers = |of: fn(&MemoryTotal) -> u64| Some(Cells::unsigned(rows.iter().map(of).collect()));
    match name {
        "area" => Some(Cells::texts(rows.iter().map(|row| Some(row.kind.area().word())))),
        "kind" => Some(Cells::texts(rows.iter().map(|row| Some(row.kind.word())))),
        "ranges" => numbers(|row| row.ranges),
        "size" => numbers(|row| row.size),
        "saved" => numbers(|row| row.saved),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for doc in TableId::Mappings.doc().columns {
            assert!(column(&[], doc.name).is_some(), "{}", doc.name);
        }
        for doc in TableId::MemoryUse.doc().columns {
            assert!(total_column(&[], doc.name).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing").is_none() && total_column(&[], "nothing").is_none());
    }
}
