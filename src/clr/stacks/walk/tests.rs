//! Processes of 10.0 with a heap of code and a stack each, at offsets of `codeman.h` and `frames.h` of dotnet/runtime v10.0.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::clr::stacks::{ProcessFrames, ThreadFrames};
use crate::clr::synthetic::open;
use crate::synth::{Family, Kennel, Memory, ProcessDump};

/// The runtime's structures.
const MAPS: u64 = 0x6000_0000;
const HEADERS: u64 = 0x6002_0000;
/// Code: methods begin at each 0x100 from 0x100 on, and their unwind information lies behind all of them.
const CODE: u64 = 0x6100_0000;
const UNWIND: u64 = 0x8000;
const METHODS: u64 = 16;
/// The method with a funclet, which begins in the middle.
const WITH_FUNCLET: u64 = 9;
const STACK: u64 = 0x6800_0000;
/// Bytes of each frame: room of 0x20, rbp, return address.
const FRAME: u64 = 0x30;
/// Native code.
const NATIVE: u64 = 0x6900_0000;

/// Where the code of a method goes on that waits for a call to return.
fn within(method: u64) -> u64 {
    CODE + 0x100 * method + 0x20
}

fn write_code(memory: &mut Memory) {
    memory.map(MAPS, vec![0; 0x2_0000]);
    memory.map(HEADERS, vec![0; 0x2000]);
    memory.map(CODE, vec![0x90; 0x9000]);
    // The map of ranges: five levels, of which the first three have one entry.
    let (levels, fragment) =
        ([MAPS, MAPS + 0x1000, MAPS + 0x2000, MAPS + 0x3000, MAPS + 0x4000], MAPS + 0x5000);
    let (section, heap, nibbles) = (MAPS + 0x5100, MAPS + 0x5200, MAPS + 0x6000);
    for (level, index) in [(0, 0), (1, 0), (2, 0), (3, CODE >> 25 & 0xff), (4, CODE >> 17 & 0xff)] {
        let next = levels.get(level + 1).copied().unwrap_or(fragment);
        memory.write_u64(levels[level] + 8 * index, next);
    }
    let fields =
        [(fragment + 8, CODE), (fragment + 16, CODE + 0x8000), (fragment + 24, section), (section, CODE)];
    fields.into_iter().for_each(|(at, value)| memory.write_u64(at, value));
    memory.write_u64(section + 16, 2);
    memory.write_u64(section + 40, heap);
    memory.write_u64(heap + 32, CODE);
    memory.write_u64(heap + 40, nibbles);
    for method in 1..METHODS {
        memory.write(nibbles + 4 * method, &0x1000_0000_u32.to_le_bytes());
        write_method(memory, method);
    }
}

/// A method whose prologue is `push rbp; sub rsp, 0x20`.
fn write_method(memory: &mut Memory, method: u64) {
    let header = HEADERS + 0x100 * method;
    memory.write_u64(CODE + 0x100 * method - 8, header);
    memory.write_u64(header + 16, 0x9000 + method);
    memory.write_u64(header + 24, 0xa000 + 8 * method);
    let begins = if method == WITH_FUNCLET { vec![0, 0x10] } else { vec![0] };
    memory.write(header + 32, &(begins.len() as u32).to_le_bytes());
    let unwind = UNWIND + 0x20 * method;
    for (number, begin) in begins.into_iter().enumerate() {
        let entry = header + 36 + 12 * number as u64;
        memory.write(entry, &((0x100 * method + begin) as u32).to_le_bytes());
        memory.write(entry + 8, &(unwind as u32).to_le_bytes());
    }
    memory.write(CODE + unwind, &[1, 5, 2, 0, 5, 0x32, 1, 0x50]);
}

/// A process with code, and a stack for its first thread.
struct Stacked {
    dump: ProcessDump,
    registers: [u64; 27],
}

impl Stacked {
    fn new(stack_bytes: u64) -> Stacked {
        let mut dump = Kennel::new(Family::V10_0).process.dump();
        write_code(&mut dump.memory);
        dump.memory.map(STACK, vec![0; stack_bytes as usize]);
        let (table, thread) = (dump.table, dump.threads[0]);
        dump.memory.write_u64(table, MAPS);
        dump.memory.write_u64(thread + 120, STACK + stack_bytes);
        let mut stacked = Stacked { dump, registers: [0; 27] };
        stacked.chain(u64::MAX);
        stacked
    }

