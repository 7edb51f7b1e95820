//! Tables of types in the forms of all versions, whole and damaged.

use super::*;
use crate::clr::layout;
use crate::dump::Target;

const MODULE: u64 = 0x1_0000;
const TABLE: u64 = 0x2_0000;
const ARRAY: u64 = 0x3_0000;

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// What the table of a module holds, read by the layout of a version; `pieces` are the table and what it leads to.
fn read(version: &str, mut pieces: Vec<(u64, Vec<u8>)>) -> Entries {
    let layout = layout::for_version(version.parse().unwrap(), Target::LINUX_X64).unwrap().descriptor();
    let place = layout.field("Module", "AvailableTypeParams").unwrap();
    pieces.push((MODULE + place, words(&[TABLE])));
    let pieces = pieces.into_iter().map(|(at, bytes)| (Addr(at), bytes)).collect();
    let memory = AddressSpace::from_memory(pieces);
    TypeHashTableFields::new(&layout).unwrap().entries(&memory, Addr(MODULE))
}

fn handles(entries: &Entries) -> Vec<u64> {
    let address = |handle: &TypeHandle| match *handle {
        TypeHandle::MethodTable(at) => at.0,
        TypeHandle::TypeDesc(at) => at.0 | 2,
    };
    entries.handles.iter().map(address).collect()
}

#[test]
fn chains_end_at_null_or_at_a_marked_word() {
    for version in ["8.0.33", "9.0.22", "10.0.14"] {
        let entries = read(
            version,
            vec![
                (TABLE, words(&[0, 0, ARRAY])),
                (ARRAY, words(&[3, 0, 0, 0x4000, 1, 0x4100])),
                (0x4000, words(&[0x9001, 0x4010, 0x9102, 0])),
                (0x4100, words(&[0x9200, ARRAY | 1])),
            ],
        );
        assert_eq!(handles(&entries), [0x9000, 0x9102, 0x9200], "{version}");
        assert_eq!(entries.fault, None);
    }
}

#[test]
fn entries_that_are_still_in_the_array_before_growing_are_found() {
    let older = 0x3_1000;
    let entries = read(
        "10.0.14",
        vec![
            (TABLE, words(&[0, 0, ARRAY])),
            (ARRAY, words(&[1, older, 0, 0x4000])),
            (older, words(&[1, 0, 0, 0x4100])),
            (0x4000, words(&[0x9000, 0])),
            (0x4100, words(&[0x9100, 0])),
        ],
    );
    assert_eq!(handles(&entries), [0x9000, 0x9100]);
}

#[test]
fn before_5_0_the_table_knows_the_number_of_its_buckets() {
    let entries = read(
        "3.1.3",
        vec![
            (TABLE, words(&[MODULE, 0, ARRAY, 2 | 3 << 32])),
            (ARRAY, words(&[0x4000, 0])),
            (0x4000, words(&[0x9001, 0x4018, 77, 0x9100, 0, 78])),
        ],
    );
    assert_eq!(handles(&entries), [0x9000, 0x9100]);
}

#[test]
fn an_image_of_2_0_brings_entries_with_it() {
    let entries = read(
        "2.0.0",
        vec![
            (TABLE, words(&[MODULE, 0, ARRAY, 1, 0x5000, 0, 2, 0x6000, 0, 1, 0])),
            (ARRAY, words(&[0x4000])),
            (0x4000, words(&[0x9000, 0, 7])),
            (0x5000, words(&[0x9101, 1, 0x9200, 2])),
            (0x6000, words(&[0x9300, 3])),
        ],
    );
    assert_eq!(handles(&entries), [0x9000, 0x9100, 0x9200, 0x9300]);
}

#[test]
fn a_module_without_a_table_holds_nothing() {
    let layout = layout::for_version("10.0.14".parse().unwrap(), Target::LINUX_X64).unwrap().descriptor();
    let memory = AddressSpace::from_memory(vec![(Addr(MODULE), vec![0; 2048])]);
    let entries = TypeHashTableFields::new(&layout).unwrap().entries(&memory, Addr(MODULE));
    assert!(entries.handles.is_empty() && entries.fault.is_none());
}

#[test]
fn a_chain_that_leads_back_ends() {
    let entries = read(
        "9.0.22",
        vec![
            (TABLE, words(&[0, 0, ARRAY])),
            (ARRAY, words(&[2, ARRAY, 0, 0x4000, 0x4010])),
            (0x4000, words(&[0x9000, 0x4010, 0x9100, 0x4000])),
        ],
    );
    assert_eq!(handles(&entries), [0x9000, 0x9100]);
}

#[test]
fn what_is_missing_is_told_and_the_rest_is_found() {
    let entries = read(
        "10.0.14",
        vec![
            (TABLE, words(&[0, 0, ARRAY])),
            (ARRAY, words(&[3, 0, 0, 0x7000, 0x4000, 0])),
            (0x4000, words(&[0x9000, 0])),
        ],
    );
    assert_eq!(handles(&entries), [0x9000]);
    assert_eq!(entries.fault, Some(Fault::Unmapped(Addr(0x7000))));
}

#[test]
fn an_absurd_number_of_buckets_ends_with_the_memory() {
    for count in [u64::MAX, 1 << 40] {
        let entries = read(
            "10.0.14",
            vec![
                (TABLE, words(&[0, 0, ARRAY])),
                (ARRAY, words(&[count, 0, 0, 0x4000])),
                (0x4000, words(&[0x9000, 0])),
            ],
        );
        assert_eq!(handles(&entries), [0x9000]);
        assert_eq!(entries.fault, Some(Fault::Unmapped(Addr(ARRAY + 32))));
    }
}
