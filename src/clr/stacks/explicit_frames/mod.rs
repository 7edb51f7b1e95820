//! Explicit frames: what the runtime leaves on a stack where managed code called native code, and from which one can tell where
//! the managed code goes on. So no native code needs to be unwound but the runtime's own, and that only up to 9.0.
//!
//! Frames form a chain from the innermost out. A frame's kind (`kind`) stands in its first word (`identity`), what it tells at
//! places that the layout knows (`layout`). Where the kinds are not known, a frame is believed what proves right: a return
//! address into managed code and a stack pointer of this very stack.

mod identity;
mod kind;
mod layout;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Architecture, Run};

use identity::Identities;
use kind::{FRAME_TYPES, Tells};
use layout::{FrameLayout, HelperMethod, Hijack, Told};

pub use kind::FrameType;

use super::registers::{FP, RBP, Registers};

/// The end of the chain (`FRAME_TOP`).
const TOP: Addr = Addr(u64::MAX);
/// How far behind an explicit frame the return address of its managed caller is looked for: the frames of the runtime's
/// own code between them are small.
const LONGEST_NATIVE_FRAMES: u64 = 16 << 10;
/// Frames of the runtime's own code between an explicit frame and its managed caller, at most. There are one or two.
const MOST_NATIVE_FRAMES: usize = 64;
/// `FRAME_ATTR_EXCEPTION`: the frame is of a function that threw.
const BY_EXCEPTION: u32 = 1;

/// Reads explicit frames.
#[derive(Debug)]
pub(super) struct ExplicitFrames {
    layout: FrameLayout,
    identities: Identities,
    /// The number of the register that code keeps its frame in.
    frame_pointer: u8,
}

/// An explicit frame in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ExplicitFrame {
    /// Where it lies.
    pub address: Addr,
    /// Its kind's place among all; `None` for one that is not known.
    pub kind: Option<u16>,
}

/// Where managed code goes on behind an explicit frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Transition {
    /// The registers of the managed code, as far as they are known.
    pub registers: Registers,
    /// Whether the code was interrupted, and so stands at any instruction; else it waits for a call to return.
    pub interrupted: bool,
    /// Whether it may be in a prologue or an epilogue: it was stopped where the runtime wanted it, not where it faulted.
    pub active: bool,
    /// Whether an exception was what interrupted it.
    pub by_exception: bool,
}

/// What telling a transition takes beside the frame itself.
pub(super) trait Surroundings {
    /// The process's memory.
    fn memory(&self) -> &AddressSpace;
    /// Whether there is managed code at an address.
    fn is_code(&self, address: Addr) -> bool;
    /// Turns the registers of the runtime's own code into those of its caller.
    fn unwind_native(&self, registers: &mut Registers) -> Option<()>;

    /// Whether managed code may have called from just before an address.
    fn is_return_address(&self, address: Addr) -> bool {
        self.is_code(Addr(address.0.wrapping_sub(1)))
    }
}

/// The frames of a thread that are still to be looked at, from the innermost on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    at: Addr,
    /// Which frame follows that one, where it may lie anywhere.
    next: Option<Addr>,
    end: Addr,
}

impl ExplicitFrames {
    /// `None` where the layout does not tell how frames are linked.
    pub fn of(runtime: &ClrRuntime) -> Option<ExplicitFrames> {
        let architecture = runtime.dump.target.architecture;
        ExplicitFrames::new(&runtime.located.layout, architecture, Identities::of(runtime))
    }

    fn new(
        layout: &Descriptor,
        architecture: Architecture,
        identities: Identities,
    ) -> Option<ExplicitFrames> {
        let layout = FrameLayout::of(layout, architecture)?;
        let frame_pointer = if architecture == Architecture::Arm64 { FP } else { RBP };
        Some(ExplicitFrames { layout, identities, frame_pointer })
    }

    /// The innermost frame of the Thread at `thread`; `None` when it has none.
    pub fn head(&self, memory: &AddressSpace, thread: Addr) -> Option<Addr> {
        memory.pointer(thread.offset(self.layout.head)).ok().filter(|&head| head != TOP && !head.is_null())
    }

    /// The chain of the Thread at `thread`, whose stack ends at `end`.
    pub fn chain(&self, memory: &AddressSpace, thread: Addr, end: Addr) -> Chain {
        Chain { at: self.head(memory, thread).unwrap_or(TOP), next: None, end }
    }

    /// A chain that goes on with `frame` and after it on another stack, from `start` to `end`.
    pub fn chain_from(&self, memory: &AddressSpace, frame: ExplicitFrame, start: Addr, end: Addr) -> Chain {
        let next = memory.pointer(frame.address.offset(self.layout.next)).unwrap_or(TOP);
        Chain { at: frame.address, next: (next >= start).then_some(next), end }
    }

    /// The next frame of a chain. Frames lie one above the other: a chain that goes down, or out of the stack, ends.
    pub fn peek(&self, memory: &AddressSpace, chain: &Chain) -> Option<ExplicitFrame> {
        let word = memory.pointer(chain.at).ok().filter(|_| chain.at < chain.end)?;
        Some(ExplicitFrame { address: chain.at, kind: self.identities.place(word) })
    }

