//! The image of 2.0's core library in small, at offsets of `ceeload.h` of dotnet/coreclr v2.0.

use super::*;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::synth::Memory;

const MODULE: u64 = 0x1_0000;
const INFO: u64 = 0x1_1000;
const IMAGE: u64 = 0x2_0000;
/// RVAs of the tables of functions (hot, unhot, cold), of MethodDescs (hot, unhot) and of the map of cold code.
const FUNCTIONS: [u64; 3] = [0x1000, 0x1100, 0x1200];
const METHOD_DESCS: [u64; 2] = [0x1300, 0x1400];
const COLD_MAP: u64 = 0x1500;

/// Hot code at 0x4000 (a method with a funclet), unhot at 0x5000 (two methods), cold at 0x6000 (of the second).
fn an_image() -> Memory {
    let mut memory = zeros(0x1_0000, 0x3_0000);
    memory.write_u64(MODULE + 1696, INFO);
    let functions: [&[u32]; 3] = [&[0x4000, 0x4080], &[0x5000, 0x5100], &[0x6000, 0x6040]];
    for (kind, begins) in functions.into_iter().enumerate() {
        memory.write_u64(INFO + 16 * kind as u64, IMAGE + u64::from(begins[0]));
        memory.write_u64(INFO + 16 * kind as u64 + 8, 0x800);
        memory.write_u64(INFO + 48 + 8 * kind as u64, IMAGE + FUNCTIONS[kind]);
        memory.write(INFO + 72 + 4 * kind as u64, &2_u32.to_le_bytes());
        for (index, begin) in begins.iter().enumerate() {
            memory.write(IMAGE + FUNCTIONS[kind] + 12 * index as u64, &begin.to_le_bytes());
        }
    }
    let method_descs: [[u32; 2]; 2] = [[0x7001, 0], [0x7100, 0x7200]];
    for (kind, rvas) in method_descs.into_iter().enumerate() {
        memory.write_u64(INFO + 88 + 8 * kind as u64, IMAGE + METHOD_DESCS[kind]);
        for (index, rva) in rvas.iter().enumerate() {
            memory.write(IMAGE + METHOD_DESCS[kind] + 4 * index as u64, &rva.to_le_bytes());
        }
    }
    memory.write_u64(INFO + 128, IMAGE + COLD_MAP);
    memory.write(IMAGE + COLD_MAP, &(FUNCTIONS[1] as u32 + 12).to_le_bytes());
    memory
}

fn found(memory: &Memory, rva: u64) -> Result<Option<Addr>, Fault> {
    let images = NativeImages::of(&bundled("2.0")).unwrap();
    let code = images.code(&space(memory.clone()), Addr(MODULE), Addr(IMAGE), Addr(IMAGE + rva));
    code.map(|code| code.map(|code| code.method_desc))
}

#[test]
fn code_leads_to_its_method_a_funclet_to_the_method_before_a_cold_part_to_its_own() {
    let memory = an_image();
    let method = |rva| Ok(Some(Addr(IMAGE + rva)));
    assert_eq!(found(&memory, 0x4010), method(0x7000));
    assert_eq!(found(&memory, 0x4090), method(0x7000), "the funclet");
    assert_eq!(found(&memory, 0x50ff), method(0x7100));
    assert_eq!(found(&memory, 0x5100), method(0x7200));
    assert_eq!(found(&memory, 0x6010), method(0x7200), "the cold part");
    assert_eq!(found(&memory, 0x6050), method(0x7200), "a funclet of the cold part");
    assert_eq!(found(&memory, 0x7000), Ok(None), "no code");
}

#[test]
fn a_table_that_is_missing_is_told() {
    let mut memory = an_image();
    let table = IMAGE + METHOD_DESCS[0];
    memory.forget(table, table + 0x100);
    assert_eq!(found(&memory, 0x4010), Err(Fault::NotSaved(Addr(table))));
}

#[test]
fn only_2_x_has_such_images() {
    for family in ["3.1", "8.0", "9.0", "10.0"] {
        assert!(NativeImages::of(&bundled(family)).is_none(), "{family}");
    }
}
