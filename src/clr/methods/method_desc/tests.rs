//! MethodDescs at offsets of `method.hpp` of each family.

use super::*;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::synth::Memory;

const CHUNK: u64 = 0x1000;
const MT: u64 = 0x2000;
const CLASS: u64 = 0x2100;
/// A MethodDesc two units behind the first of its chunk.
const METHOD: u64 = CHUNK + 24 + 16;
const NAME: u64 = 0x3000;

/// A chunk of a type that proves right, with a row split as these words have it.
fn a_chunk(range: u16, remainder: u16) -> Memory {
    let mut memory = zeros(0x1000, 0x4000);
    memory.write(MT + 4, &24_u32.to_le_bytes());
    memory.write_u64(MT + 40, CLASS);
    memory.write_u64(CLASS + 16, MT);
    memory.write_u64(CHUNK, MT);
    memory.write(CHUNK + 16, &[4]);
    memory.write(CHUNK + 18, &range.to_le_bytes());
    memory.write(METHOD, &remainder.to_le_bytes());
    memory.write(METHOD + 2, &[2]);
    memory
}

fn read(memory: Memory, family: &str) -> Result<Option<MethodDesc>, Fault> {
    let layout = bundled(family);
    let method_tables = MethodTables::new(&layout, Addr(8)).unwrap();
    MethodDescs::new(&layout).unwrap().read(&space(memory), &method_tables, Addr(METHOD))
}

fn in_row(row: u32) -> Result<Option<MethodDesc>, Fault> {
    Ok(Some(MethodDesc { method_table: Addr(MT), identity: Identity::Row(row) }))
}

#[test]
fn the_row_is_put_together_from_chunk_and_method_desc() {
    for family in ["8.0", "9.0", "10.0"] {
        assert_eq!(read(a_chunk(0xf012, 0xf345), family), in_row(0x012_345), "{family}");
    }
    assert_eq!(read(a_chunk(0xfc01, 0xc345), "3.1"), in_row(1 << 14 | 0x345));
    // In 2.0 the chunk's pointer is a distance.
    let mut memory = a_chunk(1, 0x345);
    memory.write_u64(CHUNK, MT - CHUNK);
    assert_eq!(read(memory, "2.0"), in_row(1 << 14 | 0x345));
}

#[test]
fn a_dynamic_method_has_a_name_of_its_own() {
    for (family, place) in [("3.1", 24), ("8.0", 24), ("9.0", 32), ("10.0", 32)] {
        let mut memory = a_chunk(0, 0);
        memory.write(METHOD + 6, &0x20af_u16.to_le_bytes());
        memory.write_u64(METHOD + place, NAME);
        memory.write(NAME, b"Emitted\0junk");
        let identity = Identity::Dynamic("Emitted".to_owned());
        let expected = Ok(Some(MethodDesc { method_table: Addr(MT), identity }));
        assert_eq!(read(memory.clone(), family), expected, "{family}");
        memory.forget(NAME, NAME + 0x100);
        assert_eq!(read(memory, family), Err(Fault::NotSaved(Addr(NAME))), "{family}");
    }
}

#[test]
fn what_its_chunk_does_not_prove_is_no_method_desc() {
    let mut outside = a_chunk(1, 1);
    outside.write(CHUNK + 16, &[1]);
    assert_eq!(read(outside, "10.0"), Ok(None), "behind the chunk's end");
    let mut no_type = a_chunk(1, 1);
    no_type.write_u64(CHUNK, CLASS);
    assert_eq!(read(no_type, "10.0"), Ok(None), "of no type");
    let layout = bundled("10.0");
    let method_tables = MethodTables::new(&layout, Addr(8)).unwrap();
    let descs = MethodDescs::new(&layout).unwrap();
    let memory = space(a_chunk(1, 1));
    assert_eq!(descs.read(&memory, &method_tables, Addr(METHOD + 4)), Ok(None), "not aligned");
    assert_eq!(descs.read(&memory, &method_tables, Addr::NULL), Ok(None));
}

#[test]
fn an_endless_name_is_cut() {
    let mut memory = Memory::default();
    memory.map(NAME, vec![b'x'; limits::MAX_METADATA_NAME_BYTES + 100]);
    assert_eq!(name(&space(memory), Addr(NAME)).unwrap().len(), limits::MAX_METADATA_NAME_BYTES);
}
