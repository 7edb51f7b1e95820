use super::tables::read;
use super::*;
use crate::clr::synthetic::bundled;
use crate::synth::Memory;

const MAP: u64 = 0x1000;
const BUCKETS: u64 = 0x1100;
const BUCKET: u64 = 0x1200;
const ARRAY: u64 = 0x1300;
const TABLES: u64 = 0x1400;
const SEGMENTS: u64 = 0x7000_0000;
const SEGMENT_SIZE: u64 = 0x1_0000;
/// Offsets of 8.0, from `src/coreclr/gc/handletablepriv.h`.
const SEGMENTS_OF_TABLE: u64 = 48;
const FREE_MASK: u64 = 600;
const TYPES: u64 = 1560;
const USER_DATA: u64 = 1680;
const NEXT: u64 = 1992;
const TABLE: u64 = 2000;
const VALUES: u64 = 4096;

fn table(number: u64) -> u64 {
    TABLES + 0x100 * number
}

fn segment(number: u64) -> u64 {
    SEGMENTS + number * SEGMENT_SIZE
}

fn slot(of_segment: u64, block: u64, slot: u64) -> u64 {
    segment(of_segment) + VALUES + 512 * block + 8 * slot
}

/// One map, one bucket, `tables` tables of one empty segment each.
fn memory(tables: u64) -> Memory {
    let mut memory = Memory::default();
    memory.map(MAP, vec![0; 0x4000]);
    memory.write_u64(MAP, BUCKETS);
    memory.write_u64(BUCKETS, BUCKET);
    memory.write_u64(BUCKET, ARRAY);
    for number in 0..tables {
        memory.write_u64(ARRAY + 8 * number, table(number));
        memory.write_u64(table(number) + SEGMENTS_OF_TABLE, segment(number));
        add_segment(&mut memory, number, table(number));
    }
    // What lies behind an array on the heap: no table.
    memory.write_u64(ARRAY + 8 * tables, 0x51);
    memory
}

fn add_segment(memory: &mut Memory, number: u64, of_table: u64) {
    let mut bytes = vec![0; SEGMENT_SIZE as usize];
    bytes[TYPES as usize..(USER_DATA + 120) as usize].fill(0xff);
    memory.map(segment(number), bytes);
    memory.write_u64(segment(number) + TABLE, of_table);
}

fn set_block(memory: &mut Memory, of_segment: u64, block: u64, kind: u8, user_data: u8) {
    memory.write(segment(of_segment) + TYPES + block, &[kind]);
    memory.write(segment(of_segment) + USER_DATA + block, &[user_data]);
}

fn read_all(memory: Memory, expected: u64) -> Handles {
    let mut handles = Handles::default();
    let memory = crate::clr::synthetic::space(memory);
    read(&memory, &bundled("8.0"), Addr(MAP), expected, &mut handles);
    handles
}

fn objects(handles: &Handles) -> Vec<(&'static str, u64)> {
    handles.all.iter().map(|handle| (handle.kind.word(), handle.object.0)).collect()
}

fn told(handles: &Handles) -> String {
    handles.problems.iter().map(|problem| format!("{}\n", problem.message)).collect()
}

#[test]
fn handles_of_all_segments_and_kinds_are_read() {
    let mut memory = memory(1);
    add_segment(&mut memory, 5, table(0));
    memory.write_u64(segment(0) + NEXT, segment(5));
    set_block(&mut memory, 0, 0, 3, 0xff);
    set_block(&mut memory, 0, 7, 6, 9);
    // Of a block of user data itself, and of a type that no version has.
    set_block(&mut memory, 0, 9, 11, 0xff);
    set_block(&mut memory, 0, 11, 0x40, 0xff);
    set_block(&mut memory, 5, 119, 0, 0xff);
    memory.write_u64(slot(0, 0, 63), 0x10);
    memory.write_u64(slot(0, 7, 1), 0x20);
    memory.write_u64(slot(0, 9, 1), 0x30);
    memory.write_u64(slot(0, 7, 2), 0x40);
    memory.write_u64(slot(0, 11, 2), 0x50);
    memory.write_u64(slot(5, 119, 63), 0x60);
    let handles = read_all(memory, 1);
    let handle = |kind, address, object, dependent: Option<u64>| Handle {
        kind,
        address: Addr(address),
        object: Addr(object),
        dependent: dependent.map(Addr),
    };
    assert_eq!(
        handles.all,
        [
            handle(HandleKind::Pinned, slot(0, 0, 63), 0x10, None),
            handle(HandleKind::Dependent, slot(0, 7, 1), 0x20, Some(0x30)),
            handle(HandleKind::Dependent, slot(0, 7, 2), 0x40, None),
            handle(HandleKind::WeakShort, slot(5, 119, 63), 0x60, None),
        ]
    );
    assert_eq!(told(&handles), "");
}

#[test]
fn slots_that_are_marked_free_hold_no_handles() {
    let mut memory = memory(1);
    set_block(&mut memory, 0, 1, 2, 0xff);
    memory.write_u64(slot(0, 1, 0), 0x10);
    memory.write_u64(slot(0, 1, 40), 0x20);
    memory.write(segment(0) + FREE_MASK + 8 + 5, &[1]);
    assert_eq!(objects(&read_all(memory, 1)), [("strong", 0x10)]);
}

