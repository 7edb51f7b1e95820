//! The table `roots`.

use super::table::Table;
use crate::graph::{Dominators, Heap, ObjectId, Root, Roots};
use crate::query::catalog::TableId;
use crate::query::cells::Cells;

/// Whether any of the columns `used` takes dominators.
pub fn takes_dominators(used: &[usize]) -> bool {
    let columns = TableId::Roots.doc().columns;
    used.iter().any(|&at| columns.get(at).is_some_and(|doc| doc.name == "retained"))
}

/// Reads the columns `used` of the table; `dominators` are those of the dump, where [`takes_dominators`] says so.
pub fn roots(roots: &Roots, heap: &Heap, dominators: Option<&Dominators>, used: &[usize]) -> Table {
    Table::of_catalog(TableId::Roots.doc().columns, roots.all.len(), used, |name| {
        column(&roots.all, name, heap, dominators)
    })
}

/// A column, or `None` when there is no such column.
fn column(rows: &[Root], name: &str, heap: &Heap, dominators: Option<&Dominators>) -> Option<Cells> {
    match name {
        "kind" => Some(Cells::texts(rows.iter().map(|row| Some(row.kind.word())))),
        "address" => Some(Cells::optional(rows.iter().map(|row| row.address.map(|at| at.0)))),
        "object" => {
            Some(Cells::optional(rows.iter().map(|row| heap.objects.address(row.object).map(|at| at.0))))
        }
        "type" => Some(Cells::texts(rows.iter().map(|row| type_of(heap, row.object)))),
        "name" => Some(Cells::texts(rows.iter().map(|row| row.name.as_deref()))),
        "os_id" => Some(Cells::optional(rows.iter().map(|row| row.os_id))),
        "retained" => {
            let retained = |row: &Root| dominators.map(|dominators| dominators.retained(row.object));
            Some(Cells::optional(rows.iter().map(retained)))
        }
        "keeps_alive" => Some(Cells::booleans(rows.iter().map(|row| row.keeps_alive))),
        "frame" => Some(Cells::optional(rows.iter().map(|row| row.frame.map(u64::from)))),
        "slot" => Some(slots(rows)),
        "interior" => Some(Cells::booleans(rows.iter().map(|row| row.interior))),
        "pinned" => Some(Cells::booleans(rows.iter().map(|row| row.pinned))),
        "certain" => Some(Cells::booleans(rows.iter().map(|row| row.certain))),
        _ => None,
    }
}

fn slots(rows: &[Root]) -> Cells {
    let names: Vec<Option<String>> = rows.iter().map(|row| row.slot.map(|slot| slot.to_string())).collect();
    Cells::texts(names.iter().map(Option::as_deref))
}

fn type_of(heap: &Heap, object: ObjectId) -> Option<&str> {
    heap.types.get(heap.objects.type_of(object)?).map(|info| &*info.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        let heap = Heap::default();
        for doc in TableId::Roots.doc().columns {
            assert!(column(&[], doc.name, &heap, None).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing", &heap, None).is_none());
    }
}
