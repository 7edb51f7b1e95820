//! Explicit frames: what the runtime leaves on a stack where managed code called native code, and from which one can
//! tell where the managed code goes on.
//!
//! Source: `src/coreclr/vm/frames.h` of dotnet/runtime v8.0 to v10.0, `src/vm/frames.h` of dotnet/coreclr v2.0 and v3.1.
//! What kind a frame is follows from its virtual table, or since 10.0 an identifier; here it follows from what it holds
//! instead: each kind has its return address and stack pointer at other places, and only at the right ones they are
//! managed code and a stack pointer of this very stack.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::AddressSpace;

use super::unwind::Context;

/// The end of the chain (`FRAME_TOP`).
const TOP: Addr = Addr(u64::MAX);
/// rsp, rbp and rip in a CONTEXT of x64 (`winnt.h`).
const CONTEXT_STACK: u64 = 152;
const CONTEXT_FRAME: u64 = 160;
const CONTEXT_INSTRUCTION: u64 = 248;
/// How far behind an explicit frame the return address of its managed caller is looked for: the frames of the runtime's
/// own code between them are small.
const LONGEST_NATIVE_FRAMES: u64 = 16 << 10;

/// Offsets of the frames that tell where managed code goes on; `None` for those that a version does not have.
#[derive(Clone, Debug)]
pub(super) struct TransitionLayout {
    head: u64,
    next: u64,
    /// CallSiteSP, CallerReturnAddress, CalleeSavedFP.
    inlined_call: Option<(u64, u64, u64)>,
    helper_method: Option<HelperMethod>,
    /// Where a frame refers to a TransitionBlock, and there the return address, rbp and the end.
    transition_block: Option<[u64; 4]>,
    /// Where a CONTEXT lies in a frame of an exception.
    contexts: Vec<u64>,
}

/// Offsets in a HelperMethodFrame, up to 9.0.
#[derive(Clone, Copy, Debug)]
struct HelperMethod {
    thread: u64,
    instruction: u64,
    stack: u64,
    /// Where the pointer to the saved rbp stands, and its value should that be null.
    frame_pointer: u64,
    frame_value: u64,
    /// Not null when the three above are valid.
    return_address: u64,
    size: u64,
}

impl TransitionLayout {
    /// `None` where the layout does not tell how explicit frames are linked.
    pub fn of(layout: &Descriptor) -> Option<TransitionLayout> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        let inlined = |field| of("InlinedCallFrame", field);
        let block = |field| of("TransitionBlock", field);
        let helper = |field| of("HelperMethodFrame", field);
        let helper_method = || {
            Some(HelperMethod {
                thread: helper("Thread")?,
                instruction: helper("Rip")?,
                stack: helper("Rsp")?,
                frame_pointer: helper("RbpPointer")?,
                frame_value: helper("RbpUnwound")?,
                return_address: helper("RetAddr")?,
                size: helper(Descriptor::SIZE)?,
            })
        };
        let transition_block = || {
            let frame = block("CalleeSavedRegisters")? + of("CalleeSavedRegisters", "Rbp")?;
            let pointer = of("FramedMethodFrame", "TransitionBlockPtr")?;
            Some([pointer, block("ReturnAddress")?, frame, block(Descriptor::SIZE)?])
        };
        let contexts = ["FaultingExceptionFrame", "SoftwareExceptionFrame"];
        Some(TransitionLayout {
            head: of("Thread", "Frame")?,
            next: of("Frame", "Next")?,
            inlined_call: inlined("CallSiteSP")
                .zip(inlined("CallerReturnAddress"))
                .zip(inlined("CalleeSavedFP"))
                .map(|((stack, address), frame)| (stack, address, frame)),
            helper_method: helper_method(),
            transition_block: transition_block(),
            contexts: contexts.iter().filter_map(|name| of(name, "TargetContext")).collect(),
        })
    }
}

/// The explicit frames of a thread, from the innermost on.
pub(super) struct Transitions<'a> {
    pub memory: &'a AddressSpace,
    pub layout: &'a TransitionLayout,
    /// The runtime's Thread structure.
    pub thread: Addr,
    /// The end of the stack.
    pub end: Addr,
    /// The frame to be looked at next.
    at: Addr,
    /// Up to here nothing was found above a frame that says nothing of itself: what lies below is not searched again.
    searched: Addr,
}

impl<'a> Transitions<'a> {
    pub fn new(memory: &'a AddressSpace, layout: &'a TransitionLayout, thread: Addr, end: Addr) -> Self {
        let at = memory.pointer(thread.offset(layout.head)).unwrap_or(TOP);
        Transitions { memory, layout, thread, end, at, searched: Addr::NULL }
    }

