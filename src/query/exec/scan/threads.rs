//! The table `threads`.

use rustc_hash::FxHashMap;

use super::handles::type_names;
use super::table::Table;
use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::graph::{Heap, Snapshot, Thread, ThreadState};
use crate::progress::Progress;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::state::{self, Threads};
use crate::values::Values;

/// What the columns of the table are read from.
struct Reading<'a> {
    threads: &'a [Thread],
    /// `None` where the dump holds no heap: then names cannot be told.
    values: Option<&'a Values>,
    /// How many locks each thread holds; empty where that is not asked for.
    locks: Vec<u64>,
    /// What has walked the stacks; `None` where the runtime's types cannot be read.
    types: Option<&'a TypeSystem>,
}

/// Reads the columns `used` of the table. The heap is walked for the number of locks, which is null in a dump without one.
pub fn threads(snapshot: &Snapshot, used: &[usize], progress: &dyn Progress) -> Table {
    let values = snapshot.values.as_deref();
    let columns = TableId::Threads.doc().columns;
    let counted = used.iter().any(|&at| columns.get(at).is_some_and(|column| column.name == "locks"));
    let heap = values.filter(|_| counted).and_then(|values| Some((snapshot.heap(progress).ok()?, values)));
    let locks = heap.map(|(heap, values)| locks_held(snapshot, heap, values));
    let reading = Reading {
        threads: &snapshot.threads,
        values,
        locks: locks.unwrap_or_default(),
        types: snapshot.types.as_deref(),
    };
    Table::of_catalog(columns, snapshot.threads.len(), used, |name| reading.column(name))
}

fn locks_held(snapshot: &Snapshot, heap: &Heap, values: &Values) -> Vec<u64> {
    let mut held = vec![0; snapshot.threads.len()];
    let locks = state::locks(snapshot, heap, values).all;
    for owner in locks.iter().filter_map(|lock| lock.holder?.thread) {
        if let Some(count) = held.get_mut(owner) {
            *count += 1;
        }
    }
    held
}

impl Reading<'_> {
    /// A column, or `None` when there is no such column.
    fn column(&self, name: &str) -> Option<Cells> {
        let numbers =
            |of: &dyn Fn(&Thread) -> Option<u64>| Some(Cells::optional(self.threads.iter().map(of)));
        match name {
            "os_id" => numbers(&|t| t.os_id),
            "managed_id" => numbers(&|t| t.managed_id.map(u64::from)),
            "name" => {
                let index = Threads::new(self.threads);
                let name = |at: usize| index.name(self.values?, at);
                Some(texts((0..self.threads.len()).map(name)))
            }
            "state" => Some(texts(self.threads.iter().map(|t| Some(state_words(t))))),
            "exception" => numbers(&|t| t.exception.map(|exception| exception.0)),
            "in_flight" => numbers(&|t| t.in_flight.as_ref().map(|all| all.len() as u64)),
            "frames" => Some(self.frames()),
            "exception_type" => match self.values {
                Some(values) => {
                    let exceptions = self.threads.iter().map(|t| t.exception.unwrap_or(Addr::NULL));
                    Some(type_names(values, exceptions.collect()))
                }
                None => Some(Cells::null(self.threads.len())),
            },
            "exception_message" => {
                let message = |t: &Thread| self.values?.exception_message(t.exception?).ok().flatten();
                Some(texts(self.threads.iter().map(message)))
            }
            "locks" => Some(Cells::optional((0..self.threads.len()).map(|at| self.locks.get(at).copied()))),
            "alloc_pointer" => numbers(&|t| Some(t.allocation.0.0).filter(|&at| at != 0)),
            "alloc_limit" => numbers(&|t| Some(t.allocation.1.0).filter(|&at| at != 0)),
            "os_name" => Some(Cells::texts(self.threads.iter().map(|t| t.os_name.as_deref()))),
            "object" => numbers(&|t| t.object.map(|object| object.0)),
            "address" => numbers(&|t| t.address.map(|address| address.0)),
            _ => None,
        }
    }
}

impl Reading<'_> {
    /// How many managed frames each thread has; null where its stack is not in the dump.
    fn frames(&self) -> Cells {
        let walked = self.types.into_iter().flat_map(|types| &types.frames().threads);
        let counts: FxHashMap<u64, u64> =
            walked.map(|thread| (thread.os_id, thread.managed().count() as u64)).collect();
        Cells::optional(self.threads.iter().map(|thread| counts.get(&thread.os_id?).copied()))
    }
}

fn texts(values: impl Iterator<Item = Option<String>>) -> Cells {
    let values: Vec<Option<String>> = values.collect();
    Cells::texts(values.iter().map(Option::as_deref))
}

/// The words of a thread's state.
fn state_words(thread: &Thread) -> String {
    let ThreadState { background, unstarted, dead, pool_worker, finalizer, waiting, suspending } =
        thread.state;
    let words = [
        (thread.address.is_none(), "native"),
        (background, "background"),
        (unstarted, "unstarted"),
        (dead, "dead"),
        (pool_worker, "pool_worker"),
        (finalizer, "finalizer"),
        (waiting, "waiting"),
        (suspending, "suspending"),
    ];
    let words: Vec<&str> = words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        let reading = Reading { threads: &[], values: None, locks: Vec::new(), types: None };
        for doc in TableId::Threads.doc().columns {
            assert!(reading.column(doc.name).is_some(), "{}", doc.name);
        }
        assert!(reading.column("nothing").is_none());
    }

    #[test]
    fn states_are_words() {
        let state =
            ThreadState { background: true, pool_worker: true, waiting: true, ..ThreadState::default() };
        let known = Thread { address: Some(Addr(8)), ..Thread::default() };
        let words = [Thread { state, ..known.clone() }, known, Thread::default()].map(|t| state_words(&t));
        assert_eq!(words, ["background pool_worker waiting", "", "native"]);
    }
}
