use std::ops::Range;

use proptest::prelude::*;

use super::*;
use crate::dump::Architecture;
use crate::synth::gc_info::{GcInfoPlan, PlannedSlot, Sets, Told as Plan};

/// A method with a frame that tells what is live at two calls.
fn plan() -> GcInfoPlan {
    GcInfoPlan {
        version: 4,
        arm64: false,
        code_length: 0x80,
        frame_register: Some(5),
        outgoing_area: 0,
        generic_context: None,
        extras: false,
        tracked: vec![
            PlannedSlot::Register(12, 1),
            PlannedSlot::Register(3, 0),
            PlannedSlot::Register(14, 0),
            PlannedSlot::Stack(2, -0x20, 2),
            PlannedSlot::Stack(2, -0x30, 0),
            PlannedSlot::Stack(1, 0x10, 0),
        ],
        untracked: vec![PlannedSlot::Stack(2, -8, 0)],
        told: Plan::SafePoints(vec![
            (0x11, vec![true, false, false, true, false, false]),
            (0x40, vec![false, true, true, false, false, true]),
        ]),
        sets: Sets::Plain,
    }
}

fn encoding(plan: &GcInfoPlan) -> Encoding {
    let architecture = if plan.arm64 { Architecture::Arm64 } else { Architecture::X64 };
    Encoding::of(plan.version.into(), architecture).unwrap()
}

fn decode(plan: &GcInfoPlan, offset: u32, state: FrameState) -> Result<LiveSlots, Malformed> {
    live_slots(&plan.encode(), &encoding(plan), offset, state, &Budget::default())
}

/// The slots as a plan has them.
fn planned(live: &LiveSlots) -> Vec<PlannedSlot> {
    let slot = |slot: &Slot| {
        let flags = u32::from(slot.interior) | u32::from(slot.pinned) << 1;
        match slot.place {
            SlotPlace::Register(number) => PlannedSlot::Register(number, flags),
            SlotPlace::Stack { base, offset } => PlannedSlot::Stack(base as u32, offset, flags),
        }
    };
    live.slots.iter().map(slot).collect()
}

#[test]
fn a_call_has_the_slots_of_its_safe_point() {
    for (version, sets) in [(2, Sets::Plain), (3, Sets::Shared), (4, Sets::DeadRuns), (4, Sets::LiveRuns)] {
        let plan = GcInfoPlan { version, sets, ..plan() };
        let live = decode(&plan, 0x11, FrameState::Calling).unwrap();
        assert_eq!(live.told, Told::SafePoint);
        assert_eq!(
            planned(&live),
            [PlannedSlot::Register(12, 1), PlannedSlot::Stack(2, -0x20, 2), PlannedSlot::Stack(2, -8, 0)],
            "{version} {sets:?}"
        );
        let live = decode(&plan, 0x40, FrameState::Calling).unwrap();
        let slots = planned(&live);
        assert_eq!(
            slots,
            [
                PlannedSlot::Register(3, 0),
                PlannedSlot::Register(14, 0),
                PlannedSlot::Stack(1, 0x10, 0),
                PlannedSlot::Stack(2, -8, 0)
            ]
        );
        assert_eq!((live.header.stack_base_register, live.header.code_length), (Some(5), 0x80));
        assert!(live.slots.iter().take(3).all(|slot| slot.tracked) && !live.slots[3].tracked);
    }
}

#[test]
fn between_safe_points_only_what_is_not_tracked_is_told() {
    let live = decode(&plan(), 0x12, FrameState::Active).unwrap();
    assert_eq!((live.told, planned(&live)), (Told::Nothing, vec![PlannedSlot::Stack(2, -8, 0)]));
    // Safe points hold for calls that return, which that of an exception does not.
    let live = decode(&plan(), 0x11, FrameState::Interrupted).unwrap();
    assert_eq!((live.told, live.slots.len()), (Told::Nothing, 1));
    let untracked = GcInfoPlan { tracked: Vec::new(), told: Plan::SafePoints(Vec::new()), ..plan() };
    let live = decode(&untracked, 0x12, FrameState::Active).unwrap();
    assert_eq!((live.told, live.slots.len()), (Told::Untracked, 1));
}

