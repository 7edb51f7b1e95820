//! Unwind codes of x64, by which the runtime describes managed code on all systems.
//!
//! Source: "x64 exception handling" in Microsoft's documentation (`UNWIND_INFO`, `UNWIND_CODE`);
//! `src/coreclr/unwinder/amd64/unwinder.cpp` of dotnet/runtime for code 11, which only Unix has.

use crate::bytes::Addr;
use crate::clr::methods::Function;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::super::registers::Registers;

/// The only version there is.
const VERSION: u8 = 1;
/// The codes of another function follow (`UNW_FLAG_CHAININFO`).
const CHAINED: u8 = 4;

/// What a function's prologue did, the last first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::clr::stacks) struct Plan {
    steps: Box<[Step]>,
}

/// One thing that the prologue did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    /// How far behind the function's beginning it has been done.
    at: u8,
    operation: Operation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Push(u8),
    Allocate(u32),
    SetFrame {
        register: u8,
        offset: u32,
    },
    Save {
        register: u8,
        offset: u32,
    },
    /// The processor pushed where it was interrupted.
    MachineFrame {
        error_code: bool,
    },
    /// Registers that hold no references.
    SaveVector,
}

impl Plan {
    /// Reads the codes of a function; `None` for a form that is not known.
    ///
    /// # Errors
    /// They are not in the dump.
    pub fn read(memory: &AddressSpace, function: &Function) -> Result<Option<Plan>, Fault> {
        let mut steps = Vec::new();
        let mut at = function.unwind;
        for depth in 0..limits::MAX_CHAINED_UNWIND_INFOS {
            let [version_and_flags, _, count, frame] = memory.u32(at)?.to_le_bytes();
            let (version, flags) = (version_and_flags & 7, version_and_flags >> 3);
            let Some(codes) = codes(memory, at.offset(4), count, frame)? else { return Ok(None) };
            if version != VERSION {
                return Ok(None);
            }
            // Of a function that this one is chained to all has been done.
            let done = |step: Step| if depth == 0 { step } else { Step { at: 0, ..step } };
            steps.extend(codes.into_iter().map(done));
            if flags & CHAINED == 0 {
                return Ok(Some(Plan { steps: steps.into() }));
            }
            let entry = at.offset(4 + 2 * u64::from(count).next_multiple_of(2));
            at = function.base.offset(memory.u32(entry.offset(8))?.into());
        }
        Ok(None)
    }

    /// Undoes what was done, and returns: `registers` become the caller's. `executed` is how far an executing function has come;
    /// `None` for one that is waiting for a call to return. `false` when that makes no sense.
    ///
    /// # Errors
    /// A place on the stack is not in the dump.
    pub fn apply(
        &self,
        memory: &AddressSpace,
        executed: Option<u64>,
        registers: &mut Registers,
    ) -> Result<bool, Fault> {
        for step in &self.steps {
            if executed.is_some_and(|executed| executed < u64::from(step.at)) {
                continue;
            }
            match step.operation {
                Operation::Push(register) => {
                    registers.restore(memory, register, registers.sp)?;
                    registers.sp = registers.sp.offset(8);
                }
                Operation::Allocate(bytes) => registers.sp = registers.sp.offset(bytes.into()),
                Operation::SetFrame { register, offset } => {
                    let Some(frame) = registers.value(register) else { return Ok(false) };
                    registers.sp = Addr(frame.wrapping_sub(offset.into()));
                }
                Operation::Save { register, offset } => {
                    registers.restore(memory, register, registers.sp.offset(offset.into()))?;
                }
                Operation::MachineFrame { error_code } => {
                    let frame = registers.sp.offset(if error_code { 8 } else { 0 });
                    registers.ip = memory.pointer(frame)?;
                    registers.sp = memory.pointer(frame.offset(24))?;
                    return Ok(true);
                }
                Operation::SaveVector => {}
            }
        }
        registers.ip = memory.pointer(registers.sp)?;
        registers.sp = registers.sp.offset(8);
        Ok(true)
    }
}

/// The codes of one UNWIND_INFO in stored order; `None` for one that is not known.
fn codes(memory: &AddressSpace, at: Addr, count: u8, frame: u8) -> Result<Option<Vec<Step>>, Fault> {
    let slot = |index: u8| memory.u16(at.offset(2 * u64::from(index)));
    let wide = |index: u8| memory.u32(at.offset(2 * u64::from(index)));
    let mut steps = Vec::new();
    let mut index = 0_u8;
    while index < count {
        let [at, code] = slot(index)?.to_le_bytes();
        let (code, operand) = (code & 0xf, code >> 4);
        let next = index.saturating_add(1);
        let (operation, slots) = match code {
            0 => (Operation::Push(operand), 1),
            1 if operand == 0 => (Operation::Allocate(8 * u32::from(slot(next)?)), 2),
            1 => (Operation::Allocate(wide(next)?), 3),
            2 => (Operation::Allocate(8 * u32::from(operand) + 8), 1),
            3 => (Operation::SetFrame { register: frame & 0xf, offset: 16 * u32::from(frame >> 4) }, 1),
            4 => (Operation::Save { register: operand, offset: 8 * u32::from(slot(next)?) }, 2),
            5 => (Operation::Save { register: operand, offset: wide(next)? }, 3),
            8 => (Operation::SaveVector, 2),
            9 => (Operation::SaveVector, 3),
            10 => (Operation::MachineFrame { error_code: operand != 0 }, 1),
            11 => {
                let offset = wide(next)?.wrapping_mul(16);
                (Operation::SetFrame { register: frame & 0xf, offset }, 3)
            }
            _ => return Ok(None),
        };
        steps.push(Step { at, operation });
        index = index.saturating_add(slots);
    }
    Ok(Some(steps))
}
