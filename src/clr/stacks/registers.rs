//! The registers of one frame: what they hold, and where on the stack each value was saved.
//!
//! Numbered as in unwind codes and GC info: of x64 rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 to r15; of arm64 x0 to x30
//! with 29 the frame pointer and 30 the link register. Instruction and stack pointer stand for themselves.

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Architecture, Fault, NativeThread};

/// How many registers there is room for: those of arm64.
const COUNT: usize = 31;

/// rsp of x64.
pub const RSP: u8 = 4;
/// rbp of x64.
pub const RBP: u8 = 5;

/// The frame pointer of arm64.
pub const FP: u8 = 29;

/// In which order the general registers of x64 stand in [`NativeThread::registers`]: r15 to r12, rbp, rbx, r11 to r8, rax, rcx,
/// rdx, rsi, rdi.
const X64_ORDER: [u8; 15] = [15, 14, 13, 12, 5, 3, 11, 10, 9, 8, 0, 1, 2, 6, 7];

/// Names of x64's registers by number.
const X64_NAMES: [&str; 16] = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
    "r15",
];

/// Names of arm64's registers by number.
const ARM64_NAMES: [&str; COUNT] = [
    "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
    "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "fp", "lr",
];

/// The registers of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registers {
    /// Where the frame's code goes on.
    pub ip: Addr,
    /// The stack pointer.
    pub sp: Addr,
    values: [u64; COUNT],
    /// Where each value was saved; null for one that is still in the processor.
    places: [Addr; COUNT],
    /// A bit for each register whose value is known.
    known: u32,
}

impl Registers {
    /// Registers of which only the instruction and the stack pointer are known.
    pub fn new(ip: Addr, sp: Addr) -> Registers {
        Registers { ip, sp, values: [0; COUNT], places: [Addr::NULL; COUNT], known: 0 }
    }

    /// The registers that a thread had when the dump was taken; `None` when they are cut off.
    pub(super) fn of_thread(thread: &NativeThread, architecture: Architecture) -> Option<Registers> {
        let word = |index: usize| thread.registers.get(index).copied();
        let ip = Addr(word(architecture.instruction_pointer())?);
        let mut registers = Registers::new(ip, Addr(word(architecture.stack_pointer())?));
        for (index, number) in architecture.general_registers().zip(0..) {
            let number = match architecture {
                Architecture::X64 => X64_ORDER.get(usize::from(number)).copied()?,
                Architecture::Arm64 => number,
            };
            registers.set(number, word(index)?);
        }
        Some(registers)
    }

    /// What the register `number` holds; `None` where that is not known.
    pub fn value(&self, number: u8) -> Option<u64> {
        let known = self.known.checked_shr(number.into())? & 1 == 1;
        self.values.get(usize::from(number)).copied().filter(|_| known)
    }

    /// Where on the stack the value of the register `number` was saved; `None` for one that is still in the processor, or
    /// not known.
    pub fn place(&self, number: u8) -> Option<Addr> {
        self.value(number)?;
        self.places.get(usize::from(number)).copied().filter(|place| !place.is_null())
    }

    /// What a register of `architecture` is called: `rbx`, `x19`; `?` for one that it does not have.
    pub fn name(architecture: Architecture, number: u8) -> &'static str {
        let names: &[&'static str] = match architecture {
            Architecture::X64 => &X64_NAMES,
            Architecture::Arm64 => &ARM64_NAMES,
        };
        names.get(usize::from(number)).copied().unwrap_or("?")
    }

    /// Says what a register holds, without a place on the stack.
    pub(in crate::clr) fn set(&mut self, number: u8, value: u64) {
        self.put(number, value, Addr::NULL);
    }

    /// Takes the value of a register from where it was saved.
    ///
    /// # Errors
    /// That place is not in the dump; the register is as before.
    pub(super) fn restore(&mut self, memory: &AddressSpace, number: u8, place: Addr) -> Result<(), Fault> {
        self.put(number, memory.u64(place)?, place);
        Ok(())
    }

    /// Says that nothing is known of any register but those in `kept`.
    pub(super) fn forget_all_but(&mut self, kept: &[u8]) {
        let kept = kept.iter().filter_map(|&number| 1_u32.checked_shl(number.into()));
        self.known &= kept.fold(0, |all, bit| all | bit);
    }

    fn put(&mut self, number: u8, value: u64, place: Addr) {
        let index = usize::from(number);
        if let (Some(to), Some(at)) = (self.values.get_mut(index), self.places.get_mut(index)) {
            (*to, *at) = (value, place);
            self.known |= 1 << number;
        }
    }
}
