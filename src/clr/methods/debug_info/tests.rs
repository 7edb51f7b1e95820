//! Debug info written byte by byte, as `debuginfostore.cpp` lays it out.

use super::*;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::synth::Memory;

const AT: u64 = 0x1000;

fn at(bytes: &[u8]) -> Memory {
    let mut memory = zeros(AT, AT + 0x1000);
    memory.write(AT, bytes);
    memory
}

fn jitted(family: &str, bytes: &[u8]) -> Vec<(u32, IlOffset)> {
    let reader = DebugInfo::of(&bundled(family)).unwrap();
    let bounds = reader.of_jitted(&space(at(bytes)), Addr(AT)).unwrap();
    bounds.into_iter().map(|bound| (bound.native, bound.il)).collect()
}

fn expected() -> Vec<(u32, IlOffset)> {
    vec![(0, IlOffset::Prologue), (8, IlOffset::At(0)), (12, IlOffset::At(5))]
}

/// Numbers as nibbles, low ones first.
fn nibbles(numbers: &[u32]) -> Vec<u8> {
    let mut all = Vec::new();
    for &number in numbers {
        let digits = (0..11).rev().map(|digit| (number >> (3 * digit) & 7) as u8);
        let digits: Vec<u8> = digits.skip_while(|&digit| digit == 0).collect();
        let last = digits.last().copied().unwrap_or(0);
        all.extend(digits.iter().rev().skip(1).rev().map(|digit| digit | 8));
        all.push(last);
    }
    all.chunks(2).map(|pair| pair[0] | pair.get(1).unwrap_or(&0) << 4).collect()
}

/// Native 0 is the prologue, 8 is IL 0, 12 is IL 5. IL offsets are stored plus 3, behind each stands a kind of place.
fn in_old_form() -> Vec<u8> {
    nibbles(&[3, 0, 1, 2, 8, 3, 2, 4, 8, 16])
}

/// The same entries packed: 2 bits of kind, 4 of distance, 4 of IL offset.
fn in_packed_form() -> Vec<u8> {
    let mut bytes = nibbles(&[3, 3, 3]);
    let mut bits: u64 = 0;
    for (index, (distance, il)) in [(0, 1), (8, 3), (4, 8)].into_iter().enumerate() {
        bits |= (1 | distance << 2 | il << 6) << (10 * index);
    }
    bytes.extend(&bits.to_le_bytes()[..4]);
    bytes
}

fn with_sizes(sizes: &[u32], parts: &[u8]) -> Vec<u8> {
    [nibbles(sizes), parts.to_vec()].concat()
}

#[test]
fn a_map_in_nibbles_is_read() {
    let bounds = in_old_form();
    assert_eq!(jitted("3.1", &with_sizes(&[bounds.len() as u32, 9], &bounds)), expected());
    // Written by hand: 6 bytes and none; three entries of 0, 1, 0 and 8 (two nibbles), 3, 0 and 4, 8 (two nibbles), 0.
    let bytes = [0x06, 0x03, 0x01, 0x09, 0x03, 0x94, 0x00];
    assert_eq!(jitted("3.1", &bytes), expected());
}

#[test]
fn a_byte_of_flags_stands_before_it_since_5_0() {
    let bounds = in_old_form();
    let info = with_sizes(&[bounds.len() as u32, 0], &bounds);
    assert_eq!(jitted("8.0", &[&[0], info.as_slice()].concat()), expected());
    // A patchpoint with two locals, then rich info of three bytes.
    let mut patchpoint = vec![0xee; 32];
    patchpoint[8..12].copy_from_slice(&2_u32.to_le_bytes());
    patchpoint.extend([0xee; 8]);
    let rich = [3, 0, 0, 0, 0xee, 0xee, 0xee];
    let bytes = [&[3], patchpoint.as_slice(), &rich, &info].concat();
    assert_eq!(jitted("8.0", &bytes), expected());
    assert_eq!(jitted("8.0", &[&[0x80], info.as_slice()].concat()), [], "flags that nothing is known of");
}

#[test]
fn a_packed_map_is_read() {
    let bounds = in_packed_form();
    let info = with_sizes(&[bounds.len() as u32, 0], &bounds);
    assert_eq!(jitted("10.0", &[&[0], info.as_slice()].concat()), expected());
    let twice = with_sizes(&[u32::MAX, bounds.len() as u32, 77, 0], &bounds);
    assert_eq!(jitted("10.0", &[&[0], twice.as_slice()].concat()), expected(), "with bounds of two kinds");
}

#[test]
fn precompiled_code_has_no_flags() {
    let bounds = in_packed_form();
    let reader = DebugInfo::of(&bundled("10.0")).unwrap();
    let memory = space(at(&with_sizes(&[bounds.len() as u32, 0], &bounds)));
    assert_eq!(reader.of_precompiled(&memory, Addr(AT)).unwrap().len(), 3);
}

#[test]
fn counts_and_widths_that_make_no_sense_give_what_the_bytes_hold() {
    // A count of four billion, with the bytes of three entries.
    let mut bounds = nibbles(&[u32::MAX, 3, 3]);
    bounds.extend([0; 4]);
    assert_eq!(
        jitted("10.0", &[&[0], with_sizes(&[bounds.len() as u32, 0], &bounds).as_slice()].concat()).len(),
        3
    );
    let wide = nibbles(&[1, 99, 99]);
    assert_eq!(jitted("10.0", &[&[0], with_sizes(&[wide.len() as u32, 0], &wide).as_slice()].concat()), []);
    assert_eq!(jitted("3.1", &nibbles(&[u32::MAX, 0])), [], "more bytes than any map has");
    assert_eq!(jitted("3.1", &nibbles(&[0, 0])), []);
}

#[test]
fn what_is_not_in_the_dump_is_a_fault() {
    let mut memory = at(&nibbles(&[900, 0]));
    memory.forget(AT + 0x100, AT + 0x1000);
    let reader = DebugInfo::of(&bundled("3.1")).unwrap();
    assert!(reader.of_jitted(&space(memory), Addr(AT)).is_err());
}
