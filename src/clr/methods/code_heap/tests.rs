//! A heap of 10.0 with one method and one stub, at offsets of `codeman.h` of dotnet/runtime v10.0.

use super::*;
use crate::clr::synthetic::{bundled, space, zeros};

const HEAP: u64 = 0x1000;
const MAP: u64 = 0x1100;
const CODE: u64 = 0x2000;
const HEADER: u64 = 0x1200;

#[test]
fn code_leads_to_its_method_and_a_stub_to_none() {
    let mut memory = zeros(0x1000, 0x3000);
    memory.write_u64(HEAP + 32, CODE);
    memory.write_u64(HEAP + 40, MAP);
    // A method at 0x20 and a stub at 0x60.
    memory.write(MAP, &0x0101_0000_u32.to_le_bytes());
    memory.write_u64(CODE + 0x20 - 8, HEADER);
    memory.write_u64(HEADER + 24, 0x5000);
    memory.write_u64(CODE + 0x60 - 8, 3);
    let heaps = CodeHeaps::of(&bundled("10.0")).unwrap();
    let found = |memory: &AddressSpace, at| {
        heaps.code(memory, Addr(HEAP), Addr(CODE + at)).map(|code| code.map(|code| code.method_desc))
    };
    let whole = space(memory.clone());
    assert_eq!(found(&whole, 0x25), Ok(Some(Addr(0x5000))));
    assert_eq!(found(&whole, 0x64), Ok(None));
    assert_eq!(found(&whole, 0x10), Ok(None));
    memory.forget(HEADER, HEADER + 0x100);
    assert_eq!(found(&space(memory), 0x25), Err(Fault::NotSaved(Addr(HEADER + 24))));
}
