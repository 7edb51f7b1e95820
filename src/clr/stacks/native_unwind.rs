//! Unwinding the runtime's own native code, by the call frame information that it carries (`.eh_frame`).
//!
//! Up to 9.0 a frame that the runtime leaves may not say where managed code goes on; one or two functions of the runtime lie
//! between. createdump unwound those stacks itself when it took the dump, so that what is needed of the tables is there.
//!
//! Source: "Linux Standard Base Core Specification", Exception Frames; DWARF 5, section 6.4. Read by the crate gimli.

use gimli::{
    BaseAddresses, CfaRule, EhFrame, EhFrameHdr, LittleEndian, Register, RegisterRule, UnwindContext,
    UnwindSection,
};

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Architecture};
use crate::image::ModuleImage;
use crate::limits;

use super::registers::{RBP, RSP, Registers};

/// Our numbers of x64's registers in DWARF's order: rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 to r15.
const FROM_DWARF: [u8; 16] = [0, 2, 1, 3, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15];
/// The number under which DWARF has the return address.
const RETURN_ADDRESS: Register = Register(16);
/// What a function gives back to its caller as it was.
const CALLEE_SAVED: [u8; 6] = [3, RBP, 12, 13, 14, 15];

/// The tables of one module: a copy, with zeros for what is not in the dump.
#[derive(Debug)]
pub(super) struct NativeUnwinder {
    bytes: Vec<u8>,
    /// Where they lay.
    start: Addr,
    /// Where the table that finds functions lay among them.
    header: Addr,
}

impl NativeUnwinder {
    /// The tables of a module of x64; `None` when it has none, or they are not in the dump.
    pub fn of(
        memory: &AddressSpace,
        image: Option<&ModuleImage>,
        architecture: Architecture,
    ) -> Option<NativeUnwinder> {
        let Some(ModuleImage::Elf(image)) = image else { return None };
        let (header, range) = image.unwind_tables().filter(|_| architecture == Architecture::X64)?;
        let size = range.end.since(range.start)?.min(limits::MAX_UNWIND_TABLE_BYTES);
        let mut bytes = vec![0; usize::try_from(size).ok()?];
        for run in memory.runs(range.start, range.start.offset(size)) {
            let at = usize::try_from(run.start.since(range.start)?).ok()?;
            let target = bytes.get_mut(at..)?.get_mut(..run.bytes.len())?;
            target.copy_from_slice(run.bytes);
        }
        Some(NativeUnwinder { bytes, start: range.start, header })
    }

    /// Turns the registers of a function of the module into those of its caller; `None` where the tables do not tell them. Rules that
    /// compilers make for ordinary functions are known, no expressions.
    pub fn unwind(&self, memory: &AddressSpace, registers: &mut Registers) -> Option<()> {
        let before = registers.ip.0.checked_sub(1)?;
        let bases = BaseAddresses::default().set_eh_frame_hdr(self.header.0);
        let header = self.bytes.get(usize::try_from(self.header.since(self.start)?).ok()?..)?;
        let header = EhFrameHdr::new(header, LittleEndian).parse(&bases, 8).ok()?;
        let tables = header.eh_frame_ptr().direct().ok()?;
        let entry = header.table()?.lookup(before, &bases).ok()?.direct().ok()?;
        let section = self.bytes.get(usize::try_from(tables.checked_sub(self.start.0)?).ok()?..)?;
        let (bases, section) = (bases.set_eh_frame(tables), EhFrame::new(section, LittleEndian));
        let offset = usize::try_from(entry.checked_sub(tables)?).ok()?;
        let description = section.fde_from_offset(&bases, offset.into(), EhFrame::cie_from_offset).ok()?;
        if !description.contains(before) {
            return None;
        }
        let mut context = UnwindContext::new();
        let row = description.unwind_info_for_address(&section, &bases, &mut context, before).ok()?;
        let CfaRule::RegisterAndOffset { register, offset } = *row.cfa() else { return None };
        let base = match number(register)? {
            RSP => registers.sp.0,
            number => registers.value(number)?,
        };
        let frame = Addr(base.wrapping_add_signed(offset));
        restore(memory, registers, frame, |register| row.register(register))
    }
}

/// The caller's registers, by the rules of a function and its frame's address.
fn restore<'a>(
    memory: &AddressSpace,
    registers: &mut Registers,
    frame: Addr,
    rule: impl Fn(Register) -> Option<RegisterRule<usize>> + 'a,
) -> Option<()> {
    let place = |register: Register| match rule(register) {
        Some(RegisterRule::Offset(offset)) => Some(Some(Addr(frame.0.wrapping_add_signed(offset)))),
        None | Some(RegisterRule::SameValue | RegisterRule::Undefined) => Some(None),
        Some(_) => None,
    };
    let return_address = memory.pointer(place(RETURN_ADDRESS)??).ok()?;
    let mut caller = registers.clone();
    caller.forget_all_but(&CALLEE_SAVED);
    for (dwarf, number) in (0..).zip(FROM_DWARF) {
        if let Some(place) = place(Register(dwarf))? {
            caller.restore(memory, number, place).ok()?;
        }
    }
    (caller.ip, caller.sp) = (return_address, frame);
    *registers = caller;
    Some(())
}

/// Our number of a register of DWARF's.
fn number(register: Register) -> Option<u8> {
    FROM_DWARF.get(usize::from(register.0)).copied()
}
