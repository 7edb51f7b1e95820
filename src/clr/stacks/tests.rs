use super::*;
use crate::bytes::Mapped;
use crate::clr::ThreadState;
use crate::clr::synthetic::{space, zeros};
use crate::dump::Architecture;
use crate::synth::Memory;

const STACK: u64 = 0x7000_0000;

fn dump(memory: Memory, architecture: Architecture) -> Dump {
    let mut dump = Dump::parse(Mapped::Memory(memory.into_core().build())).unwrap();
    dump.target.architecture = architecture;
    dump
}

fn native(architecture: Architecture, stack_pointer: u64) -> NativeThread {
    let mut registers: Vec<u64> = (100..).take(architecture.register_count()).collect();
    registers[architecture.stack_pointer()] = stack_pointer;
    NativeThread { id: 7, registers, name: None, stack_end: None }
}

fn thread() -> Thread {
    Thread {
        in_flight: None,
        address: Addr(0x5000),
        os_id: Some(7),
        managed_id: Some(1),
        state: ThreadState::default(),
        exception: None,
        allocation: (Addr::NULL, Addr::NULL),
        object: None,
    }
}

fn stack_of(base: Option<u64>, architecture: Architecture, stack_pointer: u64) -> Option<ThreadStack> {
    let dump = dump(zeros(STACK, STACK + 0x4000), architecture);
    stack(&dump, &thread(), &native(architecture, stack_pointer), base.map(Addr))
}

#[test]
fn a_stack_reaches_to_its_base_or_to_the_end_of_its_memory() {
    let ends = |base| stack_of(base, Architecture::X64, STACK + 0x101).map(|s| (s.start.0, s.end.0));
    assert_eq!(ends(Some(STACK + 0x2000)), Some((STACK + 0x108, STACK + 0x2000)));
    assert_eq!(ends(None), Some((STACK + 0x108, STACK + 0x4000)));
    // Bases that cannot be true: below, and absurdly far away.
    assert_eq!(ends(Some(STACK)), Some((STACK + 0x108, STACK + 0x4000)));
    assert_eq!(ends(Some(u64::MAX)), Some((STACK + 0x108, STACK + 0x4000)));
}

#[test]
fn a_stack_pointer_that_leads_nowhere_has_no_stack() {
    for stack_pointer in [0, STACK - 8, STACK + 0x4000, u64::MAX] {
        assert_eq!(stack_of(None, Architecture::X64, stack_pointer), None, "{stack_pointer:#x}");
    }
}

#[test]
fn registers_stand_where_the_architecture_has_them() {
    let x64 = stack_of(None, Architecture::X64, STACK).unwrap();
    assert_eq!((x64.registers.len(), x64.registers[0], x64.registers[14]), (15, 100, 114));
    assert_eq!((x64.instruction, x64.frame), (Addr(116), Addr(104)));
    let arm64 = stack_of(None, Architecture::Arm64, STACK).unwrap();
    assert_eq!((arm64.registers.len(), arm64.registers[30], arm64.start), (31, 130, Addr(STACK)));
    assert_eq!((arm64.instruction, arm64.frame), (Addr(132), Addr(129)));
}

#[test]
fn no_word_belongs_to_two_stacks() {
    let stack = |start, end| ThreadStack {
        os_id: 0,
        thread: Addr::NULL,
        start: Addr(start),
        end: Addr(end),
        instruction: Addr::NULL,
        frame: Addr::NULL,
        registers: Vec::new(),
    };
    let mut stacks = [stack(0x300, 0x900), stack(0x100, 0x900), stack(0x300, 0x800), stack(0x200, 0x280)];
    keep_apart(&mut stacks);
    let ends: Vec<(u64, u64)> = stacks.iter().map(|stack| (stack.start.0, stack.end.0)).collect();
    assert_eq!(ends, [(0x300, 0x300), (0x100, 0x200), (0x300, 0x800), (0x200, 0x280)]);
}

#[test]
fn words_that_are_missing_are_passed_over_and_counted() {
    let mut memory = zeros(STACK, STACK + 0x1000);
    memory.write_u64(STACK + 8, 1);
    memory.write_u64(STACK + 0x20, 2);
    memory.forget(STACK + 0x10, STACK + 0x20);
    let memory = space(memory);
    let mut stack = stack_of(None, Architecture::X64, STACK).unwrap();
    stack.end = Addr(STACK + 0x28);
    let words: Vec<(u64, u64)> = stack.words(&memory).map(|(at, word)| (at.0, word.0)).collect();
    assert_eq!(words, [(STACK, 0), (STACK + 8, 1), (STACK + 0x20, 2)]);
    assert_eq!(stack.missing_bytes(&memory), 16);
}
