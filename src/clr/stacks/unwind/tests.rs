use super::*;
use crate::clr::synthetic::{space, zeros};
use crate::synth::Memory;

const STACK: u64 = 0x10_0000;
const CODES: u64 = 0x20_0000;
const CODE: u64 = 0x40_0000;
const RBX: u8 = 3;

const FUNCTION: Function =
    Function { begin: Addr(CODE), unwind: Addr(CODES), base: Addr(CODES - 0x100), funclet: 0 };

/// A stack, and the unwind codes of a function: version and flags, size of the prologue, codes, frame register.
fn memory(header: [u8; 4], codes: &[u16]) -> Memory {
    let mut memory = zeros(STACK, STACK + 0x1000);
    let codes: Vec<u8> = codes.iter().flat_map(|code| code.to_le_bytes()).collect();
    memory.map(CODES, [&header[..], &codes, &[0; 24]].concat());
    memory
}

/// A code: where in the prologue, what, with what.
const fn code(at: u16, operation: u16, operand: u16) -> u16 {
    at | operation << 8 | operand << 12
}

fn registers() -> Registers {
    let mut registers = Registers::new(Addr(CODE + 4), Addr(STACK));
    registers.set(RBP, STACK + 0x80);
    registers.set(RBX, 0xb);
    registers
}

/// The caller of the function: the registers, and how it was found.
fn caller(memory: Memory, active: bool, mut registers: Registers) -> Option<(Registers, Certainty)> {
    let memory = space(memory);
    let plan = UnwindPlan::of(&memory, Architecture::X64, Some(FUNCTION));
    let certainty = unwind(&memory, &plan, Some(FUNCTION), active, &mut registers)?;
    Some((registers, certainty))
}

/// Instruction pointer, stack pointer, frame pointer of the caller.
fn unwound(memory: Memory, active: bool) -> Option<(u64, u64, u64)> {
    let (caller, _) = caller(memory, active, registers())?;
    Some((caller.ip.0, caller.sp.0, caller.value(RBP)?))
}

/// push rbp; push rbx; sub rsp, 0x20
const USUAL: [u16; 3] = [code(8, 2, 3), code(4, 0, 3), code(1, 0, 5)];

#[test]
fn pushes_and_room_are_undone_and_say_where_registers_were_saved() {
    let mut memory = memory([1, 8, 3, 0], &USUAL);
    memory.write_u64(STACK + 0x20, 0x1234);
    memory.write_u64(STACK + 0x28, 0xbeef);
    memory.write_u64(STACK + 0x30, 0xcafe);
    let (caller, certainty) = caller(memory, false, registers()).unwrap();
    assert_eq!((caller.ip, caller.sp, certainty), (Addr(0xcafe), Addr(STACK + 0x38), Certainty::Exact));
    assert_eq!((caller.value(RBX), caller.place(RBX)), (Some(0x1234), Some(Addr(STACK + 0x20))));
    assert_eq!((caller.value(RBP), caller.place(RBP)), (Some(0xbeef), Some(Addr(STACK + 0x28))));
    assert_eq!((caller.value(12), caller.place(12)), (None, None));
}

#[test]
fn what_the_prologue_did_not_do_yet_is_not_undone() {
    let mut memory = memory([1, 8, 3, 0], &USUAL);
    // Four bytes in, both pushes are done and the room is not made.
    memory.write_u64(STACK + 8, 0xbeef);
    memory.write_u64(STACK + 0x10, 0xcafe);
    assert_eq!(unwound(memory, true), Some((0xcafe, STACK + 0x18, 0xbeef)));
}

