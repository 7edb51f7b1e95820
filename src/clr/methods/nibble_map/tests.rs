//! Maps written as the runtime writes them, and read back for every address.

use proptest::prelude::*;

use super::*;
use crate::clr::synthetic::{space, zeros};

const WORDS: u64 = 0x1000;
const BASE: u64 = 0x10_0000;
/// Bytes of code that a test's map stands for.
const CODE: u64 = 0x4000;

/// The words of a map of methods at these distances. With `pointers`, words whose code is all one method's are
/// pointers to it (`NibbleMapSet` of 10.0); without, they are zeros.
fn words(methods: &[(u64, u64)], pointers: bool) -> Vec<u32> {
    let mut words = vec![0_u32; (CODE / 256) as usize];
    for &(start, end) in methods {
        let nibble = start / 32 % 8;
        words[(start / 256) as usize] |= ((start % 32 / 4 + 1) as u32) << (28 - 4 * nibble);
        if pointers {
            for word in start / 256 + 1..end / 256 {
                words[word as usize] = (start & !31) as u32 + (start % 32 / 4) as u32 + 9;
            }
        }
    }
    words
}

fn find(words: &[u32], has_pointers: bool, distance: u64) -> Option<u64> {
    let mut memory = zeros(WORDS, WORDS + 4 * words.len() as u64);
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    memory.write(WORDS, &bytes);
    let map = NibbleMap { words: Addr(WORDS), base: Addr(BASE), has_pointers };
    map.method_start(&space(memory), Addr(BASE + distance)).unwrap().map(|start| start.0 - BASE)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_address_of_a_method_leads_to_its_beginning(
        sizes in prop::collection::vec((0_u64..4, 9_u64..200), 1..20),
        pointers: bool,
        probe in 0_u64..0x4000,
    ) {
        // Methods lie at multiples of 32 and more, with gaps between them.
        let mut methods = Vec::new();
        let mut at = 0;
        for (gap, size) in sizes {
            let start = at + 32 * gap + if methods.is_empty() { 0 } else { 4 * (gap % 8) };
            if start + 4 * size > CODE { break; }
            methods.push((start, start + 4 * size));
            at = (start + 4 * size).div_ceil(32) * 32;
        }
        let words = words(&methods, pointers);
        for &(start, end) in &methods {
            for distance in [start, start + 1, (start + end) / 2, end - 1] {
                prop_assert_eq!(find(&words, pointers, distance), Some(start));
            }
        }
        // Anywhere else the method before is found, or none: never one that begins behind.
        if let Some(start) = find(&words, pointers, probe) {
            prop_assert!(start <= probe);
            prop_assert!(methods.iter().any(|&(other, _)| other == start));
        }
    }
}

#[test]
fn a_word_of_zeros_ends_the_search_where_words_may_be_pointers() {
    let words = words(&[(0x40, 0x80)], false);
    assert_eq!(find(&words, false, 0x1000), Some(0x40));
    assert_eq!(find(&words, true, 0x1000), None);
}

#[test]
fn an_address_before_the_base_and_a_map_that_is_missing_are_told() {
    let map = NibbleMap { words: Addr(WORDS), base: Addr(BASE), has_pointers: false };
    let memory = space(zeros(0, 8));
    assert_eq!(map.method_start(&memory, Addr(BASE - 1)), Ok(None));
    assert_eq!(map.method_start(&memory, Addr(BASE)), Err(Fault::Unmapped(Addr(WORDS))));
}
