//! One step from a managed frame to its caller, by the unwind codes of the code, else by the frame pointer.
//!
//! The runtime describes managed code of x64 by UNWIND_INFO on all systems ("x64 exception handling" in Microsoft's
//! documentation of the PE format's `.pdata` and `.xdata`; `src/coreclr/pal/src/exception/seh-unwind.cpp` says how they
//! are used on Unix). Of the registers only the frame pointer is followed: it alone is needed to find the next frame.

use crate::bytes::Addr;
use crate::clr::methods::UnwindInfo;
use crate::dump::{AddressSpace, Fault};

/// The state of a thread in one frame, as far as frames are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Context {
    /// Where the frame's code goes on.
    pub instruction: Addr,
    /// The stack pointer.
    pub stack: Addr,
    /// The frame pointer.
    pub frame: Addr,
    /// Whether the code is executing, and not waiting for a call to return.
    pub active: bool,
}

impl Context {
    /// An address that is within the frame's code: a return address may lie behind its end.
    pub fn code(&self) -> Addr {
        if self.active { self.instruction } else { Addr(self.instruction.0.wrapping_sub(1)) }
    }
}

/// The number of rbp among the registers of unwind codes.
const RBP: u8 = 5;
/// Set in the flags of information that goes on elsewhere (`UNW_FLAG_CHAININFO`); the JIT does not write such.
const CHAINED: u8 = 4;

/// The caller of a frame; `None` when the memory is missing or makes no sense.
pub(super) fn caller(memory: &AddressSpace, context: &Context, info: Option<UnwindInfo>) -> Option<Context> {
    let unwound = match info {
        Some(info) => by_codes(memory, context, info).ok().flatten(),
        None => None,
    };
    let caller = unwound.or_else(|| by_frame_pointer(memory, context))?;
    (caller.stack > context.stack).then_some(caller)
}

/// Code with a frame pointer saves the caller's at its start, just below the return address.
fn by_frame_pointer(memory: &AddressSpace, context: &Context) -> Option<Context> {
    if context.frame < context.stack {
        return None;
    }
    Some(Context {
        instruction: memory.pointer(context.frame.offset(8)).ok()?,
        stack: context.frame.offset(16),
        frame: memory.pointer(context.frame).ok()?,
        active: false,
    })
}

/// Undoes what the prologue did, the last first.
fn by_codes(memory: &AddressSpace, context: &Context, info: UnwindInfo) -> Result<Option<Context>, Fault> {
    let [version_and_flags, _, count, frame_register] = memory.u32(info.codes)?.to_le_bytes();
    if version_and_flags & 7 != 1 || version_and_flags >> 3 & CHAINED != 0 {
        return Ok(None);
    }
    let code = |index: u8| memory.u16(info.codes.offset(4 + 2 * u64::from(index)));
    let wide = |index: u8| memory.u32(info.codes.offset(4 + 2 * u64::from(index)));
    let executed = context.instruction.since(info.function).unwrap_or(u64::MAX);
    let (mut stack, mut frame) = (context.stack, context.frame);
    let mut index = 0_u8;
    while index < count {
        let [at, operation] = code(index)?.to_le_bytes();
        let (operation, operand) = (operation & 0xf, operation >> 4);
        let next = index.saturating_add(1);
        let slots = match (operation, operand) {
            (0 | 2 | 3, _) => 1,
            (1, 0) | (4 | 8, _) => 2,
            (1 | 5 | 9 | 11, _) => 3,
            _ => return Ok(None),
        };
        // The prologue did not get so far.
        if !(context.active && executed < u64::from(at)) {
            match operation {
                0 => {
                    if operand == RBP {
                        frame = memory.pointer(stack)?;
                    }
                    stack = stack.offset(8);
                }
                1 if operand == 0 => stack = stack.offset(8 * u64::from(code(next)?)),
                1 => stack = stack.offset(wide(next)?.into()),
                2 => stack = stack.offset(8 * u64::from(operand) + 8),
                3 | 11 if frame_register & 0xf != RBP => return Ok(None),
                3 => stack = Addr(frame.0.wrapping_sub(16 * u64::from(frame_register >> 4))),
                11 => stack = Addr(frame.0.wrapping_sub(16 * u64::from(wide(next)?))),
                4 if operand == RBP => frame = memory.pointer(stack.offset(8 * u64::from(code(next)?)))?,
                5 if operand == RBP => frame = memory.pointer(stack.offset(wide(next)?.into()))?,
                _ => {}
            }
        }
        index = index.saturating_add(slots);
    }
    let instruction = memory.pointer(stack)?;
    Ok(Some(Context { instruction, stack: stack.offset(8), frame, active: false }))
}

#[cfg(test)]
mod tests;