    /// Stops the thread there.
    fn stop(&mut self, ip: u64, sp: u64) {
        (self.registers[16], self.registers[19]) = (ip, sp);
    }

    /// Begins the chain of explicit frames there.
    fn chain(&mut self, frame: u64) {
        let thread = self.dump.threads[0];
        self.dump.memory.write_u64(thread + 8, frame);
    }

    /// A managed frame at `sp` that was called from `caller`, with that rbp of its caller.
    fn frame(&mut self, sp: u64, caller: u64, rbp: u64) {
        self.dump.memory.write_u64(sp + 0x20, rbp);
        self.dump.memory.write_u64(sp + 0x28, caller);
    }

    /// An InlinedCallFrame in the managed frame at `sp`, whose code goes on at `ip`.
    fn inlined_call(&mut self, at: u64, next: u64, sp: u64, ip: u64, rbp: u64) {
        let words = [1, next, 0, sp, ip, rbp];
        words.iter().zip(0..).for_each(|(&word, index)| self.dump.memory.write_u64(at + 8 * index, word));
    }

    fn types(mut self) -> TypeSystem {
        self.dump.set_registers(0, &self.registers);
        TypeSystem::new(Arc::new(open(&self.dump))).unwrap()
    }
}

/// Kind, instruction pointer and stack pointer of each frame of the first thread.
fn shown(types: &TypeSystem) -> Vec<(FrameKind, u64, u64)> {
    let frames = &types.frames().threads[0].frames;
    frames.iter().map(|frame| (frame.kind, frame.ip.0, frame.sp.0)).collect()
}

#[test]
fn managed_code_is_unwound_and_native_code_passed_over_by_explicit_frames() {
    let mut stacked = Stacked::new(0x4000);
    // Native code, called by method 1, which method 2 called; native code called that; method 3 called the native code.
    let (native, first, second, third) =
        (STACK + 0x100, STACK + 0x800, STACK + 0x800 + FRAME, STACK + 0x2000);
    stacked.stop(NATIVE, native);
    stacked.chain(first - 0x100);
    stacked.inlined_call(first - 0x100, third - 0x100, first, within(1), 0x1111);
    stacked.frame(first, within(2), 0x2222);
    stacked.frame(second, NATIVE + 8, 0x3333);
    stacked.inlined_call(third - 0x100, u64::MAX, third, within(3), 0x4444);
    stacked.frame(third, NATIVE + 16, 0);
    let types = stacked.types();
    let expected = [
        (FrameKind::Native, NATIVE, native),
        (FrameKind::Explicit, within(1), first - 0x100),
        (FrameKind::Method, within(1), first),
        (FrameKind::Method, within(2), second),
        (FrameKind::Native, NATIVE + 8, second + FRAME),
        (FrameKind::Explicit, within(3), third - 0x100),
        (FrameKind::Method, within(3), third),
        (FrameKind::Native, NATIVE + 16, third + FRAME),
    ];
    assert_eq!(shown(&types), expected);

    let thread = &types.frames().threads[0];
    assert_eq!(thread.frames[1].frame_type().map(|of| of.name), Some("InlinedCallFrame"));
    let code = types.frames().code(&thread.frames[3]).unwrap();
    assert_eq!((code.info.method_desc, code.info.start), (Addr(0xa010), Addr(CODE + 0x200)));
    assert_eq!(code.info.gc_info, Some(Addr(0x9002)));
    // What is not kept of a frame is shown when the stack is walked again.
    let mut seen = Vec::new();
    types.visit_frames(thread, |visit| {
        let rbp = visit.registers.map(|registers| (registers.value(5), registers.place(5)));
        seen.push((visit.frame, rbp, visit.caller_sp));
    });
    assert!(seen.iter().map(|(frame, ..)| frame).eq(&thread.frames));
    assert_eq!(seen[3].1, Some((Some(0x2222), Some(Addr(first + 0x20)))));
    assert_eq!(seen[3].2, Some(Addr(second + FRAME)));
}

