//! What single statements answer.

use std::sync::atomic::AtomicBool;

use super::synthetic::{snapshot, without_heap};
use super::{ask, lines};
use crate::progress::NoProgress;
use crate::query::{Kind, QueryError, RunOptions, run};

fn zoo() -> [crate::graph::Snapshot; 1] {
    [snapshot(1, 60, 7)]
}

fn one(statement: &str) -> String {
    lines(&zoo(), statement).join("\n")
}

#[test]
fn the_first_query_is_ordered_by_size_and_sums_to_all() {
    let all = ask(&zoo(), "select type, count, size group by type").unwrap();
    let names: Vec<_> = all.columns.iter().map(|c| (c.name.as_str(), c.kind)).collect();
    assert_eq!(names, [("type", Kind::Text), ("count", Kind::Integer), ("size", Kind::Bytes)]);
    let counted: Vec<u64> = lines(&zoo(), "select type, count, size group by type")
        .iter()
        .map(|l| l.rsplit(' ').next().unwrap().parse().unwrap())
        .collect();
    assert!(counted.is_sorted_by(|a, b| a >= b), "{counted:?}");
    let total = one("select count, size");
    assert_eq!(total, format!("60 {}", counted.iter().sum::<u64>()));
    assert_eq!(all.row_count(), 7, "two types share a name");
}

#[test]
fn literals_and_functions() {
    let row = "select 10kb, 0x10, 'it''s', 2.5, true, null, -3, 7 / 2, 7 % 4, 1 / 0, 2 * (3 + 4) from modules limit 1";
    assert_eq!(one(row), "10240 0x10 it's 2.5 true null -3 3.5 3 null 14");
    let row = "select upper('aß'), length('größe'), substr('Zoo.Dog', 5), contains('abc', 'b'), \
               starts_with('abc', 'b'), ends_with('abc', 'c'), coalesce(null, 3), abs(-3), round(2.345, 2), \
               if(1 > 2, 'a', 'b'), hex(255), human(1536) from modules limit 1";
    assert_eq!(one(row), "ASS 5 Dog true false true 3 3 2.35 b 0xff 1.5 KB");
}

