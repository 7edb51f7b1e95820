//! Examples for the tables of locks and of who waits for them.

use super::{Illustration, Table, show};

pub(super) static ILLUSTRATIONS: &[Illustration] = &[
    show(
        Table,
        "locks",
        &[
            "select object, type, kind, owner_name, recursion, waiters from locks where owner is not null",
            "select object, type, kind, waiters from locks where waiters > 0 order by waiters desc",
        ],
        &["waits", "deadlocks", "threads"],
    ),
    show(
        Table,
        "waits",
        &[
            "select name, kind, object, type, owner_name from waits",
            "select kind, type, count from waits group by kind, type",
        ],
        &["deadlocks", "locks", "threads"],
    ),
    show(
        Table,
        "deadlocks",
        &["select count(distinct deadlock) as deadlocks, count as threads from deadlocks"],
        &["waits", "locks", "threads"],
    ),
];
