//! One step from a managed frame to its caller.
//!
//! By the unwind information of the code where it is in the dump (`x64_codes`); in the middle of an epilogue by what is left of
//! it to execute (`epilogue`); else by the frame pointer, which nearly all managed code keeps.

mod epilogue;
mod x64_codes;

use crate::bytes::Addr;
use crate::clr::methods::Function;
use crate::dump::{AddressSpace, Architecture, Fault};

use super::registers::{FP, RBP, Registers};

/// How code of one function is unwound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum UnwindPlan {
    /// By unwind codes of x64.
    X64(x64_codes::Plan),
    /// By nothing but the frame pointer: the unwind information is not in the dump, or of a form that is not read.
    FramePointer,
}

/// How a caller was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    /// By what the code says of itself.
    Exact,
    /// By the frame pointer: where a method keeps none, its caller is passed over.
    Probable,
}

impl UnwindPlan {
    /// The plan of a function; that of the frame pointer where its unwind information cannot be read.
    pub fn of(memory: &AddressSpace, architecture: Architecture, function: Option<Function>) -> UnwindPlan {
        let codes = |function: Function| match architecture {
            Architecture::X64 => x64_codes::Plan::read(memory, &function).ok().flatten().map(UnwindPlan::X64),
            Architecture::Arm64 => None,
        };
        function.and_then(codes).unwrap_or(UnwindPlan::FramePointer)
    }
}

/// Turns the registers of a frame into those of its caller; `None` when memory is missing or makes no sense: then the
/// registers are worth nothing.
///
/// Of an `active` frame, whose code is executing and not waiting for a call to return, `function` tells how far it has come.
pub(super) fn unwind(
    memory: &AddressSpace,
    plan: &UnwindPlan,
    function: Option<Function>,
    active: bool,
    registers: &mut Registers,
) -> Option<Certainty> {
    let frame = registers.sp;
    let certainty = match plan {
        UnwindPlan::X64(plan) => {
            let executing = function.filter(|_| active);
            by_codes(memory, plan, executing, registers).ok()?.then_some(Certainty::Exact)?
        }
        UnwindPlan::FramePointer => {
            by_frame_pointer(memory, registers)?;
            Certainty::Probable
        }
    };
    // Each step takes at least the return address off the stack.
    (registers.sp > frame).then_some(certainty)
}

fn by_codes(
    memory: &AddressSpace,
    plan: &x64_codes::Plan,
    executing: Option<Function>,
    registers: &mut Registers,
) -> Result<bool, Fault> {
    let Some(function) = executing else { return plan.apply(memory, None, registers) };
    if let Some(caller) = epilogue::caller(memory, &function, registers) {
        *registers = caller;
        return Ok(true);
    }
    let executed = registers.ip.since(function.begin);
    plan.apply(memory, executed, registers)
}

/// Code with a frame pointer saves the caller's at its start, just below the return address; on arm64 below the link register.
pub(super) fn by_frame_pointer(memory: &AddressSpace, registers: &mut Registers) -> Option<()> {
    let number = if registers.value(RBP).is_some() && registers.value(FP).is_none() { RBP } else { FP };
    let frame = Addr(registers.value(number)?);
    if frame < registers.sp || !frame.0.is_multiple_of(8) {
        return None;
    }
    registers.ip = memory.pointer(frame.offset(8)).ok()?;
    registers.sp = frame.offset(16);
    // What else the function saved is not known.
    registers.forget_all_but(&[]);
    registers.restore(memory, number, frame).ok()
}

#[cfg(test)]
mod tests;
