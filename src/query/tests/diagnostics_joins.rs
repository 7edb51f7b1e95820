//! How wrong joins and selects as operands are answered: the place, the message, and the help.

use super::ask;
use super::synthetic::{snapshot, without_heap};
use crate::query::{Diagnostic, QueryError};

/// What is said of a wrong statement, over two dumps.
fn diagnostic(statement: &str) -> Diagnostic {
    match ask(&[snapshot(1, 20_000, 700), snapshot(2, 20, 7)], statement) {
        Err(QueryError::Statement(diagnostic)) => diagnostic,
        Ok(_) => panic!("{statement} is answered"),
        Err(error) => panic!("{statement}: {error:?}"),
    }
}

/// A statement with its wrong part in brackets, what is said of it, what is expected, and the help.
type Case = (&'static str, &'static str, &'static str, &'static str);

const JOIN: &str = "from objects a join types t on t.mt = a.mt";

const CASES: &[Case] = &[
    ("select [type] JOIN", "several sources have a column `type`", "`a.type` or `t.type`", ""),
    ("select [x].type JOIN", "no source is called `x`, and no column", "`a` or `t`", ""),
    (
        "select [object].type from objects join types on types.mt = objects.mt",
        "no source is called `object`, and no column",
        "`objects` or `types`",
        "did you mean `objects`?",
    ),
    ("select [sise] JOIN", "none of the sources has a column `sise`", "", "did you mean `a.size`?"),
    ("select [blah] JOIN", "none of the sources has a column `blah`", "a column of `a` or `t`", ""),
    ("select [t.rnk] JOIN", "types has no column `rnk`", "*", "did you mean `rank`?"),
    ("select [t] JOIN", "`t` is a source, where a column is wanted", "*", ""),
    ("select [x].* JOIN", "no source is called `x`", "`a` or `t`", ""),
    (
        "select [x].* from (select type)",
        "no source is called `x`",
        "`*`",
        "`from (...) name` gives the source a name",
    ),
    (
        "select count(*) from objects join [objects] on 1 = 2",
        "two sources are called `objects`",
        "",
        "give it another: `objects as objects2`",
    ),
    (
        "select count(*) from objects a join types [a] on 1 = 2",
        "two sources are called `a`",
        "",
        "each source needs a name of its own",
    ),
    (
        "select a.size from objects a join types t on t.type = [a.mt]",
        "text does not compare with an address",
        "text",
        "",
    ),
    (
        "select count from objects a join types t on [u.mt = a.mt] join types u on u.mt = a.mt",
        "`u` is joined further on",
        "",
        "a condition of several sources stands behind the last of them",
    ),
    (
        "select count from objects a join types t on [count(*)] > 3",
        "the aggregate `count` has no place in `on`, which looks at single rows",
        "",
        "conditions for groups go behind `having`",
    ),
    (
        "select count from objects a join types t on [t.mt]",
        "this is an address, where a condition is wanted",
        "true or false: a comparison, `like`, `in`, ...",
        "",
    ),
    (
        "select count from objects a join objects b on [a.size < b.size]",
        "without an equality of both sides all 400000000 pairs would be looked at (20000 rows by 20000); at most \
         100000000 are",
        "`a.x = b.y`, perhaps with further conditions",
        "conditions for each side in `where` leave fewer rows",
    ),
    (
        "select a.gen, [t.rank], count JOIN group by a.gen",
        "`t.rank` is neither a key nor a measure, so a group has many of it",
        "a key, a measure or an aggregate",
        "add `t.rank` to `group by`, or take `first(t.rank)` or `count(distinct t.rank)`",
    ),
    ("select [a.*], count JOIN", "`*` has no place in a grouped query", "keys, measures and aggregates", ""),
    (
        "select count from objects a [right] join types t on t.mt = a.mt",
        "there is no `right join`",
        "`join`, `inner join` or `left join`",
        "the sides can be swapped: `from B left join A on ...`",
    ),
    (
        "select count from objects [cross] join types t",
        "there is no `cross join`",
        "`join`, `inner join` or `left join`",
        "`join B on true` takes all pairs",
    ),
    ("select count from objects a join types t[]", "the statement ends too early", "`on`", ""),
    (
        "select count from objects a [jion] types t on t.mt = a.mt",
        "`jion` does not fit here",
        "*",
        "did you mean `join`?",
    ),
    ("select count from objects [wher] size > 3", "`wher` does not fit here", "*", "did you mean `where`?"),
    ("select count from objects [limt] 5", "`limt` does not fit here", "*", "did you mean `limit`?"),
    (
        "select count where size = [(select size)]",
        "this select gives more than one row, where one value is wanted",
        "no row, which is null, or one",
        "an aggregate (`max(...)`) or `limit 1` makes one of several; `in` compares with all",
    ),
    (
        "select count where size = [(select type, size)]",
        "a select of 2 columns where one value is wanted",
        "one column",
        "",
    ),
    (
        "select count where size = [(select max(type))]",
        "a number of bytes does not compare with text",
        "a number of bytes",
        "",
    ),
    (
        "select count from objects o where exists (select type from types where mt = [o.mt])",
        "`o` is a source of the select around this one, which is answered by itself",
        "",
        "a join sees the rows of both: `from A a join B b on a.x = b.y`",
    ),
    (
        "select count(*) from @1 a join @2 b on a.address = b.address where [coalesce(a.address, b.address)].Name = 'x'",
        "this may be an address of one dump or of another",
        "an address of one dump, where a path begins",
        "",
    ),
    (
        "select count from [@3] a join @2 b on a.address = b.address",
        "no dump `@3` is open",
        "`@1` or `@2`",
        "",
    ),
];

#[test]
fn each_mistake_is_told_with_its_place_and_what_to_do() {
    for (marked, message, expected, hint) in CASES {
        let marked = marked.replace("JOIN", JOIN);
        let statement = marked.replace(['[', ']'], "");
        let start = marked.find('[').unwrap();
        let place = start..marked.find(']').unwrap() - 1;
        let found = diagnostic(&statement);
        assert_eq!(found.message, *message, "{statement}");
        let shown = found.render(&statement);
        // A select in parentheses is told without them.
        let inner = place.start + 1..place.end.saturating_sub(1);
        assert!(found.span == place || found.span == inner, "{shown}");
        if *expected != "*" {
            assert_eq!(found.expected.unwrap_or_default(), *expected, "{shown}");
        }
        assert_eq!(found.hint.unwrap_or_default(), *hint, "{shown}");
    }
}

#[test]
fn a_join_of_tables_needs_no_heap() {
    let dump = [without_heap()];
    let statement = "select count from modules m join threads t on t.managed_id > 0 and m.name is not null";
    assert_eq!(super::lines(&dump, statement), ["4"]);
}
