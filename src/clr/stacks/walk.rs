//! The walk over one stack, from the innermost frame out.
//!
//! Managed frames are unwound by what their code says of itself. Where native code called managed code, the next explicit frame
//! says where the managed code goes on that called the native code; so no native code is unwound. Every step goes up the stack, so
//! that a walk ends however the stack is damaged.

use std::sync::{Arc, OnceLock};

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::dump::{AddressSpace, Architecture, Target};

use super::code_table::{CodeTable, ManagedCode};
use super::explicit_frames::{Chain, ExplicitFrame, ExplicitFrames, Surroundings, Transition};
use super::frames::{FrameKind, StackFrame};
use super::native_unwind::NativeUnwinder;
use super::registers::Registers;
use super::signal_context;
use super::start::ThreadStart;
use super::unwind::{Certainty, by_frame_pointer, unwind};

/// A frame while the walk is at it.
#[derive(Debug)]
pub struct FrameVisit<'a> {
    /// The frame. The frames come in the order of [`super::ThreadFrames::frames`].
    pub frame: StackFrame,
    /// What is known of the code of a managed frame.
    pub code: Option<&'a ManagedCode>,
    /// The registers of a managed frame, where each was restored from, and which of them are known.
    pub registers: Option<&'a Registers>,
    /// The caller's stack pointer: what a managed frame has above its own; `None` where the caller cannot be told.
    pub caller_sp: Option<Addr>,
}

/// Walks stacks of one process.
#[derive(Debug)]
pub(super) struct Walker<'a> {
    types: &'a TypeSystem,
    codes: &'a CodeTable,
    explicit: ExplicitFrames,
    native: OnceLock<Option<NativeUnwinder>>,
}

/// A managed frame that is to be visited.
struct Managed {
    registers: Registers,
    flags: u8,
}

/// One walk.
struct Walk<'w, 'v> {
    walker: &'w Walker<'w>,
    start: &'w ThreadStart,
    chain: Chain,
    /// Where the stack ends that the walk is on.
    end: Addr,
    /// Whether it may go over to another stack, which it does once at most.
    may_leave: bool,
    visit: &'v mut dyn FnMut(&FrameVisit<'_>),
    /// How many more frames may be visited.
    left: usize,
}

impl<'a> Walker<'a> {
    /// `None` where the layout does not tell how explicit frames are linked.
    pub fn new(types: &'a TypeSystem, codes: &'a CodeTable) -> Option<Walker<'a>> {
        let explicit = ExplicitFrames::of(types.runtime())?;
        Some(Walker { types, codes, explicit, native: OnceLock::new() })
    }

    /// Shows the frames of a stack, at most `most`; whether that were all.
    pub fn walk(&self, start: &ThreadStart, most: usize, visit: &mut dyn FnMut(&FrameVisit<'_>)) -> bool {
        let thread = start.thread.unwrap_or(Addr::NULL);
        let chain = self.explicit.chain(self.types.memory(), thread, start.end);
        let (end, may_leave) = (start.end, start.may_leave);
        Walk { walker: self, start, chain, end, may_leave, visit, left: most }.run().is_some()
    }

    /// The start of a thread of which no managed frame was found: where its handler of a signal is running on a stack of its own, at
    /// the code that the signal has interrupted. `None` where there can be none.
    pub fn elsewhere(&self, start: &ThreadStart) -> Option<ThreadStart> {
        let memory = self.types.memory();
        start.thread?;
        let known = self.types.runtime().dump.target == Target::LINUX_X64;
        let find = || signal_context::interrupted(memory, &start.registers, |at| self.is_code(at));
        Some(start.leaving(memory, if known { find() } else { None }))
    }

    fn code(&self, address: Addr) -> Option<(u32, Arc<ManagedCode>)> {
        self.codes.find(self.types, address)
    }

    fn native_unwinder(&self) -> Option<&NativeUnwinder> {
        let make = || {
            let runtime = self.types.runtime();
            let architecture = runtime.dump.target.architecture;
            NativeUnwinder::of(self.types.memory(), runtime.module.image.as_ref(), architecture)
        };
        self.native.get_or_init(make).as_ref()
    }
}

impl Surroundings for Walker<'_> {
    fn memory(&self) -> &AddressSpace {
        self.types.memory()
    }

    fn is_code(&self, address: Addr) -> bool {
        self.code(address).is_some()
    }

    fn unwind_native(&self, registers: &mut Registers) -> Option<()> {
        let memory = self.types.memory();
        if self.types.runtime().dump.target.architecture == Architecture::Arm64 {
            // The runtime's own code keeps frame pointers there.
            return by_frame_pointer(memory, registers);
        }
        self.native_unwinder()?.unwind(memory, registers)
    }
}