#[test]
fn kinds_of_results() {
    let kinds = |statement| {
        let answer = ask(&zoo(), statement).unwrap();
        answer.columns.iter().map(|c| c.kind.word()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        kinds("select size + 1, size - 1, size * 2, size / 2, address + 8, address - address, address % 16"),
        "bytes integer bytes real address integer integer"
    );
    assert_eq!(
        kinds("select sum(size), avg(size), median(size), min(type), count(distinct type), first(address)"),
        "bytes real bytes text integer address"
    );
}

#[test]
fn null_is_neither_equal_nor_unequal() {
    let counts = [
        "select count(*) where heap is null",
        "select count(*) where not (heap = 0 or heap != 0)",
        "select count(*) where heap in (0, 1, null) or heap is null",
        "select count(*) where heap not in (7, null)",
    ];
    assert_eq!(counts.map(one), ["12", "0", "60", "0"]);
}

#[test]
fn grouped_rules() {
    assert_eq!(one("select count, size where type = 'Nothing'"), "0 null");
    assert_eq!(one("select type, count where type = 'Nothing' group by type"), "");
    assert_eq!(
        one("select gen, count group by gen having count > 10 order by gen"),
        "frozen 12\ngen2 28\nloh 12"
    );
    assert_eq!(
        one("select lower(gen) as g, count(*) as n group by g order by n desc, g limit 2"),
        "gen2 28\nfrozen 12"
    );
    assert_eq!(one("select distinct gen order by gen desc"), "loh\ngen2\ngen1\ngen0\nfrozen");
    assert_eq!(
        one("select distinct count from (select gen, count group by gen) where gen ~ '^(loh|frozen)$'"),
        "12"
    );
    assert_eq!(one("select distinct count(*) > 10 as many group by gen"), "false\ntrue");
    // In `types` the column `count` goes before the bare word.
    assert_eq!(one("select count from types group by rank > 9"), "60");
    assert_eq!(one("select count(*) from types"), "8");
}

#[test]
fn a_select_is_a_source_and_a_list() {
    assert_eq!(
        one("select gen, size from (select gen, size where gen = 'loh') group by gen"),
        one("select gen, size where gen = 'loh' group by gen")
    );
    assert_eq!(one("select count(*) where mt in (select mt from types)"), "60");
    assert_eq!(
        one("select count(*) where type in (select type where finalizable)"),
        one("select count(*) where type in ('Zoo.Cat', 'Zoo.Dog')")
    );
}

#[test]
fn small_tables_answer_without_a_heap() {
    let dump = [without_heap()];
    assert_eq!(
        lines(&dump, "select name, base, path, dynamic from modules"),
        ["zoo.dll 0x7000 /app/zoo.dll false", "Emitted null null true"]
    );
    assert_eq!(
        lines(&dump, "select os_id, managed_id, state, exception from threads"),
        ["77 1  0x7f0000000000", "null 2 background pool_worker null"]
    );
    assert_eq!(lines(&dump, "select heap, kind, size from segments limit 1 offset 1"), ["0 loh 0"]);
    for statement in ["select count", "select free from segments", "select * from types"] {
        assert!(matches!(ask(&dump, statement), Err(QueryError::Data(_))), "{statement}");
    }
    assert!(ask(&dump, "explain select count").is_ok());
}

#[test]
fn what_needs_values_says_why_there_is_no_heap() {
    let dump = [without_heap()];
    for statement in
        ["select count from statics", "select count from fields", "select * from items(0x10)", "object 0x10"]
    {
        let error = ask(&dump, statement).expect_err(statement);
        assert_eq!(error.to_string(), "the dump holds no heap", "{statement}");
    }
}

#[test]
fn limits_and_offsets() {
    let all = lines(&zoo(), "select address");
    assert_eq!(lines(&zoo(), "select address limit 3 offset 58"), all[58..]);
    assert_eq!(lines(&zoo(), "select address limit 3 offset 7"), all[7..10]);
    assert_eq!(
        lines(&zoo(), "select address order by address desc limit 2 offset 1"),
        [all[58].clone(), all[57].clone()]
    );
    assert_eq!(one("select address limit 0"), "");
    assert_eq!(one("select address limit 18446744073709551615 offset 18446744073709551615"), "");
}

#[test]
fn results_that_do_not_fit_are_null_and_said() {
    let answer = ask(&zoo(), "select address * 1 from objects limit 1");
    assert!(matches!(answer, Err(QueryError::Statement(_))), "addresses are not multiplied");
    let big = "170141183460469231731687303715884105727";
    let answer =
        ask(&zoo(), &format!("select {big} + length, size + 18446744073709551615 from objects limit 5"))
            .unwrap();
    assert!(answer.warnings.iter().any(|w| w.message.contains("too big")), "{:?}", answer.warnings);
    let sum = ask(&zoo(), "select sum(size * 10000000000000000) from objects").unwrap();
    assert!(sum.warnings.iter().any(|w| w.message.contains("too big")));
}

#[test]
fn missing_lengths_are_null_and_counted_once() {
    let answer = ask(&zoo(), "select length, length + 1, length where coalesce(length, 1) > 0").unwrap();
    let messages: Vec<_> = answer.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(messages[..2], ["opening says", "the walk says"]);
    let counted: u64 = messages[2].split(' ').find_map(|w| w.parse().ok()).unwrap();
    let missing =
        one("select count(*) where length is null and type in ('Free', 'System.String', 'System.Byte[]')");
    assert_eq!(counted.to_string(), missing);
    assert!(counted > 0);
}

#[test]
fn a_type_that_the_heap_does_not_have_is_told_with_the_nearest_name() {
    let told = |statement: &str| -> Vec<String> {
        let answer = ask(&zoo(), statement).unwrap();
        let notes = answer.warnings.iter().filter(|w| w.message.contains("named"));
        notes.map(ToString::to_string).collect()
    };
    assert_eq!(
        told("select count where type = 'Zoo.Dgo' or 'Zoo.Dgo' = type"),
        ["no object is of a type named 'Zoo.Dgo' (did you mean 'Zoo.Dog'?)"]
    );
    assert_eq!(told("select type from types where type = 'Quite.Another' and count > 0").len(), 1);
    assert!(told("select count where type = 'Zoo.Dog'").is_empty());
    assert!(told("select count(*) from segments where kind = 'Zoo.Dgo'").is_empty());
}

#[test]
fn several_dumps() {
    let dumps = [snapshot(1, 60, 7), snapshot(2, 90, 7)];
    assert_eq!(lines(&dumps, "select count from @2.objects"), ["90"]);
    assert_eq!(lines(&dumps, "select count from @2"), ["90"]);
    assert_eq!(lines(&dumps, "select count from objects"), ["60"]);
}

#[test]
fn a_cancelled_query_stops() {
    let cancel = AtomicBool::new(true);
    let options = RunOptions { progress: &NoProgress, cancel: &cancel, ..RunOptions::default() };
    for statement in ["select address", "select type, max(length) group by type", "select count limit 1"] {
        assert!(matches!(run(&zoo(), statement, &options), Err(QueryError::Cancelled)), "{statement}");
    }
}

#[test]
fn the_catalog_answers_in_rows() {
    assert_eq!(one("tables").lines().count(), crate::query::catalog::tables().len());
    assert!(one("describe objects").contains("size bytes true Its own size."));
    assert!(one("describe substr").contains("substr(text, start [, count])"));
    assert!(one("help LIMIT").starts_with("keyword limit"));
    assert!(one("help functions").lines().any(|l| l.starts_with("substr substr(text, start")));
    assert!(
        one("help size")
            .starts_with("column of objects, strings, arrays, collections, pinned size (bytes, summed)")
    );
    // The overview is a screen, and names everything.
    let overview = one("help");
    assert!(overview.lines().count() <= 12 && overview.contains("substr, contains"), "{overview}");
}

#[test]
fn explain_tells_what_is_decided_when() {
    let plan = one("explain select type, count, size group by type");
    assert!(plan.contains("no scan"), "{plan}");
    let plan = one("explain select gen, max(size) where type like 'Zoo.%' and gen != 'loh' and size > 10kb \
                    and mt in (select mt from types) group by gen having count > 1 limit 3");
    assert_eq!(
        plan,
        "walk heap dump 1: 11.2 KB in 5 segments\n\
         read types (mt)\n\
         show mt\n\
         build set the values for `in`\n\
         walk heap dump 1: 11.2 KB in 5 segments\n\
         scan objects (type, mt, size, gen)\n\
         filter once a segment and generation gen != 'loh'\n\
         filter once a type type like 'Zoo.%', mt in (select mt from types)\n\
         filter each row size > 10240b\n\
         group by segment and generation gen: max(size), count(*)\n\
         filter groups count > 1\n\
         keep the first 3 rows by max(size) desc, gen\n\
         show gen, max(size)"
    );
}
