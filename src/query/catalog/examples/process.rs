//! Examples for the tables of the process: its memory, load contexts, the garbage collector.

use super::{Illustration, Table, show};

pub(super) static ILLUSTRATIONS: &[Illustration] = &[
    show(
        Table,
        "mappings",
        &[
            "select kind, count, size, saved from mappings group by kind",
            "select address, name, size from mappings where kind = 'stack'",
        ],
        &["memory_use", "segments", "modules"],
    ),
    show(
        Table,
        "load_contexts",
        &["select name, type, collectible, state, modules from load_contexts"],
        &["modules", "mappings"],
    ),
    show(Table, "gc", &["select * from gc"], &["segments", "memory_use"]),
    show(
        Table,
        "pinned",
        &[
            "select kind, gen, type, count, size, free_before from pinned where kind <> 'pinned_heap' group by kind, gen, type",
            "select object, type, kind, free_before, free_share from pinned order by free_before desc limit 10",
        ],
        &["handles", "roots", "segments"],
    ),
    show(
        Table,
        "memory_use",
        &["select area, kind, ranges, size from memory_use"],
        &["mappings", "segments"],
    ),
];
