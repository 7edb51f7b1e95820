//! Examples for the tables of what the program had going on.

use super::super::TopicKind::Table;
use super::{Illustration, show};

pub(super) static ILLUSTRATIONS: &[Illustration] = &[
    show(
        Table,
        "tasks",
        &[
            "select method, state, async_state, count from tasks group by method, state, async_state order by count desc",
            "select address, method, awaiting, continuation from tasks where state = 'waiting_for_activation'",
        ],
        &["async_frames", "work_items"],
    ),
    show(
        Table,
        "async_frames",
        &[
            "select stack, level, coalesce(method, type) as frame, alike from async_frames order by chain, level limit 20",
        ],
        &["tasks", "threads"],
    ),
    show(
        Table,
        "requests",
        &["select direction, state, method, path, running_ms from requests order by running_ms desc"],
        &["async_frames", "threads"],
    ),
    show(
        Table,
        "timers",
        &[
            "select callback, target_type, due_ms, period_ms, count from timers group by callback, target_type, due_ms, period_ms",
        ],
        &["tasks"],
    ),
    show(
        Table,
        "work_items",
        &["select queue, callback, target_type, count from work_items group by queue, callback, target_type"],
        &["tasks", "threads"],
    ),
];