/// One slot that is live in a part of the first range and in the second.
fn ranges(version: u32) -> GcInfoPlan {
    GcInfoPlan {
        version,
        tracked: vec![PlannedSlot::Register(3, 0)],
        told: Plan::Ranges(vec![0x10..0x60, 0x70..0x78], vec![vec![0x20..0x30, 0x70..0x78]]),
        ..plan()
    }
}

#[test]
fn the_offset_that_is_looked_up_depends_on_version_and_state() {
    let live = |version, offset, state| {
        let live = decode(&ranges(version), offset, state).unwrap();
        live.slots.len() == 2
    };
    use FrameState::{Active, Calling, Interrupted};
    for version in [2, 3, 4] {
        assert!(!live(version, 0x1f, Active) && live(version, 0x20, Active) && live(version, 0x2f, Active));
        assert!(!live(version, 0x30, Active));
    }
    // A call before the range, whose return address is the first offset in it.
    assert_eq!([2, 3, 4].map(|version| live(version, 0x20, Calling)), [false, false, true]);
    assert_eq!([2, 3, 4].map(|version| live(version, 0x30, Calling)), [true, true, false]);
    assert_eq!([2, 3, 4].map(|version| live(version, 0x20, Interrupted)), [false, true, true]);
}

#[test]
fn outside_of_ranges_nothing_is_told_at_all() {
    for offset in [0, 0xf, 0x60, 0x6f, 0x78] {
        let live = decode(&ranges(4), offset, FrameState::Active).unwrap();
        assert_eq!((live.told, live.slots.len()), (Told::Nothing, 0), "{offset:#x}");
    }
    assert_eq!(decode(&ranges(4), 0x10, FrameState::Active).unwrap().told, Told::Range);
}

#[test]
fn headers_of_all_kinds_are_passed_over() {
    for (version, arm64) in [(2, false), (3, true), (4, false), (4, true)] {
        let plan = GcInfoPlan {
            version,
            arm64,
            frame_register: Some(if arm64 { 31 } else { 3 }),
            outgoing_area: 0x38,
            generic_context: Some((-0x210, 12)),
            extras: true,
            ..ranges(version)
        };
        let live = decode(&plan, 0x24, FrameState::Active).unwrap();
        assert_eq!((live.told, live.slots.len()), (Told::Range, 2), "{version} {arm64}");
        let context = GenericContext { kind: GenericContextKind::MethodTable, offset: -0x210 };
        assert_eq!(live.header.generic_context, Some(context));
        assert_eq!((live.header.prologue, live.header.outgoing_area), (Some(12), 0x38));
        assert_eq!(live.header.stack_base_register, plan.frame_register);
    }
}

#[test]
fn encodings_that_are_not_known_are_none() {
    assert_eq!(Encoding::of(1, Architecture::X64), None);
    assert_eq!(Encoding::of(5, Architecture::Arm64), None);
}

fn of_bits(bits: &str) -> Result<LiveSlots, Malformed> {
    let bits: Vec<bool> = bits.chars().filter(|c| *c != ' ').map(|c| c == '1').collect();
    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
    let bytes: Vec<u8> = bits.chunks(8).map(byte).collect();
    let encoding = Encoding::of(4, Architecture::X64).unwrap();
    live_slots(&bytes, &encoding, 1, FrameState::Calling, &Budget::default())
}

