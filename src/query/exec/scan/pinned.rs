//! The table `pinned`.

use super::table::Table;
use crate::graph::{Heap, Roots, Segment};
use crate::query::Kind;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::query::scalar::Scalar;
use crate::state::{Pinned, pinned as read};

/// Reads the columns `used` of the table.
pub fn pinned(heap: &Heap, segments: &[Segment], roots: &Roots, used: &[usize]) -> Table {
    let rows = read(heap, segments, roots);
    let columns = TableId::Pinned.doc().columns;
    Table::of_catalog(columns, rows.len(), used, |name| column(&rows, heap, segments, name))
}

/// A column, or `None` when there is no such column.
fn column(rows: &[Pinned], heap: &Heap, segments: &[Segment], name: &str) -> Option<Cells> {
    let numbers = |of: &dyn Fn(&Pinned) -> u64| Some(Cells::unsigned(rows.iter().map(of).collect()));
    let of_segment = |row: &Pinned| heap.free_bytes.get(row.segment).copied();
    match name {
        "object" => numbers(&|row| row.address.0),
        "type" => {
            let name = |row: &Pinned| heap.types.get(heap.objects.type_of(row.object)?);
            Some(Cells::texts(rows.iter().map(|row| name(row).map(|of| &*of.name))))
        }
        "size" => numbers(&|row| row.size),
        "kind" => Some(Cells::texts(rows.iter().map(|row| Some(row.by.word())))),
        "pins" => numbers(&|row| row.pins),
        "gen" => Some(Cells::texts(rows.iter().map(|row| Some(row.generation.word())))),
        "segment" => {
            Some(Cells::optional(rows.iter().map(|row| segments.get(row.segment).map(|of| of.address.0))))
        }
        "free_before" => numbers(&|row| row.free_before),
        "free_share" => Some(Cells::scalars(Kind::Real, rows.iter().map(|row| share(row, of_segment(row))))),
        _ => None,
    }
}

/// The part of a segment's free space that lies before a pinned object.
fn share(row: &Pinned, free: Option<u64>) -> Scalar {
    match free.filter(|&free| free > 0) {
        Some(free) => Scalar::Real(row.free_before as f64 / free as f64),
        None => Scalar::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        let heap = Heap::default();
        for doc in TableId::Pinned.doc().columns {
            assert!(column(&[], &heap, &[], doc.name).is_some(), "{}", doc.name);
        }
        assert!(column(&[], &heap, &[], "nothing").is_none());
    }
}
