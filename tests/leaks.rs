//! What is named as a leak in the corpus: nothing in a service that just began, and what leaks in it by name afterwards.

use heapql::diff::Profile;
use heapql::diff::growth::Side;
use heapql::diff::leaks::{Suspect, leaks};
use heapql::diff::run;
use heapql::graph::Snapshot;
use heapql::query::RunOptions;

use crate::corpus::open;

const CUSTOMER: &str = "testwebapi.Controllers.Customer";

/// What is named over these dumps.
fn named(dumps: &[Snapshot]) -> Vec<Suspect> {
    let options = RunOptions::default();
    let profiles: Vec<Profile> =
        dumps.iter().map(|dump| Profile::of(dump, &options).expect("a profile")).collect();
    let sides: Vec<Side<'_>> =
        profiles.iter().zip(dumps).map(|(profile, dump)| Side { profile, snapshot: Some(dump) }).collect();
    leaks(&sides, &options).expect("suspects")
}

#[test]
fn a_service_that_just_began_leaks_nothing() {
    assert_eq!(named(&[open("web-t0")]), []);
}

#[test]
fn one_dump_names_what_fills_it() {
    let suspects = named(&[open("web-t2")]);
    assert_eq!(suspects.first().map(|suspect| &*suspect.subject), Some(CUSTOMER));
}

#[test]
fn three_dumps_name_what_grows_with_ways_and_explained_scores() {
    let dumps = ["web-t0", "web-t1", "web-t2"].map(open);
    let suspects = named(&dumps);
    let first = suspects.first().expect("a suspect");
    assert_eq!((&*first.rule, &*first.subject), ("growing_class", CUSTOMER));
    assert_eq!(first.ways[0].root_name.as_deref(), Some("testwebapi.Controllers.DiagScenarioController.p"));
    for suspect in &suspects {
        let sum: i32 = suspect.evidence.iter().map(|evidence| evidence.points).sum();
        assert_eq!(sum, suspect.score as i32, "{suspect:?}");
        assert_eq!((suspect.counts.len(), suspect.bytes.len()), (3, 3), "{suspect:?}");
        let next = suspect.next.as_deref().expect("a statement");
        let answer = run(&dumps, next, &RunOptions::default());
        assert!(answer.is_ok_and(|answer| answer.row_count() > 0), "{next}");
    }
}

#[test]
fn every_statement_that_goes_on_has_an_answer() {
    for dump in ["zoo-10.0", "zoo-8.0", "zoo-3.1", "web-t1"] {
        let dumps = [open(dump)];
        for suspect in named(&dumps) {
            let next = suspect.next.as_deref().expect("a statement");
            let answer = run(&dumps, next, &RunOptions::default());
            assert!(answer.is_ok_and(|answer| answer.row_count() > 0), "{dump}: {next}");
        }
    }
}

#[test]
fn the_same_is_named_for_every_number_of_threads() {
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| named(&[open("zoo-10.0")]))
    };
    assert_eq!(with(1), with(4));
}