#[test]
fn what_cannot_be_is_refused() {
    // Slim, no frame register; code of 1 byte with 3 safe points; of 4 bytes with none, registers without end.
    assert_eq!(of_bits("0 0 100000000 110"), Err(Malformed::Count("safe points")));
    let many = "0 0 001000000 000 1 111 111 111 111 111 110 0";
    assert_eq!(of_bits(many), Err(Malformed::Count("slots")));
    assert_eq!(of_bits("0 0 001000000 000 1 1"), Err(Malformed::End));
    assert_eq!(of_bits(&format!("0 0 {}", "1".repeat(64))), Err(Malformed::Number));
    // A fourth base of the stack; register 32 as the second.
    let slot = "0 0 001000000 000 0 1 100 00 11 0000000 00 000000000000000000";
    assert_eq!(of_bits(slot), Err(Malformed::Count("bases of the stack")));
    let register = "0 0 001000000 000 1 010 0 1111 1110 110 00 000000000000000000000000000000000000000000000";
    assert_eq!(of_bits(register), Err(Malformed::Count("registers")));
    // Fat, two registers in the frame's place.
    let ranges = format!("1 {} 001000000 0000 000 1110 00", "0".repeat(10));
    assert_eq!(of_bits(&ranges), Err(Malformed::Count("interruptible ranges")));
}

#[test]
fn the_longest_code_has_offsets_of_all_bits() {
    let length = format!("{0}1{0}1{0}1{0}0", "11111111");
    let live = of_bits(&format!("0 0 {length} 000 0 0")).unwrap();
    assert_eq!((live.header.code_length, live.told), (u32::MAX, Told::Untracked));
    assert_eq!(of_bits(&format!("0 0 {length} 100 0 0")), Err(Malformed::End));
}

#[test]
fn a_budget_ends_what_has_no_end() {
    let plan = plan();
    let spent = |numbers| {
        live_slots(&plan.encode(), &encoding(&plan), 0x11, FrameState::Calling, &Budget::new(numbers))
    };
    assert_eq!(spent(10), Err(Malformed::Budget));
    assert!(spent(1000).is_ok());
}

#[test]
fn every_cut_is_noticed_or_harmless() {
    for plan in [plan(), ranges(2), GcInfoPlan { sets: Sets::DeadRuns, ..ranges(4) }] {
        let bytes = plan.encode();
        let whole = decode(&plan, 0x24, FrameState::Active).unwrap();
        for length in 0..bytes.len() {
            let cut =
                live_slots(&bytes[..length], &encoding(&plan), 0x24, FrameState::Active, &Budget::default());
            assert!(cut.is_err() || cut.as_ref() == Ok(&whole), "{length}: {cut:?}");
        }
    }
}

/// Slots in the order in which they are written: in each sort those with flags, then the others ascending.
fn slots() -> impl Strategy<Value = (Vec<PlannedSlot>, Vec<PlannedSlot>)> {
    let registers = prop::collection::btree_map(0..16_u8, 0..4_u32, 0..10);
    let stack = || prop::collection::vec((0..3_u32, -300..300_i32, 0..4_u32), 0..40);
    (registers, stack(), stack()).prop_map(|(registers, stack, untracked)| {
        let mut registers: Vec<(u8, u32)> = registers.into_iter().collect();
        registers.sort_by_key(|&(number, flags)| (flags == 0, number));
        let on_stack = |mut slots: Vec<(u32, i32, u32)>| {
            slots.sort_by_key(|&(_, offset, flags)| (flags == 0, offset));
            slots.into_iter().map(|(base, offset, flags)| PlannedSlot::Stack(base, 8 * offset, flags))
        };
        let registers = registers.into_iter().map(|(number, flags)| PlannedSlot::Register(number, flags));
        (registers.chain(on_stack(stack)).collect(), on_stack(untracked).collect())
    })
}

/// Ranges that do not overlap, ascending, from gaps and lengths in instructions.
fn spread(parts: Vec<(u32, u32)>) -> Vec<Range<u32>> {
    let mut end = 0;
    let range = |(gap, length): (u32, u32)| {
        let start = end + 4 * gap;
        end = start + 4 * length;
        start..end
    };
    parts.into_iter().map(range).collect()
}

