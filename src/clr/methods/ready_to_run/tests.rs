//! A ReadyToRun module of 10.0, at offsets of `readytoruninfo.h` and `hash.h` of dotnet/runtime v10.0.

use super::*;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::synth::Memory;

const MODULE: u64 = 0x1000;
const INFO: u64 = 0x2000;
const BUCKETS: u64 = 0x3000;
const FUNCTIONS: u64 = 0x4000;
const HOT_COLD: u64 = 0x5000;
const IMAGE: u64 = 0x10_0000;

/// Functions at 0x100 (with a funclet at 0x180), 0x200 and 0x300 of the image; those at 0x100 and 0x200 have methods.
fn a_module() -> Memory {
    let mut memory = zeros(0x1000, 0x6000);
    memory.write_u64(MODULE + 704, INFO);
    memory.write_u64(INFO + 40, INFO);
    memory.write_u64(INFO + 80, FUNCTIONS);
    memory.write_u64(INFO + 88, 4);
    for (index, begin) in [0x100_u32, 0x180, 0x200, 0x300].into_iter().enumerate() {
        memory.write(FUNCTIONS + 12 * index as u64, &begin.to_le_bytes());
    }
    memory.write_u64(INFO + 360 + 16, BUCKETS);
    memory.write_u64(BUCKETS, 2);
    for (bucket, slot, entry, method_desc) in [(2, 3, 0x100, 0x7000_u64), (1, 0, 0x200, 0x7100)] {
        memory.write_u64(BUCKETS + 64 * bucket + 8 * slot, IMAGE + entry);
        memory.write_u64(BUCKETS + 64 * bucket + 32 + 8 * slot, method_desc >> 1 | 1 << 63);
    }
    // A slot whose key was deleted.
    memory.write_u64(BUCKETS + 64 + 8, 1);
    memory
}

fn found(memory: &Memory, distance: u64) -> Result<Option<Addr>, Fault> {
    let reader = ReadyToRun::of(&bundled("10.0")).unwrap();
    let code = reader.code(&space(memory.clone()), Addr(MODULE), Addr(IMAGE), Addr(IMAGE + distance));
    code.map(|code| code.map(|code| code.method_desc))
}

#[test]
fn code_leads_to_the_method_whose_entry_point_is_the_last_before() {
    let memory = a_module();
    assert_eq!(found(&memory, 0x100), Ok(Some(Addr(0x7000))));
    assert_eq!(found(&memory, 0x17f), Ok(Some(Addr(0x7000))));
    assert_eq!(found(&memory, 0x190), Ok(Some(Addr(0x7000))), "in the funclet");
    assert_eq!(found(&memory, 0x200), Ok(Some(Addr(0x7100))));
    assert_eq!(found(&memory, 0x50), Ok(None));
}

#[test]
fn without_the_table_of_functions_the_entry_points_must_do() {
    let mut memory = a_module();
    memory.forget(FUNCTIONS, FUNCTIONS + 0x1000);
    assert_eq!(found(&memory, 0x190), Ok(Some(Addr(0x7000))));
    assert_eq!(found(&memory, 0x290), Ok(Some(Addr(0x7100))));
}

#[test]
fn a_cold_part_belongs_to_its_hot_one() {
    let mut memory = a_module();
    memory.write_u64(INFO + 96, HOT_COLD);
    memory.write_u64(INFO + 104, 2);
    // Function 3 is the cold part of function 0.
    memory.write(HOT_COLD, &3_u32.to_le_bytes());
    memory.write(HOT_COLD + 4, &0_u32.to_le_bytes());
    assert_eq!(found(&memory, 0x310), Ok(Some(Addr(0x7000))));
    assert_eq!(found(&memory, 0x210), Ok(Some(Addr(0x7100))));
}

#[test]
fn modules_of_a_composite_image_share_one_table() {
    let mut memory = a_module();
    memory.write_u64(MODULE + 704, INFO + 0x800);
    memory.write_u64(INFO + 0x800 + 40, INFO);
    assert_eq!(found(&memory, 0x210), Ok(Some(Addr(0x7100))));
}

#[test]
fn an_absurd_number_of_buckets_holds_no_method_and_ends_with_the_memory() {
    let mut memory = a_module();
    memory.write_u64(BUCKETS, u64::MAX);
    assert_eq!(found(&memory, 0x100), Ok(None));
    memory.forget(FUNCTIONS, FUNCTIONS + 0x1000);
    assert_eq!(found(&memory, 0x100), Err(Fault::NotSaved(Addr(FUNCTIONS))));
}

