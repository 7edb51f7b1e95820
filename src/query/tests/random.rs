//! Random queries on random heaps: the execution answers what the reference does, whatever the
//! number of threads.

use std::sync::LazyLock;

use proptest::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::reference::{self, show};
use super::synthetic::snapshot;
use super::{ask, rows};
use crate::graph::Snapshot;
use crate::query::ast::Statement;
use crate::query::plan::Source;
use crate::query::schema::Schema;
use crate::query::{Kind, RunOptions, parser, resolve};

pub fn one_of(list: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    proptest::sample::select(list).prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = u64> + Clone {
    prop_oneof![0..60_u64, 0..400_u64, Just(5 << 30)]
}

/// A condition over objects.
fn condition() -> impl Strategy<Value = String> {
    let fixed = one_of(&[
        "type = 'Zoo.Dog'",
        "type like 'Zoo.%'",
        "type like '%o%_g%'",
        "not type like 'S%'",
        "lower(type) ~ 'dog|byte'",
        "substr(type, 1, 3) = 'Zoo'",
        "type < 'System.T'",
        "finalizable",
        "finalizable = false",
        "mt = 0x7e0000000200",
        "gen = 'gen0'",
        "gen in ('gen2', 'loh')",
        "gen not in ('gen2', 'gen1')",
        "heap = 0",
        "heap is null",
        "heap != 1 and gen != 'loh'",
        "length is null",
        "length is not null",
        "length in (1, 2, 3, null)",
        "length not in (4, 5.0, 6.5)",
        "address % 16 = 0",
        "hex(address) like '%8'",
        "gen = 'loh' or type = 'Zoo.Cat'",
        "if(finalizable, size, 0) > 10",
        "case gen when 'loh' then size when 'gen2' then 3 else length end > 5",
        "case when length > 20 then 'long' when length is null then type end like '%o%'",
        "coalesce(length, 0) = 0",
        "mt in (select mt from types where objects > 3)",
        "type in (select type where size > 250 and gen = 'loh')",
        "length in (select length)",
        "null",
        "true",
        "1 > 2",
    ]);
    let with_number = (
        one_of(&[
            "size > #",
            "size <= #",
            "# = size",
            "size != #",
            "length > #",
            "length between 3 and #",
            "size * 2 + 1 > #",
            "size - # < 40",
            "size / 3 < #",
            "size % 7 = # % 7",
            "size > length * #",
            "-size > - #",
        ]),
        number(),
    )
        .prop_map(|(text, n)| text.replace('#', &n.to_string()));
    let leaf = prop_oneof![fixed, with_number].boxed();
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

/// `where` and up to three conditions.
pub fn filter() -> impl Strategy<Value = String> {
    proptest::collection::vec(condition(), 0..3)
        .prop_map(|all| if all.is_empty() { String::new() } else { format!(" where {}", all.join(" and ")) })
}

pub fn limit() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        1 => (0..40_u64).prop_map(|n| format!(" limit {n}")),
        1 => (0..40_u64, 0..40_u64).prop_map(|(n, m)| format!(" limit {n} offset {m}")),
    ]
}

pub fn some(
    list: &'static [&'static str],
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(list, count)
}

/// A query that shows rows.
fn plain() -> impl Strategy<Value = String> {
    const ITEMS: &[&str] = &[
        "address",
        "type",
        "mt",
        "size",
        "gen",
        "heap",
        "length",
        "finalizable",
        "size + 8",
        "length * 2",
        "lower(type)",
        "size / 2",
        "if(gen = 'loh', type, gen)",
        "case when size < 50 then 'small' when size < 200 then 'medium' else 'large' end",
        "case heap when 0 then size / 2 when 1 then length else size end",
        "case type when 'Zoo.Dog' then 1 when 'Zoo.Cat' then 2 end",
        "length is null and finalizable",
        "hex(address)",
    ];
    const ORDER: &[&str] = &[
        "size desc",
        "type",
        "length",
        "length desc",
        "gen desc",
        "heap",
        "size / 2",
        "hex(address) desc",
        "finalizable",
    ];
    let order = some(ORDER, 0..3)
        .prop_map(|o| if o.is_empty() { String::new() } else { format!(" order by {}", o.join(", ")) });
    (some(ITEMS, 1..5), filter(), order, limit()).prop_map(|(items, filter, order, limit)| {
        format!("select {} from objects{filter}{order}{limit}", items.join(", "))
    })
}

/// A query over groups.
fn grouped() -> impl Strategy<Value = String> {
    const KEYS: &[&str] = &[
        "type",
        "mt",
        "gen",
        "heap",
        "finalizable",
        "length",
        "size % 5",
        "lower(type)",
        "substr(type, 1, 4)",
        "length is null",
        "gen = 'loh'",
        "if(size > 100, type, gen)",
        "case when size < 50 then 'small' when finalizable then gen end",
    ];
    const AGGREGATES: &[&str] = &[
        "count",
        "size",
        "length",
        "count(*)",
        "count(length)",
        "count(distinct type)",
        "count(distinct length)",
        "count(distinct size % 10)",
        "sum(size)",
        "min(size)",
        "max(length)",
        "avg(size)",
        "median(size)",
        "p90(length)",
        "p99(size)",
        "first(size)",
        "first(address)",
        "min(type)",
        "max(gen)",
        "size / count",
        "sum(size - 30)",
        "median(size - 100)",
        "max(type)",
    ];
    let having = prop_oneof![
        3 => Just(String::new()),
        1 => one_of(&[" having count > 2", " having size > 500 or count = 1", " having max(length) is not null"]),
    ];
    let order = prop_oneof![
        2 => Just(String::new()),
        1 => one_of(&[" order by count", " order by size desc", " order by max(length) desc, count(*)", " order by count * 2 desc"]),
    ];
    (some(KEYS, 0..4), some(AGGREGATES, 1..4), filter(), having, order, limit()).prop_map(
        |(keys, aggregates, filter, having, order, limit)| {
            let items = [keys.clone(), aggregates].concat().join(", ");
            let by = if keys.is_empty() { String::new() } else { format!(" group by {}", keys.join(", ")) };
            format!("select {items} from objects{filter}{by}{having}{order}{limit}")
        },
    )
}

