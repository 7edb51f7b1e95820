//! The tables of locks, of who waits for them, and of deadlocks.

use super::{ColumnDoc, TableDoc, TableId, column};
use crate::query::Kind;

pub(super) const LOCKS: TableDoc = TableDoc {
    id: TableId::Locks,
    name: "locks",
    summary: "The locks: objects whose monitor is held or has a sync block, and objects that are locks themselves.",
    columns: &[
        column("object", Kind::Address, "The object that is locked, or that is the lock."),
        column("type", Kind::Text, "The name of its type."),
        column(
            "kind",
            Kind::Text,
            "thin or sync_block for an object's monitor, lock (System.Threading.Lock), semaphore (SemaphoreSlim) or \
             reader_writer (ReaderWriterLockSlim).",
        ),
        column(
            "owner",
            Kind::Integer,
            "The operating system's id of the thread that holds it; null when nobody does, and when the thread has ended.",
        ),
        column(
            "recursion",
            Kind::Integer,
            "How often its owner has entered it beyond the first time; null without an owner, or where it is not told.",
        ),
        column(
            "waiters",
            Kind::Integer,
            "How many wait to enter: threads, and for a semaphore tasks too. `waits` has the threads.",
        ),
        column(
            "owner_managed_id",
            Kind::Integer,
            "The runtime's own number for the owner: told even when that thread has ended.",
        ),
        column("owner_name", Kind::Text, "The name that the program gave the owner; null for none."),
        column("available", Kind::Integer, "How many may still enter a semaphore; null for all others."),
        column("readers", Kind::Integer, "How many read under a reader_writer; null for all others."),
    ],
};

pub(super) const WAITS: TableDoc = TableDoc {
    id: TableId::Waits,
    name: "waits",
    summary: "The threads that wait, each with what it waits for and who holds that.",
    columns: &[
        column("os_id", Kind::Integer, "The operating system's id of the thread that waits."),
        column("managed_id", Kind::Integer, "The runtime's own number for it."),
        column("name", Kind::Text, "The name that the program gave it; null for none."),
        column(
            "kind",
            Kind::Text,
            "monitor_enter (a lock), monitor_wait (Monitor.Wait), semaphore, event (ManualResetEventSlim), task, lock \
             (System.Threading.Lock), reader_writer, thread_join, wait_handle or sleep.",
        ),
        column("object", Kind::Address, "What it waits for; null where that is not certain."),
        column("type", Kind::Text, "The name of that object's type."),
        column(
            "owner",
            Kind::Integer,
            "The operating system's id of the thread that holds it; null when nobody does, or it has no owner.",
        ),
        column("owner_managed_id", Kind::Integer, "The runtime's own number for the owner."),
        column("owner_name", Kind::Text, "The name that the program gave the owner; null for none."),
        METHOD,
        column(
            "timeout_ms",
            Kind::Integer,
            "For how many milliseconds at most; null for ever, and where it is not told.",
        ),
    ],
};

pub(super) const DEADLOCKS: TableDoc = TableDoc {
    id: TableId::Deadlocks,
    name: "deadlocks",
    summary: "Threads that wait for each other in a circle: each waits for what the thread of the next row holds, the \
              last one for what that of the first does.",
    columns: &[
        column("deadlock", Kind::Integer, "The number of the circle, from 1 on."),
        column("position", Kind::Integer, "The place of the row in its circle, from 1 on."),
        column("os_id", Kind::Integer, "The operating system's id of the thread that waits."),
        column("managed_id", Kind::Integer, "The runtime's own number for it."),
        column("name", Kind::Text, "The name that the program gave it; null for none."),
        column("kind", Kind::Text, "What it waits for, by the words of `waits`."),
        column("object", Kind::Address, "The object that it waits for."),
        column("type", Kind::Text, "The name of that object's type."),
        column(
            "owner",
            Kind::Integer,
            "The operating system's id of the thread that holds it: the next row's.",
        ),
        column("owner_name", Kind::Text, "The name that the program gave the owner; null for none."),
        METHOD,
    ],
};

const METHOD: ColumnDoc = column(
    "method",
    Kind::Text,
    "The method of the program that waits; null where the stack does not tell it.",
);
