//! Layouts with shifted fields, calibrated on synthetic processes: the shift is found, or the field stays unknown.

use std::sync::Arc;

use super::*;
use crate::bytes::Mapped;
use crate::clr::checks::Outcome;
use crate::clr::locate::{RuntimeModule, locate};
use crate::clr::synthetic::bundled;
use crate::synth::{Family, Place, Process, ProcessDump};

/// A process with threads, modules, types of them, and a handle.
fn process(family: Family) -> Process {
    let mut process = Process::new(family);
    let segment = process.segment(0, Place::Gen2);
    process.object(segment, process.string, 5);
    process
}

fn dump(process: &ProcessDump) -> Arc<Dump> {
    Arc::new(Dump::parse(Mapped::Memory(process.core().build())).unwrap())
}

/// The layout with each movable field `shift` bytes from where it lies, and doubted.
fn shifted(family: &str, shift: i64) -> Descriptor {
    let mut layout = bundled(family);
    for (of, field, with) in COMPANIONS {
        layout.tie(of, field, with, LARGEST_DISTANCE);
    }
    for (of, field) in MOVABLE {
        let offset = layout.optional_field(of, field).and_then(|offset| offset.checked_add_signed(shift));
        if let Some(offset) = offset {
            layout.settle(of, field, offset);
        }
    }
    doubt(&mut layout);
    layout
}

fn globals(dump: &Dump) -> Globals {
    let module = RuntimeModule::find(dump).unwrap();
    locate(dump, &module, None, &mut Vec::new()).unwrap().globals
}

fn found(checks: &[Check], name: &str) -> bool {
    checks.iter().any(|check| check.name == name && check.outcome == Outcome::Passed)
}

#[test]
fn a_shift_of_all_fields_is_found_by_what_the_structures_prove() {
    for (family, name) in [(Family::V3_1, "3.1"), (Family::V8_0, "8.0")] {
        for shift in [-40_i64, 8, 96] {
            let dump = dump(&process(family).dump());
            let (right, mut layout) = (bundled(name), shifted(name, shift));
            let checks = calibrate(&dump, &mut layout, &globals(&dump));
            for proved in ["ThreadStore.FirstThreadLink", "Thread.LinkNext", "AppDomain.DomainAssemblyList"] {
                assert!(found(&checks, proved), "{name} by {shift}: {checks:?}");
            }
            for (of, field) in MOVABLE {
                let settled = layout.optional_field(of, field);
                assert!(
                    settled.is_none() || settled == right.optional_field(of, field),
                    "{name} by {shift}: {of}.{field} is settled at {settled:?}"
                );
            }
            assert!(found(&checks, "Thread.OSId"), "{name} by {shift}: {checks:?}");
            assert_eq!(
                layout.optional_field("Thread", "LastThrownObject"),
                right.optional_field("Thread", "LastThrownObject")
            );
        }
    }
}

#[test]
fn a_field_beyond_what_is_tried_stays_unknown() {
    let dump = dump(&process(Family::V8_0).dump());
    let mut layout = shifted("8.0", 400);
    let checks = calibrate(&dump, &mut layout, &globals(&dump));
    assert!(!checks.is_empty());
    assert!(checks.iter().all(|check| check.outcome == Outcome::NotPossible), "{checks:?}");
    assert_eq!(layout.optional_field("Thread", "LinkNext"), None);
}

#[test]
fn the_nearest_offsets_are_tried_first_and_none_below_zero() {
    let tried: Vec<u64> = offsets(Proposal { near: 8, within: 24 }, 8).collect();
    assert_eq!(tried, [8, 16, 0, 24, 32]);
}

#[test]
fn what_several_offsets_prove_is_not_believed() {
    let about = Proposal { near: 64, within: 32 };
    assert!(matches!(find(about, 8, |_| Some(1)), Finding::Ambiguous(9)));
    assert!(matches!(find(about, 8, |_| None), Finding::Nowhere));
    let best = |offset| Some(if offset == 72 { 2 } else { 1 });
    assert!(matches!(find(about, 8, best), Finding::At { offset: 72, proofs: 2 }));
}
