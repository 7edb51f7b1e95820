use super::super::unwind::by_frame_pointer;
use super::*;
use crate::clr::layout::for_version;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::dump::Target;
use crate::synth::Memory;

const THREAD: u64 = 0x10_0000;
const STACK: u64 = 0x20_0000;
const END: u64 = STACK + 0x2000;
/// Addresses from here on are managed code.
const CODE: u64 = 0x4000_0000;
/// Native code that can be unwound: its caller's address is the word at the stack pointer, and rbx the one behind.
const NATIVE: u64 = 0x5000_0000;
const RBX: u8 = 3;
const R12: u8 = 12;

struct Process {
    memory: std::sync::Arc<AddressSpace>,
}

impl Surroundings for Process {
    fn memory(&self) -> &AddressSpace {
        &self.memory
    }

    fn is_code(&self, address: Addr) -> bool {
        (CODE..CODE + 0x1000).contains(&address.0)
    }

    fn unwind_native(&self, registers: &mut Registers) -> Option<()> {
        if registers.value(FP).is_some() {
            return by_frame_pointer(&self.memory, registers);
        }
        (registers.ip.0 == NATIVE).then_some(())?;
        registers.ip = self.memory.pointer(registers.sp).ok()?;
        registers.restore(&self.memory, RBX, registers.sp.offset(8)).ok()?;
        registers.sp = registers.sp.offset(16);
        Some(())
    }
}

fn memory() -> Memory {
    let mut memory = zeros(THREAD, THREAD + 0x1000);
    memory.map(STACK, vec![0; (END - STACK) as usize]);
    memory
}

fn reader(family: &str, identities: Identities) -> ExplicitFrames {
    ExplicitFrames::new(&bundled(family), Architecture::X64, identities).expect("a layout with frames")
}

/// The frames of 10.0, which bear numbers.
fn numbered() -> ExplicitFrames {
    reader("10.0", Identities::numbered(&bundled("10.0")))
}

/// What the frames of a thread tell.
fn transitions(reader: &ExplicitFrames, memory: Memory) -> Vec<Option<Transition>> {
    let process = Process { memory: space(memory) };
    let mut chain = reader.chain(&process.memory, Addr(THREAD), Addr(END));
    let before = Registers::new(Addr(0), Addr(STACK));
    let mut all = Vec::new();
    while let Some(frame) = reader.peek(&process.memory, &chain) {
        all.push(reader.transition(&process, Addr(THREAD), frame, &before));
        reader.advance(&process.memory, &mut chain);
        assert!(all.len() < 100, "the chain does not end");
    }
    all
}

/// Instruction, stack pointer and frame pointer of what the frames tell.
fn told(reader: &ExplicitFrames, memory: Memory) -> Vec<(u64, u64, u64)> {
    let told = transitions(reader, memory).into_iter().flatten();
    told.map(|t| (t.registers.ip.0, t.registers.sp.0, t.registers.value(RBP).unwrap_or(0))).collect()
}

/// A frame with that first word, alone in the chain of a thread of 9.0 or 10.0.
fn alone(word: u64) -> (Memory, u64) {
    let (mut memory, frame) = (memory(), STACK + 0x100);
    memory.write_u64(THREAD + 8, frame);
    memory.write_u64(frame, word);
    memory.write_u64(frame + 8, u64::MAX);
    (memory, frame)
}

/// An InlinedCallFrame of 9.0 and 10.0.
fn inlined_call(memory: &mut Memory, at: u64, next: u64, instruction: u64) {
    let words = [1, next, 0, at - 0x40, instruction, at + 0x80];
    words.iter().zip(0..).for_each(|(&word, index)| memory.write_u64(at + 8 * index, word));
}

