//! Where the walk over each thread's stack begins, and which part of memory is its stack.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::dump::{AddressSpace, NativeThread};
use crate::problem::Problem;

use super::end_of_stack;
use super::explicit_frames::ExplicitFrames;
use super::registers::Registers;

/// Where a walk begins.
#[derive(Clone, Debug)]
pub(super) struct ThreadStart {
    pub os_id: u64,
    /// The runtime's Thread structure and its number; `None` for a thread that the runtime does not know.
    pub thread: Option<Addr>,
    pub managed_id: Option<u32>,
    pub registers: Box<Registers>,
    /// The registers of the code that a signal interrupted whose handler the thread runs; only looked for where nothing else tells where
    /// managed code goes on.
    pub interrupted: Option<Box<Registers>>,
    /// Whether the walk may go over to another stack, to which a frame of an exception leads.
    pub may_leave: bool,
    /// Where the runtime or the system says that the stack ends.
    base: Option<Addr>,
    /// The lowest address at which a frame may lie.
    pub from: Addr,
    /// Behind the highest.
    pub end: Addr,
}

impl ThreadStart {
    /// That of a thread of which nothing but its registers is known.
    fn new(os_id: u64, registers: Box<Registers>) -> ThreadStart {
        ThreadStart {
            os_id,
            thread: None,
            managed_id: None,
            from: registers.sp,
            end: registers.sp,
            base: None,
            registers,
            interrupted: None,
            may_leave: false,
        }
    }

    /// The same thread, walked from the code that a signal has interrupted, or, where that is not known, over to the stack of a fault.
    pub fn leaving(&self, memory: &AddressSpace, interrupted: Option<Registers>) -> ThreadStart {
        let mut start = ThreadStart { may_leave: true, ..self.clone() };
        if let Some(interrupted) = interrupted {
            (start.from, start.end) = (interrupted.sp, self.stack_end(memory, interrupted.sp));
            start.interrupted = Some(Box::new(interrupted));
        }
        start
    }

    /// The end of the stack that holds `from`; `from` itself where there is no memory.
    pub fn stack_end(&self, memory: &AddressSpace, from: Addr) -> Addr {
        end_of_stack(memory, from, self.base).unwrap_or(from)
    }
}

/// The starts of all threads: those that the runtime knows in its order, then the others in the dump's.
pub(super) fn starts(types: &TypeSystem, problems: &mut Vec<Problem>) -> Vec<ThreadStart> {
    let runtime = types.runtime();
    let dump = &runtime.dump;
    let native: FxHashMap<u64, &NativeThread> =
        dump.threads.iter().map(|thread| (thread.id, thread)).collect();
    let frames = ExplicitFrames::of(runtime);
    let base_offset = runtime.located.layout.optional_field("Thread", "CachedStackBase");
    let mut starts = Vec::new();
    let (mut known, mut without_registers) = (FxHashSet::default(), 0_usize);
    for thread in runtime.threads.iter().flat_map(|list| &list.threads) {
        // A damaged list may name one thread of the system many times.
        let Some(os_id) = thread.os_id.filter(|&os_id| known.insert(os_id)) else { continue };
        let registers = native.get(&os_id).and_then(|native| registers(types, native));
        let Some(registers) = registers else {
            without_registers += 1;
            continue;
        };
        let base = base_offset.and_then(|at| dump.memory.pointer(thread.address.offset(at)).ok());
        let base = native.get(&os_id).and_then(|native| native.stack_end).or(base);
        let head = frames.as_ref().and_then(|frames| frames.head(&dump.memory, thread.address));
        let mut start =
            ThreadStart { thread: Some(thread.address), base, ..ThreadStart::new(os_id, registers) };
        start.managed_id = thread.managed_id;
        // Frames below the stack pointer: a signal handler is running on a stack of its own.
        start.from = head.map_or(start.from, |head| head.min(start.from));
        start.end = start.stack_end(&dump.memory, start.from);
        starts.push(start);
    }
    let others = dump.threads.iter().filter(|native| known.insert(native.id));
    starts.extend(others.filter_map(|native| Some(ThreadStart::new(native.id, registers(types, native)?))));
    keep_apart(&mut starts);
    if without_registers > 0 {
        problems.push(Problem::loss(format!(
            "the frames of {without_registers} threads cannot be told: the dump does not hold their registers"
        )));
    }
    starts
}

fn registers(types: &TypeSystem, native: &NativeThread) -> Option<Box<Registers>> {
    Registers::of_thread(native, types.runtime().dump.target.architecture).map(Box::new)
}

/// Ends each stack before the lowest frame of the next thread: so no frame is walked twice, however many threads a damaged dump
/// puts on one stack.
fn keep_apart(starts: &mut [ThreadStart]) {
    let mut by_place: Vec<&mut ThreadStart> =
        starts.iter_mut().filter(|start| start.thread.is_some()).collect();
    by_place.sort_by_key(|start| (start.from, start.os_id));
    let mut next = Addr(u64::MAX);
    for start in by_place.into_iter().rev() {
        start.end = start.end.min(next);
        next = start.from;
    }
}
