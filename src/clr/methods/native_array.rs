//! The sparse arrays of offsets that ReadyToRun images are full of (`NativeArray` of the native format).
//!
//! Elements stand in blocks of 16. An index of blocks, of bytes, words or double words, leads to a block's tree; each
//! of its nodes says which of its two halves there are.
//!
//! Source: `src/coreclr/vm/nativeformatreader.h` of dotnet/runtime v8.0 to v10.0; the same in dotnet/coreclr v2.0 and
//! v3.1.

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};

/// Elements of a block.
const BLOCK: u32 = 16;
/// Of a node: the half of lower indexes follows it; the half of higher indexes lies elsewhere.
const LOWER: u32 = 1;
const HIGHER: u32 = 2;

/// A number in one to five bytes, by how many of the first one's low bits are set; with where it ends.
///
/// # Errors
/// It is not in the dump.
pub(super) fn unsigned(memory: &AddressSpace, at: Addr) -> Result<(u32, Addr), Fault> {
    let first = memory.u8(at)?;
    let more = u64::from(first.trailing_ones()).min(4);
    if more == 4 {
        return Ok((memory.u32(at.offset(1))?, at.offset(5)));
    }
    let mut number = u32::from(first);
    for index in 1..=more {
        number |= u32::from(memory.u8(at.offset(index))?) << (8 * index);
    }
    Ok((number >> (more + 1), at.offset(more + 1)))
}

/// Where the element of that index lies in the array at `array`; `None` where it has none.
///
/// # Errors
/// The way there is not in the dump.
pub(super) fn element(memory: &AddressSpace, array: Addr, index: u32) -> Result<Option<Addr>, Fault> {
    let (header, base) = unsigned(memory, array)?;
    if index >= header >> 2 {
        return Ok(None);
    }
    let block = u64::from(index / BLOCK);
    let distance = match header & 3 {
        0 => memory.u8(base.offset(block))?.into(),
        1 => memory.u16(base.offset(2 * block))?.into(),
        _ => u64::from(memory.u32(base.offset(4 * block))?),
    };
    let mut at = base.offset(distance);
    let mut bit = BLOCK / 2;
    while bit > 0 {
        let (node, behind) = unsigned(memory, at)?;
        if index & bit != 0 && node & HIGHER != 0 {
            at = at.offset(u64::from(node >> 2));
        } else if index & bit == 0 && node & LOWER != 0 {
            at = behind;
        } else if node & (LOWER | HIGHER) == 0 {
            // A leaf stands for its whole subtree and has one element.
            return Ok((node >> 2 == index & (BLOCK - 1)).then_some(behind));
        } else {
            return Ok(None);
        }
        bit /= 2;
    }
    Ok(Some(at))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clr::synthetic::{space, zeros};

    const AT: u64 = 0x1000;

    fn memory(bytes: &[u8]) -> Arc<AddressSpace> {
        let mut memory = zeros(AT, AT + 0x100);
        memory.write(AT, bytes);
        space(memory)
    }

    #[test]
    fn numbers_take_one_to_five_bytes() {
        let cases: [(&[u8], u32, u64); 5] = [
            (&[0x7f << 1], 0x7f, 1),
            (&[0x01 | 0x34 << 2, 0x12], 0x34 | 0x12 << 6, 2),
            (&[0x03 | 0x15 << 3, 0x34, 0x12], 0x15 | 0x34 << 5 | 0x12 << 13, 3),
            (&[0x07 | 0x0a << 4, 0x56, 0x34, 0x12], 0x0a | 0x56 << 4 | 0x34 << 12 | 0x12 << 20, 4),
            (&[0x0f, 0x78, 0x56, 0x34, 0x12], 0x1234_5678, 5),
        ];
        for (bytes, number, size) in cases {
            assert_eq!(unsigned(&memory(bytes), Addr(AT)), Ok((number, Addr(AT + size))), "{bytes:x?}");
        }
    }

    /// 20 elements in two blocks. The first block has elements 0 (by the lower halves, down to the end) and 9 (a leaf in
    /// the higher half); the second only element 18, a leaf.
    fn an_array() -> Arc<AddressSpace> {
        memory(&[
            20 << 3, // 20 elements, an index of bytes
            2,
            9,
            // At 2 behind the index: node 0..16: lower half follows, higher half 4 bytes on.
            (4 << 2 | 3) << 1,
            1 << 1, // 0..8
            1 << 1, // 0..4
            1 << 1, // 0..2; behind it the element itself
            // The higher half: a leaf for index 9, then its element.
            9 << 3,
            0xaa,
            0,
            // The second block: a leaf for 18 - 16.
            2 << 3,
            0xbb,
        ])
    }

    #[test]
    fn elements_are_found_by_their_index_and_absent_ones_are_none() {
        let memory = an_array();
        let at = |index| element(&memory, Addr(AT), index).unwrap().map(|at| at.0 - AT);
        assert_eq!(at(9), Some(8));
        assert_eq!(at(18), Some(11));
        assert_eq!((at(8), at(10), at(17), at(19)), (None, None, None, None));
        assert_eq!(at(0), Some(7));
        assert_eq!((at(1), at(20), at(u32::MAX)), (None, None, None));
    }

    #[test]
    fn what_is_not_in_the_dump_is_a_fault() {
        let mut memory = zeros(AT, AT + 0x100);
        memory.write(AT, &[20 << 3 | 2, 0xff]);
        memory.forget(AT + 2, AT + 0x100);
        assert!(element(&space(memory), Addr(AT), 0).is_err());
    }
}