#[test]
fn calls_of_native_code_tell_where_the_managed_code_goes_on() {
    let mut memory = memory();
    memory.write_u64(THREAD + 8, STACK + 0x100);
    inlined_call(&mut memory, STACK + 0x100, STACK + 0x400, CODE + 1);
    // No call is under way in this one.
    inlined_call(&mut memory, STACK + 0x400, STACK + 0x800, 0);
    inlined_call(&mut memory, STACK + 0x800, u64::MAX, CODE + 2);
    // What rbp is is read where the frame holds it, and lies within the frame.
    memory.write_u64(STACK + 0x128, STACK + 0x180);
    memory.write_u64(STACK + 0x828, STACK + 0x880);
    let first = (CODE + 1, STACK + 0xc0, STACK + 0x180);
    let second = (CODE + 2, STACK + 0x7c0, STACK + 0x880);
    assert_eq!(told(&numbered(), memory.clone()), [first, second]);
    // Without the kinds, by what the frames hold.
    assert_eq!(told(&reader("9.0", Identities::default()), memory), [first, second]);
}

#[test]
fn a_chain_that_goes_down_or_in_a_circle_ends() {
    for next in [STACK + 0x100, STACK, END, 0x1234_0000] {
        let mut memory = memory();
        memory.write_u64(THREAD + 8, STACK + 0x100);
        inlined_call(&mut memory, STACK + 0x100, next, CODE + 1);
        assert_eq!(told(&numbered(), memory).len(), 1, "{next:#x}");
    }
}

#[test]
fn frames_that_only_mark_a_place_and_those_of_no_known_kind_tell_nothing() {
    for number in [0x11, 0x99] {
        let (mut memory, frame) = alone(number);
        inlined_call(&mut memory, frame, u64::MAX, CODE + 1);
        memory.write_u64(frame, number);
        assert_eq!(transitions(&numbered(), memory), [None]);
    }
}

#[test]
fn an_address_that_is_no_managed_code_is_not_believed() {
    let (mut memory, frame) = alone(1);
    inlined_call(&mut memory, frame, u64::MAX, NATIVE);
    assert_eq!(transitions(&numbered(), memory.clone()), [None]);
    // Nor a stack pointer that is none.
    inlined_call(&mut memory, frame, u64::MAX, CODE + 1);
    memory.write_u64(frame + 24, STACK + 3);
    assert_eq!(transitions(&numbered(), memory), [None]);
}

/// The first word of frames of 8.0 that these tests use.
fn helpers() -> ExplicitFrames {
    reader("8.0", [(0x77, "HelperMethodFrame_1OBJ".to_owned())].into_iter().collect())
}

/// A HelperMethodFrame of 8.0.
fn helper() -> (Memory, u64) {
    let (mut memory, frame) = (memory(), STACK + 0x100);
    memory.write_u64(THREAD + 16, frame);
    memory.write_u64(frame, 0x77);
    memory.write_u64(frame + 8, u64::MAX);
    memory.write_u64(frame + 32, THREAD);
    (memory, frame)
}

#[test]
fn helpers_of_older_runtimes_say_who_called_once_the_stack_was_walked() {
    let (mut memory, frame) = helper();
    memory.write_u64(frame + 160, frame + 0x208);
    memory.write_u64(frame + 48, CODE + 9);
    memory.write_u64(frame + 56, frame + 0x400);
    // rbp: only a value; rbx: a pointer, and a value that is older.
    memory.write_u64(frame + 208, STACK + 0x800);
    memory.write_u64(frame + 144, frame + 0x200);
    memory.write_u64(frame + 0x200, 0xb);
    memory.write_u64(frame + 200, 0xdead);
    for reader in [helpers(), reader("8.0", Identities::default())] {
        let all = transitions(&reader, memory.clone());
        let [Some(found)] = &*all else { panic!("{all:?}") };
        assert_eq!((found.registers.ip, found.registers.sp), (Addr(CODE + 9), Addr(frame + 0x400)));
        assert_eq!((found.registers.value(RBP), found.registers.place(RBP)), (Some(STACK + 0x800), None));
        let rbx = (found.registers.value(RBX), found.registers.place(RBX));
        assert_eq!(rbx, (Some(0xb), Some(Addr(frame + 0x200))));
        assert!(!found.by_exception);
    }
    memory.write(frame + 24, &[1, 0, 0, 0]);
    assert!(transitions(&helpers(), memory).into_iter().flatten().all(|found| found.by_exception));
}

