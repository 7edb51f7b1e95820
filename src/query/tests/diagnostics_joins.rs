//! How wrong joins and selects as operands are answered, word by word.

use super::ask;
use super::synthetic::snapshot;
use crate::query::QueryError;

/// The rendered message of a wrong statement, over two dumps.
fn error(statement: &str) -> String {
    match ask(&[snapshot(1, 20_000, 700), snapshot(2, 20, 7)], statement) {
        Err(QueryError::Statement(diagnostic)) => diagnostic.render(statement),
        other => panic!("{statement}: {other:?}"),
    }
}

#[test]
fn messages() {
    let mut all = String::new();
    for statement in [
        "select type from objects a join types t on t.mt = a.mt",
        "select a.address from objects a join types t on t.type = a.mt",
        "select x.type from objects a join types t on t.mt = a.mt",
        "select a.sise from objects a join types t on t.mt = a.mt",
        "select sise from objects a join types t on t.mt = a.mt",
        "select blah from objects a join types t on t.mt = a.mt",
        "select t from objects a join types t on t.mt = a.mt",
        "select count from objects join objects on 1 = 2",
        "select count from objects a join types a on 1 = 2",
        "select x.* from objects a join types t on t.mt = a.mt",
        "select x.* from (select type)",
        "select count from objects a join types t on u.mt = a.mt join types u on u.mt = a.mt",
        "select count from objects a join types t on count(*) > 3",
        "select count from objects a join types t on t.mt",
        "select count from objects a join objects b on a.size < b.size",
        "select a.gen, t.rank, count from objects a join types t on t.mt = a.mt group by a.gen",
        "select a.*, count from objects a join types t on t.mt = a.mt",
        "select count from objects a right join types t on t.mt = a.mt",
        "select count from objects a cross join types t",
        "select count from objects a full outer join types t on t.mt = a.mt",
        "select count from objects a join types t",
        "select count from objects a jion types t on t.mt = a.mt",
        "select count from objects wher size > 3",
        "select count from objects limt 5",
        "select count where size = (select size)",
        "select count where size = (select type, size)",
        "select count where size = (select max(type))",
        "select count from objects o where exists (select type from types where mt = o.mt)",
        "select count from objects a join @2 b on a.address = b.address where coalesce(a.address, b.address).Name = 'x'",
        "select count from @3 a join @2 b on a.address = b.address",
    ] {
        all.push_str(&error(statement));
        all.push_str("\n\n");
    }
    assert_eq!(all, "");
}