#[test]
fn variable_handles_are_what_their_user_data_say() {
    let mut memory = memory(1);
    set_block(&mut memory, 0, 0, 4, 1);
    set_block(&mut memory, 0, 1, 11, 0xff);
    for (number, strength) in [(0, 0x400), (1, 0x100), (2, 0)] {
        memory.write_u64(slot(0, 0, number), 0x10 + number);
        memory.write_u64(slot(0, 1, number), strength);
    }
    let handles = read_all(memory, 1);
    assert_eq!(objects(&handles), [("strong", 0x10), ("weak_short", 0x11), ("variable", 0x12)]);
}

#[test]
fn all_tables_of_the_array_are_read_however_many_heaps_there_are() {
    let mut memory = memory(3);
    for number in 0..3 {
        set_block(&mut memory, number, 0, 2, 0xff);
        memory.write_u64(slot(number, 0, 0), 0x10 + number);
    }
    let handles = read_all(memory, 1);
    assert_eq!(objects(&handles), [("strong", 0x10), ("strong", 0x11), ("strong", 0x12)]);
    assert_eq!(told(&handles), "");
}

#[test]
fn a_table_that_is_missing_among_those_of_the_heaps_is_told() {
    let mut memory = memory(3);
    set_block(&mut memory, 2, 0, 2, 0xff);
    memory.write_u64(slot(2, 0, 0), 0x10);
    memory.forget(segment(1), segment(2));
    let handles = read_all(memory, 3);
    assert_eq!(objects(&handles), [("strong", 0x10)]);
    assert!(told(&handles).contains("1 of the tables"), "{}", told(&handles));
}

#[test]
fn chains_that_run_in_a_circle_are_followed_once() {
    for back_to in [0, 1] {
        let mut memory = memory(1);
        add_segment(&mut memory, 1, table(0));
        set_block(&mut memory, 1, 0, 2, 0xff);
        memory.write_u64(slot(1, 0, 0), 0x10);
        memory.write_u64(segment(0) + NEXT, segment(1));
        memory.write_u64(segment(1) + NEXT, segment(back_to));
        let handles = read_all(memory, 1);
        assert_eq!(objects(&handles), [("strong", 0x10)]);
        assert!(told(&handles).contains("run in a circle"), "{}", told(&handles));
    }
    let mut of_maps = memory(1);
    of_maps.write_u64(MAP + 8, MAP);
    assert!(told(&read_all(of_maps, 1)).contains("maps of GC handle tables run in a circle"));
}

#[test]
fn what_is_no_segment_ends_the_chain() {
    // Not aligned, of another table, not in the dump.
    for next in [segment(1) + 8, segment(1), 0x1234_0000] {
        let mut memory = memory(1);
        add_segment(&mut memory, 1, table(0) + 8);
        memory.write_u64(segment(0) + NEXT, next);
        let handles = read_all(memory, 1);
        assert!(told(&handles).contains("cannot be followed to the end"), "{}", told(&handles));
    }
}

#[test]
fn blocks_that_are_not_in_the_dump_are_told_and_the_rest_is_read() {
    let mut memory = memory(1);
    set_block(&mut memory, 0, 0, 2, 0xff);
    set_block(&mut memory, 0, 1, 6, 32);
    set_block(&mut memory, 0, 16, 2, 0xff);
    memory.write_u64(slot(0, 0, 0), 0x10);
    memory.write_u64(slot(0, 1, 0), 0x20);
    memory.forget(slot(0, 8, 0), segment(1));
    let handles = read_all(memory, 1);
    assert_eq!(objects(&handles), [("strong", 0x10), ("dependent", 0x20)]);
    assert!(told(&handles).contains("2 blocks of GC handles"), "{}", told(&handles));
}

#[test]
fn what_leads_to_the_tables_may_be_missing() {
    for (address, told_as) in
        [(MAP, "a map of"), (BUCKETS, "a map of"), (BUCKET, "a bucket of"), (ARRAY, "1 of the tables")]
    {
        let mut memory = memory(1);
        memory.forget(address, address + 8);
        let handles = read_all(memory, 1);
        assert!(handles.all.is_empty());
        assert!(told(&handles).contains(told_as), "{address:#x}: {}", told(&handles));
    }
}

#[test]
fn a_layout_without_handle_tables_is_told() {
    let mut handles = Handles::default();
    read(&AddressSpace::default(), &Descriptor::default(), Addr(MAP), 1, &mut handles);
    assert!(told(&handles).contains("not known for this runtime"));
}

#[test]
fn the_secondary_stands_at_the_same_slot_of_the_block_of_user_data() {
    let mut memory = memory(1);
    set_block(&mut memory, 0, 3, 6, 5);
    set_block(&mut memory, 0, 4, 6, 0xff);
    set_block(&mut memory, 0, 7, 6, 120);
    let memory = crate::clr::synthetic::space(memory);
    let of = |handle: u64| secondary(&memory, &bundled("8.0"), Addr(handle));
    assert_eq!(of(slot(0, 3, 9)), Ok(Some(Addr(slot(0, 5, 9)))));
    for offset in [0, 8, VALUES + 2 * 512, VALUES + 4 * 512, VALUES + 7 * 512] {
        assert_eq!(of(SEGMENTS + offset), Ok(None), "{offset}");
    }
    assert!(of(0x1234_0000 + VALUES).is_err());
    assert_eq!(secondary(&memory, &Descriptor::default(), Addr(slot(0, 3, 9))), Ok(None));
}
