//! Epilogues of x64: a function that is about to return has undone part of its prologue already, and unwind codes do not say how
//! much. What is left of it is executed instead.
//!
//! Source: "Epilog code" in Microsoft's "x64 prolog and epilog": one `add rsp` or `lea rsp`, then pops, then a return or a jump
//! out of the function, and nothing else.

use crate::bytes::{Addr, Cursor, OutOfBounds};
use crate::clr::methods::Function;
use crate::dump::AddressSpace;

use super::super::registers::Registers;

/// Bytes of an epilogue, at most: one adjustment, pops of all registers, a jump.
const LONGEST: usize = 64;
/// Pops of an epilogue, at most.
const MOST_POPS: usize = 16;
/// A jump whose target is this close after it, or before, may be within the function.
const NEAR: i64 = 4096;

/// The registers of the caller, when the code at `registers.ip` is in the middle of an epilogue; `None` when it is not, or is
/// not in the dump.
pub(super) fn caller(memory: &AddressSpace, function: &Function, registers: &Registers) -> Option<Registers> {
    let run = memory.run_at(registers.ip).ok()?.bytes;
    let code = run.get(..LONGEST).unwrap_or(run);
    let mut cursor = Cursor::new(code);
    let mut left = registers.clone();
    if let Some(stack) = adjustment(code, registers) {
        let (stack, length) = stack?;
        left.sp = stack;
        cursor.skip(length).ok()?;
    }
    for _ in 0..=MOST_POPS {
        let rest = code.get(cursor.position()..)?;
        let (register, length) = match *rest {
            [byte @ 0x58..=0x5f, ..] => (byte - 0x58, 1),
            [0x41, byte @ 0x58..=0x5f, ..] => (byte - 0x58 + 8, 2),
            _ => break,
        };
        left.restore(memory, register, left.sp).ok()?;
        left.sp = left.sp.offset(8);
        cursor.skip(length).ok()?;
    }
    let at = registers.ip.offset(cursor.position() as u64);
    if !leaves(code.get(cursor.position()..)?, at, function).unwrap_or(false) {
        return None;
    }
    left.ip = memory.pointer(left.sp).ok()?;
    left.sp = left.sp.offset(8);
    Some(left)
}

/// The stack pointer after an `add rsp` or `lea rsp` at the start of `code`, and how long that is. The outer `None`: there is
/// no such instruction; the inner: it cannot be executed.
#[expect(clippy::option_option, reason = "no instruction is not the same as one that fails")]
fn adjustment(code: &[u8], registers: &Registers) -> Option<Option<(Addr, usize)>> {
    let near = |byte: u8| i64::from(byte.cast_signed());
    let far = |bytes: [u8; 4]| i64::from(i32::from_le_bytes(bytes));
    let added = |to: Addr, distance: i64| Addr(to.0.wrapping_add_signed(distance));
    let based = |prefix: u8, operand: u8, distance: i64, length: usize| {
        let number = (operand & 7) | (prefix & 1) << 3;
        Some((added(Addr(registers.value(number)?), distance), length))
    };
    match *code {
        [0x48, 0x83, 0xc4, by, ..] => Some(Some((added(registers.sp, near(by)), 4))),
        [0x48, 0x81, 0xc4, a, b, c, d, ..] => Some(Some((added(registers.sp, far([a, b, c, d])), 7))),
        // `lea rsp, [register + distance]`; a base of rsp would need another byte.
        [prefix @ (0x48 | 0x49), 0x8d, operand @ (0x60..=0x63 | 0x65..=0x67), by, ..] => {
            Some(based(prefix, operand, near(by), 4))
        }
        [prefix @ (0x48 | 0x49), 0x8d, operand @ (0xa0..=0xa3 | 0xa5..=0xa7), a, b, c, d, ..] => {
            Some(based(prefix, operand, far([a, b, c, d]), 7))
        }
        _ => None,
    }
}

/// Whether an instruction leaves the function: a return, or a jump out of it.
fn leaves(code: &[u8], at: Addr, function: &Function) -> Result<bool, OutOfBounds> {
    let outside = |length: i64, distance: i64| {
        let target = Addr(at.0.wrapping_add_signed(length + distance));
        target < function.begin || !(-NEAR..NEAR).contains(&distance)
    };
    Ok(match *code {
        [0xc3 | 0xc2, ..] | [0xf3, 0xc3, ..] | [0xff, 0x25, ..] | [0x48, 0xff, 0xe0..=0xe7 | 0x25, ..] => {
            true
        }
        [0xeb, by, ..] => outside(2, i64::from(by.cast_signed())),
        [0xe9, a, b, c, d, ..] => outside(5, i64::from(i32::from_le_bytes([a, b, c, d]))),
        _ => false,
    })
}
