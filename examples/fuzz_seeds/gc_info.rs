//! GC info of small methods, of each version and architecture, told at calls and in ranges.

use heapql::synth::gc_info::{GcInfoPlan, PlannedSlot, Sets, Told};

use super::Seed;

/// All of them, each with the four bytes in front that say how it is to be read.
pub fn all() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for version in 2..=4_u8 {
        for arm64 in [false, true] {
            for (name, told) in told() {
                for sets in [Sets::Plain, Sets::Shared, Sets::DeadRuns, Sets::LiveRuns] {
                    let info = plan(version.into(), arm64, told.clone(), sets).encode();
                    let head = [version - 2, u8::from(arm64), 0x40, 0];
                    let name = format!("{name}-{version}-{arm64}-{sets:?}").to_lowercase();
                    seeds.push((name, [&head[..], &info].concat()));
                }
            }
        }
    }
    seeds
}

fn told() -> [(&'static str, Told); 2] {
    let live = |which: usize| (0..6).map(|slot| slot % 2 == which).collect();
    let points = Told::SafePoints(vec![(0x20, live(0)), (0x40, live(1)), (0x60, live(0))]);
    let ranges = (0..6).map(|slot| std::iter::once(0x10 + 4 * slot..0x80 + 8 * slot).collect()).collect();
    [("calls", points), ("ranges", Told::Ranges(vec![0x10..0x90, 0xa0..0x140], ranges))]
}

fn plan(version: u32, arm64: bool, told: Told, sets: Sets) -> GcInfoPlan {
    GcInfoPlan {
        version,
        arm64,
        code_length: 0x200,
        frame_register: Some(if arm64 { 29 } else { 5 }),
        outgoing_area: 0x20,
        generic_context: Some((-0x18, 8)),
        extras: version == 3,
        tracked: vec![
            PlannedSlot::Register(12, 1),
            PlannedSlot::Register(3, 0),
            PlannedSlot::Register(13, 0),
            PlannedSlot::Stack(2, -0x20, 2),
            PlannedSlot::Stack(2, -0x30, 0),
            PlannedSlot::Stack(1, 0x10, 0),
        ],
        untracked: vec![PlannedSlot::Stack(2, -8, 0)],
        told,
        sets,
    }
}
