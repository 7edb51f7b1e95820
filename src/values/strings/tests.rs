//! Strings in synthetic processes.

use crate::bytes::Addr;
use crate::dump::Fault;
use crate::limits;
use crate::values::synthetic::{kennel, values, values_of};

#[test]
fn nulls_surrogates_and_the_empty_string_are_kept() {
    let mut kennel = kennel();
    let empty = kennel.string("");
    let embedded = kennel.string("emb\0edded");
    let lone = kennel.string_of(&[0xd800, 0x78]);
    let emoji = kennel.string("sur\u{1f600}rogate é中文");
    let values = values(kennel.process);
    let text = |address| values.string(Addr(address)).unwrap();
    assert_eq!(text(empty), "");
    assert_eq!(text(embedded), "emb\0edded");
    assert_eq!(text(lone), "\u{10f800}x");
    assert_eq!(text(emoji), "sur\u{1f600}rogate é中文");
    assert_eq!(values.string_length(Addr(emoji)), Ok(15));
}

#[test]
fn a_prefix_does_not_cut_a_pair_in_two() {
    let mut kennel = kennel();
    let text = kennel.string("ab\u{1f600}cd");
    let lone = kennel.string_of(&[0x61, 0xd800]);
    let values = values(kennel.process);
    let prefix = |address, units| values.string_prefix(Addr(address), units).unwrap();
    assert_eq!(prefix(text, 0), "");
    assert_eq!(prefix(text, 2), "ab");
    assert_eq!(prefix(text, 3), "ab");
    assert_eq!(prefix(text, 4), "ab\u{1f600}");
    assert_eq!(prefix(text, 600), "ab\u{1f600}cd");
    // At the end of the string it is no cut: the surrogate stands alone.
    assert_eq!(prefix(lone, 2), "a\u{10f800}");
}

#[test]
fn a_length_that_no_string_has_is_a_fault() {
    let mut kennel = kennel();
    let object = kennel.string("x");
    let mut dump = kennel.process.dump();
    dump.memory.write(object + 8, &(limits::MAX_STRING_UNITS + 1).to_le_bytes());
    let end = object + 12 + 2 * u64::from(limits::MAX_STRING_UNITS + 1);
    assert_eq!(values_of(&dump).string(Addr(object)), Err(Fault::Unmapped(Addr(end))));
    // One that a string may have, but whose memory is not there.
    dump.memory.write(object + 8, &limits::MAX_STRING_UNITS.to_le_bytes());
    let values = values_of(&dump);
    assert!(values.string(Addr(object)).is_err());
    assert_eq!(values.string_prefix(Addr(object), 1).unwrap(), "x");
}

#[test]
fn a_string_with_a_missing_page_tells_where() {
    let mut kennel = kennel();
    let object = kennel.string("0123456789");
    let mut dump = kennel.process.dump();
    dump.memory.forget(object + 16, object + 24);
    let values = values_of(&dump);
    let fault = values.string(Addr(object)).unwrap_err();
    assert_eq!(fault.address(), Addr(object + 16));
    assert_eq!(values.string_prefix(Addr(object), 2).unwrap(), "01");
}
