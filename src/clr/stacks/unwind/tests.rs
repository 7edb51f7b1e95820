use super::*;
use crate::clr::synthetic::{space, zeros};
use crate::synth::Memory;

const STACK: u64 = 0x10_0000;
const CODES: u64 = 0x20_0000;
const CODE: u64 = 0x40_0000;

/// A stack, and the unwind codes of a function: version and flags, size of the prologue, codes, frame register.
fn memory(header: [u8; 4], codes: &[u16]) -> Memory {
    let mut memory = zeros(STACK, STACK + 0x1000);
    let codes: Vec<u8> = codes.iter().flat_map(|code| code.to_le_bytes()).collect();
    memory.map(CODES, [&header[..], &codes, &[0; 8]].concat());
    memory
}

/// A code: where in the prologue, what, with what.
const fn code(at: u16, operation: u16, operand: u16) -> u16 {
    at | operation << 8 | operand << 12
}

fn context(active: bool) -> Context {
    Context { instruction: Addr(CODE + 4), stack: Addr(STACK), frame: Addr(STACK + 0x80), active }
}

fn unwind(memory: Memory, context: &Context) -> Option<(u64, u64, u64)> {
    let info = UnwindInfo { function: Addr(CODE), codes: Addr(CODES) };
    let caller = caller(&space(memory), context, Some(info))?;
    Some((caller.instruction.0, caller.stack.0, caller.frame.0))
}

/// push rbp; push rbx; sub rsp, 0x20
const USUAL: [u16; 3] = [code(8, 2, 3), code(4, 0, 3), code(1, 0, 5)];

#[test]
fn pushes_and_room_are_undone() {
    let mut memory = memory([1, 8, 3, 0], &USUAL);
    memory.write_u64(STACK + 0x28, 0xbeef);
    memory.write_u64(STACK + 0x30, 0xcafe);
    assert_eq!(unwind(memory, &context(false)), Some((0xcafe, STACK + 0x38, 0xbeef)));
}

#[test]
fn what_the_prologue_did_not_do_yet_is_not_undone() {
    let mut memory = memory([1, 8, 3, 0], &USUAL);
    // Four bytes in, both pushes are done and the room is not made.
    memory.write_u64(STACK + 8, 0xbeef);
    memory.write_u64(STACK + 0x10, 0xcafe);
    assert_eq!(unwind(memory, &context(true)), Some((0xcafe, STACK + 0x18, 0xbeef)));
}

#[test]
fn a_frame_register_gives_the_stack_pointer_of_a_frame_that_grows() {
    let codes = [code(9, 3, 0), code(4, 1, 0), 0x10, code(1, 0, 5)];
    let mut memory = memory([1, 9, 4, 5 | 3 << 4], &codes);
    // rbp - 0x30, then the room of 0x80, then rbp.
    memory.write_u64(STACK + 0x50 + 0x80, 0xbeef);
    memory.write_u64(STACK + 0x58 + 0x80, 0xcafe);
    assert_eq!(unwind(memory, &context(false)), Some((0xcafe, STACK + 0x60 + 0x80, 0xbeef)));
}

#[test]
fn saves_and_wide_rooms_are_undone() {
    let codes = [code(9, 4, 5), 2, code(6, 8, 6), 4, code(1, 1, 1), 0x100, 0];
    let mut memory = memory([1, 9, 7, 0], &codes);
    memory.write_u64(STACK + 0x10, 0xbeef);
    memory.write_u64(STACK + 0x100, 0xcafe);
    assert_eq!(unwind(memory, &context(false)), Some((0xcafe, STACK + 0x108, 0xbeef)));
}

#[test]
fn codes_that_are_not_known_leave_it_to_the_frame_pointer() {
    for (header, codes) in [
        ([2, 0, 0, 0], &[][..]),
        ([1 | 4 << 3, 0, 0, 0], &[]),
        ([1, 0, 1, 0], &[code(0, 7, 0)]),
        ([1, 0, 1, 3], &[code(0, 3, 0)]),
    ] {
        let mut memory = memory(header, codes);
        memory.write_u64(STACK + 0x80, STACK + 0x200);
        memory.write_u64(STACK + 0x88, 0xcafe);
        assert_eq!(
            unwind(memory, &context(false)),
            Some((0xcafe, STACK + 0x90, STACK + 0x200)),
            "{codes:x?}"
        );
    }
}

#[test]
fn a_caller_below_its_callee_is_none() {
    let mut below = context(false);
    below.frame = Addr(STACK - 0x20);
    assert_eq!(unwind(memory([2, 0, 0, 0], &[]), &below), None);
    // More codes than the page holds.
    let mut cut = memory([1, 0, 255, 0], &[]);
    cut.forget(STACK + 0x80, STACK + 0x90);
    assert_eq!(unwind(cut, &context(false)), None);
}