    /// Goes on to the frame behind the next one.
    pub fn advance(&self, memory: &AddressSpace, chain: &mut Chain) {
        if let Some(next) = chain.next.take() {
            chain.at = next;
            return;
        }
        let next = memory.pointer(chain.at.offset(self.layout.next)).unwrap_or(TOP);
        chain.at = if next > chain.at { next } else { TOP };
    }

    /// Where managed code goes on by `frame`, a frame of the Thread at `thread`; `None` when it does not tell, or when what it
    /// tells proves wrong. `before` are the registers of the native code within.
    pub fn transition(
        &self,
        around: &impl Surroundings,
        thread: Addr,
        frame: ExplicitFrame,
        before: &Registers,
    ) -> Option<Transition> {
        let Some(kind) = frame.kind.and_then(|place| FRAME_TYPES.get(usize::from(place))) else {
            return (!self.identities.are_known())
                .then(|| self.by_content(around, thread, frame.address, before))?;
        };
        let at = frame.address;
        match kind.tells {
            Tells::Nothing => None,
            Tells::InlinedCall => self.inlined_call(around, at),
            Tells::HelperMethod => self.helper_method(around, thread, at),
            Tells::TransitionBlock => self.transition_block(around, at),
            Tells::Hijack => self.hijack(around, at, self.layout.hijack?),
            Tells::Context => {
                let (name, offset) = self.layout.contexts.iter().find(|(name, _)| *name == kind.name)?;
                self.exception(around, name, at.offset(*offset))
            }
            Tells::ContextPointer => {
                let context = around.memory().pointer(at.offset(self.layout.context_pointer?)).ok()?;
                let registers = self.context(around, context)?;
                around.is_code(registers.ip).then_some(Transition {
                    registers,
                    interrupted: true,
                    active: true,
                    by_exception: false,
                })
            }
            Tells::Evaluation => {
                let (record, context) = self.layout.evaluation?;
                let record = around.memory().pointer(at.offset(record)).ok()?;
                self.returning(around, self.context(around, record.offset(context))?)
            }
        }
    }

    /// What a frame of unknown kind tells, if anything.
    fn by_content(
        &self,
        around: &impl Surroundings,
        thread: Addr,
        at: Addr,
        before: &Registers,
    ) -> Option<Transition> {
        let inlined = || {
            let found = self.inlined_call(around, at)?;
            // It lies within the managed method's own frame.
            let frame_pointer = Addr(found.registers.value(self.frame_pointer)?);
            (found.registers.sp <= at && at < frame_pointer).then_some(found)
        };
        let above = |found: &Transition| found.registers.sp > at && found.registers.sp > before.sp;
        let exception = || {
            let mut contexts = self.layout.contexts.iter();
            contexts.find_map(|(name, offset)| self.exception(around, name, at.offset(*offset)))
        };
        inlined()
            .or_else(|| self.helper_method(around, thread, at).filter(above))
            .or_else(|| self.transition_block(around, at).filter(above))
            .or_else(|| exception().filter(above))
    }

    fn returning(&self, around: &impl Surroundings, registers: Registers) -> Option<Transition> {
        let sound = registers.sp.0.is_multiple_of(8) && around.is_return_address(registers.ip);
        sound.then_some(Transition { registers, interrupted: false, active: false, by_exception: false })
    }

    /// The method that called has saved all registers that its caller wants back, so that nothing is lost by not knowing them.
    fn inlined_call(&self, around: &impl Surroundings, at: Addr) -> Option<Transition> {
        let (memory, of) = (around.memory(), self.layout.inlined_call?);
        let instruction = memory.pointer(at.offset(of.return_address)).ok().filter(|ip| !ip.is_null())?;
        let mut registers = Registers::new(instruction, memory.pointer(at.offset(of.stack)).ok()?);
        registers.restore(memory, self.frame_pointer, at.offset(of.frame_pointer)).ok()?;
        self.returning(around, registers)
    }

    /// Lies in the frame of a native function that managed code called. Until someone has walked the stack it does not
    /// say by which call: then the function's own frame is unwound.
    fn helper_method(&self, around: &impl Surroundings, thread: Addr, at: Addr) -> Option<Transition> {
        let (memory, of) = (around.memory(), self.layout.helper_method?);
        if memory.pointer(at.offset(of.thread)).ok()? != thread {
            return None;
        }
        let by_exception = memory.u32(at.offset(of.attributes)).ok()? & BY_EXCEPTION != 0;
        let told = match of.told {
            Told::Address(offset) => !memory.pointer(at.offset(offset)).ok()?.is_null(),
            Told::Flag(offset) => memory.u32(at.offset(offset)).ok()? != 0,
        };
        let registers =
            if told { self.told_caller(memory, at, of)? } else { self.native_caller(around, at, of)? };
        self.returning(around, registers).map(|found| Transition { by_exception, ..found })
    }

