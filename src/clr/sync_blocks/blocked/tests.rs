//! Records of blocked threads on synthetic bytes.

use super::*;
use crate::clr::synthetic::{space, zeros};
use crate::synth::Memory;

const THREADS: [Addr; 3] = [Addr(0x1000), Addr(0x3000), Addr(0x5000)];
const PLACE: u64 = 672;
const STACKS: u64 = 0x8000;
const END: u64 = 0x9000;
const DOMAIN: u64 = 0x7777_0000;
const MONITORS: [u64; 2] = [0xb000, 0xc000];

/// The first thread waits for a pulse of monitor 1 for two seconds, the second to enter monitor 2 for ever.
fn memory() -> Memory {
    let mut memory = zeros(0x1000, END);
    for (thread, (monitor, kind)) in
        [(MONITORS[0], 2000 << 32 | 1), (MONITORS[1], u64::from(u32::MAX) << 32)].into_iter().enumerate()
    {
        let record = STACKS + 0x100 * thread as u64;
        memory.write_u64(THREADS[thread].0 + PLACE, record);
        memory.write_u64(record, monitor);
        memory.write_u64(record + 8, DOMAIN);
        memory.write_u64(record + 16, kind);
    }
    memory
}

fn records(memory: &AddressSpace) -> Records<'_> {
    let monitors = MONITORS.into_iter().map(Addr).zip(1..).collect();
    Records { memory, monitors, app_domain: Some(Addr(DOMAIN)) }
}

fn expected() -> [BlockedThread; 2] {
    let first =
        BlockedThread { thread: THREADS[0], sync_block: 1, blocking: Blocking::Wait, timeout_ms: Some(2000) };
    [first, BlockedThread { thread: THREADS[1], sync_block: 2, blocking: Blocking::Enter, timeout_ms: None }]
}

#[test]
fn records_are_found_where_the_layout_has_them() {
    let memory = space(memory());
    assert_eq!(records(&memory).at(&THREADS, PLACE), expected());
    assert_eq!(records(&memory).at(&THREADS, PLACE + 8), []);
}

#[test]
fn records_are_found_where_the_layout_does_not_tell_it() {
    let memory = space(memory());
    assert_eq!(records(&memory).searched(&THREADS), expected());
}

#[test]
fn the_record_of_the_queue_for_pulses_is_another() {
    // It begins with the same monitor, and has its own event and its thread behind that.
    let mut memory = zeros(0x1000, END);
    memory.write_u64(THREADS[0].0 + 240, STACKS);
    memory.write_u64(STACKS, MONITORS[0]);
    memory.write_u64(STACKS + 8, THREADS[0].0 + 200);
    memory.write_u64(STACKS + 16, THREADS[0].0);
    let memory = space(memory);
    let records = Records { app_domain: None, ..records(&memory) };
    assert_eq!(records.searched(&THREADS), []);
}

#[test]
fn a_word_that_leads_to_something_else_disproves_an_offset() {
    for (place, value) in
        [(STACKS + 8, DOMAIN + 8), (STACKS, MONITORS[0] + 8), (STACKS + 16, 2), (THREADS[2].0 + PLACE, END)]
    {
        let mut memory = memory();
        memory.write_u64(place, value);
        let memory = space(memory);
        assert_eq!(records(&memory).searched(&THREADS), [], "{place:#x}");
        // Where the layout tells the place, one thread's damage takes nothing away from the others.
        assert_eq!(records(&memory).at(&THREADS, PLACE).last(), Some(&expected()[1]), "{place:#x}");
    }
}
