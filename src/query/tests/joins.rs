//! Joins and selects as operands, against the nested loops of the reference.

use proptest::prelude::*;

use super::random::{check, limit};
use super::synthetic::snapshot;
use super::{ask, lines, rows};
use crate::query::Answer;

fn one_of(list: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    proptest::sample::select(list).prop_map(str::to_owned)
}

/// Conditions of two sources, `L` before `R`.
const ON: &[&str] = &[
    "L.address = R.address",
    "R.mt = L.mt",
    "L.type = R.type",
    "L.type = R.type and L.size < R.size",
    "L.length = R.length",
    "L.length - 30 = R.length - 31",
    "L.size / 2 = R.length",
    "L.heap = R.heap and L.gen = R.gen",
    "L.finalizable = R.finalizable and R.length is null",
    "L.length = R.length and L.length in (1, 2, 3, 4, 5, 6, 7, 8, 9)",
    "L.size % 9 + R.size % 9 = 8",
    "L.size < R.length",
    "L.length = R.length or L.address = R.address",
    "coalesce(L.length, R.length) = 3",
    "R.gen = 'loh'",
    "L.gen = 'loh'",
    "R.length in (select length where size > 200) and L.mt = R.mt",
    "true",
    "1 = 2",
    "null",
];

/// Conditions of the first two sources, `a` and `b`.
const WHERE: &[&str] = &[
    "a.size > 100",
    "a.type like 'Zoo.%'",
    "b.length is null",
    "b.length > 10",
    "a.length = b.length",
    "a.size > b.size",
    "b.size > a.size or b.size is null",
    "not (b.type = 'Zoo.Dog')",
    "coalesce(b.length, a.length, 0) = 0",
    "a.gen = 'gen0' and b.gen != 'gen0'",
    "a.size > (select avg(size))",
    "exists (select size where size > 320)",
];

fn source() -> impl Strategy<Value = String> + Clone {
    one_of(&[
        "objects",
        "objects",
        "(select address, type, mt, size, gen, heap, length, finalizable from objects where length < 30)",
        "(select address, type, mt, size, gen, heap, length, finalizable from objects order by size limit 5)",
        "(select address, type, mt, size, gen, heap, length, finalizable from objects where size > 100000000000)",
    ])
}

/// `from` with two or three sources.
fn from() -> impl Strategy<Value = String> {
    let link = (one_of(&["join", "inner join", "left join", "left outer join"]), source(), one_of(ON));
    let third = proptest::option::weighted(0.3, (link.clone(), proptest::bool::ANY));
    (source(), link, third).prop_map(|(first, (join, second, on), third)| {
        let on = on.replace("L.", "a.").replace("R.", "b.");
        let mut text = format!("{first} a {join} {second} as b on {on}");
        if let Some(((join, source, on), of_second)) = third {
            let on = on.replace("L.", if of_second { "b." } else { "a." }).replace("R.", "c.");
            text.push_str(&format!(" {join} {source} c on {on}"));
        }
        text
    })
}

fn filter() -> impl Strategy<Value = String> {
    let all = proptest::collection::vec(one_of(WHERE), 0..3);
    all.prop_map(
        |all| if all.is_empty() { String::new() } else { format!(" where ({})", all.join(") and (")) },
    )
}

fn plain() -> impl Strategy<Value = String> {
    const ITEMS: &[&str] =
        &["a.address", "b.address", "a.type", "b.length", "a.size + b.size", "coalesce(b.size, 0)", "b.gen"];
    let order =
        one_of(&["", " order by b.size desc, a.address", " order by a.length, b.length", " order by a.type"]);
    (proptest::sample::subsequence(ITEMS, 1..5), from(), filter(), order, limit()).prop_map(
        |(items, from, filter, order, limit)| {
            format!("select {} from {from}{filter}{order}{limit}", items.join(", "))
        },
    )
}

