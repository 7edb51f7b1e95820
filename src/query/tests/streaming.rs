//! Rows that are handed on while they are found are those of the whole answer; and what does not fit into memory is
//! refused, whatever the statement.

use std::io;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use rayon::ThreadPoolBuilder;

use super::random::{filter, limit};
use super::synthetic::snapshot;
use super::{ask, rows};
use crate::error::ErrorKind;
use crate::graph::Snapshot;
use crate::memory_limit::MemoryLimit;
use crate::query::{Answer, AnswerColumn, Delivered, QueryError, RunError, RunOptions, run, run_into};

/// Runs a statement and collects its rows as they are handed on, each value as text; the second number is that of the
/// batches.
fn streamed(
    dumps: &[Snapshot],
    statement: &str,
    options: &RunOptions<'_>,
) -> (Vec<Vec<String>>, usize, Delivered) {
    let (mut all, mut batches) = (Vec::new(), 0);
    let delivered = run_into(dumps, statement, options, &mut |source| {
        let text =
            |columns: &[AnswerColumn]| rows(&Answer { columns: columns.to_vec(), ..Answer::default() });
        source.for_each(text, |batch| {
            all.extend(batch);
            batches += 1;
            Ok(true)
        })
    });
    (all, batches, delivered.unwrap())
}

static DUMPS: LazyLock<Vec<Snapshot>> = LazyLock::new(|| vec![snapshot(7, 40_000, 9_000)]);

fn statement() -> impl Strategy<Value = String> {
    let items = "address, type, size, gen, heap, length, size * 2 + 1 as twice, lower(type), 1, null";
    (filter(), limit(), any::<bool>()).prop_map(move |(filter, limit, nested)| {
        // The synthetic `types` of the reference calls the column of counts so.
        let filter = filter.replace("objects > 3", "count > 3");
        let inner = format!("select {items} from objects{filter}");
        if nested {
            format!("select twice, type from ({inner}) where twice > 90{limit}")
        } else {
            inner + &limit
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn streamed_rows_are_those_of_the_whole_answer(statement in statement()) {
        // Some of the conditions are made to be wrong: then there is nothing to compare.
        let Ok(whole) = ask(&DUMPS, &statement) else { return Ok(()) };
        for threads in [1, 3] {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let (all, _, delivered) = pool.install(|| streamed(&DUMPS, &statement, &RunOptions::default()));
            prop_assert_eq!(delivered.rows, all.len());
            prop_assert_eq!(&delivered.answer.warnings, &whole.warnings);
            let kinds = |answer: &Answer| -> Vec<_> { answer.columns.iter().map(|c| (c.name.clone(), c.kind)).collect() };
            prop_assert_eq!(kinds(&delivered.answer), kinds(&whole));
            prop_assert_eq!(all, rows(&whole), "{} threads: {}", threads, statement);
        }
    }
}

#[test]
fn many_rows_come_in_batches_and_can_be_gone_through_twice() {
    let (all, batches, _) = streamed(&DUMPS, "select address from objects", &RunOptions::default());
    assert!(batches > 4 && all.len() > 30_000, "{batches} batches, {} rows", all.len());
    let mut counts = Vec::new();
    run_into(&DUMPS, "select address limit 20000 offset 9000", &RunOptions::default(), &mut |rows| {
        assert!(rows.at_hand().is_none());
        for _ in 0..2 {
            let mut count = 0;
            rows.for_each(
                |columns| columns[0].len(),
                |len| {
                    count += len;
                    Ok(true)
                },
            )?;
            counts.push(count);
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(counts, [20_000, 20_000]);
}

#[test]
fn groups_and_orders_come_as_one_batch() {
    for statement in
        ["select type, count group by type", "select address order by size", "select count", "tables"]
    {
        let (_, batches, delivered) = streamed(&DUMPS, statement, &RunOptions::default());
        assert_eq!((batches, delivered.rows), (1, delivered.answer.row_count()), "{statement}");
    }
}

#[test]
fn who_takes_rows_may_have_enough_or_fail() {
    let mut taken = 0;
    let delivered = run_into(&DUMPS, "select address", &RunOptions::default(), &mut |rows| {
        rows.for_each(
            |_| (),
            |()| {
                taken += 1;
                Ok(taken < 2)
            },
        )
    });
    assert!(delivered.is_ok() && taken == 2);
    let failed = run_into(&DUMPS, "select address", &RunOptions::default(), &mut |rows| {
        rows.for_each(|_| (), |()| Err(io::ErrorKind::StorageFull.into()))
    });
    assert!(matches!(failed, Err(RunError::Output(error)) if error.kind() == io::ErrorKind::StorageFull));
}

#[test]
fn a_stopped_scan_is_a_stopped_statement() {
    let cancel = AtomicBool::new(false);
    let options = RunOptions { cancel: &cancel, ..RunOptions::default() };
    let stopped = run_into(&DUMPS, "select address", &options, &mut |rows| {
        cancel.store(true, std::sync::atomic::Ordering::SeqCst);
        rows.for_each(|_| (), |()| Ok(true))
    });
    assert!(matches!(stopped, Err(RunError::Query(QueryError::Cancelled))));
}

#[test]
fn what_does_not_fit_is_refused_whatever_holds_it() {
    let options = |bytes| RunOptions { memory: MemoryLimit::Bytes(bytes), ..RunOptions::default() };
    for statement in [
        "select address, size from objects",
        "select address, size from objects where size > 0",
        "select address from objects order by size",
        "select address from objects order by size, type limit 20000",
        "select address, count group by address",
        "select distinct address",
        "select count(distinct address)",
        "select median(size), p90(size)",
        "select min(address) group by size + address",
        "select first(type), count group by address",
        "select max(address) from (select address from objects limit 30000)",
        "select count where address in (select address from objects)",
        "select count from objects a join objects b on a.address = b.address",
        "select count from objects a join types b on a.size > b.rank",
        "select max(n) from (select row_number() over (order by size) as n from objects)",
        "select max(n) from (select sum(size) over () as n from objects)",
        "select count from (select address from objects union select mt from types)",
        "select count from (select address from objects except select mt from types)",
        "select address limit 30000",
    ] {
        match run(&DUMPS, statement, &options(10_000)) {
            Err(QueryError::Data(error)) => {
                assert_eq!(error.kind(), ErrorKind::Memory, "{statement}: {error}");
                assert!(error.message().contains("9.8 KB may be used"), "{statement}: {error}");
            }
            other => panic!("{statement}: {:?}", other.map(|answer| answer.row_count())),
        }
        run(&DUMPS, statement, &options(64 << 20)).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    // What needs no memory for its rows is answered.
    for statement in [
        "select count",
        "select type, count, size group by type limit 5",
        "select address limit 5",
        "select count from (select address, type, size from objects)",
        "with a as (select address, size from objects) select address from a where size > 0 limit 5",
    ] {
        run(&DUMPS, statement, &options(100_000)).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    let (all, ..) = streamed(&DUMPS, "select address, type from objects", &options(1 << 20));
    assert!(all.len() > 30_000);
}
