//! The tables `locks`, `waits` and `deadlocks`.

use super::handles::type_names;
use super::table::Table;
use crate::bytes::Addr;
use crate::graph::{Heap, Snapshot};
use crate::problem::Problem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::state::{self, Holder, Lock, Threads, Wait};
use crate::values::Values;

/// What all three tables are read from.
struct Reading<'a> {
    threads: Threads<'a>,
    values: &'a Values,
}

/// Reads the columns `used` of `table`, which is one of the three, and tells what is not in the dump.
pub fn locks(
    snapshot: &Snapshot,
    heap: &Heap,
    values: &Values,
    table: TableId,
    used: &[usize],
) -> (Table, Vec<Problem>) {
    let reading = Reading { threads: Threads::new(&snapshot.threads), values };
    let columns = |rows: usize, column: &dyn Fn(&str) -> Option<Cells>| {
        Table::of_catalog(table.doc().columns, rows, used, column)
    };
    if table == TableId::Locks {
        let locks = state::locks(snapshot, heap, values);
        return (columns(locks.all.len(), &|name| reading.lock(&locks.all, name)), locks.problems);
    }
    let waits = state::waits(snapshot, heap, values);
    if table == TableId::Waits {
        return (columns(waits.all.len(), &|name| reading.wait(&waits.all, name)), waits.problems);
    }
    let rows = circles(&waits.all);
    (columns(rows.len(), &|name| reading.circle(&rows, name)), waits.problems)
}

/// A row of `deadlocks`.
#[derive(Clone, Debug)]
struct InCircle {
    deadlock: u64,
    position: u64,
    wait: Wait,
}

fn circles(waits: &[Wait]) -> Vec<InCircle> {
    let mut rows = Vec::new();
    for (circle, deadlock) in state::deadlocks(waits).iter().zip(1..) {
        let of_circle = circle.waits.iter().filter_map(|&at| waits.get(at)).zip(1..);
        rows.extend(of_circle.map(|(wait, position)| InCircle { deadlock, position, wait: wait.clone() }));
    }
    rows
}

impl Reading<'_> {
    /// A column of `locks`, or `None` when there is no such column; so the functions below too.
    fn lock(&self, rows: &[Lock], name: &str) -> Option<Cells> {
        let numbers = |of: &dyn Fn(&Lock) -> Option<u64>| Some(Cells::optional(rows.iter().map(of)));
        match name {
            "object" => numbers(&|row| Some(row.object.0)),
            "type" => Some(self.types(rows.iter().map(|row| Some(row.object)))),
            "kind" => Some(Cells::texts(rows.iter().map(|row| Some(row.kind.word())))),
            "recursion" => numbers(&|row| row.recursion.map(u64::from)),
            "waiters" => numbers(&|row| row.waiters),
            "available" => numbers(&|row| row.available),
            "readers" => numbers(&|row| row.readers),
            _ => self.holder(rows.iter().map(|row| row.holder).collect(), name),
        }
    }

    fn wait(&self, rows: &[Wait], name: &str) -> Option<Cells> {
        match name {
            "os_id" => {
                let os_id = |row: &Wait| self.threads.get(row.thread).and_then(|thread| thread.os_id);
                Some(Cells::optional(rows.iter().map(os_id)))
            }
            "managed_id" => {
                let id = |row: &Wait| self.threads.get(row.thread).and_then(|thread| thread.managed_id);
                Some(Cells::optional(rows.iter().map(|row| id(row).map(u64::from))))
            }
            "name" => Some(self.names(rows.iter().map(|row| Some(row.thread)))),
            "kind" => Some(Cells::texts(rows.iter().map(|row| Some(row.kind.word())))),
            "object" => Some(Cells::optional(rows.iter().map(|row| row.object.map(|object| object.0)))),
            "type" => Some(self.types(rows.iter().map(|row| row.object))),
            "method" => Some(Cells::texts(rows.iter().map(|row| row.method.as_deref()))),
            "timeout_ms" => Some(Cells::optional(rows.iter().map(|row| row.timeout_ms.map(u64::from)))),
            _ => self.holder(rows.iter().map(|row| row.holder).collect(), name),
        }
    }

    fn circle(&self, rows: &[InCircle], name: &str) -> Option<Cells> {
        match name {
            "deadlock" => Some(Cells::unsigned(rows.iter().map(|row| row.deadlock).collect())),
            "position" => Some(Cells::unsigned(rows.iter().map(|row| row.position).collect())),
            _ => {
                let waits: Vec<Wait> = rows.iter().map(|row| row.wait.clone()).collect();
                self.wait(&waits, name)
            }
        }
    }

    fn holder(&self, holders: Vec<Option<Holder>>, name: &str) -> Option<Cells> {
        match name {
            "owner" => {
                let os_id = |holder: &Option<Holder>| self.threads.os_id((*holder)?);
                Some(Cells::optional(holders.iter().map(os_id)))
            }
            "owner_managed_id" => {
                let id = |holder: &Option<Holder>| holder.and_then(|holder| holder.managed_id).map(u64::from);
                Some(Cells::optional(holders.iter().map(id)))
            }
            "owner_name" => Some(self.names(holders.iter().map(|holder| holder.and_then(|h| h.thread)))),
            _ => None,
        }
    }

    fn types(&self, objects: impl Iterator<Item = Option<Addr>>) -> Cells {
        type_names(self.values, objects.map(|object| object.unwrap_or(Addr::NULL)).collect())
    }

    fn names(&self, threads: impl Iterator<Item = Option<usize>>) -> Cells {
        let names: Vec<Option<String>> = threads.map(|at| self.threads.name(self.values, at?)).collect();
        Cells::texts(names.iter().map(Option::as_deref))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::synthetic::{kennel, values};

    #[test]
    fn every_column_of_the_catalog_is_read() {
        let values = values(kennel().process);
        let reading = Reading { threads: Threads::new(&[]), values: &values };
        for (table, read) in [
            (TableId::Locks, &(|name: &str| reading.lock(&[], name)) as &dyn Fn(&str) -> Option<Cells>),
            (TableId::Waits, &|name| reading.wait(&[], name)),
            (TableId::Deadlocks, &|name| reading.circle(&[], name)),
        ] {
            for doc in table.doc().columns {
                assert!(read(doc.name).is_some(), "{}.{}", table.doc().name, doc.name);
            }
            assert!(read("nothing").is_none());
        }
    }
}
