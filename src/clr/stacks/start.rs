//! Where the walk over each thread's stack begins, and which part of memory is its stack.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::dump::{AddressSpace, NativeThread};
use crate::limits;
use crate::problem::Problem;

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
    /// Where the runtime or the system says that the stack ends.
    base: Option<Addr>,
    /// The lowest address at which a frame may lie.
    pub from: Addr,
    /// Behind the highest.
    pub end: Addr,
}

impl ThreadStart {
    /// The same thread, walked from the code that a signal has interrupted.
    pub fn from_interrupted(&self, memory: &AddressSpace, interrupted: Registers) -> ThreadStart {
        let from = interrupted.sp;
        let end = stack_end(memory, from, self.base);
        ThreadStart { interrupted: Some(Box::new(interrupted)), from, end, ..self.clone() }
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
        // Frames below the stack pointer: a signal handler is running on a stack of its own.
        let from = head.map_or(registers.sp, |head| head.min(registers.sp));
        starts.push(ThreadStart {
            os_id,
            thread: Some(thread.address),
            managed_id: thread.managed_id,
            interrupted: None,
            base,
            from,
            end: stack_end(&dump.memory, from, base),
            registers,
        });
    }
    let others = dump.threads.iter().filter(|native| known.insert(native.id));
    starts.extend(others.filter_map(|native| {
        let registers = registers(types, native)?;
        let (from, end) = (registers.sp, registers.sp);
        let (thread, managed_id, interrupted, base) = (None, None, None, None);
        Some(ThreadStart { os_id: native.id, thread, managed_id, registers, interrupted, base, from, end })
    }));
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

/// The end of the stack that holds `from`: the base that the runtime or the system has noted, else the end of that stretch of memory.
fn stack_end(memory: &AddressSpace, from: Addr, base: Option<Addr>) -> Addr {
    let told = base.filter(|&base| base.since(from).is_some_and(|size| size <= limits::MAX_STACK_BYTES));
    let most = from.offset(limits::MAX_UNBOUNDED_STACK_BYTES);
    told.unwrap_or_else(|| memory.stretch_at(from).map_or(from, |stretch| stretch.end().min(most)))
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