    /// Where managed code goes on by the next frame at or above `from` that tells it; `None` when no more does. Frames
    /// lie one above the other, so that a chain that goes down ends here.
    pub fn next(&mut self, from: Addr, is_code: &mut dyn FnMut(Addr) -> bool) -> Option<Context> {
        while self.at < self.end {
            let frame = self.at;
            let next = self.memory.pointer(frame.offset(self.layout.next)).unwrap_or(TOP);
            self.at = if next > frame { next } else { TOP };
            if frame >= from
                && let Some(context) = self.context(frame, is_code).filter(|context| context.stack >= from)
            {
                return Some(context);
            }
        }
        None
    }

    fn context(&mut self, frame: Addr, is_code: &mut dyn FnMut(Addr) -> bool) -> Option<Context> {
        self.inlined_call(frame, is_code)
            .or_else(|| self.helper_method(frame, is_code))
            .or_else(|| self.transition_block(frame, is_code))
            .or_else(|| {
                self.layout.contexts.iter().find_map(|&at| self.saved_context(frame.offset(at), is_code))
            })
    }

    fn word(&self, at: Addr) -> Option<Addr> {
        self.memory.pointer(at).ok()
    }

    fn returning(
        &self,
        instruction: Addr,
        stack: Addr,
        frame: Addr,
        is_code: &mut dyn FnMut(Addr) -> bool,
    ) -> Option<Context> {
        let sound = stack.0.is_multiple_of(8) && stack < self.end && is_code(instruction);
        sound.then_some(Context { instruction, stack, frame, active: false })
    }

    /// Lies within the managed method's own frame, so between its stack pointer and its frame pointer.
    fn inlined_call(&self, frame: Addr, is_code: &mut dyn FnMut(Addr) -> bool) -> Option<Context> {
        let (stack, address, frame_pointer) = self.layout.inlined_call?;
        let stack = self.word(frame.offset(stack))?;
        let frame_pointer = self.word(frame.offset(frame_pointer))?;
        let address = self.word(frame.offset(address))?;
        let around = stack <= frame && frame < frame_pointer && frame_pointer < self.end;
        around.then(|| self.returning(address, stack, frame_pointer, is_code)).flatten()
    }

    /// Lies in the frame of a native function that managed code called. Until someone has walked the stack it does not
    /// say by which call: that is the first return address into managed code above it.
    fn helper_method(&mut self, frame: Addr, is_code: &mut dyn FnMut(Addr) -> bool) -> Option<Context> {
        let of = self.layout.helper_method?;
        if self.word(frame.offset(of.thread))? != self.thread {
            return None;
        }
        let start = frame.offset(of.size);
        if !self.word(frame.offset(of.return_address))?.is_null() {
            let frame_pointer = match self.word(frame.offset(of.frame_pointer))? {
                Addr::NULL => self.word(frame.offset(of.frame_value))?,
                saved => self.word(saved)?,
            };
            let (instruction, stack) =
                (self.word(frame.offset(of.instruction))?, self.word(frame.offset(of.stack))?);
            return self.returning(instruction, stack, frame_pointer, is_code);
        }
        let end = self.end.min(start.offset(LONGEST_NATIVE_FRAMES));
        let mut at = start.max(self.searched);
        while at < end {
            let frame_pointer = self.word(Addr(at.0.wrapping_sub(8)))?;
            if let Some(found) = self.returning(self.word(at)?, at.offset(8), frame_pointer, is_code) {
                return Some(found);
            }
            at = at.offset(8);
        }
        self.searched = at;
        None
    }

    fn transition_block(&self, frame: Addr, is_code: &mut dyn FnMut(Addr) -> bool) -> Option<Context> {
        let [pointer, address, frame_pointer, size] = self.layout.transition_block?;
        let block = self.word(frame.offset(pointer)).filter(|&block| block > frame && block < self.end)?;
        let frame_pointer = self.word(block.offset(frame_pointer))?;
        self.returning(self.word(block.offset(address))?, block.offset(size), frame_pointer, is_code)
    }

    fn saved_context(&self, at: Addr, is_code: &mut dyn FnMut(Addr) -> bool) -> Option<Context> {
        let [instruction, stack, frame] =
            [CONTEXT_INSTRUCTION, CONTEXT_STACK, CONTEXT_FRAME].map(|offset| self.word(at.offset(offset)));
        self.returning(instruction?, stack.filter(|&stack| stack > at)?, frame?, is_code)
    }
}

#[cfg(test)]
mod tests;
