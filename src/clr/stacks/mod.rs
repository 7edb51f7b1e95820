//! The stacks of the runtime's threads: which words of them, and which registers, may hold references.
//!
//! What is told here is conservative: every word is a candidate, also those that a method left behind or never used.
//! Which of them point at objects, the graph knows. Only threads that the runtime knows are looked at: no other can run
//! managed code, and native code of the runtime's own that holds references runs on such threads too.
//!
//! A stack reaches from the stack pointer to the base that the runtime noted when the thread started, where the layout
//! tells where that stands. Else it reaches to the end of the memory that holds the stack pointer, at most so far as
//! [`limits::MAX_UNBOUNDED_STACK_BYTES`] says. In no case does it reach behind the stack pointer of the next thread.

mod code_table;
mod explicit_frames;
mod frames;
mod native_names;
mod native_unwind;
mod parts;
mod registers;
mod signal_context;
mod start;
mod unwind;
mod walk;

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::{ClrRuntime, Thread};
use crate::dump::{AddressSpace, Dump, NativeThread};
use crate::limits;
use crate::problem::Problem;

pub use code_table::ManagedCode;
pub use explicit_frames::FrameType;
pub(in crate::clr) use frames::WalkedFrames;
pub use frames::{FrameKind, ProcessFrames, StackFrame, ThreadFrames};
pub use native_names::NativeNames;
pub use parts::{StackPart, StackParts};
pub use registers::Registers;
pub use walk::FrameVisit;

/// The part of a thread's stack that is in use, and its registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadStack {
    /// The id the operating system gave.
    pub os_id: u64,
    /// The runtime's Thread structure.
    pub thread: Addr,
    /// The stack pointer: the lowest word that is in use.
    pub start: Addr,
    /// Behind the highest word.
    pub end: Addr,
    /// The instruction pointer.
    pub instruction: Addr,
    /// The frame pointer.
    pub frame: Addr,
    /// The general registers.
    pub registers: Vec<u64>,
}

impl ThreadStack {
    /// The words of the stack that are in the dump, from the stack pointer up: where each stands, and what it is.
    pub fn words<'a>(&self, memory: &'a AddressSpace) -> impl Iterator<Item = (Addr, Addr)> + 'a {
        memory.runs(self.start, self.end).flat_map(|run| {
            // Stretches of memory begin at pages; one of a damaged dump that does not has no aligned words first.
            let skipped = run.start.0.wrapping_neg() % 8;
            let bytes = run.bytes.get(skipped as usize..).unwrap_or_default();
            let words = bytes.chunks_exact(8).filter_map(|word| word.first_chunk());
            words
                .zip((run.start.0 + skipped..).step_by(8))
                .map(|(&word, at)| (Addr(at), Addr(u64::from_le_bytes(word))))
        })
    }

    /// How many bytes of the stack are not in the dump.
    fn missing_bytes(&self, memory: &AddressSpace) -> u64 {
        let present: u64 = memory.runs(self.start, self.end).map(|run| run.bytes.len() as u64).sum();
        (self.end.0 - self.start.0).saturating_sub(present)
    }
}

/// The stacks of all threads that the runtime knows.
#[derive(Clone, Debug, Default)]
pub struct Stacks {
    /// The stacks, in the order of the runtime's threads.
    pub threads: Vec<ThreadStack>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Finds the stacks of all threads of `runtime` that have started and not ended.
///
/// Threads of which the dump holds no registers, and stacks that are not all in it, are told in [`Stacks::problems`].
pub fn stacks(runtime: &ClrRuntime) -> Stacks {
    let (dump, layout) = (&runtime.dump, &runtime.located.layout);
    let base_offset = layout.optional_field("Thread", "CachedStackBase");
    let native: FxHashMap<u64, &NativeThread> =
        dump.threads.iter().map(|thread| (thread.id, thread)).collect();
    let started =
        || runtime.threads.iter().flat_map(|list| &list.threads).filter_map(|t| Some((t, t.os_id?)));
    let mut stacks = Stacks::default();
    let mut without_registers = 0;
    for (thread, os_id) in started() {
        let base = base_offset.and_then(|offset| dump.memory.pointer(thread.address.offset(offset)).ok());
        let native = native.get(&os_id);
        let base = native.and_then(|native| native.stack_end).or(base);
        match native.and_then(|native| stack(dump, thread, native, base)) {
            Some(stack) => stacks.threads.push(stack),
            None => without_registers += 1,
        }
    }
    keep_apart(&mut stacks.threads);
    if without_registers > 0 {
        stacks.problems.push(Problem::loss(format!(
            "the stacks of {without_registers} threads are not in the dump: what only they hold counts as garbage"
        )));
    }
    let missing: u64 = stacks.threads.iter().map(|stack| stack.missing_bytes(&dump.memory)).sum();
    if missing > 0 {
        let message = format!("{missing} bytes of the threads' stacks are not in the dump");
        stacks.problems.push(Problem::loss(message));
    }
    stacks
}

/// The stack of a thread; `None` when the dump does not tell the stack pointer or nothing lies there.
fn stack(dump: &Dump, thread: &Thread, native: &NativeThread, base: Option<Addr>) -> Option<ThreadStack> {
    let architecture = dump.target.architecture;
    let register = |number: usize| native.registers.get(number).copied();
    let start = Addr(register(architecture.stack_pointer())?.checked_next_multiple_of(8)?);
    let end = end_of_stack(&dump.memory, start, base)?;
    Some(ThreadStack {
        os_id: native.id,
        thread: thread.address,
        start,
        end,
        instruction: Addr(register(architecture.instruction_pointer())?),
        frame: Addr(register(architecture.frame_pointer())?),
        registers: native.registers.get(architecture.general_registers())?.to_vec(),
    })
}

/// The end of the stack that holds `from`: the base that the runtime or the system has noted, else the end of that stretch of
/// memory; `None` where there is no memory.
fn end_of_stack(memory: &AddressSpace, from: Addr, base: Option<Addr>) -> Option<Addr> {
    let near = |base: &Addr| base.since(from).is_some_and(|size| size <= limits::MAX_STACK_BYTES);
    let most = from.offset(limits::MAX_UNBOUNDED_STACK_BYTES);
    let mapped = || memory.stretch_at(from).ok().map(|stretch| stretch.end().min(most));
    base.filter(near).or_else(mapped)
}

/// Ends each stack before the stack pointer of the next thread: so no word is looked at twice, however many threads a
/// damaged dump puts on one stack.
fn keep_apart(stacks: &mut [ThreadStack]) {
    let mut by_start: Vec<&mut ThreadStack> = stacks.iter_mut().collect();
    by_start.sort_by_key(|stack| stack.start);
    let mut next = Addr(u64::MAX);
    for stack in by_start.into_iter().rev() {
        stack.end = stack.end.min(next);
        next = stack.start;
    }
}

#[cfg(test)]
mod tests;
