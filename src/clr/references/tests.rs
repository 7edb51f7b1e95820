//! GCDescs of every form, and what damage makes of them.

use super::*;
use crate::bytes::Addr;
use crate::clr::synthetic::{space, zeros};
use crate::dump::{AddressSpace, Fault};
use crate::synth::Memory;

const MT: u64 = 0x10_0000;
const OBJECT: u64 = 0x20_0000;

/// Words in front of a MethodTable, from the last one down.
fn desc(words: &[u64]) -> Memory {
    let mut memory = zeros(MT - 0x1000, MT);
    words.iter().zip(1..).for_each(|(&word, i)| memory.write_u64(MT - 8 * i, word));
    memory
}

fn read(words: &[u64], base_size: u32, component_size: u32) -> Result<ReferenceMap, BadGcDesc> {
    ReferenceMap::read(&space(desc(words)), Addr(MT), base_size, component_size)
}

fn minus(number: u64) -> u64 {
    number.wrapping_neg()
}

/// Number of pointers and bytes to skip.
fn item(pointers: u32, skip: u32) -> u64 {
    u64::from(pointers) | u64::from(skip) << 32
}

/// The offsets of all slots.
fn slots(map: &ReferenceMap, size: u64) -> Vec<u64> {
    let mut slots = Vec::new();
    map.for_each_run(size, 0..size, |offset, count| slots.extend((0..count).map(|i| offset + 8 * i)));
    assert_eq!(slots.len() as u64, map.slot_count(size));
    slots
}

#[test]
fn a_classs_fields_are_series_in_any_order() {
    let map = read(&[2, 32, minus(56 - 16), 8, minus(56 - 8)], 56, 0).unwrap();
    assert_eq!(slots(&map, 56), [8, 32, 40]);
    assert!(!map.is_empty() && ReferenceMap::default().is_empty());
    assert_eq!(ReferenceMap::default().slot_count(u64::MAX), 0);
}

#[test]
fn elements_of_an_array_are_one_series_to_its_end() {
    let map = read(&[1, 16, minus(24)], 24, 8).unwrap();
    assert_eq!((slots(&map, 24), slots(&map, 48)), (vec![], vec![16, 24, 32]));
    // Of two dimensions, behind their bounds.
    let map = read(&[1, 32, minus(40)], 40, 8).unwrap();
    assert_eq!(slots(&map, 56), [32, 40]);
}

#[test]
fn structs_in_an_array_repeat_their_items() {
    // A number, two references, a number, one reference.
    let map = read(&[minus(2), 24, item(2, 8), item(1, 8)], 24, 40).unwrap();
    assert_eq!(slots(&map, 24), Vec::<u64>::new());
    assert_eq!(slots(&map, 24 + 80), [24, 32, 48, 64, 72, 88]);
}

#[test]
fn any_stretch_of_an_object_gives_the_slots_that_begin_in_it() {
    let maps = [
        (read(&[2, 32, minus(56 - 16), 8, minus(56 - 8)], 56, 0).unwrap(), 56),
        (read(&[1, 16, minus(24)], 24, 8).unwrap(), 64),
        (read(&[minus(2), 24, item(2, 8), item(1, 8)], 24, 40).unwrap(), 24 + 120),
    ];
    for (map, size) in maps {
        let all = slots(&map, size);
        for from in 0..size {
            for to in from..size + 9 {
                let mut some = Vec::new();
                map.for_each_run(size, from..to, |offset, count| {
                    some.extend((0..count).map(|i| offset + 8 * i));
                });
                let expected: Vec<u64> = all.iter().copied().filter(|s| (from..to).contains(s)).collect();
                assert_eq!(some, expected, "{from}..{to}");
            }
        }
    }
}

