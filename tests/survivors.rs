//! Which objects survived in the series of dumps of the corpus, against what the program did between them: from each
//! dump to the next it keeps all customers, orders, sessions and entries that it has, and adds as many again.

use std::collections::BTreeMap;

use heapql::diff;
use heapql::graph::Snapshot;
use heapql::query::{Answer, RunOptions, ValueRef};

use crate::corpus::open;

fn series() -> [Snapshot; 3] {
    ["web-t0", "web-t1", "web-t2"].map(open)
}

fn ask(dumps: &[Snapshot], statement: &str) -> Answer {
    let answer = diff::run(dumps, statement, &RunOptions::default());
    answer.unwrap_or_else(|e| panic!("{statement}: {e:?}"))
}

/// The value of a column in a row.
fn cell<'a>(answer: &'a Answer, name: &str, row: usize) -> ValueRef<'a> {
    let column = answer.columns.iter().find(|column| column.name == name);
    column.unwrap_or_else(|| panic!("no column {name}")).value(row)
}

fn number(answer: &Answer, name: &str, row: usize) -> i128 {
    match cell(answer, name, row) {
        ValueRef::Integer(number) => number,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn customers_are_told_by_their_ids() {
    let answer = ask(&series(), "survivors of testwebapi.Controllers.Customer");
    let rows: Vec<_> = (0..answer.row_count())
        .map(|row| {
            ["from", "to", "before", "after", "survived", "born", "died"]
                .map(|name| number(&answer, name, row))
        })
        .collect();
    let expected = [
        [1, 2, 100, 10_100, 100, 10_000, 0],
        [2, 3, 10_100, 20_100, 10_100, 10_000, 0],
        [1, 3, 100, 20_100, 100, 20_000, 0],
    ];
    assert_eq!(rows, expected);
    for row in 0..3 {
        assert_eq!(cell(&answer, "by", row), ValueRef::Text("id"));
        assert_eq!(cell(&answer, "confidence", row), ValueRef::Real(1.0));
    }
    assert!(answer.warnings.is_empty(), "{:?}", answer.warnings);
}

#[test]
fn all_that_leaked_before_is_there_still() {
    let dumps = series();
    for type_name in [
        "testwebapi.Controllers.Order",
        "testwebapi.Services.Session",
        "Microsoft.Extensions.Caching.Memory.CacheEntry",
    ] {
        let answer = ask(&dumps, &format!("survivors of {type_name}"));
        let survived: BTreeMap<_, _> = (0..answer.row_count())
            .map(|row| ((number(&answer, "from", row), number(&answer, "to", row)), row))
            .collect();
        for row in survived.into_values() {
            assert_eq!(number(&answer, "died", row), 0, "{type_name}");
            assert_eq!(number(&answer, "survived", row), number(&answer, "before", row), "{type_name}");
        }
    }
}