fn grouped() -> impl Strategy<Value = String> {
    const KEYS: &[&str] = &["a.type", "b.gen", "b.length", "a.finalizable", "a.size % 3 + b.size % 2"];
    const TOTALS: &[&str] =
        &["count", "a.size", "b.length", "max(b.size)", "count(distinct b.address)", "sum(a.size - b.size)"];
    let having = one_of(&["", " having count > 2", " having a.size > 300"]);
    let parts = (
        proptest::sample::subsequence(KEYS, 0..3),
        proptest::sample::subsequence(TOTALS, 1..4),
        from(),
        filter(),
        having,
        limit(),
    );
    parts.prop_map(|(keys, totals, from, filter, having, limit)| {
        let by = if keys.is_empty() { String::new() } else { format!(" group by {}", keys.join(", ")) };
        let items = [keys, totals].concat().join(", ");
        format!("select {items} from {from}{filter}{by}{having}{limit}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn rows_of_joins(statement in plain(), seed in 0..1000_u64, block in 1..20_usize) {
        check(&snapshot(seed, 24, block), &statement);
    }

    #[test]
    fn groups_of_joins(statement in grouped(), seed in 0..1000_u64, block in 1..20_usize) {
        check(&snapshot(seed, 24, block), &statement);
    }
}

/// The names of an answer's columns.
fn names(answer: &Answer) -> Vec<&str> {
    answer.columns.iter().map(|column| column.name.as_str()).collect()
}

#[test]
fn joins_over_many_morsels_answer_the_same_for_every_number_of_threads() {
    let big = [snapshot(7, 60_000, 20_000)];
    let count = |statement: &str| lines(&big, statement);
    assert_eq!(count("select count(*) from objects a join objects b on a.address = b.address"), ["60000"]);
    assert_eq!(
        count("select count(*), a.size from objects a left join objects b on a.address = b.address + 1"),
        count("select count(*), size")
    );
    for statement in [
        "select a.address, b.address from objects a join objects b on a.size = b.size and a.length = b.length and \
         a.type = b.type where a.size < 60",
        "select a.type, count, b.size from objects a join objects b on b.length = a.size where b.length is not null",
        "select b.address, a.address from objects a left join objects b on b.address = a.address and \
         b.finalizable order by b.address limit 3000 offset 20000",
    ] {
        let answers: Vec<_> = [1, 2, 7]
            .into_iter()
            .map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| rows(&ask(&big, statement).unwrap()))
            })
            .collect();
        assert!(answers[0].len() > 3, "{statement}");
        assert!(answers[0] == answers[1] && answers[0] == answers[2], "{statement}");
    }
}

#[test]
fn a_name_tells_its_source_where_it_must_and_only_there() {
    let dump = [snapshot(1, 20, 7)];
    let answer = |statement: &str| ask(&dump, statement).unwrap();
    let join = "from objects a join types t on t.mt = a.mt";
    assert_eq!(
        names(&answer(&format!("select a.address, t.type, a.type, base_size {join}"))),
        ["address", "t.type", "a.type", "base_size"]
    );
    assert_eq!(names(&answer(&format!("select t.* {join}"))).len(), 9);
    let all = answer(&format!("select * {join}"));
    assert!(names(&all).contains(&"address") && names(&all).contains(&"t.type"));
    // Both spellings are the same thing.
    assert_eq!(
        rows(&answer(&format!("select a.gen, count {join} group by gen"))),
        rows(&answer(&format!("select gen, count {join} group by a.gen")))
    );
    assert_eq!(
        rows(&answer(&format!("select a.gen, a.size, count {join}"))),
        rows(&answer(&format!("select gen, sum(a.size), count(*) {join} group by gen")))
    );
    assert_eq!(
        lines(&dump, "select o.size from objects o where o.size > 0 limit 3"),
        lines(&dump, "select objects.size where size > 0 limit 3")
    );
}

#[test]
fn sources_may_be_of_different_dumps() {
    let dumps = [snapshot(1, 200, 50), snapshot(2, 300, 50)];
    let both = "from @1 a join @2 b on a.address = b.address";
    assert_eq!(
        lines(&dumps, &format!("select count {both}")),
        lines(
            &dumps,
            "select count where address in \
        (select address from @2)"
        )
    );
    let problems = ask(&dumps, &format!("select count {both}")).unwrap().warnings;
    assert_eq!(problems.iter().filter(|p| p.message == "opening says").count(), 1);
}

#[test]
fn a_select_is_a_value() {
    let dump = [snapshot(1, 200, 50)];
    assert_eq!(
        lines(&dump, "select (select max(size)) - (select max(size)) as none from modules limit 1"),
        ["0"]
    );
    assert_eq!(lines(&dump, "select (select size where size < 0) from modules limit 1"), ["null"]);
    assert_eq!(lines(&dump, "select count where size = (select max(size))"), ["1"]);
    assert_eq!(
        lines(
            &dump,
            "select exists (select size where size < 0), not exists (select size where size < 0) \
        from modules limit 1"
        ),
        ["false true"]
    );
    assert_eq!(lines(&dump, "select count where not exists (select size)"), ["0"]);
}

#[test]
fn the_plan_tells_what_each_side_decides() {
    let dump = [snapshot(1, 200, 50)];
    let steps = lines(
        &dump,
        "explain select a.type, count from objects a left join types t on t.mt = a.mt and t.rank = 0 and a.size < \
         t.base_size where a.gen = 'gen0' and t.type is null group by a.type",
    );
    let steps: Vec<&str> =
        steps.iter().map(String::as_str).filter(|step| !step.starts_with("walk")).collect();
    let expected = [
        "scan objects (type, mt, size, gen) as a",
        "filter once a segment and generation a.gen = 'gen0'",
        "read types (type, mt, base_size, rank) as t",
        "filter each row t.rank = 0",
        "join by hash t on t.mt = a.mt; the side with fewer rows is built; rows that find none stay",
        "filter each pair a.size < t.base_size",
        "filter each row t.type is null",
        "group by hash a.type: count(*)",
        "sort count desc, a.type",
        "show type, count",
    ];
    assert_eq!(steps, expected);
}
