//! The usual slips of who knows another language, and the hint that each gets.

use super::ask;
use super::synthetic::snapshot;
use crate::query::QueryError;

const HINTS: &[(&str, &str)] = &[
    ("select top 10 type, size from objects", "`limit N` at the end keeps so many rows"),
    ("select type where type == 'Zoo.Dog'", "one `=` compares"),
    ("select type where size > 1 && size < 10", "`and` joins conditions"),
    ("select type where size > 1 || size < 10", "`or` is one of two conditions; `||` joins texts"),
    ("select type where !finalizable", "`not` negates, `!=` is unequal"),
    ("select type, count group type", "the words are `group by`"),
    ("select type, size order size desc", "the words are `order by`"),
    ("select type, size limit 10, 5", "`limit N offset M` leaves out M rows and keeps N"),
    ("select count where name = 'Zoo.Dog'", "did you mean `type`?"),
    ("select generation", "did you mean `gen`?"),
    ("select count from Dog", "did you mean `Zoo.Dog`?"),
    ("select * from heap", "did you mean `objects`?"),
    ("select * from assemblies", "did you mean `modules`?"),
    ("select * objects", "`from` stands before a source: `from objects`"),
    ("select type where isnull(value)", "did you mean `coalesce`?"),
    ("select count where value isnull", "`x is null`"),
    ("select type, size limit 10 order by size", "`order` stands before `limit`"),
    ("select type group by type where size > 1", "`where` stands before `group`"),
    ("select type, size order by desc size", "`desc` stands behind what is ordered: `order by size desc`"),
    ("select type, count, group by type", "a comma is left over before `group`"),
    ("select from objects", "something is missing before `from`"),
    ("select type || from modules", "something is missing before `from`"),
    ("select count from `objects`", "names with special characters stand in double quotes"),
    ("select Name from Zoo.Dog.Name", "a field is a column: `select Name from Zoo.Dog`"),
    ("object 7fa7d5000028", "`0x7fa7d5000028`"),
    ("roots of 7fa7d5000028", "`0x7fa7d5000028`"),
    ("select count where size > 10 kb", "a unit stands right behind its number: `10kb`, `2.5mb`, `1gb`"),
    ("select len(value) from strings", "did you mean `length`?"),
    ("select substring(value, 1, 3) from strings", "did you mean `substr`?"),
    ("select iif(size > 1, 1, 2)", "did you mean `if`?"),
    ("select avg size", "what a function is about stands in parentheses: `avg(size)`"),
    (
        "select type size from objects",
        "a comma stands between columns: `type, size`; `as` gives a name: `type as size`",
    ),
    ("show tables", "`tables` lists the tables, `describe NAME` the columns of one"),
    ("desc objects", "`describe NAME` shows the columns of a table or a type"),
    ("use zoo", "dumps are named on the command line: `heapql DUMP...`"),
    ("delete from objects", "a dump is only read: no statement changes anything"),
    ("update objects", "a dump is only read: no statement changes anything"),
    ("count", "a statement begins with `select`: `select count from strings`"),
    ("from objects select type", "a statement begins with `select`: `select type, size from objects`"),
    ("include 'a.hql'", "`include 'FILE'`, in single quotes, stands in scripts, which `heapql run` answers"),
    ("\\dt", "settings such as `\\format json` are for the prompt: `heapql DUMP...`"),
    ("!dumpheap -stat", "words of SOS stand without `!`"),
    ("# nothing", "`--` begins a comment"),
    ("select count where type like \"Zoo%\"", "text stands in single quotes: 'Zoo%'"),
    ("select count where type like Zoo%", "text stands in single quotes: `type like 'Zoo.%'`"),
    ("select count where type ilike 'zoo%'", "`lower(x) like '...'` compares in any case"),
    ("select count where type regexp 'zoo'", "`x ~ '...'` compares with a regular expression"),
    ("select count where type = Zoo.Dog", "text stands in single quotes: 'Zoo.Dog'"),
    ("select count where type in 'Zoo.Dog'", "a list stands in parentheses: `in ('a', 'b')`"),
    ("select count where size between 1, 10", "`between 1 and 10`"),
    ("select count where size >> 5", "`>` and `<` compare; bits are not shifted"),
    ("select count where size => 5", "greater or equal is `>=`, less or equal `<=`"),
    ("select type, size as 'bytes'", "a name stands without quotes, or in double ones"),
    ("select cast(size as int)", "`to_number(x)` and `text(x)` make other sorts of values"),
    ("select type fetch first 5 rows only", "`limit N` at the end keeps so many rows"),
    ("roots 0x7fa7d5000028", "the words are `roots of`"),
    ("retained of 0x10", "the words are `retained by`"),
    ("survivors Zoo.Dog", "the words are `survivors of`"),
    ("select size/1024/1024 mb", "a unit stands right behind its number: `10kb`, `2.5mb`, `1gb`"),
    ("select 'a' + 'b' from modules", "`||` joins texts"),
    ("select type from OBJECTS", "did you mean `objects`?"),
    ("select size, rank() over (order by size) r, gen", "`as` gives a name: `... as r`"),
    ("select type 'what' from types", "`as` gives a name, without quotes or in double ones"),
    ("select type \"what\" from types", "`as` gives a name: `as \"what\"`"),
    ("select type minus select type from types", "`except` leaves out the rows of the second select"),
    ("select 1 except all select 2", "`except` gives each row once"),
    ("select 1 union distinct select 2", "`union` alone gives each row once"),
    ("select count from types a join types b using (mt)", "`on a.x = b.x` says which rows belong together"),
    (
        "with recursive a as (select 1 as n) select n from a",
        "there is no recursion: `reachable(...)` and `paths to` follow references",
    ),
    (
        "with a (n) as (select 1) select n from a",
        "`as` in the select names its columns: `with a as (select 1 as n)`",
    ),
    (
        "with a as materialized (select 1 as n) select n from a",
        "a select under `with` is answered once: `with NAME as (SELECT)`",
    ),
    (
        "select count where address in kept",
        "a list or a select stands in parentheses: `in ('a', 'b')`, `in (select ...)`",
    ),
    (
        "select type as t, size from objects where t = 'Zoo.Dog'",
        "`t` names a column of the answer, which `group by`, `having`, `order by` and a select around this one know",
    ),
    (
        "select size * 2 as double, double + 1 from objects",
        "`double` names a column of the answer, which `group by`, `having`, `order by` and a select around this one know",
    ),
    ("select count where size like '1%'", "`text(...)` makes text of it"),
    ("select type from objects offset 5", "`offset` stands behind `limit N`"),
    (
        "(select 1)",
        "a statement begins with `select`; a select in parentheses is a source: `from (select ...)`",
    ),
    ("select [type] from types", "names with special characters stand in double quotes"),
    ("select /* all */ type", "`--` begins a comment, which ends with the line"),
    ("select type /* all */", "`--` begins a comment, which ends with the line"),
    ("select size::text", "`to_number(x)` and `text(x)` make other sorts of values"),
    ("select count where size > 1 size < 5", "`and` and `or` join conditions"),
    ("select count where between 1 and 2", "something is missing before `between`"),
    ("select count where type is not like 'x'", "`not` stands before: `x not like '...'`"),
    (
        "select count where size > all (select size from types)",
        "`in (select ...)` compares with each, `> (select max(x) ...)` with one",
    ),
    (
        "select count(*) filter (where size > 3)",
        "`count(if(CONDITION, 1, null))`, `sum(if(CONDITION, x, 0))`: an aggregate of some rows",
    ),
    (
        "select sum(size) over (order by size rows unbounded preceding)",
        "with an order, a window goes from its first row to the row and its equals",
    ),
];

#[test]
fn every_usual_slip_gets_its_hint() {
    let dumps = [snapshot(1, 20, 7)];
    let mut wrong = Vec::new();
    for (statement, hint) in HINTS {
        match ask(&dumps, statement) {
            Err(QueryError::Statement(diagnostic)) if diagnostic.hint.as_deref() == Some(hint) => {}
            Err(QueryError::Statement(diagnostic)) => wrong.push(diagnostic.render(statement)),
            other => wrong.push(format!("{statement}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_is_no_slip_gets_no_hint_of_one() {
    for statement in ["select type from objects where", "path from 0x1 0x2"] {
        match ask(&[snapshot(1, 20, 7)], statement) {
            Err(QueryError::Statement(diagnostic)) => assert_eq!(diagnostic.hint, None, "{statement}"),
            other => panic!("{statement}: {other:?}"),
        }
    }
}
