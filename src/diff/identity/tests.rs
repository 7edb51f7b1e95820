//! Matching on objects made by hand: columns of numbers instead of memory.

use proptest::prelude::*;

use super::objects::Objects;
use super::traits::{MISSING, Trait};
use super::*;
use crate::bytes::Addr;

/// A field of the type: its name, whether it is a number, whether it is read-only.
type FieldPlan = (&'static str, bool, bool);

const ID: FieldPlan = ("id", false, false);
const NUMBER: FieldPlan = ("Number", true, false);
const TIME: FieldPlan = ("Time", true, false);

/// An object: its address in units of 8 bytes and the values of its fields.
#[derive(Clone, Debug)]
struct Made {
    at: u64,
    values: Vec<u64>,
}

fn made<const N: usize>(at: u64, values: [u64; N]) -> Made {
    Made { at, values: values.to_vec() }
}

/// The subject with these fields and, a dump each, objects of generation 2.
fn subject(fields: &[FieldPlan], dumps: &[Vec<Made>]) -> Subject {
    let traits =
        fields.iter().map(|&(name, number, read_only)| Trait { name: name.into(), number, read_only });
    let mut subject = Subject {
        runs: vec![None; dumps.len()],
        objects: Vec::new(),
        traits: traits.collect(),
        columns: Vec::new(),
    };
    for dump in dumps {
        let mut dump = dump.clone();
        dump.sort_by_key(|made| made.at);
        subject.objects.push(Objects {
            addresses: dump.iter().map(|made| Addr(0x7f00_0000_0000 + made.at * 8)).collect(),
            settled: vec![true; dump.len()],
        });
        subject
            .columns
            .push((0..fields.len()).map(|at| dump.iter().map(|m| m.values[at]).collect()).collect());
    }
    subject
}

/// Survived, died, born and the trait between the first two dumps.
fn told(fields: &[FieldPlan], dumps: &[Vec<Made>]) -> Option<(u64, u64, u64, String, f64)> {
    between(&subject(fields, dumps), 0, 1).ok().map(|s| (s.survived, s.died, s.born, s.by, s.confidence))
}

/// A number without pattern.
fn scattered(n: u64) -> u64 {
    content::mixed(1, n)
}

#[test]
fn objects_with_keys_are_found_wherever_they_were_moved() {
    let before = (0..100).map(|n| made(n * 4, [scattered(n), n % 3])).collect();
    let after = (50..250).map(|n| made(9000 + n * 2, [scattered(n), n % 3])).collect();
    let found = told(&[ID, NUMBER], &[before, after]);
    assert_eq!(found, Some((50, 50, 150, "id".to_owned(), 1.0)));
}

#[test]
fn the_trait_that_stays_is_taken_of_those_that_tell() {
    // Every object was touched since: its time tells objects apart, but is not what it was.
    let before = (0..100).map(|n| made(n, [scattered(n), scattered(n + 1000)])).collect();
    let after = (0..100).map(|n| made(n + 500, [scattered(n + 5000), scattered(n + 1000)])).collect();
    assert_eq!(told(&[TIME, ID], &[before, after]), Some((100, 0, 0, "id".to_owned(), 1.0)));
}

#[test]
fn two_fields_tell_what_one_does_not() {
    let fields = [("Tenant", false, false), NUMBER];
    let before = (0..100).map(|n| made(n, [n / 10, n % 10])).collect();
    let after = (20..150).map(|n| made(n + 500, [n / 10, n % 10])).collect();
    assert_eq!(told(&fields, &[before, after]), Some((80, 20, 50, "Tenant + Number".to_owned(), 1.0)));
}

#[test]
fn equal_objects_are_matched_by_number_and_lower_the_confidence() {
    let before = (0..10).map(|n| made(n, [scattered(n / 2)])).collect();
    let after = (0..15).map(|n| made(n + 500, [scattered(if n < 5 { n } else { n + 100 })])).collect();
    let (survived, died, born, by, confidence) = told(&[ID], &[before, after]).unwrap();
    assert_eq!((survived, died, born, by.as_str()), (5, 5, 10, "id"));
    assert!((0.3..0.5).contains(&confidence), "{confidence}");
}

#[test]
fn objects_that_hold_nothing_are_told_by_where_they_lie_still() {
    let before: Vec<Made> = (0..100).map(|n| made(n, [])).collect();
    let after = (5..150).map(|n| made(n, [])).collect();
    assert_eq!(told(&[], &[before.clone(), after]), Some((95, 5, 50, "address".to_owned(), 0.95)));
    let moved = (0..100).map(|n| made(n + 1000, [])).collect();
    assert_eq!(told(&[], &[before.clone(), moved]), None, "nothing tells them apart, and all lie elsewhere");
    assert_eq!(told(&[], &[before, Vec::new()]), Some((0, 100, 0, "number".to_owned(), 1.0)));
}

#[test]
fn counters_that_start_anew_are_doubted() {
    // The same numbers in each dump, but made at other times: most likely other objects.
    let before = (0..100).map(|n| made(n, [n, scattered(n)])).collect();
    let after = (0..100).map(|n| made(n + 500, [n, scattered(n + 1000)])).collect();
    let found = told(&[NUMBER, TIME], &[before, after]).unwrap();
    assert_eq!((found.3.as_str(), found.4), ("Number", DOUBT));
    // The same, in an order that compaction does not give.
    let before = (0..100).map(|n| made(n, [n])).collect();
    let after = (0..100).map(|n| made(1000 + scattered(n) % 100_000, [n])).collect();
    assert_eq!(told(&[NUMBER], &[before, after]).unwrap().4, DOUBT);
}

#[test]
fn what_is_missing_is_told_and_not_matched() {
    let before = (0..10).map(|n| made(n, [if n < 3 { MISSING } else { scattered(n) }])).collect();
    let after = (0..10).map(|n| made(n + 50, [if n < 2 { MISSING } else { scattered(n) }])).collect();
    let subject = subject(&[ID], &[before, after]);
    let found = between(&subject, 0, 1).unwrap();
    assert_eq!((found.survived, found.died, found.born, found.unreadable), (7, 3, 3, 5));
    assert!(found.confidence < 1.0);
}

#[test]
fn cohorts_tell_since_when_the_last_objects_are_there() {
    let cohort = |since, objects| Cohort { since, objects };
    let of = |there: &[u64], objects| cohorts(there.iter().copied(), objects);
    assert_eq!(of(&[100, 100_100], 200_100), [cohort(1, 100), cohort(2, 100_000), cohort(3, 100_000)]);
    assert_eq!(of(&[0, 5], 5), [cohort(2, 5)]);
    assert_eq!(of(&[7, 5], 9), [cohort(1, 7), cohort(3, 2)], "fewer later are a match by chance");
}

#[test]
fn no_object_outlives_its_process() {
    let dump: Vec<Made> = (0..10).map(|n| made(n, [scattered(n)])).collect();
    let mut subject = subject(&[ID], &[dump.clone(), dump]);
    subject.runs = vec![Some(1), Some(2)];
    assert_eq!(between(&subject, 0, 1), Err(Reason::OtherRun));
    subject.runs = vec![Some(1), None];
    assert_eq!(between(&subject, 0, 1).map(|found| found.survived), Ok(10));
}

proptest! {
    #[test]
    fn a_heap_compared_with_itself_survives_whole(values in prop::collection::vec((0_u64..40, 0_u64..40), 1..200)) {
        let dump: Vec<Made> = values.iter().zip(0..).map(|(v, at)| made(at, [v.0, v.1])).collect();
        let found = between(&subject(&[ID, NUMBER], &[dump.clone(), dump.clone()]), 0, 1).expect("they lie still");
        prop_assert_eq!((found.survived, found.died, found.born), (dump.len() as u64, 0, 0));
    }

    #[test]
    fn sums_hold_and_moving_objects_changes_nothing(
        before in prop::collection::vec((0_u64..60, 0_u64..9), 0..150),
        after in prop::collection::vec((0_u64..60, 0_u64..9), 0..150),
        far in 1_u64..1000,
    ) {
        let at = |values: &[(u64, u64)], from: u64| -> Vec<Made> {
            values.iter().zip(0..).map(|(v, n)| made(from + n, [v.0, v.1])).collect()
        };
        let fields = [ID, ("Kind", false, false)];
        let one = between(&subject(&fields, &[at(&before, 0), at(&after, 10_000)]), 0, 1);
        let other = between(&subject(&fields, &[at(&before, far), at(&after, 20_000 + far)]), 0, 1);
        prop_assert_eq!(&one, &other);
        if let Ok(found) = one {
            prop_assert_eq!(found.survived + found.born, after.len() as u64);
            prop_assert_eq!(found.survived + found.died, before.len() as u64);
            prop_assert!((0.0..=1.0).contains(&found.confidence));
        }
    }
}
