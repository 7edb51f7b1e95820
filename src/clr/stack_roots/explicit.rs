//! References that explicit frames hold: those that the runtime's own code protects while it runs, and the arguments of a
//! call that is being prepared.
//!
//! Source: `HelperMethodFrame_1OBJ` and its like, `GCFrame` and `TransitionFrame` in `src/coreclr/vm/frames.h` of
//! dotnet/runtime v8.0 and v9.0, and in `src/vm/frames.h` of dotnet/coreclr v2.0 and v3.1.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::AddressSpace;
use crate::limits;

/// A slot of an explicit frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameSlot {
    /// Where it stands.
    pub address: Addr,
    /// Whether it may point inside of an object.
    pub interior: bool,
    /// Whether it is known to hold a reference.
    pub certain: bool,
}

/// Where explicit frames hold references; `None` for what a version does not have.
#[derive(Debug)]
pub(super) struct FrameRoots {
    /// Where a HelperMethodFrame ends, and with it what those add that hold references.
    helper_method: Option<u64>,
    gc_frame: Option<GcFrame>,
    /// Where a frame refers to a TransitionBlock, and how many bytes of argument registers it begins with.
    arguments: Option<(u64, u64)>,
    /// Where an InlinedCallFrame says what it calls.
    datum: Option<u64>,
}

/// Offsets in a GCFrame in the chain.
#[derive(Clone, Copy, Debug)]
struct GcFrame {
    references: u64,
    count: u64,
    interior: u64,
}

/// Marks in what an InlinedCallFrame calls: a helper of the handling of exceptions, and one that calls funclets in its second
/// pass (`InlinedCallFrameMarker`). What else stands there is a multiple of 8, or odd.
const CALLS_HANDLER: u64 = 2 | 4;
const IS_NUMBER: u64 = 1;

impl FrameRoots {
    pub fn of(layout: &Descriptor) -> FrameRoots {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        let gc_frame = || {
            Some(GcFrame {
                references: of("GCFrame", "ObjRefs")?,
                count: of("GCFrame", "NumObjRefs")?,
                interior: of("GCFrame", "MaybeInterior")?,
            })
        };
        FrameRoots {
            helper_method: of("HelperMethodFrame", Descriptor::SIZE),
            gc_frame: gc_frame(),
            arguments: of("FramedMethodFrame", "TransitionBlockPtr")
                .zip(of("TransitionBlock", "CalleeSavedRegisters")),
            datum: of("InlinedCallFrame", "Datum"),
        }
    }

    /// Whether the InlinedCallFrame at `at` was left by the runtime's own managed handlers of exceptions.
    pub fn is_of_handlers(&self, memory: &AddressSpace, at: Addr) -> bool {
        let datum = self.datum.and_then(|datum| memory.u64(at.offset(datum)).ok());
        datum.is_some_and(|datum| datum & CALLS_HANDLER != 0 && datum & IS_NUMBER == 0)
    }

