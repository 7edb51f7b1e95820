//! The examples of the catalog: each is run over a dump of the corpus and answered with rows.

use std::path::Path;

use heapql::diff::run;
use heapql::graph::Snapshot;
use heapql::open::{OpenOptions, open};
use heapql::progress::NoProgress;
use heapql::query::RunOptions;
use heapql::query::catalog::{tables, topics};

use super::answers::corpus;

fn snapshots(names: &[&str]) -> Vec<Snapshot> {
    let options = OpenOptions::default();
    let one = |name: &&str| {
        open(Path::new(&corpus(name)), &options, &NoProgress).expect("a dump of the corpus").snapshot
    };
    names.iter().map(one).collect()
}

/// Runs a statement; the number of its rows.
fn rows(snapshots: &[Snapshot], statement: &str) -> Result<usize, String> {
    run(snapshots, statement, &RunOptions::default())
        .map(|answer| answer.row_count())
        .map_err(|error| format!("{statement}: {error}"))
}

#[test]
fn every_example_of_the_catalog_is_answered_with_rows() {
    let (zoo, web) = (snapshots(&["zoo-10.0"]), snapshots(&["web-t1", "web-t2"]));
    let mut wrong = Vec::new();
    for topic in topics() {
        for example in topic.examples {
            // What compares dumps needs some that differ.
            let compares = ["diff", "survivors", "leaks"].iter().any(|word| example.starts_with(word));
            match rows(if compares { &web } else { &zoo }, example) {
                // The rows of an assertion are those that fail; nothing is broken in the corpus, and no request was made.
                Ok(0) if ["assert", "from damage", "from requests"].iter().any(|of| example.contains(of)) => {
                }
                Ok(0) => wrong.push(format!("{example}: no rows")),
                Ok(_) => {}
                Err(error) => wrong.push(error),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_column_of_the_catalog_can_be_asked_for() {
    let zoo = snapshots(&["zoo-10.0"]);
    for table in tables() {
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let statement = format!("select {} from {} limit 3", columns.join(", "), table.name);
        let none = rows(&zoo, &statement).unwrap() == 0;
        // Nothing is broken in the dumps of the corpus, no threads wait for each other, and no request was under way.
        assert_eq!(none, ["damage", "deadlocks", "requests"].contains(&table.name), "{statement}");
    }
}
