//! A map as 10.0 has it and a list as 3.1 has it, at offsets of their `codeman.h`.

use super::*;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::synth::Memory;

const TOP: u64 = 0x1_0000;
const SECTION: u64 = 0x2_0000;
const MODULE: u64 = 0x3000;
/// An address that is not 0 in any level's bits.
const CODE: u64 = 0x0002_0304_0506_0000;

fn globals(name: &str) -> Globals {
    [(name, Addr(TOP))].into_iter().collect()
}

/// Five levels of tables of 2 KiB, one after the other, to a fragment of the code's first 256 bytes.
fn map() -> Memory {
    let mut memory = zeros(0x1_0000, 0x3_0000);
    let mut table = TOP;
    for (level, shift) in [49, 41, 33, 25, 17].into_iter().enumerate() {
        let entry = table + 8 * (CODE >> shift & 0xff);
        table = if level < 4 { TOP + 0x800 * (level as u64 + 1) } else { 0x1_8000 };
        // The marks in pointers must not matter.
        memory.write_u64(entry, table | 1);
    }
    let (first, second) = (0x1_8000, 0x1_8100);
    memory.write_u64(first, second | 1);
    memory.write_u64(first + 8, CODE + 0x100);
    memory.write_u64(first + 16, CODE + 0x200);
    memory.write_u64(first + 24, SECTION + 0x100);
    memory.write_u64(second + 8, CODE);
    memory.write_u64(second + 16, CODE + 0x100);
    memory.write_u64(second + 24, SECTION);
    memory.write_u64(SECTION, CODE);
    memory.write_u64(SECTION + 8, CODE + 0x100);
    memory
}

fn find(memory: &Memory, family: &str, variable: &str, address: u64) -> Result<Option<Code>, Fault> {
    let sections = RangeSections::of(&bundled(family), &globals(variable)).unwrap();
    let found = sections.find_range(&space(memory.clone()), Addr(address))?;
    Ok(found.map(|(_, code)| code))
}

fn in_map(memory: &Memory, address: u64) -> Result<Option<Code>, Fault> {
    find(memory, "10.0", "ExecutionManagerCodeRangeMapAddress", address)
}

fn in_list(memory: &Memory, address: u64) -> Result<Option<Code>, Fault> {
    find(memory, "3.1", "ExecutionManagerCodeRangeList", address)
}

#[test]
fn the_map_leads_to_the_section_and_its_fields_tell_what_it_holds() {
    let mut memory = map();
    assert_eq!(in_map(&memory, CODE), Ok(Some(Code::Stubs)));
    memory.write_u64(SECTION + 32, MODULE);
    let ready = Code::ReadyToRun { module: Addr(MODULE), image: Addr(CODE) };
    assert_eq!(in_map(&memory, CODE + 0xff), Ok(Some(ready)));
    memory.write_u64(SECTION + 16, 2);
    memory.write_u64(SECTION + 40, 0x4000);
    assert_eq!(in_map(&memory, CODE), Ok(Some(Code::Jit { heap: Addr(0x4000) })));
}

#[test]
fn what_the_map_does_not_hold_is_no_code() {
    let memory = map();
    assert_eq!(in_map(&memory, CODE + 0x200), Ok(None));
    assert_eq!(in_map(&memory, CODE + (1 << 17)), Ok(None));
    assert_eq!(in_map(&memory, 0), Ok(None));
}

#[test]
fn fragments_that_run_in_a_circle_end() {
    let mut memory = map();
    memory.write_u64(0x1_8100, 0x1_8000);
    assert_eq!(in_map(&memory, CODE + 0x300), Ok(None));
}

#[test]
fn a_map_that_is_not_in_the_dump_is_told() {
    let mut memory = map();
    memory.forget(TOP + 0x800, TOP + 0x1000);
    let missing = TOP + 0x800 + 8 * (CODE >> 41 & 0xff);
    assert_eq!(in_map(&memory, CODE), Err(Fault::NotSaved(Addr(missing))));
}

/// Three sections, of which the last is asked for.
fn list(flags: u32) -> Memory {
    let mut memory = zeros(0x1_0000, 0x3_0000);
    memory.write_u64(TOP, SECTION);
    for index in 0..3 {
        let section = SECTION + 0x100 * index;
        memory.write_u64(section, 0x10_0000 * (index + 1));
        memory.write_u64(section + 8, 0x10_0000 * (index + 1) + 0x1000);
        memory.write_u64(section + 24, if index < 2 { section + 0x100 } else { 0 });
        memory.write(section + 40, &flags.to_le_bytes());
        memory.write_u64(section + 48, MODULE);
    }
    memory
}

#[test]
fn the_list_s_flags_tell_what_a_section_holds() {
    let (module, image) = (Addr(MODULE), Addr(0x30_0000));
    let found = |flags| in_list(&list(flags), 0x30_0fff);
    let fragile = find(&list(0), "2.0", "ExecutionManagerCodeRangeList", 0x30_0fff);
    assert_eq!(fragile, Ok(Some(Code::NativeImage { module, image })));
    assert_eq!(found(0), Ok(Some(Code::ReadyToRun { module, image })), "a version without fragile images");
    assert_eq!(found(4), Ok(Some(Code::ReadyToRun { module, image })));
    assert_eq!(found(2), Ok(Some(Code::Jit { heap: module })));
    assert_eq!(found(3), Ok(Some(Code::Jit { heap: module })));
}

#[test]
fn the_list_ends() {
    let mut memory = list(2);
    assert_eq!(in_list(&memory, 0x30_1000), Ok(None));
    memory.write_u64(SECTION + 0x200 + 24, SECTION);
    assert_eq!(in_list(&memory, 0x30_1000), Ok(None));
    memory.forget(SECTION + 0x100, SECTION + 0x200);
    assert_eq!(in_list(&memory, 0x30_0000), Err(Fault::NotSaved(Addr(SECTION + 0x100))));
}
