use super::*;
use crate::clr::gc_info::{Budget, Encoding, FrameState, Told, live_slots};
use crate::clr::synthetic::{space, zeros};
use crate::synth::Memory;
use crate::synth::gc_info::{GcInfoPlan, Sets, Told as Plan};

const SP: u64 = 0x7000_0000;
const FRAME: u64 = SP + 0x80;
const CALLER: u64 = SP + 0x90;
const OBJECT: u64 = 0x5000_0000;

/// A stack whose words hold addresses that tell where they stand.
fn stack() -> Memory {
    let mut memory = zeros(SP, SP + 0x1000);
    (0..0x20).for_each(|word| memory.write_u64(SP + 8 * word, OBJECT + 8 * word));
    memory
}

fn registers() -> Registers {
    let mut registers = Registers::new(Addr(0x4000), Addr(SP));
    registers.set(0, 0xa0);
    registers.set(3, 0xa3);
    registers.set(5, FRAME);
    registers.set(6, 0xa6);
    registers.set(14, 0);
    registers
}

fn slot(place: SlotPlace) -> Slot {
    Slot { place, interior: false, pinned: false, tracked: true }
}

fn on_stack(base: StackBase, offset: i32) -> Slot {
    slot(SlotPlace::Stack { base, offset })
}

/// Slots of a method with rbp as its stack base register, and an outgoing area.
fn live(slots: Vec<Slot>) -> LiveSlots {
    let plan = GcInfoPlan {
        version: 4,
        arm64: false,
        code_length: 8,
        frame_register: Some(5),
        outgoing_area: 0x20,
        generic_context: None,
        extras: false,
        tracked: Vec::new(),
        untracked: Vec::new(),
        told: Plan::SafePoints(Vec::new()),
        sets: Sets::Plain,
    };
    let encoding = Encoding::of(4, Architecture::X64).unwrap();
    let decoded = live_slots(&plan.encode(), &encoding, 1, FrameState::Calling, &Budget::default()).unwrap();
    LiveSlots { told: Told::SafePoint, slots, header: decoded.header }
}

/// The names and values of what a frame shows, and whether all places are known.
fn read(live: &LiveSlots, active: bool, with_untracked: bool) -> (Vec<(String, u64)>, bool) {
    let memory = space(stack());
    let (reader, registers) = (SlotReader::new(&memory, Target::LINUX_X64), registers());
    let frame = ManagedFrame {
        registers: &registers,
        caller_sp: Addr(CALLER),
        number: 7,
        method_desc: Addr(9),
        active,
    };
    let mut found = Vec::new();
    let known = reader.live(&frame, live, with_untracked, &mut |slot| {
        assert!(slot.certain && slot.frame == 7 && slot.method_desc == Some(Addr(9)));
        found.push((slot.name.to_string(), slot.value.0));
    });
    (found, known)
}

fn names(found: (Vec<(String, u64)>, bool)) -> Vec<String> {
    found.0.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn slots_are_told_from_all_bases() {
    let slots = vec![
        on_stack(StackBase::FrameRegister, -0x10),
        on_stack(StackBase::StackPointer, 0x28),
        on_stack(StackBase::CallerStackPointer, 8),
        slot(SlotPlace::Register(3)),
    ];
    let (found, known) = read(&live(slots), false, true);
    let found: Vec<(&str, u64)> = found.iter().map(|(name, value)| (&**name, *value)).collect();
    let wanted =
        [("rbp-0x10", OBJECT + 0x70), ("sp+0x28", OBJECT + 0x28), ("sp+0x98", OBJECT + 0x98), ("rbx", 0xa3)];
    assert_eq!((found, known), (wanted.to_vec(), true));
}

#[test]
fn what_a_call_does_not_preserve_counts_in_active_frames_only() {
    let untracked = Slot { tracked: false, ..on_stack(StackBase::StackPointer, 0x10) };
    let live = live(vec![
        slot(SlotPlace::Register(0)),
        on_stack(StackBase::StackPointer, 0x18),
        on_stack(StackBase::StackPointer, 0x20),
        untracked,
    ]);
    assert_eq!(names(read(&live, false, true)), ["sp+0x20", "sp+0x10"]);
    assert_eq!(names(read(&live, true, true)), ["rax", "sp+0x18", "sp+0x20", "sp+0x10"]);
    assert_eq!(names(read(&live, false, false)), ["sp+0x20"]);
}

#[test]
fn unknown_registers_missing_memory_and_null_are_told_apart() {
    // r12 is not known; r14 is null; the word lies behind the stack.
    let unknown = live(vec![slot(SlotPlace::Register(12)), slot(SlotPlace::Register(3))]);
    assert_eq!(read(&unknown, false, true), (vec![("rbx".to_owned(), 0xa3)], false));
    let null = live(vec![slot(SlotPlace::Register(14))]);
    assert_eq!(read(&null, false, true), (Vec::new(), true));
    let missing = live(vec![on_stack(StackBase::FrameRegister, 0x10_0000)]);
    assert_eq!(read(&missing, false, true), (Vec::new(), true));
}

#[test]
fn preserved_registers_depend_on_the_system() {
    let memory = space(stack());
    let preserved = |target, register| SlotReader::new(&memory, target).is_preserved(register);
    assert!(!preserved(Target::LINUX_X64, 6) && preserved(Target::WINDOWS_X64, 6));
    assert!(preserved(Target::LINUX_ARM64, 28) && !preserved(Target::LINUX_ARM64, 29));
    assert!(!preserved(Target::LINUX_X64, 255));
}

#[test]
fn without_gc_info_every_word_and_preserved_register_is_a_candidate() {
    let mut stack = stack();
    stack.forget(SP + 0x10, SP + 0x20);
    let memory = space(stack);
    let (reader, registers) = (SlotReader::new(&memory, Target::LINUX_X64), registers());
    let frame = ManagedFrame {
        registers: &registers,
        caller_sp: Addr(CALLER),
        number: 7,
        method_desc: Addr(9),
        active: false,
    };
    let mut found = Vec::new();
    reader.all(&frame, Addr(SP + 0x30), &mut |slot| {
        assert!(!slot.certain && slot.interior);
        found.push(slot.name.to_string());
    });
    assert_eq!(found, ["rbx", "rbp", "sp+0x0", "sp+0x8", "sp+0x20", "sp+0x28"]);
}
