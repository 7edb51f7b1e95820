//! Statics of 10.0, written at offsets of `methodtable.h` and `threadstatics.h` of dotnet/runtime v10.0.

use super::*;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::synth::Memory;

const MT: u64 = 0x1000;
const AUXILIARY: u64 = 0x1100;
const THREAD_DATA: u64 = 0x1200;
const ARRAY: u64 = 0x1300;
const HANDLES: u64 = 0x1400;

/// A type with statics and thread statics of the indexes given, references first.
fn a_type(references: u32, others: u32) -> Memory {
    let mut memory = zeros(0x1000, 0x2000);
    memory.write_u64(MT + 32, AUXILIARY);
    memory.write_u64(AUXILIARY - 8, MT);
    memory.write(AUXILIARY - 40, &others.to_le_bytes());
    memory.write(AUXILIARY - 36, &references.to_le_bytes());
    memory.write(THREAD_DATA, &4_u32.to_le_bytes());
    memory.write(THREAD_DATA + 4, &4_u32.to_le_bytes());
    memory.write_u64(THREAD_DATA + 8, ARRAY);
    memory.write_u64(THREAD_DATA + 16, HANDLES);
    memory
}

fn per_type() -> PerType {
    PerType::of(&bundled("10.0")).unwrap()
}

fn bases(memory: Memory) -> [Result<Addr, NoSlot>; 2] {
    let bases = per_type().bases(&space(memory), Addr(MT));
    [bases.references, bases.others]
}

fn of_thread(memory: Memory) -> [Result<Addr, NoSlot>; 2] {
    let bases = per_type().thread_bases(&space(memory), Addr(MT), Addr(THREAD_DATA));
    [bases.references, bases.others]
}

#[test]
fn statics_lie_where_the_words_point_whether_the_constructor_ran_or_not() {
    let mut memory = a_type(0, 0);
    memory.write_u64(AUXILIARY - 24, 0x7000);
    memory.write_u64(AUXILIARY - 16, 0x8000 | 1);
    assert_eq!(bases(memory), [Ok(Addr(0x7000)), Ok(Addr(0x8000))]);
}

#[test]
fn statics_of_a_type_that_nothing_used_are_not_allocated() {
    let mut memory = a_type(0, 0);
    memory.write_u64(AUXILIARY - 24, 1);
    assert_eq!(bases(memory), [Err(NoSlot::NotAllocated); 2]);
}

#[test]
fn what_does_not_name_its_type_is_not_taken_for_statics() {
    let mut memory = a_type(2, 2);
    memory.write_u64(AUXILIARY - 8, MT + 8);
    assert_eq!(bases(memory.clone()), [Err(NoSlot::UnknownLayout); 2]);
    assert_eq!(of_thread(memory), [Err(NoSlot::UnknownLayout); 2]);
}

#[test]
fn statics_whose_way_is_not_in_the_dump_are_missing() {
    let mut memory = a_type(2, 2);
    memory.forget(AUXILIARY - 40, AUXILIARY);
    let missing = Err(NoSlot::Missing(Fault::NotSaved(Addr(AUXILIARY - 8))));
    assert_eq!(bases(memory.clone()), [missing; 2]);
    assert_eq!(of_thread(memory), [missing; 2]);
}

#[test]
fn each_kind_of_index_leads_to_the_statics_of_the_thread() {
    let mut memory = a_type(2, 3 | 1 << 24);
    memory.write_u64(ARRAY + 16, 0x7000);
    memory.write_u64(HANDLES + 24, 0x1500);
    memory.write_u64(0x1500, 0x8000);
    assert_eq!(of_thread(memory), [Ok(Addr(0x7000)), Ok(Addr(0x8000))]);
    let memory = a_type(u32::MAX, 48 | 2 << 24);
    assert_eq!(of_thread(memory), [Err(NoSlot::NotAllocated), Ok(Addr(THREAD_DATA + 48))]);
}

#[test]
fn an_index_that_a_thread_does_not_have_yet_is_not_allocated() {
    assert_eq!(of_thread(a_type(4, 4 | 1 << 24)), [Err(NoSlot::NotAllocated); 2]);
    assert_eq!(of_thread(a_type(2, 2 | 1 << 24)), [Err(NoSlot::NotAllocated); 2]);
}

#[test]
fn an_index_of_no_kind_and_one_into_the_array_s_header_are_refused() {
    assert_eq!(of_thread(a_type(1, 2 | 3 << 24)), [Err(NoSlot::UnknownLayout); 2]);
}

#[test]
fn statics_of_a_running_constructor_are_found_in_the_list() {
    let mut memory = a_type(2, 3);
    let nodes = [0x1600, 0x1640];
    memory.write_u64(THREAD_DATA + 32, nodes[0]);
    memory.write_u64(nodes[0], nodes[1]);
    memory.write_u64(nodes[0] + 8, 77);
    memory.write_u64(nodes[1] + 8, 2);
    memory.write_u64(nodes[1] + 16, 0x1700);
    memory.write_u64(0x1700, 0x9000);
    assert_eq!(of_thread(memory.clone()), [Ok(Addr(0x9000)), Err(NoSlot::NotAllocated)]);
    // A list that runs in a circle ends.
    memory.write_u64(nodes[1], nodes[0]);
    assert_eq!(of_thread(memory), [Ok(Addr(0x9000)), Err(NoSlot::NotAllocated)]);
}

#[test]
fn a_layout_without_the_structures_has_no_statics_of_this_kind() {
    assert!(PerType::of(&bundled("9.0")).is_some());
    for family in ["8.0", "3.1", "2.0"] {
        assert!(PerType::of(&bundled(family)).is_none(), "{family}");
    }
}