const CODE: u32 = 8000;

fn told(slots: usize) -> impl Strategy<Value = Plan> {
    let points = prop::collection::btree_map(1..CODE / 4, prop::collection::vec(any::<bool>(), slots), 0..20);
    let points = points.prop_map(|points| points.into_iter().map(|(at, live)| (4 * at, live)).collect());
    let parts = |count| prop::collection::vec((1..90_u32, 1..120_u32), count);
    let live = prop::collection::vec(parts(0..6).prop_map(spread), slots);
    let ranges = (parts(1..5).prop_map(spread), live).prop_map(|(ranges, live)| Plan::Ranges(ranges, live));
    prop_oneof![points.prop_map(Plan::SafePoints), ranges]
}

fn plans() -> impl Strategy<Value = GcInfoPlan> {
    let sets = prop_oneof![Just(Sets::Plain), Just(Sets::Shared), Just(Sets::DeadRuns), Just(Sets::LiveRuns)];
    let header =
        (2..5_u32, any::<bool>(), prop::option::of(3..6_u8), 0..20_u32, any::<bool>(), any::<bool>());
    slots().prop_flat_map(move |(tracked, untracked)| {
        (header.clone(), told(tracked.len()), sets.clone()).prop_map(
            move |((version, arm64, frame, outgoing, context, extras), told, sets)| GcInfoPlan {
                version,
                arm64,
                code_length: CODE,
                frame_register: frame,
                outgoing_area: 8 * outgoing,
                generic_context: context.then_some((-24, 16)),
                extras,
                tracked: tracked.clone(),
                untracked: untracked.clone(),
                told,
                sets,
            },
        )
    })
}

/// What a plan says is live at an offset, without what is looked up elsewhere in some states and versions.
fn truth(plan: &GcInfoPlan, offset: u32) -> (Told, Vec<PlannedSlot>) {
    let all = |live: Vec<bool>| {
        let live = plan.tracked.iter().zip(live).filter(|(_, live)| *live).map(|(slot, _)| *slot);
        live.chain(plan.untracked.iter().copied()).collect()
    };
    match &plan.told {
        Plan::SafePoints(points) => match points.iter().find(|(at, _)| *at == offset) {
            Some((_, live)) => (Told::SafePoint, all(live.clone())),
            None if plan.tracked.is_empty() => (Told::Untracked, plan.untracked.clone()),
            None => (Told::Nothing, plan.untracked.clone()),
        },
        Plan::Ranges(ranges, live) => {
            if !ranges.iter().any(|range| range.contains(&offset)) {
                return (Told::Nothing, Vec::new());
            }
            let live = live.iter().map(|slot| slot.iter().any(|range| range.contains(&offset)));
            (Told::Range, all(live.collect()))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_was_written_is_read(plan in plans()) {
        let (bytes, encoding, budget) = (plan.encode(), encoding(&plan), Budget::default());
        let (state, shift) = match (&plan.told, plan.version) {
            (Plan::Ranges(..), _) => (FrameState::Active, 0),
            (Plan::SafePoints(_), _) => (FrameState::Calling, 0),
        };
        for offset in (0..CODE).step_by(4) {
            let live = live_slots(&bytes, &encoding, offset + shift, state, &budget).unwrap();
            prop_assert_eq!((live.told, planned(&live)), truth(&plan, offset), "{}", offset);
        }
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        version in 2..5_u64,
        arm64: bool,
        offset in 0..1_000_000_u32,
    ) {
        let architecture = if arm64 { Architecture::Arm64 } else { Architecture::X64 };
        let encoding = Encoding::of(version, architecture).unwrap();
        for state in [FrameState::Active, FrameState::Calling, FrameState::Interrupted] {
            if let Ok(live) = live_slots(&bytes, &encoding, offset, state, &Budget::default()) {
                prop_assert!(live.slots.len() <= 8 * bytes.len());
            }
        }
    }
}
