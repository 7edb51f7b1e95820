//! Lists of threads in synthetic processes, whole and damaged.

use super::*;
use crate::clr::synthetic::open;
use crate::synth::{Family, Place, Process, ProcessDump};

fn five_threads(family: Family) -> ProcessDump {
    let mut process = Process::new(family);
    let segment = process.segment(0, Place::Gen2);
    process.object(segment, process.string, 5);
    for state in [0, 0x200, 0x400, 0x800, 0x0100_0200] {
        let thread = process.thread();
        process.set_thread_state(thread, state);
    }
    process.dump()
}

/// The list read again from damaged memory, with the layout of the whole dump.
fn damaged(dump: &ProcessDump, damage: impl Fn(&mut ProcessDump)) -> (Result<ThreadList>, Vec<Problem>) {
    let layout = open(dump).located.layout;
    let mut dump = dump.clone();
    damage(&mut dump);
    let memory = crate::dump::Dump::parse(crate::bytes::Mapped::Memory(dump.core().build())).unwrap().memory;
    let mut problems = Vec::new();
    let list = threads(&memory, &layout, Addr(dump.thread_store), SpecialThreads::default(), &mut problems);
    (list, problems)
}

#[test]
fn threads_are_listed_with_their_state() {
    for family in Family::ALL {
        let dump = five_threads(family);
        let list = open(&dump).threads.unwrap();
        assert!(list.is_sound(), "{family:?}");
        let addresses: Vec<u64> = list.threads.iter().map(|t| t.address.0).collect();
        assert_eq!(addresses, dump.threads);
        assert_eq!(list.threads.iter().filter_map(|t| t.managed_id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(list.threads[2].os_id, Some(4713));
        let states: Vec<ThreadState> = list.threads.iter().map(|t| t.state).collect();
        let none = ThreadState::default();
        let expected = [
            none,
            ThreadState { background: true, ..none },
            ThreadState { unstarted: true, ..none },
            ThreadState { dead: true, ..none },
            ThreadState { background: true, pool_worker: true, finalizer: true, ..none },
        ];
        assert_eq!(states, expected, "{family:?}");
    }
}

#[test]
fn a_circular_list_ends_and_is_told() {
    let dump = five_threads(Family::V10_0);
    for (last, first) in [(4, 0), (2, 2), (3, 1)] {
        let (list, problems) =
            damaged(&dump, |d| d.memory.write_u64(d.thread_links[last], d.thread_links[first]));
        let list = list.unwrap();
        assert_eq!((list.threads.len(), list.is_sound()), (last + 1, false));
        assert!(problems[0].message.contains("in a circle"), "{problems:?}");
    }
}

#[test]
fn a_list_that_breaks_is_cut_and_told() {
    let dump = five_threads(Family::V8_0);
    let (list, problems) = damaged(&dump, |d| d.memory.write_u64(d.thread_links[2], 0xdead_0000));
    assert_eq!(list.unwrap().threads.len(), 3);
    assert!(problems[0].message.contains("breaks after 3 of 5"), "{problems:?}");
    let (list, problems) = damaged(&dump, |d| d.memory.forget(d.threads[3], d.threads[3] + 1000));
    assert_eq!(list.unwrap().threads.len(), 3);
    assert!(problems[0].message.contains("is not in the dump"), "{problems:?}");
}

#[test]
fn a_list_without_a_thread_is_an_error() {
    let dump = five_threads(Family::V10_0);
    let (list, _) = damaged(&dump, |d| d.memory.forget(d.threads[0], d.threads[0] + 1000));
    assert_eq!(list.unwrap_err().kind(), ErrorKind::MissingMemory);
}

#[test]
fn a_shorter_list_than_declared_is_not_sound() {
    let dump = five_threads(Family::V10_0);
    let (list, problems) = damaged(&dump, |d| d.memory.write_u64(d.thread_links[3], 0));
    let list = list.unwrap();
    assert_eq!((list.threads.len(), list.complete, list.is_sound()), (4, true, false));
    assert_eq!(problems, []);
}

#[test]
fn an_exception_is_found_through_its_handle() {
    let dump = five_threads(Family::V10_0);
    let object = dump.truth.objects[0].address;
    let (list, _) = damaged(&dump, |d| {
        // A word that holds the object's address: the second thread's link will do as a handle.
        d.memory.write_u64(d.threads[0] + 600, object);
        d.memory.write_u64(d.threads[0] + 336, d.threads[0] + 600);
        d.memory.write_u64(d.threads[1] + 336, 0xdead_0000);
    });
    let exceptions: Vec<_> = list.unwrap().threads.iter().map(|t| t.exception).collect();
    assert_eq!(exceptions[..2], [Some(Addr(object)), None]);
}

/// Offsets in the Thread and in the record of an exception of 10.0.
const TRACKER: u64 = 352;
const PREVIOUS: u64 = 0;
const THROWN: u64 = 8;

/// Writes records of exceptions into the rooms of threads that are long enough, the innermost first: each leads to a handle
/// to its object, and to the next.
fn write_records(dump: &mut ProcessDump, thread: usize, objects: &[u64], around_the_last: u64) {
    let at = |record: usize| dump.threads[4] + 600 + 24 * record as u64;
    let records: Vec<u64> = (0..objects.len()).map(at).collect();
    dump.memory.write_u64(dump.threads[thread] + TRACKER, records.first().copied().unwrap_or(0));
    for (number, &object) in objects.iter().enumerate() {
        let (record, handle) = (records[number], records[number] + 16);
        let around = records.get(number + 1).copied().unwrap_or(around_the_last);
        dump.memory.write_u64(record + PREVIOUS, around);
        dump.memory.write_u64(record + THROWN, handle);
        dump.memory.write_u64(handle, object);
    }
}

#[test]
fn exceptions_in_flight_are_told_from_the_innermost_on() {
    let dump = five_threads(Family::V10_0);
    let objects = [0x1000, 0x2000, 0x3000];
    let (list, problems) = damaged(&dump, |d| write_records(d, 0, &objects, 0));
    let list = list.unwrap();
    let expected: Vec<Addr> = objects.map(Addr).to_vec();
    assert_eq!(list.threads[0].in_flight, Some(expected));
    assert_eq!(list.threads[1].in_flight, Some(Vec::new()));
    // What is in flight says nothing of what was thrown last, for which there is a handle of its own.
    assert_eq!((list.threads[0].exception, problems), (None, Vec::new()));
}

#[test]
fn records_in_a_circle_or_not_in_the_dump_tell_nothing() {
    let dump = five_threads(Family::V10_0);
    let object = dump.truth.objects[0].address;
    let first = dump.threads[4] + 600;
    for around in [first, 0xdead_0000] {
        let (list, _) = damaged(&dump, |d| write_records(d, 0, &[object, object], around));
        let list = list.unwrap();
        assert_eq!((list.threads[0].in_flight.clone(), list.is_sound()), (None, true), "{around:#x}");
    }
}