#[test]
fn a_method_is_found_where_only_the_buckets_are_there_that_the_runtime_looks_at() {
    let mut memory = a_module();
    memory.forget(BUCKETS + 128, BUCKETS + 192);
    assert_eq!(found(&memory, 0x210), Ok(Some(Addr(0x7100))));
    // The other method's stands in the bucket that is missing.
    assert_eq!(found(&memory, 0x100), Err(Fault::NotSaved(Addr(BUCKETS + 128))));
}

#[test]
fn code_says_how_it_is_unwound_and_which_funclet_it_is() {
    let mut memory = a_module();
    for (index, unwind) in [(0, 0x900_u32), (1, 0x910)] {
        memory.write(FUNCTIONS + 12 * index + 8, &unwind.to_le_bytes());
    }
    let reader = ReadyToRun::of(&bundled("10.0")).unwrap();
    let memory = space(memory);
    let code = reader.code(&memory, Addr(MODULE), Addr(IMAGE), Addr(IMAGE + 0x190)).unwrap().unwrap();
    let at = |rva| Addr(IMAGE + rva);
    assert_eq!((code.method_desc, code.start), (Addr(0x7000), at(0x100)));
    assert_eq!(code.unwind, Some(Unwind { begin: at(0x180), own: at(0x910), main: at(0x900), funclet: 1 }));
}

#[test]
fn a_file_is_the_modules_when_all_prepared_methods_begin_where_its_functions_do() {
    let reader = ReadyToRun::of(&bundled("10.0")).unwrap();
    let module = a_module();
    let mut dump = module.clone();
    dump.forget(FUNCTIONS, FUNCTIONS + 0x1000);
    let dump = space(dump);
    let is_table = |file: Memory| reader.is_table_of(&dump, Addr(MODULE), Addr(IMAGE), &space(file));
    assert!(is_table(module.clone()));
    let mut other = module.clone();
    other.write(FUNCTIONS + 24, &0x208_u32.to_le_bytes());
    assert!(!is_table(other));
    let mut cut = module;
    cut.forget(FUNCTIONS, FUNCTIONS + 0x1000);
    assert!(!is_table(cut));
}

/// Debug info of functions 0 and 2 in a section of the image; that of function 2 is the one of function 0.
fn with_debug_info() -> Memory {
    let mut memory = a_module();
    memory.map(IMAGE, vec![0; 0x1000]);
    memory.write_u64(INFO + 16, IMAGE + 0x10);
    // READYTORUN_HEADER: "RTR", version, flags, two sections.
    let header: [u32; 10] = [0x0052_5452, 16, 0, 2, 102, 0x700, 48, 105, 0x800, 64];
    for (index, word) in header.into_iter().enumerate() {
        memory.write(IMAGE + 0x10 + 4 * index as u64, &word.to_le_bytes());
    }
    // Four elements in one block, whose tree begins behind the index: nodes for 16, 8, 4 and 2, then for 2 elements each.
    let array = [4 << 3, 1, 1 << 1, 1 << 1, (3 << 2 | 3) << 1, 1 << 1, 0, 2 << 3, 1 << 1];
    memory.write(IMAGE + 0x800, &array);
    memory
}

#[test]
fn the_debug_info_of_a_method_is_an_element_of_its_section() {
    let memory = space(with_debug_info());
    let reader = ReadyToRun::of(&bundled("10.0")).unwrap();
    let found = |at| reader.debug_info(&memory, Addr(MODULE), Addr(IMAGE), Addr(IMAGE + at)).unwrap();
    assert_eq!(found(0x100), Some(Addr(IMAGE + 0x807)), "behind the word that says that it is here");
    assert_eq!(found(0x200), Some(Addr(IMAGE + 0x807)), "one byte before the word that says so");
    assert_eq!(found(0x180), None, "a funclet has none of its own");
    assert_eq!(found(0x50), None, "before all functions");
}

#[test]
fn an_image_without_that_section_or_header_has_no_debug_info() {
    let reader = ReadyToRun::of(&bundled("10.0")).unwrap();
    for (at, word) in [(0x10 + 28, 106), (0x10, 0x1234)] {
        let mut memory = with_debug_info();
        memory.write(IMAGE + at, &u32::to_le_bytes(word));
        let found = reader.debug_info(&space(memory), Addr(MODULE), Addr(IMAGE), Addr(IMAGE + 0x100));
        assert_eq!(found, Ok(None));
    }
}