#[test]
fn a_desc_that_cannot_be_true_is_told() {
    use BadGcDesc::{Count, Items, Series};
    let refused =
        |words: &[u64], base_size, component_size| read(words, base_size, component_size).unwrap_err();
    assert_eq!(refused(&[0], 56, 0), Count(0));
    assert_eq!(refused(&[8], 56, 0), Count(8));
    assert_eq!(refused(&[i64::MAX as u64], 56, 0), Count(i64::MAX));
    assert_eq!(refused(&[2], 24, 8), Count(2));
    assert_eq!(refused(&[minus(2)], 24, 8), Count(-2));
    assert_eq!(refused(&[1 << 63], 24, 8), Count(i64::MIN));
    // Outside, too long, negative, not aligned, over the MethodTable, over each other.
    for (start, size) in [(56, 8), (40, 16), (u64::MAX - 7, 16), (8, minus(8)), (12, 8), (8, 12), (0, 8)] {
        let size = size.wrapping_sub(56);
        assert_eq!(refused(&[1, start, size], 56, 0), Series { start, size: size as i64 });
    }
    assert!(matches!(refused(&[2, 8, minus(56 - 16), 16, minus(56 - 8)], 56, 0), Series { start: 16, .. }));
    // Elements that do not end with the array, or are no references.
    assert!(matches!(refused(&[1, 8, minus(24)], 24, 8), Series { .. }));
    assert!(matches!(refused(&[1, 16, minus(24)], 24, 12), Series { .. }));
    // Items that are too short, too long, empty, not aligned, or begin elsewhere.
    for items in [item(1, 8), item(1, 24), item(4, 0), item(0, 24), item(1, 12), item(u32::MAX, u32::MAX)] {
        assert_eq!(refused(&[minus(1), 16, items], 24, 24), Items { element_size: 24 });
    }
    for start in [8, 20, 40, u64::MAX - 7] {
        assert_eq!(refused(&[minus(1), start, item(1, 16)], 24, 24), Items { element_size: 24 });
    }
    assert_eq!(refused(&[minus(1), 24, item(2, 0)], 24, 16), Items { element_size: 16 });
}

#[test]
fn a_desc_that_the_dump_lacks_is_told_with_its_address() {
    let mut memory = desc(&[1, 8, minus(48)]);
    memory.forget(MT - 24, MT - 16);
    let read = ReferenceMap::read(&space(memory), Addr(MT), 56, 0);
    assert_eq!(read, Err(BadGcDesc::Missing(Fault::NotSaved(Addr(MT - 24)))));
}

/// An array of `count` references, the first of which is 1: the memory and what reading it gives.
fn array(count: u64) -> Memory {
    let mut memory = zeros(OBJECT, OBJECT + 24 + 8 * count);
    (0..count).for_each(|i| memory.write_u64(OBJECT + 16 + 8 * i, i % 5));
    memory
}

fn references(memory: &AddressSpace, count: u64) -> (Vec<(u64, u64)>, u64) {
    let map = read(&[1, 16, minus(24)], 24, 8).unwrap();
    let mut found = Vec::new();
    let mut reader = ReferenceReader::new(memory);
    let unread =
        reader.read(&map, Addr(OBJECT), 24 + 8 * count, |offset, value| found.push((offset, value.0)));
    (found, unread.slots)
}

#[test]
fn references_are_read_over_cuts_and_around_what_is_missing() {
    let expected = |lacking: std::ops::Range<u64>| -> Vec<(u64, u64)> {
        let places = (0..100).map(|i| (16 + 8 * i, i % 5));
        places.filter(|(offset, value)| *value != 0 && !lacking.contains(&(offset / 8))).collect()
    };
    assert_eq!(references(&space(array(100)), 100), (expected(0..0), 0));
    for cut in [1, 8, 16, 17, 100, 104, 816] {
        let mut memory = array(100);
        memory.cut(OBJECT + cut);
        assert_eq!(references(&space(memory), 100), (expected(0..0), 0), "cut at {cut}");
    }
    let mut memory = array(100);
    memory.forget(OBJECT + 80, OBJECT + 160);
    assert_eq!(references(&space(memory), 100), (expected(10..20), 10));
    // A slot of which a part is missing is missing.
    let mut memory = array(100);
    memory.forget(OBJECT + 84, OBJECT + 100);
    assert_eq!(references(&space(memory), 100), (expected(10..13), 3));
    let mut memory = array(100);
    memory.unmap(OBJECT + 8, OBJECT + 24 + 800);
    assert_eq!(references(&space(memory), 100), (vec![], 100));
}