#[test]
fn a_frame_register_gives_the_stack_pointer_of_a_frame_that_grows() {
    for set_frame in [&[code(9, 3, 0)][..], &[code(9, 11, 0), 3, 0]] {
        let codes = [set_frame, &[code(4, 1, 0), 0x10, code(1, 0, 5)]].concat();
        let mut memory = memory([1, 9, codes.len() as u8, 5 | 3 << 4], &codes);
        // rbp - 0x30, then the room of 0x80, then rbp.
        memory.write_u64(STACK + 0x50 + 0x80, 0xbeef);
        memory.write_u64(STACK + 0x58 + 0x80, 0xcafe);
        assert_eq!(unwound(memory, false), Some((0xcafe, STACK + 0x60 + 0x80, 0xbeef)));
    }
}

#[test]
fn saves_and_wide_rooms_are_undone() {
    for save in [&[code(9, 4, 5), 2][..], &[code(9, 5, 5), 0x10, 0]] {
        let codes = [save, &[code(6, 8, 6), 4, code(5, 9, 7), 0x100, 0, code(1, 1, 1), 0x100, 0]].concat();
        let mut memory = memory([1, 9, codes.len() as u8, 0], &codes);
        memory.write_u64(STACK + 0x10, 0xbeef);
        memory.write_u64(STACK + 0x100, 0xcafe);
        assert_eq!(unwound(memory, false), Some((0xcafe, STACK + 0x108, 0xbeef)));
    }
}

#[test]
fn where_the_processor_was_interrupted_it_pushed_all_itself() {
    for (operand, at) in [(0, STACK), (1, STACK + 8)] {
        let mut memory = memory([1, 0, 1, 0], &[code(0, 10, operand)]);
        memory.write_u64(at, 0xcafe);
        memory.write_u64(at + 24, STACK + 0x300);
        assert_eq!(unwound(memory, false), Some((0xcafe, STACK + 0x300, STACK + 0x80)));
    }
}

#[test]
fn a_function_that_is_chained_to_another_undoes_what_both_did() {
    // One code, so that a slot is left before the function it is chained to; its own information follows.
    let mut memory = memory([1 | 4 << 3, 0, 1, 0], &[code(0, 2, 0)]);
    memory.write(CODES + 8 + 8, &0x114_u32.to_le_bytes());
    memory.write(CODES + 0x14, &[1, 40, 1, 0, 40, 5 << 4]);
    memory.write_u64(STACK + 8, 0xbeef);
    memory.write_u64(STACK + 0x10, 0xcafe);
    assert_eq!(unwound(memory, true), Some((0xcafe, STACK + 0x18, 0xbeef)));
}

#[test]
fn functions_that_are_chained_in_a_circle_are_left_to_the_frame_pointer() {
    let mut memory = memory([1 | 4 << 3, 0, 0, 0], &[]);
    memory.write(CODES + 4 + 8, &0x100_u32.to_le_bytes());
    memory.write_u64(STACK + 0x88, 0xcafe);
    assert_eq!(unwound(memory, false), Some((0xcafe, STACK + 0x90, 0)));
}

#[test]
fn codes_that_are_not_known_leave_it_to_the_frame_pointer() {
    for (header, codes) in
        [([2, 0, 0, 0], &[][..]), ([1, 0, 1, 0], &[code(0, 7, 0)]), ([1, 0, 1, 0], &[code(0, 6, 0)])]
    {
        let mut memory = memory(header, codes);
        memory.write_u64(STACK + 0x80, STACK + 0x200);
        memory.write_u64(STACK + 0x88, 0xcafe);
        let (caller, certainty) = caller(memory, false, registers()).unwrap();
        assert_eq!(
            (caller.ip, caller.sp, certainty),
            (Addr(0xcafe), Addr(STACK + 0x90), Certainty::Probable)
        );
        assert_eq!((caller.value(RBP), caller.value(RBX)), (Some(STACK + 0x200), None), "{codes:x?}");
    }
}

#[test]
fn a_frame_register_that_is_not_known_ends_the_walk() {
    let mut alone = Registers::new(Addr(CODE + 4), Addr(STACK));
    alone.set(RBX, 0);
    assert_eq!(caller(memory([1, 0, 1, 5], &[code(0, 3, 0)]), false, alone), None);
}

