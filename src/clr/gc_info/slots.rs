//! The table of slots: the registers and places of a frame that may hold references.
//!
//! Source: `GcSlotDecoder::DecodeSlotTable` in `src/coreclr/vm/gcinfodecoder.cpp` of dotnet/runtime v8.0 to v10.0.

use crate::limits;

use super::bits::{BitReader, Malformed};
use super::encoding::{Encoding, Widths};
use super::header::{register, stack_offset};

/// From where the place of a slot on the stack is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StackBase {
    /// The stack pointer of the caller.
    CallerStackPointer,
    /// The stack pointer.
    StackPointer,
    /// The stack base register of the header.
    FrameRegister,
}

/// A place that may hold a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotPlace {
    /// A register, by its number in instructions.
    Register(u8),
    /// A word of the stack.
    Stack {
        /// From where it is told.
        base: StackBase,
        /// Bytes from there.
        offset: i32,
    },
}

/// A slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Where it is.
    pub place: SlotPlace,
    /// Whether it may point inside of an object, or at no object at all.
    pub interior: bool,
    /// Whether its object may not be moved.
    pub pinned: bool,
    /// Whether GC info tells where in the code it is live; the others hold references all the time.
    pub tracked: bool,
}

/// The slots of a method: first those that are tracked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SlotTable {
    pub slots: Vec<Slot>,
    /// How many of them are tracked.
    pub tracked: usize,
}

/// Flags of a slot.
const INTERIOR: u32 = 1;
const PINNED: u32 = 2;
const FLAG_BITS: u32 = 2;
const BASE_BITS: u32 = 2;

impl SlotTable {
    pub fn read(bits: &mut BitReader<'_>, encoding: &Encoding) -> Result<SlotTable, Malformed> {
        let widths = &encoding.widths;
        let registers = if bits.bit()? { bits.unsigned(widths.registers)? } else { 0 };
        let (stack, untracked) = match bits.bit()? {
            true => (bits.unsigned(widths.stack_slots)?, bits.unsigned(widths.untracked)?),
            false => (0, 0),
        };
        let count = u64::from(registers) + u64::from(stack) + u64::from(untracked);
        // None takes fewer bits than the distance of a register from the one before it.
        let room = bits.remaining() / u64::from(widths.register_delta + 1);
        if count > room || count > limits::MAX_GC_SLOTS {
            return Err(Malformed::Count("slots"));
        }
        let mut table =
            SlotTable { slots: Vec::with_capacity(count as usize), tracked: (registers + stack) as usize };
        table.read_registers(bits, widths, registers)?;
        table.read_stack(bits, widths, stack, true)?;
        table.read_stack(bits, widths, untracked, false)?;
        Ok(table)
    }

    /// Each after one without flags is told by its distance from it, and has none either.
    fn read_registers(
        &mut self,
        bits: &mut BitReader<'_>,
        widths: &Widths,
        count: u32,
    ) -> Result<(), Malformed> {
        let mut last: Option<(u32, u32)> = None;
        for _ in 0..count {
            let (number, flags) = match last {
                Some((number, 0)) => {
                    (number.saturating_add(bits.unsigned(widths.register_delta)?).saturating_add(1), 0)
                }
                _ => (bits.unsigned(widths.register)?, bits.bits(FLAG_BITS)?),
            };
            self.push(SlotPlace::Register(register(number)?), flags, true);
            last = Some((number, flags));
        }
        Ok(())
    }

    fn read_stack(
        &mut self,
        bits: &mut BitReader<'_>,
        widths: &Widths,
        count: u32,
        tracked: bool,
    ) -> Result<(), Malformed> {
        let mut last: Option<(i32, u32)> = None;
        for _ in 0..count {
            let base = match bits.bits(BASE_BITS)? {
                0 => StackBase::CallerStackPointer,
                1 => StackBase::StackPointer,
                2 => StackBase::FrameRegister,
                _ => return Err(Malformed::Count("bases of the stack")),
            };
            let (offset, flags) = match last {
                Some((offset, 0)) => {
                    let distance = i64::from(bits.unsigned(widths.stack_slot_delta)?) * 8;
                    (i32::try_from(i64::from(offset) + distance).map_err(|_| Malformed::Number)?, 0)
                }
                _ => (stack_offset(bits, widths.stack_slot)?, bits.bits(FLAG_BITS)?),
            };
            self.push(SlotPlace::Stack { base, offset }, flags, tracked);
            last = Some((offset, flags));
        }
        Ok(())
    }

    fn push(&mut self, place: SlotPlace, flags: u32, tracked: bool) {
        self.slots.push(Slot {
            place,
            interior: flags & INTERIOR != 0,
            pinned: flags & PINNED != 0,
            tracked,
        });
    }
}
