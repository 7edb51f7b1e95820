//! Statics of 8.0 and 2.0, written at offsets of `appdomain.hpp`, `threadstatics.h` and `methodtable.h` of
//! dotnet/runtime v8.0 and dotnet/coreclr v2.0.

use super::*;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::synth::Memory;

const MT: u64 = 0x1_0000;
const CLASS: u64 = 0x1_0100;
const OPTIONAL_FIELDS: u64 = 0x1_0200;
const MODULE: u64 = 0x1_1000;
const LOCAL: u64 = 0x1_2000;
const TABLE: u64 = 0x1_2800;
const THREAD: u64 = 0x1_3000;
const THREAD_LOCAL: u64 = 0x1_3800;
const THREAD_TABLE: u64 = 0x1_3c00;
const ENTRY: u64 = 0x1_4000;
const THREAD_ENTRY: u64 = 0x1_4100;
const ARRAY: u64 = 0x1_5000;
const HANDLE: u64 = 0x1_6000;

/// What a type's MTFlags say of its statics.
const DYNAMIC: u64 = 2;
const GENERIC: u64 = 0x10 | 4;

/// A type of 8.0 whose row is 3, in a module with index 2, and a thread that has used the module.
fn a_type(flags: u64) -> Memory {
    let mut memory = zeros(0x1_0000, 0x1_8000);
    memory.write_u64(MT, flags);
    memory.write(MT + 10, &3_u16.to_le_bytes());
    memory.write_u64(MT + 24, MODULE);
    memory.write_u64(MT + 40, CLASS);
    memory.write_u64(CLASS + 8, OPTIONAL_FIELDS);
    memory.write_u64(MODULE + 1224, LOCAL);
    memory.write_u64(LOCAL + 8, TABLE);
    memory.write_u64(LOCAL + 16, 8);
    memory.write_u64(LOCAL + 32, ARRAY + 16);
    memory.write_u64(LOCAL + 40, 2);
    memory.write_u64(THREAD + 1080, THREAD_TABLE);
    memory.write(THREAD + 1088, &3_u32.to_le_bytes());
    memory.write_u64(THREAD_TABLE + 16, THREAD_LOCAL);
    memory.write_u64(THREAD_LOCAL, TABLE + 0x200);
    memory.write_u64(THREAD_LOCAL + 8, 8);
    memory.write_u64(THREAD_LOCAL + 16, HANDLE);
    memory.write_u64(HANDLE, ARRAY + 0x100);
    memory
}

/// Entry 5 of the module's and of the thread's table.
fn with_entries(mut memory: Memory, flags: u64) -> Memory {
    for (table, entry) in [(TABLE, ENTRY), (TABLE + 0x200, THREAD_ENTRY)] {
        memory.write_u64(table + 16 * 5, entry);
        memory.write_u64(table + 16 * 5 + 8, flags);
    }
    memory
}

struct Reading {
    memory: std::sync::Arc<AddressSpace>,
    modules: LocalModules,
    method_tables: MethodTables,
}

fn reading(memory: Memory, family: &str) -> Reading {
    let layout = bundled(family);
    Reading {
        memory: space(memory),
        modules: LocalModules::of(&layout).unwrap(),
        method_tables: MethodTables::new(&layout, Addr(8)).unwrap(),
    }
}

impl Reading {
    fn bases(&self) -> [Result<Addr, NoSlot>; 2] {
        let bases = self.modules.bases(&self.memory, &self.method_tables, Addr(MT));
        [bases.references, bases.others]
    }

    fn of_thread(&self) -> [Result<Addr, NoSlot>; 2] {
        let block = self.modules.thread_block(&self.memory, Addr(THREAD)).unwrap();
        let bases = self.modules.thread_bases(&self.memory, &self.method_tables, Addr(MT), block);
        [bases.references, bases.others]
    }
}

const NONE: [Result<Addr, NoSlot>; 2] = [Err(NoSlot::NotAllocated); 2];

#[test]
fn ordinary_classes_share_the_module_s_block() {
    let mut memory = a_type(0);
    memory.write(THREAD_LOCAL + 24 + 2, &[1]);
    let reading = reading(memory, "8.0");
    assert_eq!(reading.bases(), [Ok(Addr(ARRAY + 16)), Ok(Addr(LOCAL))]);
    assert_eq!(reading.of_thread(), [Ok(Addr(ARRAY + 0x110)), Ok(Addr(THREAD_LOCAL))]);
}

#[test]
fn a_thread_that_never_used_the_class_has_no_statics_of_it() {
    assert_eq!(reading(a_type(0), "8.0").of_thread(), NONE);
    let mut memory = a_type(0);
    memory.write(THREAD + 1088, &2_u32.to_le_bytes());
    assert_eq!(reading(memory, "8.0").of_thread(), NONE);
}

#[test]
fn a_thread_without_statics_has_no_block() {
    let mut memory = a_type(0);
    memory.write_u64(THREAD + 1080, 0);
    let reading = reading(memory, "8.0");
    assert_eq!(reading.modules.thread_block(&reading.memory, Addr(THREAD)), Ok(Addr::NULL));
}

#[test]
fn generic_instances_have_an_entry_by_the_id_behind_the_vtable() {
    let mut memory = with_entries(a_type(GENERIC), 1);
    // Nine virtual methods take two words, three slots one more than there are fixed places.
    memory.write(MT + 12, &9_u16.to_le_bytes());
    memory.write(MT + 8, &0b111_u16.to_le_bytes());
    memory.write_u64(MT + 64 + 16 + 8 + 8, 5);
    memory.write_u64(ENTRY, 0x7000);
    memory.write_u64(THREAD_ENTRY, HANDLE);
    let reading = reading(memory, "8.0");
    assert_eq!(reading.bases(), [Ok(Addr(0x7000)), Ok(Addr(ENTRY))]);
    assert_eq!(reading.of_thread(), [Ok(Addr(ARRAY + 0x110)), Ok(Addr(THREAD_ENTRY))]);
}