#[test]
fn helpers_that_do_not_say_who_called_are_unwound() {
    let (mut memory, frame) = helper();
    memory.write_u64(frame + 216, NATIVE);
    memory.write_u64(frame + 224, STACK + 0x600);
    memory.write_u64(frame + 64, 0x1212);
    memory.write_u64(STACK + 0x600, CODE + 5);
    memory.write_u64(STACK + 0x608, 0xb);
    let all = transitions(&helpers(), memory);
    let [Some(found)] = &*all else { panic!("{all:?}") };
    assert_eq!((found.registers.ip, found.registers.sp), (Addr(CODE + 5), Addr(STACK + 0x610)));
    let place = Some(Addr(STACK + 0x608));
    assert_eq!((found.registers.value(RBX), found.registers.place(RBX)), (Some(0xb), place));
    assert_eq!((found.registers.value(R12), found.registers.place(R12)), (Some(0x1212), None));
}

/// The frames of a version on arm64, the first word of helpers' known.
fn on_arm64(version: &str) -> ExplicitFrames {
    let layout = for_version(version.parse().unwrap(), Target::LINUX_ARM64).unwrap().descriptor();
    let identities = [(0x77, "HelperMethodFrame_1OBJ".to_owned())].into_iter().collect();
    ExplicitFrames::new(&layout, Architecture::Arm64, identities).expect("a layout with frames")
}

#[test]
fn on_arm64_helpers_are_unwound_by_frame_pointers() {
    for (version, head) in [("8.0.6", 16), ("9.0.9", 8)] {
        let (mut memory, frame) = helper();
        memory.write_u64(THREAD + head, frame);
        // Four bytes say whether the caller was found; the padding behind them is what lay there before.
        memory.write_u64(frame + 240, 0xffff_0000_0000);
        memory.write_u64(frame + 248, frame - 0x60);
        memory.write_u64(frame + 256, NATIVE);
        memory.write_u64(frame + 128, frame + 0x120);
        // An older return address that lies between.
        memory.write_u64(frame + 280, CODE + 0x700);
        // The native function's own caller is native too.
        memory.write_u64(frame + 0x120, frame + 0x180);
        memory.write_u64(frame + 0x128, NATIVE + 0x100);
        memory.write_u64(frame + 0x180, frame + 0x400);
        memory.write_u64(frame + 0x188, CODE + 5);
        let all = transitions(&on_arm64(version), memory.clone());
        let [Some(found)] = &*all else { panic!("{version}: {all:?}") };
        assert_eq!((found.registers.ip, found.registers.sp), (Addr(CODE + 5), Addr(frame + 0x190)));
        assert_eq!(found.registers.value(FP), Some(frame + 0x400));

        // Once somebody has walked the stack the frame tells itself: x19 by a pointer.
        memory.write(frame + 240, &[1, 0, 0, 0]);
        memory.write_u64(frame + 224, CODE + 9);
        memory.write_u64(frame + 232, frame + 0x500);
        memory.write_u64(frame + 136, frame + 0x200);
        memory.write_u64(frame + 0x200, 0x13);
        memory.write_u64(frame + 216, frame + 0x208);
        memory.write_u64(frame + 0x208, frame + 0x600);
        let all = transitions(&on_arm64(version), memory);
        let [Some(found)] = &*all else { panic!("{version}: {all:?}") };
        assert_eq!((found.registers.ip, found.registers.sp), (Addr(CODE + 9), Addr(frame + 0x500)));
        let x19 = (found.registers.value(19), found.registers.place(19));
        assert_eq!(x19, (Some(0x13), Some(Addr(frame + 0x200))));
        assert_eq!(found.registers.value(FP), Some(frame + 0x600));
    }
}

#[test]
fn where_native_code_cannot_be_unwound_the_first_return_address_above_must_do() {
    let (mut memory, frame) = helper();
    memory.write_u64(frame + 0x200, STACK + 0x900);
    memory.write_u64(frame + 0x208, CODE + 7);
    let all = transitions(&helpers(), memory.clone());
    let [Some(found)] = &*all else { panic!("{all:?}") };
    assert_eq!((found.registers.ip, found.registers.sp), (Addr(CODE + 7), Addr(frame + 0x210)));
    assert_eq!((found.registers.value(RBP), found.registers.value(RBX)), (Some(STACK + 0x900), None));
    // A frame of another thread is none of this one.
    memory.write_u64(frame + 32, THREAD + 8);
    assert_eq!(transitions(&helpers(), memory), [None]);
}

