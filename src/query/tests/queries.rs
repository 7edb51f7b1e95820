//! Selects together, selects with names, windows: at random against the reference, and by their rules.

use proptest::prelude::*;

use super::random::{check, filter, limit, one_of, some};
use super::synthetic::snapshot;
use super::{ask, lines};

/// A select of three columns: text, a number that may be null, a number.
fn part() -> impl Strategy<Value = String> {
    let items =
        one_of(&["type, length, size % 7", "gen, heap, size % 5", "type, heap, 2", "gen, length, size / 50"]);
    let grouped = one_of(&[
        "select gen, heap, count from objects group by gen, heap",
        "select type, max(length), count from objects where size > 100 group by type",
    ]);
    let plain = (one_of(&["", "distinct "]), items, filter());
    prop_oneof![
        4 => plain.prop_map(|(distinct, items, filter)| format!("select {distinct}{items} from objects{filter}")),
        1 => grouped,
    ]
}

fn first_part() -> impl Strategy<Value = String> {
    (
        one_of(&["type as name, length as n, size % 7 as rest", "gen as name, heap as n, size % 5 as rest"]),
        filter(),
    )
        .prop_map(|(items, filter)| format!("select {items} from objects{filter}"))
}

fn order() -> impl Strategy<Value = String> {
    let keys: &[&str] = &["name", "n desc", "rest", "rest * 2 desc", "length(name)"];
    some(keys, 0..3).prop_map(|keys| match keys.is_empty() {
        true => String::new(),
        false => format!(" order by {}", keys.join(", ")),
    })
}

fn together() -> impl Strategy<Value = String> {
    let word = one_of(&["union", "union all", "except", "intersect"]);
    let more = proptest::collection::vec((word, part()), 1..4);
    (first_part(), more, order(), limit()).prop_map(|(first, more, order, limit)| {
        let more: String = more.into_iter().map(|(word, part)| format!(" {word} {part}")).collect();
        format!("{first}{more}{order}{limit}")
    })
}

fn with_names() -> impl Strategy<Value = String> {
    (together(), filter(), filter(), limit()).prop_map(|(first, filter, last, limit)| {
        format!(
            "with a as ({first}), b as (select type, gen, count as n, size from objects{filter} group by type, gen), \
             c as (select gen, sum(n) as total from b group by gen) \
             select type, n from b where type in (select name from a) and gen in (select gen from c where total > 3) \
             union all select gen, total from c \
             union all select type, size from objects{last}{limit}"
        )
    })
}

const WINDOWS: &[&str] = &[
    "row_number() over (partition by gen order by size desc)",
    "row_number() over (order by type, length)",
    "rank() over (partition by type order by length)",
    "dense_rank() over (partition by gen, heap order by size % 5 desc)",
    "sum(size) over ()",
    "sum(size) over (partition by gen order by length desc)",
    "count(*) over (partition by type)",
    "count(length) over (order by size % 20)",
    "avg(length) over (partition by heap order by gen)",
    "min(type) over (partition by gen order by size)",
    "max(length) over (partition by finalizable)",
    "sum(length) over (partition by type order by size)",
    "size * 100 / sum(size) over (partition by gen)",
];

fn windows_of_rows() -> impl Strategy<Value = String> {
    let order =
        one_of(&["", " order by rank() over (order by size desc), address", " order by size % 3, type desc"]);
    (some(WINDOWS, 1..4), some(&["address", "type", "length", "size * 2"], 1..3), filter(), order, limit())
        .prop_map(|(windows, items, filter, order, limit)| {
            format!("select {}, {} from objects{filter}{order}{limit}", items.join(", "), windows.join(", "))
        })
}