#[test]
fn dynamic_classes_have_an_entry_by_the_id_in_the_class() {
    let mut memory = with_entries(a_type(DYNAMIC), 1);
    memory.write_u64(OPTIONAL_FIELDS + 16, 5);
    memory.write_u64(ENTRY, 0x7000);
    assert_eq!(reading(memory.clone(), "8.0").bases(), [Ok(Addr(0x7000)), Ok(Addr(ENTRY))]);
    memory.write_u64(OPTIONAL_FIELDS + 16, 8);
    assert_eq!(reading(memory.clone(), "8.0").bases(), NONE, "behind the table's end");
    memory.write_u64(OPTIONAL_FIELDS + 16, u32::MAX.into());
    assert_eq!(reading(memory.clone(), "8.0").bases(), NONE, "not dynamic");
    memory.write_u64(CLASS + 8, 0);
    assert_eq!(reading(memory, "8.0").bases(), NONE, "without optional fields");
}

/// The module's LoaderAllocator, whose managed object has three slots.
fn with_loader_allocator(mut memory: Memory) -> Memory {
    let (allocator, object, slots) = (0x1_7000, 0x1_7800, 0x1_7900);
    memory.write_u64(MODULE + 248, allocator);
    memory.write_u64(allocator + 976, allocator + 8);
    memory.write_u64(allocator + 8, object);
    memory.write_u64(object + 16, slots);
    memory.write_u64(slots + 8, 3);
    memory.write_u64(slots + 16 + 8, 0x9000);
    memory.write_u64(slots + 16 + 16, 0xa000);
    memory
}

#[test]
fn collectible_classes_have_arrays_in_the_slots_of_their_loader_allocator() {
    let mut memory = with_loader_allocator(with_entries(a_type(DYNAMIC), 1 | 8));
    memory.write_u64(OPTIONAL_FIELDS + 16, 5);
    memory.write_u64(ENTRY, 2 << 1);
    memory.write_u64(ENTRY + 8, 3 << 1);
    let found = reading(memory.clone(), "8.0").bases();
    assert_eq!(found, [Ok(Addr(0x9000 + 16)), Ok(Addr(0xa000 + 8))]);
    // A handle behind the slots, and one that is a plain handle.
    memory.write_u64(ENTRY, 4 << 1);
    memory.write_u64(ENTRY + 8, HANDLE | 1);
    let found = reading(memory.clone(), "8.0").bases();
    assert_eq!(found, [Err(NoSlot::NotAllocated), Ok(Addr(ARRAY + 0x100 + 8))]);
    memory.forget(0x1_7900, 0x1_7a00);
    let missing = Err(NoSlot::Missing(Fault::NotSaved(Addr(0x1_7908))));
    assert_eq!(reading(memory, "8.0").bases()[0], missing);
}

#[test]
fn statics_that_another_module_keeps_are_not_guessed() {
    assert_eq!(reading(a_type(0x10 | 6), "8.0").bases(), [Err(NoSlot::UnknownLayout); 2]);
}

#[test]
fn what_leads_to_the_module_may_be_missing() {
    let mut memory = a_type(0);
    memory.forget(LOCAL + 32, LOCAL + 40);
    let [references, others] = reading(memory, "8.0").bases();
    assert_eq!(references, Err(NoSlot::Missing(Fault::NotSaved(Addr(LOCAL + 32)))));
    assert_eq!(others, Ok(Addr(LOCAL)));
}

#[test]
fn threads_of_2_0_point_at_their_block_and_its_classes_at_optional_fields_by_distance() {
    let mut memory = with_entries(a_type(DYNAMIC), 1);
    memory.write_u64(CLASS + 8, OPTIONAL_FIELDS - (CLASS + 8));
    memory.write_u64(OPTIONAL_FIELDS + 16, 5);
    memory.write_u64(MODULE + 1872, LOCAL);
    memory.write_u64(THREAD + 1440, THREAD + 1080);
    memory.write_u64(ENTRY, 0x7000);
    memory.write_u64(THREAD_ENTRY, HANDLE);
    let reading = reading(memory, "2.0");
    assert_eq!(reading.bases(), [Ok(Addr(0x7000)), Ok(Addr(ENTRY))]);
    assert_eq!(reading.of_thread(), [Ok(Addr(ARRAY + 0x110)), Ok(Addr(THREAD_ENTRY))]);
}

#[test]
fn the_block_of_threads_is_found_where_servicing_moved_it() {
    for (place, other) in [(1072, 1080), (1080, 1072)] {
        let mut memory = zeros(0x1_0000, 0x1_8000);
        memory.write_u64(THREAD + place, THREAD_TABLE);
        memory.write(THREAD + place + 8, &3_u32.to_le_bytes());
        memory.write_u64(THREAD_TABLE + 16, THREAD_LOCAL);
        if other < place {
            // What stands there in a serviced runtime: some other pointer.
            memory.write_u64(THREAD + other, ARRAY);
        }
        let reading = reading(memory, "3.1");
        let modules = reading.modules.proved_by(&reading.memory, &[Addr(THREAD)]);
        assert_eq!(modules.thread_block(&reading.memory, Addr(THREAD)), Ok(Addr(THREAD + place)));
    }
}
