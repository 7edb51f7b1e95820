//! Columns of what threads have thrown.

use rustc_hash::FxHashMap;

use super::columns::Column;
use super::{Batch, Morsel, ObjectScan};
use crate::bytes::Addr;
use crate::dump::Fault;
use crate::graph::Thread;
use crate::query::Kind;
use crate::query::cells::Cells;
use crate::query::scalar::Scalar;

/// The exceptions that threads have thrown.
struct Thrown {
    of: FxHashMap<Addr, Throw>,
    /// Whether all threads tell what they have in flight.
    told: bool,
}

/// What a thread has to do with an exception.
#[derive(Clone, Copy)]
struct Throw {
    /// The operating system's id of the thread.
    thread: Option<u64>,
    /// Its place among those in flight, 0 for the innermost; `None` for what is not in flight.
    nesting: Option<u64>,
}

impl Thrown {
    /// Of several threads with one exception the first counts, and one that has it in flight before others.
    fn by(threads: &[Thread]) -> Thrown {
        let mut of = FxHashMap::default();
        let in_flight = |thread: &Thread| thread.in_flight.clone().unwrap_or_default();
        for thread in threads {
            for (nesting, exception) in (0..).zip(in_flight(thread)) {
                of.entry(exception).or_insert(Throw { thread: thread.os_id, nesting: Some(nesting) });
            }
        }
        for thread in threads {
            if let Some(exception) = thread.exception {
                of.entry(exception).or_insert(Throw { thread: thread.os_id, nesting: None });
            }
        }
        let told = threads.iter().all(|thread| thread.address.is_none() || thread.in_flight.is_some());
        Thrown { of, told }
    }

    /// The cell of a column.
    fn cell(&self, column: Column, exception: Addr) -> Scalar {
        let throw = self.of.get(&exception);
        let nesting = throw.and_then(|throw| throw.nesting);
        let number = |number: Option<u64>| number.map_or(Scalar::Null, |n| Scalar::Integer(n.into()));
        match column {
            Column::Thread => number(throw.and_then(|throw| throw.thread)),
            Column::Nesting => number(nesting),
            _ if nesting.is_some() || self.told => Scalar::Boolean(nesting.is_some()),
            _ => Scalar::Null,
        }
    }
}

impl ObjectScan<'_> {
    /// A column of what threads have thrown.
    pub(super) fn thrown(&self, column: Column, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let thrown = Thrown::by(&self.snapshot.threads);
        let cells = self.read(morsel, batch, "threads", |block, row| {
            Ok::<_, Fault>(Some(thrown.cell(column, block.address(row))))
        });
        let kind = if column == Column::InFlight { Kind::Boolean } else { Kind::Integer };
        Cells::scalars(kind, cells.into_iter().map(Option::unwrap_or_default))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(id: u64, last: u64, in_flight: Option<&[u64]>) -> Thread {
        Thread {
            os_id: Some(id),
            address: Some(Addr(id)),
            exception: Some(Addr(last)),
            in_flight: in_flight.map(|all| all.iter().map(|&one| Addr(one)).collect()),
            ..Thread::default()
        }
    }

    #[test]
    fn what_is_handled_is_told_from_what_was() {
        let threads = [thread(1, 0x30, Some(&[0x30, 0x20])), thread(2, 0x40, Some(&[])), Thread::default()];
        let thrown = Thrown::by(&threads);
        let row = |at: u64| {
            [Column::Thread, Column::InFlight, Column::Nesting].map(|column| thrown.cell(column, Addr(at)))
        };
        let (no, yes, number) =
            (Scalar::Boolean(false), Scalar::Boolean(true), |n: u64| Scalar::Integer(n.into()));
        assert_eq!(row(0x30), [number(1), yes.clone(), number(0)]);
        assert_eq!(row(0x20), [number(1), yes, number(1)]);
        assert_eq!(row(0x40), [number(2), no.clone(), Scalar::Null]);
        assert_eq!(row(0x50), [Scalar::Null, no, Scalar::Null]);
    }

    #[test]
    fn where_a_thread_does_not_tell_nothing_is_said_of_the_others() {
        let thrown = Thrown::by(&[thread(1, 0x30, Some(&[0x30])), thread(2, 0x40, None)]);
        assert_eq!(thrown.cell(Column::InFlight, Addr(0x30)), Scalar::Boolean(true));
        assert_eq!(thrown.cell(Column::InFlight, Addr(0x40)), Scalar::Null);
    }
}