fn windows_of_groups() -> impl Strategy<Value = String> {
    const OVER_GROUPS: &[&str] = &[
        "size * 100 / sum(size) over ()",
        "rank() over (order by count desc)",
        "row_number() over (partition by gen order by size desc)",
        "sum(count) over (order by gen)",
        "max(size) over (partition by gen)",
        "count(*) over ()",
        "dense_rank() over (order by max(length))",
        "sum(sum(length)) over (partition by gen)",
    ];
    let order = one_of(&["", " order by sum(size) over (partition by gen), type", " order by count desc"]);
    let having = one_of(&["", "", " having count > 2"]);
    (some(OVER_GROUPS, 1..4), filter(), having, order, limit()).prop_map(|(windows, filter, having, order, limit)| {
        let windows = windows.join(", ");
        format!(
            "select type, gen, size, count, {windows} from objects{filter} group by type, gen{having}{order}{limit}"
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn selects_together(statement in together(), seed in 0..1000_u64, block in 1..40_usize) {
        check(&snapshot(seed, 150, block), &statement);
    }

    #[test]
    fn selects_with_names(statement in with_names(), seed in 0..1000_u64, block in 1..40_usize) {
        check(&snapshot(seed, 80, block), &statement);
    }

    #[test]
    fn functions_over_windows_of_rows(statement in windows_of_rows(), seed in 0..1000_u64, block in 1..40_usize) {
        check(&snapshot(seed, 100, block), &statement);
    }

    #[test]
    fn functions_over_windows_of_groups(statement in windows_of_groups(), seed in 0..1000_u64) {
        check(&snapshot(seed, 100, 13), &statement);
    }
}

#[test]
fn intersect_binds_tighter_and_the_rest_goes_from_the_left() {
    let dump = [snapshot(1, 40, 7)];
    let n = |text: &str| lines(&dump, text).join(",");
    assert_eq!(
        n("select 1 as n from threads union select 2 from threads intersect select 3 from threads"),
        "1"
    );
    assert_eq!(n("select 1 as n from threads except select 1 from threads union select 2 from threads"), "2");
    assert_eq!(
        n("select 1 as n from threads union all select 2.5 from threads order by n desc limit 3"),
        "2.5,2.5,1.0"
    );
}

#[test]
fn columns_of_one_name_stay_apart() {
    let dump = [snapshot(1, 40, 7)];
    let both = lines(&dump, "select os_id, os_id from threads union all select managed_id, 5 from threads");
    assert_eq!(both, ["77 77", "null null", "1 5", "2 5"]);
}

#[test]
fn a_name_is_seen_in_selects_within_and_may_go_unused() {
    let dump = [snapshot(1, 40, 7)];
    let text = "with unused as (select 1 as x from modules), m as (select name from modules) \
                select name, (name in (select name from m)) as there from (select name from m) order by name";
    assert_eq!(lines(&dump, text), ["Emitted true", "zoo.dll true"]);
}

#[test]
fn distinct_rows_and_conditions_outside_see_what_windows_give() {
    let dump = [snapshot(5, 200, 30)];
    let distinct = lines(&dump, "select distinct gen, count(*) over (partition by gen) as n order by gen");
    assert_eq!(distinct, lines(&dump, "select gen, count group by gen order by gen"));
    let top = "select gen, size from (select gen, size, row_number() over (partition by gen order by size desc) as place) \
               where place = 1 order by gen";
    assert_eq!(lines(&dump, top), lines(&dump, "select gen, max(size) group by gen order by gen"));
}

#[test]
fn case_computes_what_is_asked_for_only() {
    let dump = [snapshot(3, 300, 50)];
    // A type's value is decided once a type, whatever its branches.
    let by_type = "select case when type like 'Zoo.%' then 'zoo' else module end as owner, count from types group by owner";
    assert!(lines(&dump, by_type).iter().any(|line| line.starts_with("zoo ")));
    let buckets = "select case when size < 100 then 'small' else 'large' end as bucket, count group by bucket order by bucket";
    assert_eq!(lines(&dump, buckets).len(), 2);
}

#[test]
fn a_failed_assertion_names_its_rows() {
    let dump = [snapshot(1, 40, 7)];
    let line = |text: &str| ask(&dump, text).unwrap().assertion.unwrap().to_string();
    assert_eq!(line("assert 1 < 2"), "assertion holds: 1 < 2");
    assert_eq!(line("assert 1 > 2, 'numbers'"), "assertion failed: numbers: 1 row: 1 > 2=false");
    assert_eq!(line("assert null = 1 or  true"), "assertion holds: null = 1 or true");
    assert_eq!(
        line("assert base is not null from modules"),
        "assertion failed: base is not null from modules".replace(" from modules", "")
            + ": 1 row: name=Emitted base=null"
    );
    assert_eq!(line("assert os_id > 0 from threads where managed_id = 1"), "assertion holds: os_id > 0");
    assert_eq!(
        line("assert count = 1 from threads, 'one thread'"),
        "assertion failed: one thread: 1 row: count=2"
    );
    assert_eq!(
        line("assert count > 1 from modules group by dynamic, 'pairs'"),
        "assertion failed: pairs: 2 rows, first dynamic=false count=1; dynamic=true count=1"
    );
    let answer = ask(&dump, "assert size < 0 where type = 'Zoo.Dog'").unwrap();
    assert_eq!(answer.row_count() as u64, answer.assertion.unwrap().failing);
}
