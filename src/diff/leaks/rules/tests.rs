//! What rules say of series that they were given, and of which they say nothing.

use super::*;
use crate::diff::leaks::series::Sighting;

const MB: u64 = 1 << 20;

/// A type of the program's of which `remarks` are known.
fn sighting(remarks: &[i32]) -> Sighting {
    Sighting {
        subject: "Shop.Order".to_owned(),
        is_of_program: true,
        detail: "held by something".to_owned(),
        remarks: remarks.iter().map(|&points| (points, "a remark".to_owned())).collect(),
        ..Sighting::default()
    }
}

/// The word and the points of what a rule says of (objects, bytes) in each dump of a heap of so many bytes.
fn judged(
    rule: &dyn Rule,
    sighting: &Sighting,
    numbers: &[(u64, u64)],
    heap: u64,
) -> Option<(&'static str, i32)> {
    let (count, bytes) = *numbers.last().expect("a dump");
    let last = Sighting { count, bytes, ..sighting.clone() };
    let series = Series {
        last: &last,
        counts: numbers.iter().map(|number| number.0).collect(),
        all_bytes: numbers.iter().map(|number| number.1).collect(),
        heap,
    };
    let judgement = rule.judge(&series)?;
    assert!(!judgement.reason.is_empty() && !judgement.reason.ends_with('.'), "{}", judgement.reason);
    let (rule, points) = (judgement.rule, judgement.score.sum());
    let (score, evidence) = judgement.score.finish();
    assert_eq!(evidence.iter().map(|evidence| evidence.points).sum::<i32>(), score as i32, "{evidence:?}");
    assert!(score <= 100 && (score == 100 || score as i32 == points.max(0)), "{score} {points}");
    Some((rule, points))
}

#[test]
fn a_class_is_named_by_its_share_in_one_dump_and_by_its_growth_in_several() {
    let rule = |numbers: &[(u64, u64)], heap| {
        judged(&classes::Classes, &sighting(&[]), numbers, heap).map(|of| of.0)
    };
    assert_eq!(rule(&[(100_000, 12 * MB)], 16 * MB), Some("dominating_class"));
    // Small in itself, few, or a small part of the heap.
    assert_eq!(rule(&[(10_000, MB / 2)], MB), None);
    assert_eq!(rule(&[(100, 2 * MB)], 16 * MB), None);
    assert_eq!(rule(&[(100_000, 12 * MB)], 1024 * MB), None);
    assert_eq!(rule(&[(0, 0), (1_000, MB), (2_000, 2 * MB)], 30 * MB), Some("growing_class"));
    // Big, but it does not grow.
    assert_eq!(rule(&[(100_000, 12 * MB), (100_000, 12 * MB)], 16 * MB), None);
    assert_eq!(rule(&[(1_000, MB), (1_010, MB + 1024)], 4 * MB), None);
}

#[test]
fn classes_of_the_framework_need_a_holder() {
    let spread = Sighting { is_of_program: false, detail: String::new(), ..sighting(&[]) };
    let held = Sighting { is_of_program: false, ..sighting(&[]) };
    let numbers = [(100_000, 12 * MB)];
    assert_eq!(judged(&classes::Classes, &spread, &numbers, 16 * MB), None);
    let own = judged(&classes::Classes, &sighting(&[]), &numbers, 16 * MB).map(|of| of.1);
    let framework = judged(&classes::Classes, &held, &numbers, 16 * MB).map(|of| of.1);
    assert_eq!(framework, own.map(|points| points + thresholds::FRAMEWORK_POINTS));
}

#[test]
fn steady_growth_weighs_more_than_growth_once() {
    let points = |numbers: &[(u64, u64)]| {
        judged(&classes::Classes, &sighting(&[]), numbers, 30 * MB).map_or(0, |of| of.1)
    };
    let steady = points(&[(1_000, MB), (2_000, 2 * MB), (3_000, 3 * MB)]);
    let once = points(&[(1_000, MB), (3_000, 3 * MB)]);
    let uneven = points(&[(1_000, MB), (900, MB), (3_000, 3 * MB)]);
    assert!(steady > once && once == uneven && uneven > 0, "{steady} {once} {uneven}");
}

#[test]
fn events_are_named_when_they_alone_hold_many_subscribers() {
    let rule = |sighting: &Sighting, numbers: &[(u64, u64)]| {
        judged(&event_handlers::EventHandlers, sighting, numbers, 30 * MB).map(|of| of.0)
    };
    let only = sighting(&[22]);
    assert_eq!(rule(&only, &[(50, MB)]), Some("event_handlers"));
    assert_eq!(rule(&only, &[(49, MB)]), None);
    // Others hold them as well.
    assert_eq!(rule(&sighting(&[]), &[(5_000, MB)]), None);
    assert_eq!(rule(&only, &[(1, 0), (51, MB), (101, 2 * MB)]), Some("event_handlers"));
    assert_eq!(rule(&only, &[(101, 2 * MB), (101, 2 * MB)]), None);
}