#[test]
fn a_caller_below_its_callee_is_none() {
    let mut below = registers();
    below.set(RBP, STACK - 0x20);
    assert_eq!(caller(memory([2, 0, 0, 0], &[]), false, below.clone()), None);
    assert_eq!(caller(memory([1, 0, 1, 5], &[code(0, 3, 0)]), false, below), None);
    // More codes than there is memory.
    let mut cut = memory([1, 0, 255, 0], &[]);
    cut.forget(STACK + 0x80, STACK + 0x90);
    assert_eq!(unwound(cut, false), None);
}

/// A function that is executing the last of its code: the caller that is found at `at` of it.
fn in_epilogue(code: &[u8], at: u64) -> Option<(u64, u64, u64)> {
    let mut memory = memory([1, 8, 3, 0], &USUAL);
    memory.map(CODE, [&[0x90; 16][..], code, &[0x90; 16]].concat());
    for offset in (0..0x100).step_by(8) {
        memory.write_u64(STACK + offset, offset);
    }
    let mut registers = registers();
    registers.ip = Addr(CODE + 16 + at);
    let (caller, _) = caller(memory, true, registers)?;
    Some((caller.ip.0, caller.sp.0 - STACK, caller.value(RBP)?))
}

#[test]
fn what_is_left_of_an_epilogue_is_executed() {
    // add rsp, 0x20; pop rbx; pop rbp; ret
    let small = [0x48, 0x83, 0xc4, 0x20, 0x5b, 0x5d, 0xc3];
    assert_eq!(in_epilogue(&small, 0), Some((0x30, 0x38, 0x28)));
    assert_eq!(in_epilogue(&small, 4), Some((0x10, 0x18, 8)));
    assert_eq!(in_epilogue(&small, 5), Some((8, 0x10, 0)));
    assert_eq!(in_epilogue(&small, 6), Some((0, 8, STACK + 0x80)));
    // add rsp, 0x20 with a long operand; pop r12; pop rbp; repz ret
    let long = [0x48, 0x81, 0xc4, 0x20, 0, 0, 0, 0x41, 0x5c, 0x5d, 0xf3, 0xc3];
    assert_eq!(in_epilogue(&long, 0), Some((0x30, 0x38, 0x28)));
    // lea rsp, [rbp - 8]; pop rbx; pop rbp; jmp rax
    let by_frame = [0x48, 0x8d, 0x65, 0xf8, 0x5b, 0x5d, 0x48, 0xff, 0xe0];
    assert_eq!(in_epilogue(&by_frame, 0), Some((0x88, 0x90, 0x80)));
    let by_far_frame = [0x48, 0x8d, 0xa5, 0xf8, 0xff, 0xff, 0xff, 0x5b, 0x5d, 0xc3];
    assert_eq!(in_epilogue(&by_far_frame, 0), Some((0x88, 0x90, 0x80)));
    // pop rbp; jmp far away, forth and back
    assert_eq!(in_epilogue(&[0x5d, 0xe9, 0, 0, 1, 0], 0), Some((8, 0x10, 0)));
    assert_eq!(in_epilogue(&[0x5d, 0xe9, 0, 0, 0xff, 0xff], 0), Some((8, 0x10, 0)));
}

#[test]
fn other_code_is_no_epilogue() {
    let by_codes = Some((0x30, 0x38, 0x28));
    for code in [
        // pop rbx and then something else
        &[0x5b, 0x90, 0xc3][..],
        // a jump within the function
        &[0x5d, 0xeb, 0x10],
        &[0xe9, 0x10, 0, 0, 0],
        // add rsp, 8 and nothing known behind
        &[0x48, 0x83, 0xc4, 8, 0x90],
    ] {
        assert_eq!(in_epilogue(code, 0), by_codes, "{code:x?}");
    }
}
