//! Tables of sync blocks on synthetic bytes, offsets by `src/coreclr/vm/syncblk.h`.

use super::*;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::synth::Memory;

const TABLE: u64 = 0x1000;
const BLOCKS: u64 = 0x4000;
const BLOCK_SIZE: u64 = 0x58;
const OBJECTS: u64 = 0x8000;
const END: u64 = 0xa000;

/// Where a block lies, and its object.
fn place(index: u64) -> (u64, u64) {
    (BLOCKS + BLOCK_SIZE * index, OBJECTS + 0x20 * index)
}

/// A table with blocks 1 to `count`, of objects whose headers name them; `own_index` is where a block says its number.
fn memory(count: u64, own_index: u64) -> Memory {
    let mut memory = zeros(TABLE, END);
    for index in 1..=count {
        let (block, object) = place(index);
        memory.write_u64(TABLE + 16 * index, block);
        memory.write_u64(TABLE + 16 * index + 8, object);
        memory.write(block + own_index, &(index as u32).to_le_bytes());
        memory.write(object - 4, &(0x0800_0000 | index as u32).to_le_bytes());
    }
    memory
}

fn read(memory: Memory, family: &str, end: Option<u32>) -> SyncBlocks {
    let mut read = SyncBlocks::default();
    Fields::of(&bundled(family)).unwrap().read(&space(memory), Addr(TABLE), end, &mut read);
    read
}

fn indexes(blocks: &SyncBlocks) -> Vec<u32> {
    blocks.blocks.iter().map(|block| block.index).collect()
}

fn told(blocks: &SyncBlocks) -> String {
    blocks.problems.iter().map(|problem| format!("{}\n", problem.message)).collect()
}

#[test]
fn a_held_monitor_tells_its_owner_by_structure_or_by_number() {
    // Three threads wait: the number stands six bits up, in 2.0 one.
    for (family, own_index, state, owner) in [
        ("10.0", 28, 1 | 3 << 6, LockOwner::ManagedId(9)),
        ("9.0", 28, 1 | 3 << 6, LockOwner::Thread(Addr(9))),
        ("8.0", 28, 1 | 3 << 6, LockOwner::Thread(Addr(9))),
        ("3.1", 20, 1 | 3 << 6, LockOwner::Thread(Addr(9))),
        ("2.0", 20, 1 | 3 << 1, LockOwner::Thread(Addr(9))),
    ] {
        let mut memory = memory(2, own_index);
        let (block, object) = place(2);
        memory.write_u64(block, 3 << 32 | state);
        memory.write_u64(block + 8, 9);
        let blocks = read(memory, family, Some(3));
        let monitor = Monitor { owner: Some(owner), recursion: 2, waiters: 3 };
        assert_eq!(
            blocks.get(2),
            Some(&SyncBlock { index: 2, address: Addr(block), object: Addr(object), monitor }),
            "{family}"
        );
        assert_eq!(blocks.get(1).unwrap().monitor, Monitor::default(), "{family}");
        assert_eq!((blocks.get(3), told(&blocks).as_str()), (None, ""), "{family}");
    }
}

#[test]
fn an_entry_that_was_given_back_is_no_block() {
    let mut memory = memory(3, 28);
    memory.write_u64(TABLE + 32 + 8, 1 | 5 << 1);
    let blocks = read(memory, "10.0", Some(4));
    assert_eq!((indexes(&blocks), told(&blocks).as_str()), (vec![1, 3], ""));
}

#[test]
fn without_a_number_of_entries_the_table_ends_where_nothing_was_written() {
    let blocks = read(memory(5, 28), "10.0", None);
    assert_eq!((indexes(&blocks), told(&blocks).as_str()), (vec![1, 2, 3, 4, 5], ""));
}

#[test]
fn an_entry_whose_block_and_object_carry_another_number_is_told() {
    let mut memory = memory(3, 28);
    let (block, object) = place(2);
    memory.write(block + 28, &7_u32.to_le_bytes());
    let blocks = read(memory.clone(), "10.0", Some(4));
    assert_eq!((indexes(&blocks), told(&blocks).as_str()), (vec![1, 2, 3], ""), "the header says it");
    memory.write(object - 4, &0_u32.to_le_bytes());
    let blocks = read(memory, "10.0", Some(4));
    assert_eq!(indexes(&blocks), [1, 3]);
    assert!(told(&blocks).contains("1 entries of the table"), "{}", told(&blocks));
}

#[test]
fn what_is_not_in_the_dump_is_told() {
    let mut memory = memory(3, 28);
    memory.forget(TABLE + 32, TABLE + 64);
    let blocks = read(memory, "10.0", Some(4));
    assert_eq!(indexes(&blocks), [1]);
    assert!(told(&blocks).contains("from entry 2 on"), "{}", told(&blocks));
}

#[test]
fn a_table_is_proved_by_blocks_that_carry_its_numbers() {
    let layout = bundled("8.0");
    let memory = space(memory(3, 28));
    assert_eq!(proofs(&memory, &layout, Addr(TABLE)), 3);
    assert_eq!(proofs(&memory, &layout, Addr(TABLE + 16)), 0);
    assert_eq!(proofs(&memory, &layout, Addr(BLOCKS)), 0);
    assert_eq!(proofs(&memory, &Descriptor::default(), Addr(TABLE)), 0);
}
