//! The registers that the kernel has put aside for a signal handler that runs on a stack of its own.
//!
//! Where a stack has overflown, or a fault happened in managed code that the runtime could not handle, a thread stands in such a
//! handler, and no explicit frame says where it was. Only what lies on the very stack that the handler runs on is believed: what was
//! left behind on an ordinary stack looks alike.
//!
//! Source: `struct ucontext` in the Linux kernel's `include/uapi/asm-generic/ucontext.h`, `struct sigcontext` in
//! `arch/x86/include/uapi/asm/sigcontext.h`, `setup_rt_frame` in `arch/x86/kernel/signal_64.c`.

use crate::bytes::Addr;
use crate::dump::AddressSpace;
use crate::limits;

use super::registers::Registers;

/// Places in a ucontext: the link to another one, the stack that the handler was to run on and its size, the registers.
const LINK: u64 = 8;
const STACK: u64 = 16;
const STACK_SIZE: u64 = 32;
const REGISTERS: u64 = 40;
/// Places among the registers.
const RSP: u64 = 120;
const RIP: u64 = 128;
const CS: u64 = 144;
/// The code segment of programs of 64 bits.
const USER_CS: u16 = 0x33;
/// Our numbers of the registers in their order: r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx.
const ORDER: [u8; 15] = [8, 9, 10, 11, 12, 13, 14, 15, 7, 6, 5, 3, 2, 0, 1];

/// The registers of the code that a signal interrupted, where `registers` are those of its handler on a stack of its own and the
/// code is what `is_code` says; `None` where there is no such.
pub(super) fn interrupted(
    memory: &AddressSpace,
    registers: &Registers,
    is_code: impl Fn(Addr) -> bool,
) -> Option<Registers> {
    let start = Addr(registers.sp.0.checked_next_multiple_of(8)?);
    let end = start.offset(limits::MAX_SIGNAL_FRAME_BYTES);
    let places = (start.0..end.0).step_by(8).map(Addr);
    let mut readable = places.take_while(|&at| memory.u64(at).is_ok());
    readable.find_map(|at| saved(memory, at, registers.sp).filter(|saved| is_code(saved.ip)))
}

/// The registers of the ucontext at `at`, if there is one of a handler whose stack holds `sp`.
fn saved(memory: &AddressSpace, at: Addr, sp: Addr) -> Option<Registers> {
    let word = |offset: u64| memory.pointer(at.offset(offset)).ok();
    if memory.u16(at.offset(REGISTERS + CS)).ok()? != USER_CS || !word(LINK)?.is_null() {
        return None;
    }
    let (stack, size) = (word(STACK)?, word(STACK_SIZE)?.0);
    let on_it = |address: Addr| address.since(stack).is_some_and(|distance| distance < size);
    let mut saved = Registers::new(word(REGISTERS + RIP)?, word(REGISTERS + RSP)?);
    if !on_it(sp) || !on_it(at) || on_it(saved.sp) || !saved.sp.0.is_multiple_of(8) {
        return None;
    }
    for (number, place) in ORDER.into_iter().zip((0..).step_by(8)) {
        saved.restore(memory, number, at.offset(REGISTERS + place)).ok()?;
    }
    Some(saved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::synthetic::{space, zeros};
    use crate::synth::Memory;

    const HANDLER: u64 = 0x10_0000;
    const CODE: u64 = 0x4000_0000;

    /// A handler's stack of a page with a ucontext in it.
    fn stack() -> Memory {
        let mut memory = zeros(HANDLER, HANDLER + 0x1000);
        let at = HANDLER + 0x400;
        memory.write_u64(at + STACK, HANDLER);
        memory.write_u64(at + STACK_SIZE, 0x1000);
        memory.write_u64(at + REGISTERS + RIP, CODE + 4);
        memory.write_u64(at + REGISTERS + RSP, 0x70_0000);
        memory.write_u64(at + REGISTERS + CS, 0x2b_0000_0000_0033);
        memory.write_u64(at + REGISTERS + 80, 0x70_0040);
        memory
    }

    fn found(memory: Memory, sp: u64) -> Option<Registers> {
        let registers = Registers::new(Addr(0), Addr(sp));
        interrupted(&space(memory), &registers, |address| address.0 == CODE + 4)
    }

    #[test]
    fn the_interrupted_code_is_told_with_its_registers() {
        let found = found(stack(), HANDLER + 0x101).unwrap();
        assert_eq!((found.ip, found.sp, found.value(5)), (Addr(CODE + 4), Addr(0x70_0000), Some(0x70_0040)));
    }

    #[test]
    fn what_is_no_context_of_a_handler_on_this_stack_is_not_believed() {
        let at = HANDLER + 0x400;
        for (place, value) in [
            (LINK, 1),
            (STACK, HANDLER + 0x800),
            (STACK_SIZE, 0x80),
            (REGISTERS + RIP, CODE),
            (REGISTERS + RSP, HANDLER + 0x800),
            (REGISTERS + RSP, 0x70_0001),
            (REGISTERS + CS, 0x23),
        ] {
            let mut memory = stack();
            memory.write_u64(at + place, value);
            assert_eq!(found(memory, HANDLER + 0x100), None, "{place}");
        }
        assert_eq!(found(stack(), HANDLER + 0x500), None, "above it");
        assert_eq!(found(stack(), u64::MAX - 3), None);
    }
}
