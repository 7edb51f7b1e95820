//! The slots of one managed frame, by its GC info or without it.

use crate::bytes::Addr;
use crate::clr::gc_info::{LiveSlots, Slot, SlotPlace, StackBase};
use crate::clr::stacks::Registers;
use crate::dump::{AddressSpace, Architecture, OperatingSystem, Target};

use super::{SlotName, StackSlot};

/// A managed frame whose slots are told.
#[derive(Clone, Copy, Debug)]
pub(super) struct ManagedFrame<'a> {
    pub registers: &'a Registers,
    /// Where the frame ends.
    pub caller_sp: Addr,
    /// Its place among the thread's frames.
    pub number: u32,
    pub method_desc: Addr,
    /// Whether it is executing, so that what a call would not preserve still counts.
    pub active: bool,
}

/// What reading slots takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct SlotReader<'a> {
    pub memory: &'a AddressSpace,
    target: Target,
    /// A bit for each register that a call preserves.
    preserved: u32,
}

/// The registers that a managed method saves for its caller: by `src/coreclr/jit/targetamd64.h` (`RBM_CALLEE_SAVED`) and
/// `targetarm64.h`. GC info never tells of the frame pointer of arm64.
fn preserved(target: Target) -> &'static [u8] {
    match (target.architecture, target.system) {
        (Architecture::X64, OperatingSystem::Linux) => &[3, 5, 12, 13, 14, 15],
        (Architecture::X64, OperatingSystem::Windows) => &[3, 5, 6, 7, 12, 13, 14, 15],
        (Architecture::Arm64, _) => &[19, 20, 21, 22, 23, 24, 25, 26, 27, 28],
    }
}

impl<'a> SlotReader<'a> {
    pub fn new(memory: &'a AddressSpace, target: Target) -> SlotReader<'a> {
        let preserved = preserved(target).iter().fold(0, |all, number| all | 1 << number);
        SlotReader { memory, target, preserved }
    }

    /// The number of the frame pointer.
    pub fn frame_pointer(&self) -> u8 {
        match self.target.architecture {
            Architecture::X64 => 5,
            Architecture::Arm64 => 29,
        }
    }

    fn is_preserved(&self, register: u8) -> bool {
        self.preserved.checked_shr(register.into()).is_some_and(|bits| bits & 1 == 1)
    }

    /// Shows the slots of `live` that hold something; those that are not tracked only `with_untracked`. Whether the places of all
    /// are known: of a register that native code keeps, or a frame pointer, they may not be.
    pub fn live(
        &self,
        frame: &ManagedFrame<'_>,
        live: &LiveSlots,
        with_untracked: bool,
        found: &mut dyn FnMut(StackSlot),
    ) -> bool {
        let mut all_known = true;
        for slot in live.slots.iter().filter(|slot| slot.tracked || with_untracked) {
            match self.read(frame, live, slot) {
                Read::Slot(slot) => found(slot),
                Read::Nothing => {}
                Read::Unknown => all_known = false,
            }
        }
        all_known
    }

    fn read(&self, frame: &ManagedFrame<'_>, live: &LiveSlots, slot: &Slot) -> Read {
        let (base, offset) = match slot.place {
            SlotPlace::Register(number) => return self.register(frame, slot, number),
            SlotPlace::Stack { base, offset } => (base, i64::from(offset)),
        };
        let sp = frame.registers.sp;
        let (start, name) = match (base, live.header.stack_base_register) {
            (StackBase::CallerStackPointer, _) => {
                let size = frame.caller_sp.0.wrapping_sub(sp.0) as i64;
                (frame.caller_sp, SlotName::at("sp", size.wrapping_add(offset)))
            }
            (StackBase::StackPointer, _) | (StackBase::FrameRegister, None) => {
                (sp, SlotName::at("sp", offset))
            }
            (StackBase::FrameRegister, Some(number)) => match frame.registers.value(number) {
                Some(value) => {
                    let name = Registers::name(self.target.architecture, number);
                    (Addr(value), SlotName::at(name, offset))
                }
                None => return Read::Unknown,
            },
        };
        let address = Addr(start.0.wrapping_add_signed(offset));
        // What the frame hands to a function that it calls is that function's.
        let outgoing = sp.offset(live.header.outgoing_area.into());
        if slot.tracked && !frame.active && address < outgoing {
            return Read::Nothing;
        }
        // The guard page, for the innermost frame of a stack that has overflown.
        let Ok(value) = self.memory.pointer(address) else { return Read::Nothing };
        certain(frame, slot, value, Some(address), name)
    }

    fn register(&self, frame: &ManagedFrame<'_>, slot: &Slot, number: u8) -> Read {
        if !frame.active && !self.is_preserved(number) {
            return Read::Nothing;
        }
        let Some(value) = frame.registers.value(number) else { return Read::Unknown };
        let name = SlotName::itself(Registers::name(self.target.architecture, number));
        certain(frame, slot, Addr(value), frame.registers.place(number), name)
    }

    /// Shows every register of a frame that may be its own, and every word from the stack pointer to `end`.
    pub fn all(&self, frame: &ManagedFrame<'_>, end: Addr, found: &mut dyn FnMut(StackSlot)) {
        let candidate = |value: Addr, address: Option<Addr>, name: SlotName| StackSlot {
            value,
            address,
            name,
            frame: frame.number,
            method_desc: Some(frame.method_desc),
            interior: true,
            pinned: false,
            certain: false,
        };
        for number in (0..32).filter(|&number| frame.active || self.is_preserved(number)) {
            let Some(value) = frame.registers.value(number).filter(|&value| value != 0) else { continue };
            let name = SlotName::itself(Registers::name(self.target.architecture, number));
            found(candidate(Addr(value), frame.registers.place(number), name));
        }
        let sp = frame.registers.sp;
        self.words(sp, end, &mut |address, value| {
            let name = SlotName::at("sp", address.0.wrapping_sub(sp.0) as i64);
            found(candidate(value, Some(address), name));
        });
    }

    /// Shows the words between two addresses that are in the dump and not null.
    pub fn words(&self, start: Addr, end: Addr, found: &mut dyn FnMut(Addr, Addr)) {
        let Some(start) = start.0.checked_next_multiple_of(8).map(Addr) else { return };
        for run in self.memory.runs(start, end) {
            let skipped = run.start.0.wrapping_neg() % 8;
            let words = run.bytes.get(skipped as usize..).unwrap_or_default().chunks_exact(8);
            let words = words.filter_map(|word| word.first_chunk()).map(|&word| u64::from_le_bytes(word));
            for (value, at) in
                words.zip((run.start.0 + skipped..).step_by(8)).filter(|&(value, _)| value != 0)
            {
                found(Addr(at), Addr(value));
            }
        }
    }
}

/// What became of a slot.
enum Read {
    /// It holds something.
    Slot(StackSlot),
    /// It is not the frame's own, or holds nothing.
    Nothing,
    /// Where it is is not known.
    Unknown,
}

fn certain(
    frame: &ManagedFrame<'_>,
    slot: &Slot,
    value: Addr,
    address: Option<Addr>,
    name: SlotName,
) -> Read {
    if value.is_null() {
        return Read::Nothing;
    }
    Read::Slot(StackSlot {
        value,
        address,
        name,
        frame: frame.number,
        method_desc: Some(frame.method_desc),
        interior: slot.interior,
        pinned: slot.pinned,
        certain: true,
    })
}

#[cfg(test)]
mod tests;