    /// The caller as somebody has found it who walked the stack. The values beside the pointers may be older than a
    /// collection that moved objects since.
    fn told_caller(&self, memory: &AddressSpace, at: Addr, of: HelperMethod) -> Option<Registers> {
        let word = |offset: u64| memory.pointer(at.offset(offset)).ok();
        let mut registers = Registers::new(word(of.instruction)?, word(of.stack)?);
        for &(number, offset) in &self.layout.captured {
            match (word(of.pointers + offset)?, of.unwound) {
                (Addr::NULL, Some(unwound)) => registers.set(number, word(unwound + offset)?.0),
                (Addr::NULL, None) => {}
                (place, _) => registers.restore(memory, number, place).ok()?,
            }
        }
        Some(registers)
    }

    fn native_caller(&self, around: &impl Surroundings, at: Addr, of: HelperMethod) -> Option<Registers> {
        let word = |offset: u64| around.memory().pointer(at.offset(offset)).ok();
        let mut registers = Registers::new(word(of.capture_instruction)?, word(of.capture_stack)?);
        for &(number, offset) in &self.layout.captured {
            registers.set(number, word(of.captured + offset)?.0);
        }
        for _ in 0..MOST_NATIVE_FRAMES {
            let stack = registers.sp;
            if around.unwind_native(&mut registers).is_none() || registers.sp <= stack {
                break;
            }
            if around.is_return_address(registers.ip) {
                return Some(registers);
            }
        }
        self.caller_above(around, at.offset(of.size))
    }

    /// The first return address into managed code above an explicit frame, where the native code between cannot be unwound. The
    /// runtime keeps frame pointers, so that the word below is one. All else stays unknown.
    fn caller_above(&self, around: &impl Surroundings, start: Addr) -> Option<Registers> {
        let memory = around.memory();
        let run = memory.run_at(start).ok()?;
        let longest = usize::try_from(LONGEST_NATIVE_FRAMES).ok()?;
        let bytes = run.bytes.get(..longest).unwrap_or(run.bytes);
        let words = Run { start, bytes }.words();
        let found = |&(_, word): &(Addr, [u8; 8])| around.is_return_address(Addr(u64::from_le_bytes(word)));
        let (at, word) = words.into_iter().find(found)?;
        let mut registers = Registers::new(Addr(u64::from_le_bytes(word)), at.offset(8));
        registers.restore(memory, self.frame_pointer, Addr(at.0.checked_sub(8)?)).ok()?;
        Some(registers)
    }

    fn transition_block(&self, around: &impl Surroundings, at: Addr) -> Option<Transition> {
        let (memory, of) = (around.memory(), self.layout.block?);
        let block = memory.pointer(at.offset(self.layout.transition_block?)).ok()?;
        let instruction = memory.pointer(block.offset(of.return_address)).ok()?;
        let mut registers = Registers::new(instruction, block.offset(of.size));
        self.restore_saved(memory, block.offset(of.saved), &mut registers)?;
        self.returning(around, registers)
    }

    fn hijack(&self, around: &impl Surroundings, at: Addr, of: Hijack) -> Option<Transition> {
        let memory = around.memory();
        let instruction = memory.pointer(at.offset(of.return_address)).ok()?;
        let arguments = memory.pointer(at.offset(of.arguments)).ok()?;
        let mut registers = Registers::new(instruction, arguments.offset(of.stack));
        self.restore_saved(memory, arguments.offset(of.saved), &mut registers)?;
        self.returning(around, registers)
    }

    fn restore_saved(&self, memory: &AddressSpace, saved: Addr, registers: &mut Registers) -> Option<()> {
        for &(number, offset) in &self.layout.callee_saved {
            registers.restore(memory, number, saved.offset(offset)).ok()?;
        }
        Some(())
    }

    /// A frame of an exception: of one that was thrown, code waits for the throwing function to return; a fault happened at the
    /// very instruction.
    fn exception(&self, around: &impl Surroundings, name: &str, context: Addr) -> Option<Transition> {
        let registers = self.context(around, context)?;
        let interrupted = name == "FaultingExceptionFrame";
        let is_code =
            if interrupted { around.is_code(registers.ip) } else { around.is_return_address(registers.ip) };
        let sound = is_code && registers.sp.0.is_multiple_of(8);
        sound.then_some(Transition { registers, interrupted, active: false, by_exception: true })
    }

    fn context(&self, around: &impl Surroundings, at: Addr) -> Option<Registers> {
        let (memory, of) = (around.memory(), self.layout.context);
        let word = |offset: u64| memory.pointer(at.offset(offset)).ok();
        let mut registers = Registers::new(word(of.instruction)?, word(of.stack)?);
        for number in 0..of.count {
            registers.restore(memory, number, at.offset(of.registers + 8 * u64::from(number))).ok()?;
        }
        Some(registers)
    }
}

/// The kind at a place among all.
pub(super) fn kind_at(place: u16) -> Option<&'static FrameType> {
    Identities::kind(place)
}

#[cfg(test)]
mod tests;