#[test]
fn code_that_is_executing_is_unwound_by_what_it_has_done() {
    let mut stacked = Stacked::new(0x1000);
    // Behind the push and before the room is made.
    stacked.stop(CODE + 0x101, STACK + 0x100);
    stacked.dump.memory.write_u64(STACK + 0x108, within(2));
    stacked.frame(STACK + 0x110, NATIVE, 0);
    let types = stacked.types();
    let expected = [
        (FrameKind::Method, CODE + 0x101, STACK + 0x100),
        (FrameKind::Method, within(2), STACK + 0x110),
        (FrameKind::Native, NATIVE, STACK + 0x110 + FRAME),
    ];
    assert_eq!(shown(&types), expected);
    let frames = &types.frames().threads[0].frames;
    assert!(frames[0].is_active() && !frames[1].is_active());
}

#[test]
fn funclets_are_told_from_their_methods() {
    let mut stacked = Stacked::new(0x1000);
    stacked.stop(CODE + 0x100 * WITH_FUNCLET + 0x40, STACK + 0x100);
    stacked.frame(STACK + 0x100, CODE + 0x100 * WITH_FUNCLET + 8, 0);
    stacked.frame(STACK + 0x100 + FRAME, NATIVE, 0);
    let types = stacked.types();
    let kinds: Vec<FrameKind> = shown(&types).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, [FrameKind::Funclet, FrameKind::Method, FrameKind::Native]);
    let frames = &types.frames().threads[0].frames;
    let code = types.frames().code(&frames[0]).unwrap();
    assert_eq!(code.info.start, Addr(CODE + 0x100 * WITH_FUNCLET));
    assert_eq!(code.info.function.map(|function| function.funclet), Some(1));
}

#[test]
fn a_stack_that_cannot_be_told_says_so_and_goes_on_at_the_next_explicit_frame() {
    let mut stacked = Stacked::new(0x4000);
    let (first, third) = (STACK + 0x100, STACK + 0x2000);
    stacked.stop(within(1), first);
    stacked.chain(third - 0x100);
    stacked.inlined_call(third - 0x100, u64::MAX, third, within(3), 0);
    stacked.frame(third, NATIVE, 0);
    stacked.dump.memory.forget(first, STACK + 0x1000);
    let types = stacked.types();
    let expected = [
        (FrameKind::Method, within(1), first),
        (FrameKind::Unknown, 0, first + 8),
        (FrameKind::Explicit, within(3), third - 0x100),
        (FrameKind::Method, within(3), third),
        (FrameKind::Native, NATIVE, third + FRAME),
    ];
    assert_eq!(shown(&types), expected);
}

#[test]
fn explicit_frames_within_a_managed_frame_do_not_change_where_it_goes_on() {
    let mut stacked = Stacked::new(0x1000);
    let first = STACK + 0x100;
    stacked.stop(within(1), first);
    // A call that is over: the frame is still in the chain.
    stacked.inlined_call(first, u64::MAX, first, 0, 0);
    stacked.chain(first);
    stacked.frame(first, within(2), 0);
    stacked.frame(first + FRAME, NATIVE, 0);
    let kinds: Vec<FrameKind> = shown(&stacked.types()).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, [FrameKind::Method, FrameKind::Explicit, FrameKind::Method, FrameKind::Native]);
}

#[test]
fn a_stack_that_has_overflown_is_walked_to_its_end() {
    const FRAMES: u64 = 50_000;
    let mut stacked = Stacked::new(FRAMES * FRAME + 0x100);
    let frame: Vec<u8> = [0, 0, 0, 0, 0, within(1)].into_iter().flat_map(u64::to_le_bytes).collect();
    stacked.dump.memory.write(STACK, &frame.repeat(FRAMES as usize - 1));
    stacked.frame(STACK + FRAME * (FRAMES - 1), NATIVE, 0);
    stacked.stop(within(1), STACK);
    let types = stacked.types();
    let thread = &types.frames().threads[0];
    assert_eq!((thread.frames.len() as u64, thread.managed().count() as u64), (FRAMES + 1, FRAMES));
}

