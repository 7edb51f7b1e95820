use super::*;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::synth::Memory;

const THREAD: u64 = 0x10_0000;
const STACK: u64 = 0x20_0000;
const END: u64 = STACK + 0x2000;
/// Addresses from here on are managed code.
const CODE: u64 = 0x4000_0000;

fn memory() -> Memory {
    let mut memory = zeros(THREAD, THREAD + 0x1000);
    memory.map(STACK, vec![0; (END - STACK) as usize]);
    memory
}

/// What the frames of a thread tell: instruction, stack pointer, frame pointer.
fn all(memory: Memory, family: &str, from: u64) -> Vec<(u64, u64, u64)> {
    let memory = space(memory);
    let layout = TransitionLayout::of(&bundled(family)).expect("a layout with frames");
    let mut transitions = Transitions::new(&memory, &layout, Addr(THREAD), Addr(END));
    let mut is_code = |address: Addr| address.0 >= CODE && address.0 < CODE + 0x1000;
    std::iter::from_fn(|| transitions.next(Addr(from), &mut is_code))
        .map(|context| (context.instruction.0, context.stack.0, context.frame.0))
        .collect()
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
    let first = (CODE + 1, STACK + 0xc0, STACK + 0x180);
    let second = (CODE + 2, STACK + 0x7c0, STACK + 0x880);
    assert_eq!(all(memory.clone(), "10.0", STACK), [first, second]);
    assert_eq!(all(memory.clone(), "9.0", STACK), [first, second]);
    assert_eq!(all(memory, "10.0", STACK + 0x200), [second]);
}

#[test]
fn a_chain_that_goes_down_or_in_a_circle_ends() {
    for next in [STACK + 0x100, STACK, END, 0x1234_0000] {
        let mut memory = memory();
        memory.write_u64(THREAD + 8, STACK + 0x100);
        inlined_call(&mut memory, STACK + 0x100, next, CODE + 1);
        assert_eq!(all(memory, "10.0", STACK).len(), 1, "{next:#x}");
    }
}

#[test]
fn helpers_of_older_runtimes_are_called_by_the_first_return_address_above_them() {
    let mut memory = memory();
    let frame = STACK + 0x100;
    memory.write_u64(THREAD + 16, frame);
    memory.write_u64(frame + 8, u64::MAX);
    memory.write_u64(frame + 32, THREAD);
    memory.write_u64(frame + 0x200, STACK + 0x900);
    memory.write_u64(frame + 0x208, CODE + 7);
    assert_eq!(all(memory.clone(), "8.0", STACK), [(CODE + 7, frame + 0x210, STACK + 0x900)]);
    // Once the stack was walked, it says so itself.
    memory.write_u64(frame + 160, frame + 0x208);
    memory.write_u64(frame + 48, CODE + 9);
    memory.write_u64(frame + 56, frame + 0x400);
    memory.write_u64(frame + 208, STACK + 0x800);
    assert_eq!(all(memory.clone(), "8.0", STACK), [(CODE + 9, frame + 0x400, STACK + 0x800)]);
    memory.write_u64(frame + 152, frame + 0x200);
    assert_eq!(all(memory, "8.0", STACK), [(CODE + 9, frame + 0x400, STACK + 0x900)]);
}

#[test]
fn blocks_and_contexts_tell_the_rest() {
    let mut of_block = memory();
    let (frame, block) = (STACK + 0x100, STACK + 0x300);
    of_block.write_u64(THREAD + 8, frame);
    of_block.write_u64(frame + 8, u64::MAX);
    of_block.write_u64(frame + 16, block);
    of_block.write_u64(block + 88, STACK + 0x900);
    of_block.write_u64(block + 96, CODE + 3);
    assert_eq!(all(of_block, "10.0", STACK), [(CODE + 3, block + 104, STACK + 0x900)]);
    let mut of_context = memory();
    of_context.write_u64(THREAD + 8, frame);
    of_context.write_u64(frame + 8, u64::MAX);
    of_context.write_u64(frame + 288 + 248, CODE + 4);
    of_context.write_u64(frame + 288 + 152, STACK + 0xf00);
    of_context.write_u64(frame + 288 + 160, STACK + 0xf80);
    assert_eq!(all(of_context, "10.0", STACK), [(CODE + 4, STACK + 0xf00, STACK + 0xf80)]);
}
