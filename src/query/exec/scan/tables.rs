//! The small tables, as columns: types, segments, modules.

use super::objects::heap_number;
use super::table::Table;
use crate::bytes::Addr;
use crate::graph::{Heap, Module, Segment, Snapshot, TypeInfo};
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::state::load_contexts::contexts_of_modules;

/// Reads the columns `used` of a table; the others are left empty. `heap` is needed for `types`
/// and for the free bytes of segments.
pub fn read_table(snapshot: &Snapshot, heap: Option<&Heap>, table: TableId, used: &[usize]) -> Table {
    let types = heap.map(|h| h.types.all()).unwrap_or_default();
    let free = heap.map(|h| h.free_bytes.as_slice()).unwrap_or_default();
    let rows = match table {
        TableId::Types => types.len(),
        TableId::Segments => snapshot.segments.len(),
        TableId::Modules => snapshot.modules.len(),
        _ => 0,
    };
    Table::of_catalog(table.doc().columns, rows, used, |name| match table {
        TableId::Types => types_column(types, name),
        TableId::Segments => segments_column(&snapshot.segments, free, name),
        TableId::Modules if name == "alc" => Some(contexts(snapshot)),
        TableId::Modules => modules_column(&snapshot.modules, name),
        _ => None,
    })
}

fn numbers<T>(rows: &[T], of: impl Fn(&T) -> u64) -> Option<Cells> {
    Some(Cells::unsigned(rows.iter().map(of).collect()))
}

fn addresses<T>(rows: &[T], of: impl Fn(&T) -> Addr) -> Option<Cells> {
    numbers(rows, |row| of(row).0)
}

fn optional<T>(rows: &[T], of: impl Fn(&T) -> Option<u64>) -> Option<Cells> {
    Some(Cells::optional(rows.iter().map(of)))
}

fn texts<'a, T>(rows: &'a [T], of: impl Fn(&'a T) -> Option<&'a str>) -> Option<Cells> {
    Some(Cells::texts(rows.iter().map(of)))
}

/// The load contexts of the modules.
fn contexts(snapshot: &Snapshot) -> Cells {
    let contexts = snapshot.values.as_ref().map(|values| contexts_of_modules(values)).unwrap_or_default();
    Cells::texts((0..snapshot.modules.len()).map(|at| contexts.get(at).and_then(Option::as_deref)))
}

/// A column of `types`, or `None` when there is no such column; so the functions below too.
fn types_column(types: &[TypeInfo], name: &str) -> Option<Cells> {
    match name {
        "type" => texts(types, |t| Some(&t.name)),
        "mt" => addresses(types, |t| t.method_table),
        "module" => texts(types, |t| t.module.as_deref()),
        "base_size" => numbers(types, |t| t.base_size.into()),
        "element_size" => numbers(types, |t| t.element_size.into()),
        "parent" => texts(types, |t| t.parent.as_deref()),
        "rank" => numbers(types, |t| t.rank.into()),
        "count" => numbers(types, |t| t.count),
        "size" => numbers(types, |t| t.size),
        _ => None,
    }
}

fn segments_column(segments: &[Segment], free: &[u64], name: &str) -> Option<Cells> {
    match name {
        "address" => addresses(segments, |s| s.address),
        "heap" => optional(segments, heap_number),
        "kind" => texts(segments, |s| Some(s.kind.word())),
        "start" => addresses(segments, |s| s.start),
        "end" => addresses(segments, |s| s.end),
        "committed" => addresses(segments, |s| s.committed),
        "reserved" => addresses(segments, |s| s.reserved),
        // Null where a damaged dump says that a segment ends before it begins.
        "size" => optional(segments, |s| s.end.since(s.start)),
        "committed_size" => optional(segments, committed_size),
        "free" => Some(Cells::optional((0..segments.len()).map(|at| free.get(at).copied()))),
        _ => None,
    }
}

/// A segment's memory begins with its own description, or where it is described elsewhere at the page in which its first
/// object lies. `None` where a damaged dump says that it ends before that.
fn committed_size(segment: &Segment) -> Option<u64> {
    const PAGE: u64 = 4096;
    let describes_itself = segment.start.since(segment.address).is_some_and(|distance| distance <= PAGE);
    let start = if describes_itself { segment.address } else { segment.start.without(PAGE - 1) };
    segment.committed.since(start)
}

fn modules_column(modules: &[Module], name: &str) -> Option<Cells> {
    match name {
        "name" => texts(modules, |m| Some(&m.name)),
        "path" => texts(modules, |m| m.path.as_deref()),
        "base" => optional(modules, |m| m.base.map(|b| b.0)),
        "size" => optional(modules, |m| m.size),
        "version" => texts(modules, |m| m.version.as_deref()),
        "mvid" => texts(modules, |m| m.mvid.as_deref()),
        "dynamic" => Some(Cells::booleans(modules.iter().map(|m| m.dynamic))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for (table, read) in [
            (TableId::Types, (|name| types_column(&[], name)) as fn(&str) -> Option<Cells>),
            (TableId::Segments, |name| segments_column(&[], &[], name)),
            (TableId::Modules, |name| modules_column(&[], name)),
        ] {
            // Load contexts are read elsewhere.
            let elsewhere = |name: &str| (table, name) == (TableId::Modules, "alc");
            for column in table.doc().columns.iter().filter(|column| !elsewhere(column.name)) {
                assert!(read(column.name).is_some(), "{}.{}", table.doc().name, column.name);
            }
            assert!(read("nothing").is_none());
        }
    }
}