/// A query of another shape.
fn other() -> impl Strategy<Value = String> {
    let distinct =
        (some(&["type", "gen", "heap", "length", "finalizable", "size % 3"], 1..4), filter(), limit())
            .prop_map(|(items, filter, limit)| {
                format!("select distinct {} from objects{filter}{limit}", items.join(", "))
            });
    let nested = (filter(), filter(), limit()).prop_map(|(inner, outer, limit)| {
        format!(
            "select gen, count, size from (select address, type, mt, size, gen, heap, length, finalizable \
             from objects{inner}){outer} group by gen{limit}"
        )
    });
    prop_oneof![distinct, nested]
}

/// Pools of one, two and eight threads.
static POOLS: LazyLock<[ThreadPool; 3]> =
    LazyLock::new(|| [1, 2, 8].map(|threads| ThreadPoolBuilder::new().num_threads(threads).build().unwrap()));

/// Runs a statement in every way there is and compares.
pub fn check(snapshot: &Snapshot, statement: &str) {
    // The synthetic `types` of the reference calls the column of counts `objects`.
    let real = statement.replace("objects > 3", "count > 3");
    let Statement::Select(select) = parser::parse_form(statement).unwrap() else { panic!("{statement}") };
    let expected: Vec<Vec<String>> =
        reference::run(snapshot, &select).iter().map(|r| r.iter().map(|(_, v)| show(v)).collect()).collect();
    for pool in &*POOLS {
        let answer = pool.install(|| ask(std::slice::from_ref(snapshot), &real));
        let answer = answer.unwrap_or_else(|e| panic!("{real}: {e}"));
        let addresses: Vec<bool> = answer.columns.iter().map(|c| c.kind == Kind::Address).collect();
        let decimal = |row: &[String]| -> Vec<String> {
            let number = |t: &String| t.strip_prefix("0x").and_then(|h| u64::from_str_radix(h, 16).ok());
            let one = |(t, &address): (&String, &bool)| {
                number(t).filter(|_| address).map_or_else(|| t.clone(), |n| n.to_string())
            };
            row.iter().zip(&addresses).map(one).collect()
        };
        let got: Vec<Vec<String>> = rows(&answer).iter().map(|r| decimal(r)).collect();
        assert_eq!(got, expected, "{statement} with {} threads", pool.current_num_threads());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn plain_queries(statement in plain(), seed in 0..1000_u64, block in 1..40_usize) {
        check(&snapshot(seed, 150, block), &statement);
    }

    #[test]
    fn grouped_queries(statement in grouped(), seed in 0..1000_u64, block in 1..40_usize) {
        check(&snapshot(seed, 150, block), &statement);
    }

    #[test]
    fn other_queries(statement in other(), seed in 0..1000_u64, block in 1..40_usize) {
        check(&snapshot(seed, 150, block), &statement);
    }
}

#[test]
fn queries_over_many_morsels() {
    let big = snapshot(7, 60_000, 20_000);
    for statement in [
        "select type, count, size from objects group by type",
        "select gen, heap, count, size from objects group by gen, heap",
        "select gen, count, size from objects where type like 'Zoo.%' group by gen",
        "select count, size, median(size), count(distinct length) from objects",
        "select address, size from objects order by size desc limit 20 offset 5",
        "select address, type from objects where finalizable order by type desc, length limit 20000",
        "select address from objects where size > 300 limit 50 offset 100",
        "select length, count, first(address) from objects where size < 200 group by length",
    ] {
        check(&big, statement);
    }
}

#[test]
fn totals_of_types_agree_with_a_scan() {
    let dump = [snapshot(3, 5000, 900)];
    for statement in [
        "select type, count, size group by type",
        "select mt, type, count, size group by mt, type",
        "select finalizable, count where type like 'Zoo.%' group by finalizable",
        "select count, size where type = 'Zoo.Dog' or finalizable",
        "select distinct type",
    ] {
        let Statement::Select(select) = parser::parse_form(statement).unwrap() else { panic!("{statement}") };
        let schema = Schema::new(&select, &dump, &RunOptions::default()).unwrap();
        let plan = resolve::resolve(&select, statement, &schema).unwrap();
        assert!(matches!(plan.source, Source::Table { .. }));
        assert!(plan.grouping.is_some_and(|g| g.from_type_totals), "{statement}");
        // A condition that is always true, but depends on the row: nothing but a scan will do.
        let (before, behind) = statement.split_once(" group by").unwrap_or((statement, ""));
        let behind = if behind.is_empty() { String::new() } else { format!(" group by{behind}") };
        let scanned = match before.split_once(" where ") {
            Some((items, condition)) => format!("{items} where size > 0 and ({condition}){behind}"),
            None => format!("{before} where size > 0{behind}"),
        };
        // One that depends on the place: the loop over types and sizes does.
        let looped = scanned.replace("size > 0", "gen != 'none'");
        let all = [statement, &scanned, &looped].map(|s| rows(&ask(&dump, s).unwrap()));
        assert_eq!(all[0], all[1], "{scanned}");
        assert_eq!(all[0], all[2], "{looped}");
    }
}