#[test]
fn a_fault_that_is_handled_on_another_stack_leads_to_the_stack_of_the_fault() {
    const HANDLER: u64 = 0x6a00_0000;
    let mut stacked = Stacked::new(0x1000);
    stacked.dump.memory.map(HANDLER, vec![0; 0x2000]);
    stacked.stop(NATIVE, HANDLER + 0x100);
    // A FaultingExceptionFrame; the next frame of the chain lies on the other stack again, below.
    let frame = HANDLER + 0x200;
    stacked.chain(frame);
    stacked.dump.memory.write_u64(frame, 4);
    stacked.dump.memory.write_u64(frame + 8, STACK + 0x180);
    stacked.dump.memory.write_u64(frame + 32 + 152, STACK + 0x100);
    stacked.dump.memory.write_u64(frame + 32 + 248, within(1));
    stacked.frame(STACK + 0x100, NATIVE, 0);
    stacked.dump.memory.write_u64(STACK + 0x180, 0x11);
    stacked.dump.memory.write_u64(STACK + 0x188, u64::MAX);
    let types = stacked.types();
    let expected = [
        (FrameKind::Native, NATIVE, HANDLER + 0x100),
        (FrameKind::Explicit, within(1), frame),
        (FrameKind::Method, within(1), STACK + 0x100),
        (FrameKind::Native, NATIVE, STACK + 0x100 + FRAME),
        (FrameKind::Explicit, 0, STACK + 0x180),
    ];
    assert_eq!(shown(&types), expected);
    assert!(types.frames().threads[0].frames[2].is_interrupted_by_exception());
}

#[test]
fn without_unwind_information_the_frame_pointer_leads_on() {
    let mut stacked = Stacked::new(0x1000);
    stacked.dump.memory.forget(CODE + UNWIND, CODE + 0x9000);
    stacked.stop(within(1), STACK + 0x100);
    stacked.registers[4] = STACK + 0x120;
    stacked.frame(STACK + 0x100, within(2), 0);
    let types = stacked.types();
    let frames = &types.frames().threads[0].frames;
    assert_eq!(
        shown(&types)[..2],
        [
            (FrameKind::Method, within(1), STACK + 0x100),
            (FrameKind::Method, within(2), STACK + 0x100 + FRAME),
        ]
    );
    assert!(!frames[0].is_probable() && frames[1].is_probable());
}

/// Words such as a stack may hold, by what they could be taken for.
fn word() -> impl Strategy<Value = u64> {
    prop_oneof![
        (1..METHODS, 0_u64..0x100).prop_map(|(method, offset)| CODE + 0x100 * method + offset),
        (0_u64..0x2000).prop_map(|offset| STACK + offset),
        0_u64..32,
        Just(u64::MAX),
        any::<u64>(),
    ]
}

fn same(one: &ProcessFrames, other: &ProcessFrames) -> bool {
    let frames = |thread: &ThreadFrames| -> Vec<_> {
        thread.frames.iter().map(|frame| (frame.kind, frame.ip, frame.sp, frame.flags)).collect()
    };
    one.threads.iter().map(frames).eq(other.threads.iter().map(frames))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_walk_over_any_words_ends_goes_up_and_is_the_same_for_every_number_of_threads(
        words in prop::collection::vec(word(), 0x400),
        ip in word(), sp in 0_u64..0x1000, rbp in word(), head in word(),
        hole in prop::option::of(0_u64..0x2000),
    ) {
        let mut stacked = Stacked::new(0x2000);
        for (word, at) in words.into_iter().zip((STACK..).step_by(8)) {
            stacked.dump.memory.write_u64(at, word);
        }
        stacked.chain(head);
        stacked.stop(ip, STACK + sp);
        stacked.registers[4] = rbp;
        if let Some(hole) = hole {
            stacked.dump.memory.forget(STACK + hole, STACK + hole + 0x100);
        }
        stacked.dump.set_registers(0, &stacked.registers);
        let runtime = Arc::new(open(&stacked.dump));
        let walked = |threads| {
            let types = TypeSystem::new(Arc::clone(&runtime)).unwrap();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| { types.frames(); });
            types
        };
        let (alone, many) = (walked(1), walked(4));
        prop_assert!(same(alone.frames(), many.frames()));
        let thread = &alone.frames().threads[0];
        prop_assert!(thread.frames.len() <= 3 * 0x2000 / 8, "{} frames", thread.frames.len());
        let managed: Vec<Addr> = thread.managed().map(|frame| frame.sp).collect();
        prop_assert!(managed.is_sorted_by(|a, b| a < b), "{managed:x?}");
        let mut again = Vec::new();
        alone.visit_frames(thread, |visit| again.push(visit.frame));
        prop_assert_eq!(&again, &thread.frames);
    }
}