impl Walk<'_, '_> {
    /// `None` when there are more frames than may be visited.
    fn run(&mut self) -> Option<()> {
        let mut native = (*self.start.registers).clone();
        let mut from = self.start.from;
        let stopped = |registers: &Registers| Managed {
            registers: registers.clone(),
            flags: StackFrame::ACTIVE | StackFrame::INTERRUPTED,
        };
        let mut next = self.walker.is_code(native.ip).then(|| stopped(&native));
        if next.is_none() {
            self.show_native(native.ip, native.sp)?;
            next = self.start.interrupted.as_deref().map(stopped);
        }
        while self.start.thread.is_some() {
            let frame = match next.take() {
                Some(frame) => frame,
                None => match self.behind_native(from, &native)? {
                    Some(frame) => frame,
                    None => break,
                },
            };
            let at = frame.registers.sp;
            match self.managed(frame)? {
                Some(caller) if self.walker.is_return_address(caller.registers.ip) => next = Some(caller),
                Some(caller) => {
                    native = caller.registers;
                    from = native.sp;
                    self.show_native(native.ip, native.sp)?;
                }
                // Nothing is known of what called it; the next explicit frame may tell where managed code goes on.
                None => {
                    from = at.offset(8);
                    self.show(StackFrame {
                        ip: Addr::NULL,
                        sp: from,
                        about: 0,
                        kind: FrameKind::Unknown,
                        flags: 0,
                    })?;
                }
            }
        }
        Some(())
    }

    /// The managed frame that called the native code in whose frames the walk is: by the next explicit frame that tells.
    fn behind_native(&mut self, from: Addr, native: &Registers) -> Option<Option<Managed>> {
        let walker = self.walker;
        while let Some(frame) = walker.explicit.peek(walker.memory(), &self.chain) {
            let thread = self.start.thread.unwrap_or(Addr::NULL);
            let told =
                (frame.address >= from).then(|| walker.explicit.transition(walker, thread, frame, native));
            let found = told.flatten().filter(|found| self.reaches(from, frame, found));
            self.show_explicit(frame, found.as_ref().map_or(Addr::NULL, |found| found.registers.ip))?;
            walker.explicit.advance(walker.memory(), &mut self.chain);
            if let Some(found) = found {
                let flag = |set: bool, flag: u8| if set { flag } else { 0 };
                let flags = flag(found.active, StackFrame::ACTIVE)
                    | flag(found.interrupted, StackFrame::INTERRUPTED)
                    | flag(found.by_exception, StackFrame::BY_EXCEPTION);
                return Some(Some(Managed { registers: found.registers, flags }));
            }
        }
        Some(None)
    }

    /// Whether what a frame tells lies on the stack of the walk. A fault in a stack that has overflown is handled on another: then the
    /// walk goes over to the stack of the fault.
    fn reaches(&mut self, from: Addr, frame: ExplicitFrame, found: &Transition) -> bool {
        let sp = found.registers.sp;
        if from <= sp && sp < self.end {
            return true;
        }
        if !found.by_exception || !std::mem::take(&mut self.may_leave) {
            return false;
        }
        let memory = self.walker.memory();
        self.end = self.start.stack_end(memory, sp);
        self.chain = self.walker.explicit.chain_from(memory, frame, sp, self.end);
        sp < self.end
    }

    /// Shows a managed frame and the explicit frames within; gives its caller, or `None` where that cannot be told.
    fn managed(&mut self, frame: Managed) -> Option<Option<Managed>> {
        let walker = self.walker;
        let Managed { registers, flags } = frame;
        let mut shown =
            StackFrame { ip: registers.ip, sp: registers.sp, about: 0, kind: FrameKind::Method, flags };
        let Some((number, code)) = walker.code(shown.code_address()) else { return Some(None) };
        shown.about = number;
        if code.info.is_funclet() {
            shown.kind = FrameKind::Funclet;
        }
        let mut caller = registers.clone();
        let executing = flags & (StackFrame::ACTIVE | StackFrame::INTERRUPTED) != 0;
        let certainty = unwind(walker.memory(), &code.plan, code.info.function, executing, &mut caller);
        let certainty = certainty.filter(|_| caller.sp <= self.end);
        let caller_sp = certainty.map(|_| caller.sp);
        let (registers, code) = (Some(&registers), Some(&*code));
        self.show_visit(&FrameVisit { frame: shown, code, registers, caller_sp })?;
        let Some(certainty) = certainty else { return Some(None) };
        while let Some(frame) = walker.explicit.peek(walker.memory(), &self.chain) {
            if frame.address >= caller.sp {
                break;
            }
            walker.explicit.advance(walker.memory(), &mut self.chain);
            self.show_explicit(frame, Addr::NULL)?;
        }
        let flags = if certainty == Certainty::Probable { StackFrame::PROBABLE } else { 0 };
        Some(Some(Managed { registers: caller, flags }))
    }

    fn show_native(&mut self, ip: Addr, sp: Addr) -> Option<()> {
        self.show(StackFrame { ip, sp, about: 0, kind: FrameKind::Native, flags: 0 })
    }

    fn show_explicit(&mut self, frame: ExplicitFrame, ip: Addr) -> Option<()> {
        let about = frame.kind.map_or(0, |place| u32::from(place) + 1);
        self.show(StackFrame { ip, sp: frame.address, about, kind: FrameKind::Explicit, flags: 0 })
    }

    fn show(&mut self, frame: StackFrame) -> Option<()> {
        self.show_visit(&FrameVisit { frame, code: None, registers: None, caller_sp: None })
    }

    fn show_visit(&mut self, visit: &FrameVisit<'_>) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        (self.visit)(visit);
        Some(())
    }
}

#[cfg(test)]
mod tests;