#[test]
fn blocks_tell_the_registers_that_were_saved() {
    for number in [7, 9, 0xa, 0xb, 0xc, 0xd] {
        let (mut memory, frame) = alone(number);
        let block = STACK + 0x300;
        memory.write_u64(frame + 16, block);
        memory.write_u64(block + 48, 0x1212);
        memory.write_u64(block + 88, STACK + 0x900);
        memory.write_u64(block + 96, CODE + 3);
        assert_eq!(told(&numbered(), memory.clone()), [(CODE + 3, block + 104, STACK + 0x900)]);
        let by_content = told(&reader("10.0", Identities::default()), memory);
        assert_eq!(by_content, [(CODE + 3, block + 104, STACK + 0x900)]);
    }
}

#[test]
fn methods_whose_return_address_was_replaced_have_saved_their_registers() {
    let (mut memory, frame) = alone(8);
    let arguments = STACK + 0x300;
    memory.write_u64(frame + 16, CODE + 3);
    memory.write_u64(frame + 32, arguments);
    memory.write_u64(arguments + 24 + 40, STACK + 0x900);
    assert_eq!(told(&numbered(), memory), [(CODE + 3, arguments + 80, STACK + 0x900)]);
}

/// Writes a CONTEXT.
fn context(memory: &mut Memory, at: u64, instruction: u64) {
    memory.write_u64(at + 248, instruction);
    memory.write_u64(at + 152, STACK + 0xf00);
    memory.write_u64(at + 160, STACK + 0xf80);
    memory.write_u64(at + 120, 0xa);
}

#[test]
fn exceptions_leave_all_registers() {
    let (mut thrown, frame) = alone(5);
    context(&mut thrown, frame + 288, CODE + 4);
    let all = transitions(&numbered(), thrown.clone());
    let [Some(found)] = &*all else { panic!("{all:?}") };
    assert_eq!((found.by_exception, found.interrupted, found.active), (true, false, false));
    assert_eq!(
        (found.registers.value(0), found.registers.place(0)),
        (Some(0xa), Some(Addr(frame + 288 + 120)))
    );
    assert_eq!(
        told(&reader("10.0", Identities::default()), thrown),
        [(CODE + 4, STACK + 0xf00, STACK + 0xf80)]
    );

    // A fault may happen at the first instruction of a method.
    let (mut faulted, frame) = alone(4);
    context(&mut faulted, frame + 32, CODE);
    let all = transitions(&numbered(), faulted);
    let [Some(found)] = &*all else { panic!("{all:?}") };
    assert_eq!((found.registers.ip, found.interrupted, found.by_exception), (Addr(CODE), true, true));
}

#[test]
fn threads_that_were_stopped_left_all_registers_elsewhere() {
    for number in [2, 3] {
        let (mut memory, frame) = alone(number);
        memory.write_u64(frame + 16, STACK + 0x800);
        context(&mut memory, STACK + 0x800, CODE);
        let all = transitions(&numbered(), memory);
        let [Some(found)] = &*all else { panic!("{all:?}") };
        assert_eq!((found.registers.ip, found.registers.sp), (Addr(CODE), Addr(STACK + 0xf00)));
        assert!(found.active && found.interrupted && !found.by_exception);
    }
}

#[test]
fn what_a_debugger_evaluates_lies_above_what_it_interrupted() {
    let (mut memory, frame) = alone(6);
    memory.write_u64(frame + 24, STACK + 0x800);
    context(&mut memory, STACK + 0x800, CODE + 8);
    assert_eq!(told(&numbered(), memory), [(CODE + 8, STACK + 0xf00, STACK + 0xf80)]);
}

#[test]
fn a_frame_whose_memory_is_missing_tells_nothing() {
    for number in 1..=0x12 {
        let (mut memory, frame) = alone(number);
        memory.forget(frame + 0x10, END);
        assert_eq!(transitions(&numbered(), memory), [None], "{number}");
    }
    let (mut memory, _) = helper();
    memory.forget(STACK + 0x110, END);
    assert_eq!(transitions(&helpers(), memory), [None]);
}