    /// The slots of the frame of the class `name` at `at`.
    pub fn slots(&self, memory: &AddressSpace, name: &str, at: Addr) -> Vec<FrameSlot> {
        match name {
            "HelperMethodFrame_1OBJ" => self.helper_slots(memory, at, 1),
            "HelperMethodFrame_2OBJ" => self.helper_slots(memory, at, 2),
            "HelperMethodFrame_3OBJ" => self.helper_slots(memory, at, 3),
            "HelperMethodFrame_PROTECTOBJ" => self.protected(memory, at).unwrap_or_default(),
            "GCFrame" => self.gc_frame(memory, at).unwrap_or_default(),
            "PrestubMethodFrame"
            | "StubDispatchFrame"
            | "ExternalMethodFrame"
            | "CallCountingHelperFrame"
            | "DynamicHelperFrame" => self.argument_registers(memory, at).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// As many pointers to slots as the class is named for.
    fn helper_slots(&self, memory: &AddressSpace, at: Addr, count: u64) -> Vec<FrameSlot> {
        let Some(size) = self.helper_method else { return Vec::new() };
        let slot = |number: u64| memory.pointer(at.offset(size + 8 * number)).ok();
        (0..count)
            .filter_map(slot)
            .map(|address| FrameSlot { address, interior: false, certain: true })
            .collect()
    }

    fn protected(&self, memory: &AddressSpace, at: Addr) -> Option<Vec<FrameSlot>> {
        let size = self.helper_method?;
        let (first, count) = (memory.pointer(at.offset(size)).ok()?, memory.u32(at.offset(size + 8)).ok()?);
        Some(array(first, count, false))
    }

    fn gc_frame(&self, memory: &AddressSpace, at: Addr) -> Option<Vec<FrameSlot>> {
        let of = self.gc_frame?;
        let first = memory.pointer(at.offset(of.references)).ok()?;
        let count = memory.u32(at.offset(of.count)).ok()?;
        Some(array(first, count, memory.u32(at.offset(of.interior)).ok()? != 0))
    }

    /// Which of them are references, only the signature of the called method tells.
    fn argument_registers(&self, memory: &AddressSpace, at: Addr) -> Option<Vec<FrameSlot>> {
        let (pointer, size) = self.arguments?;
        let block = memory.pointer(at.offset(pointer)).ok()?;
        let slot = |offset| FrameSlot { address: block.offset(offset), interior: true, certain: false };
        Some((0..size).step_by(8).map(slot).collect())
    }
}

fn array(first: Addr, count: u32, interior: bool) -> Vec<FrameSlot> {
    let count = u64::from(count.min(limits::MAX_PROTECTED_REFERENCES));
    (0..count)
        .map(|number| FrameSlot { address: first.offset(8 * number), interior, certain: true })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::synthetic::{bundled, space, zeros};
    use crate::synth::Memory;

    const AT: u64 = 0x7000_0000;

    fn slots(family: &str, name: &str, memory: Memory) -> Vec<(u64, bool, bool)> {
        let slots = FrameRoots::of(&bundled(family)).slots(&space(memory), name, Addr(AT));
        slots.iter().map(|slot| (slot.address.0, slot.interior, slot.certain)).collect()
    }

    fn with(words: &[(u64, u64)]) -> Memory {
        let mut memory = zeros(AT, AT + 0x1000);
        words.iter().for_each(|&(at, value)| memory.write_u64(AT + at, value));
        memory
    }

    #[test]
    fn helper_frames_refer_to_as_many_slots_as_they_are_named_for() {
        let memory = || with(&[(232, 0x10), (240, 0x20), (248, 0x30)]);
        assert_eq!(slots("8.0", "HelperMethodFrame", memory()), []);
        assert_eq!(slots("8.0", "HelperMethodFrame_1OBJ", memory()), [(0x10, false, true)]);
        let three = [(0x10, false, true), (0x20, false, true), (0x30, false, true)];
        assert_eq!(slots("9.0", "HelperMethodFrame_2OBJ", memory()), three[..2]);
        assert_eq!(slots("3.1", "HelperMethodFrame_3OBJ", memory()), three);
        assert_eq!(slots("10.0", "HelperMethodFrame_1OBJ", memory()), []);
    }

    #[test]
    fn arrays_of_references_are_told_by_their_length() {
        let protected = with(&[(232, 0x40), (240, 2)]);
        let wanted = [(0x40, false, true), (0x48, false, true)];
        assert_eq!(slots("8.0", "HelperMethodFrame_PROTECTOBJ", protected), wanted);
        let frame = with(&[(16, 0x40), (24, 1), (40, 1)]);
        assert_eq!(slots("3.1", "GCFrame", frame), [(0x40, true, true)]);
        assert_eq!(slots("8.0", "GCFrame", with(&[(16, 0x40), (24, 1)])), []);
        // A length that cannot be true is cut.
        let huge = with(&[(232, 0x40), (240, u64::MAX)]);
        let most = limits::MAX_PROTECTED_REFERENCES as usize;
        assert_eq!(slots("8.0", "HelperMethodFrame_PROTECTOBJ", huge).len(), most);
    }

    #[test]
    fn argument_registers_may_hold_references() {
        let slots = slots("10.0", "PrestubMethodFrame", with(&[(16, AT + 0x100)]));
        assert_eq!(slots.len(), 6);
        assert_eq!(slots[1], (AT + 0x108, true, false));
    }

    #[test]
    fn frames_of_the_handlers_of_exceptions_are_marked() {
        let marked = |family, datum| {
            let memory = space(with(&[(16, datum)]));
            FrameRoots::of(&bundled(family)).is_of_handlers(&memory, Addr(AT))
        };
        assert!(marked("9.0", 6) && marked("10.0", 2));
        // A MethodDesc, the size of arguments; and where managed code handles no exceptions.
        assert!(!marked("10.0", 0x7f00_1000) && !marked("10.0", 7) && !marked("8.0", 6));
    }
}
