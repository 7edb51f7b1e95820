//! The words of columns that hold but a few: what completion offers in quotes. What each word means is told by the
//! column's own entry.

/// A column of some tables, and its words.
type Words = (&'static [&'static str], &'static str, &'static [&'static str]);

const GENERATIONS: &[&str] = &["gen0", "gen1", "gen2", "loh", "poh", "frozen"];

const WAITS: &[&str] = &[
    "monitor_enter",
    "monitor_wait",
    "semaphore",
    "event",
    "task",
    "lock",
    "reader_writer",
    "thread_join",
    "wait_handle",
    "sleep",
];

const MEMORY: &[&str] = &[
    "gc_heap",
    "gc_free_regions",
    "gc_bookkeeping",
    "handle_table",
    "loader_heap",
    "code_heap",
    "executable_memory",
    "runtime_library",
    "managed_module",
    "native_library",
    "mapped_file",
    "native_heap",
    "stack",
    "gc_reserved",
    "reserved",
    "unknown",
];

const WORDS: &[Words] = &[
    (&["objects", "strings", "collections", "finalizers", "pinned"], "gen", GENERATIONS),
    (&["segments"], "kind", &["gen0", "gen1", "gen2", "loh", "poh", "frozen", "ephemeral"]),
    (&["refs"], "kind", &["field", "element", "dependent_handle", "loader_allocator"]),
    (
        &["roots"],
        "kind",
        &[
            "static",
            "thread_static",
            "stack",
            "strong_handle",
            "pinned_handle",
            "ref_counted_handle",
            "async_pinned_handle",
            "sized_ref_handle",
            "finalizer_queue",
            "permanent",
            "dependent_handle",
            "weak_interior_handle",
            "finalizable",
        ],
    ),
    (
        &["handles"],
        "kind",
        &[
            "weak_short",
            "weak_long",
            "strong",
            "pinned",
            "ref_counted",
            "dependent",
            "async_pinned",
            "sized_ref",
            "weak_winrt",
            "weak_interior_pointer",
            "cross_reference",
            "variable",
        ],
    ),
    (&["finalizers"], "state", &["live", "ready"]),
    (
        &["threads"],
        "state",
        &["native", "background", "unstarted", "dead", "pool_worker", "finalizer", "waiting", "suspending"],
    ),
    (&["loaded_types"], "kind", &["class", "interface", "string", "array", "struct", "enum", "primitive"]),
    (
        &["damage"],
        "kind",
        &[
            "missing_memory",
            "missing_method_table",
            "bad_method_table",
            "past_end",
            "overwritten",
            "missing_contents",
            "dangling_reference",
            "dangling_handle",
            "dangling_finalizer",
            "free_reference",
            "unattached_dependent",
        ],
    ),
    (&["frames"], "kind", &["method", "funclet", "explicit", "native", "unknown"]),
    (&["locks"], "kind", &["thin", "sync_block", "lock", "semaphore", "reader_writer"]),
    (&["waits", "deadlocks"], "kind", WAITS),
    (
        &["tasks", "async_frames"],
        "state",
        &[
            "created",
            "waiting_for_activation",
            "waiting_to_run",
            "running",
            "waiting_for_children",
            "ran_to_completion",
            "canceled",
            "faulted",
        ],
    ),
    (&["timers"], "kind", &["delay", "cancel_after", "wait_async", "periodic_timer", "timer"]),
    (&["work_items"], "queue", &["global", "local", "high_priority", "low_priority"]),
    (&["requests"], "direction", &["in", "out"]),
    (&["requests"], "state", &["receiving", "running", "responding", "waiting_for_connection", "sent"]),
    (
        &["mappings", "memory_use"],
        "area",
        &["gc", "runtime", "files", "stacks", "native", "reserved", "unknown"],
    ),
    (&["mappings", "memory_use"], "kind", MEMORY),
    (&["load_contexts"], "state", &["Alive", "Unloading"]),
    (&["pinned"], "kind", &["pinned_handle", "async_pinned_handle", "stack", "pinned_heap"]),
];

/// The words that a column of a table may hold; none where it may hold anything.
pub fn words(table: &str, column: &str) -> &'static [&'static str] {
    let of = WORDS.iter().find(|(tables, of, _)| *of == column && tables.contains(&table));
    of.map_or(&[], |(_, _, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::handles::HandleKind;
    use crate::graph::{Generation, RootKind};
    use crate::query::catalog::{ColumnDoc, table};

    fn column(of: &str, name: &str) -> &'static ColumnDoc {
        let table = table(of).unwrap_or_else(|| panic!("{of}"));
        table.columns.iter().find(|column| column.name == name).unwrap_or_else(|| panic!("{of}.{name}"))
    }

    #[test]
    fn each_word_stands_in_the_entry_of_its_column() {
        for (tables, name, words) in WORDS {
            let entries: String = tables.iter().map(|of| column(of, name).summary).collect();
            let mut told = entries.split(|c: char| !c.is_alphanumeric() && c != '_');
            let missing: Vec<_> =
                words.iter().filter(|word| !told.clone().any(|known| known == **word)).collect();
            assert!(missing.is_empty() && told.next().is_some(), "{tables:?}.{name}: {missing:?}");
        }
    }

    #[test]
    fn they_are_those_of_the_runtime() {
        let all = |words: &[&str], of: &[&str]| {
            assert!(
                words.len() == of.len() && of.iter().all(|word| words.contains(word)),
                "{words:?} {of:?}"
            );
        };
        all(words("objects", "gen"), &Generation::ALL.map(Generation::word));
        all(words("roots", "kind"), &RootKind::ALL.map(RootKind::word));
        all(words("handles", "kind"), &HandleKind::ALL.map(HandleKind::word));
        assert!(words("objects", "type").is_empty() && words("nothing", "kind").is_empty());
    }
}