#[test]
fn calls_and_timers_are_named_when_they_are_many_or_grow() {
    let rules: [(&dyn Rule, &str); 2] =
        [(&pending_tasks::PendingTasks, "pending_tasks"), (&timers::Timers, "timers")];
    for (rule, word) in rules {
        let named = |of_program, numbers: &[(u64, u64)]| {
            let last = Sighting { is_of_program: of_program, ..sighting(&[16]) };
            judged(rule, &last, numbers, 30 * MB).map(|of| of.0)
        };
        assert_eq!(named(true, &[(1_000, MB)]), Some(word));
        assert_eq!(named(true, &[(100, MB)]), None, "{word}");
        // A server of the framework's has as many for its connections.
        assert_eq!(named(false, &[(1_000, MB)]), None);
        assert_eq!(named(false, &[(20_000, MB)]), Some(word));
        assert_eq!(named(true, &[(0, 0), (1_000, MB)]), Some(word));
        assert_eq!(named(true, &[(1_000, MB), (1_000, MB)]), None);
    }
}

#[test]
fn what_waits_for_its_finalizer_is_named_from_some_hundreds_on() {
    let rule = |state: &str, of_program, count| {
        let last = Sighting { detail: state.to_owned(), is_of_program: of_program, ..sighting(&[]) };
        judged(&finalizers::Finalizers, &last, &[(count, MB)], 30 * MB).map(|of| of.0)
    };
    assert_eq!(rule("ready", true, 500), Some("finalizer_backlog"));
    assert_eq!(rule("ready", true, 499), None);
    assert_eq!(rule("live", true, 10_000), Some("finalizer_backlog"));
    assert_eq!(rule("live", true, 500), None);
    assert_eq!(rule("live", false, 10_000), None);
}

#[test]
fn waste_is_named_by_its_share() {
    let rules: [&dyn Rule; 2] =
        [&duplicate_strings::DuplicateStrings, &sparse_collections::SparseCollections];
    for rule in rules {
        assert!(judged(rule, &sighting(&[]), &[(10_000, 4 * MB)], 16 * MB).is_some());
        assert_eq!(judged(rule, &sighting(&[]), &[(10_000, 2 * MB)], 16 * MB), None);
    }
}

#[test]
fn pinned_objects_are_named_by_the_room_beside_them() {
    let rule = |numbers, heap| judged(&pinning::Pinning, &sighting(&[]), &[numbers], heap).map(|of| of.0);
    assert_eq!(rule((5_000, 16 * MB), 32 * MB), Some("pinning"));
    assert_eq!(rule((5_000, MB), 2 * MB), None);
    assert_eq!(rule((20, 16 * MB), 32 * MB), None);
    assert_eq!(rule((5_000, 16 * MB), 1024 * MB), None);
}

#[test]
fn contexts_are_named_however_little_they_hold() {
    let rule = |numbers: &[(u64, u64)]| {
        judged(&collectible_contexts::CollectibleContexts, &sighting(&[]), numbers, 30 * MB).map(|of| of.0)
    };
    assert_eq!(rule(&[(5, 1000)]), Some("collectible_contexts"));
    assert_eq!(rule(&[(2, 1000)]), None);
    assert_eq!(rule(&[(2, 1000), (5, 1000)]), Some("collectible_contexts"));
    assert_eq!(rule(&[(5, 1000), (5, 1000)]), None);
}

#[test]
fn statics_threads_and_single_objects_are_named_by_share_and_size() {
    let rules: [&dyn Rule; 3] =
        [&static_caches::StaticCaches, &threads::Threads, &dominating_object::DominatingObject];
    for rule in rules {
        assert!(judged(rule, &sighting(&[]), &[(1, 12 * MB)], 16 * MB).is_some());
        assert_eq!(judged(rule, &sighting(&[]), &[(1, 2 * MB)], 3 * MB), None);
        assert_eq!(judged(rule, &sighting(&[]), &[(1, 12 * MB)], 1024 * MB), None);
    }
    let rule = |numbers: &[(u64, u64)]| {
        judged(&static_caches::StaticCaches, &sighting(&[]), numbers, 30 * MB).map(|of| of.0)
    };
    assert_eq!(rule(&[(10, MB), (20, 2 * MB), (30, 3 * MB)]), Some("static_cache"));
    assert_eq!(rule(&[(10, 20 * MB), (10, 20 * MB)]), None);
}

#[test]
fn collections_are_named_when_they_gain_or_stand_out() {
    let rule = |remarks: &[i32], numbers: &[(u64, u64)]| {
        judged(&collections::Collections, &sighting(remarks), numbers, 30 * MB).map(|of| of.0)
    };
    assert_eq!(rule(&[6], &[(100_000, 4 * MB)]), Some("growing_collection"));
    // Another one holds about as many.
    assert_eq!(rule(&[], &[(100_000, 4 * MB)]), None);
    assert_eq!(rule(&[], &[(0, 0), (1_000, MB)]), Some("growing_collection"));
    assert_eq!(rule(&[6], &[(100_000, 4 * MB), (100_000, 4 * MB)]), None);
    assert_eq!(rule(&[6], &[(0, 0), (50, MB)]), None);
}

#[test]
fn holes_in_the_large_object_heap_are_named_when_they_are_large() {
    let rule =
        |bytes| judged(&large_objects::LargeObjects, &sighting(&[]), &[(10, bytes)], 256 * MB).map(|of| of.0);
    assert_eq!(rule(100 * MB), Some("loh_fragmentation"));
    assert_eq!(rule(10 * MB), None);
}
