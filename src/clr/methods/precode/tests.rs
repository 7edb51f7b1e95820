//! Stubs as the runtime writes them.

use super::*;
use crate::clr::synthetic::{bundled, space, zeros};

const STUB: u64 = 0x1000;
const DATA: u64 = 0x5000;

fn found(family: &str, code: &[u8], words: &[(u64, u64)]) -> Result<Option<Addr>, Fault> {
    let mut memory = zeros(0x1000, 0x6000);
    memory.write(STUB, code);
    for &(at, word) in words {
        memory.write_u64(at, word);
    }
    Precodes::of(&bundled(family)).method_desc(&space(memory), Addr(STUB))
}

#[test]
fn stubs_since_7_have_their_method_in_the_data_beside() {
    for family in ["8.0", "9.0", "10.0"] {
        let fixup = [0xff, 0x25, 0xfa, 0x3f, 0, 0, 0x4c, 0x8b];
        assert_eq!(found(family, &fixup, &[(DATA + 8, 0x7770)]), Ok(Some(Addr(0x7770))), "{family}");
        let stub = [0x4c, 0x8b, 0x15, 0xf9, 0x3f, 0, 0, 0xff];
        assert_eq!(found(family, &stub, &[(DATA, 0x7770)]), Ok(Some(Addr(0x7770))), "{family}");
    }
}

#[test]
fn stubs_before_have_it_behind_their_chunk_or_in_the_code() {
    for family in ["2.0", "3.1"] {
        // The third unit of the chunk, two stubs before the chunk's last.
        let fixup = [0xe8, 1, 2, 3, 4, 0x5e, 3, 2];
        let word = (STUB + 24, 0x7700);
        assert_eq!(found(family, &fixup, &[word]), Ok(Some(Addr(0x7718))), "{family}");
        let stub = [0x49, 0xba, 0x70, 0x77, 0, 0, 0, 0, 0, 0, 0x40, 0xe9, 0, 0, 0, 0];
        assert_eq!(found(family, &stub, &[]), Ok(Some(Addr(0x7770))), "{family}");
    }
}

#[test]
fn other_code_is_no_stub() {
    for code in
        [[0x55, 0x48, 0x89, 0xe5, 0, 0, 0, 0], [0xe9, 0, 0, 0, 0, 0x90, 0, 0], [0x49, 0xba, 0, 0, 0, 0, 0, 0]]
    {
        for family in ["2.0", "8.0", "10.0"] {
            assert_eq!(found(family, &code, &[]), Ok(None), "{family} {code:x?}");
        }
    }
}

#[test]
fn a_stub_whose_page_is_missing_is_known_by_its_data() {
    let mut memory = zeros(0x1000, 0x6000);
    memory.write_u64(DATA + 8, 0x7770);
    memory.forget(0x1000, 0x2000);
    let memory = space(memory);
    assert_eq!(Precodes::of(&bundled("10.0")).method_desc(&memory, Addr(STUB)), Ok(Some(Addr(0x7770))));
    let missing = Err(Fault::NotSaved(Addr(STUB)));
    assert_eq!(Precodes::of(&bundled("3.1")).method_desc(&memory, Addr(STUB)), missing);
}
