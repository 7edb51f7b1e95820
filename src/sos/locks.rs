//! Locks: `syncblk`, `dumplocks`.

use super::Translation;
use super::arguments::Arguments;
use super::words::{WORD, WordDoc, flag};
use crate::query::Diagnostic;

/// What is shown of a lock.
const COLUMNS: &str = "object, type, kind, owner, hex(owner) as owner_hex, owner_name, recursion, waiters";

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "syncblk",
        usage: "syncblk [-all]",
        summary: "The monitors that are held, with their owners and how many threads wait, and which threads those are.",
        switches: &[flag("-all", "Sync blocks whose monitor nobody holds, too.")],
        examples: &[
            (
                "syncblk",
                &[
                    "select object, type, kind, owner, hex(owner) as owner_hex, owner_name, recursion, waiters from locks \
                     where kind = 'sync_block' and owner_managed_id is not null",
                    "select os_id, name, kind, object, type, owner, owner_name, method from waits \
                     where kind = 'monitor_enter'",
                ],
            ),
            (
                "syncblk -all",
                &[
                    "select object, type, kind, owner, hex(owner) as owner_hex, owner_name, recursion, waiters from locks \
                     where kind = 'sync_block'",
                    "select os_id, name, kind, object, type, owner, owner_name, method from waits \
                     where kind = 'monitor_enter'",
                ],
            ),
        ],
        translate: syncblk,
        ..WORD
    },
    WordDoc {
        word: "dumplocks",
        usage: "dumplocks",
        summary: "All locks that are held or waited for, thin ones and those of the libraries too.",
        examples: &[(
            "dumplocks",
            &[
                "select object, type, kind, owner, hex(owner) as owner_hex, owner_name, recursion, waiters from locks \
                 where owner_managed_id is not null or waiters > 0",
                "select os_id, name, kind, object, type, owner, owner_name, method from waits",
            ],
        )],
        translate: dumplocks,
        ..WORD
    },
];

/// Those who wait.
const WAITS: &str = "select os_id, name, kind, object, type, owner, owner_name, method from waits";

fn syncblk(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let held = if arguments.has("-all") { "" } else { " and owner_managed_id is not null" };
    Ok(Translation::of([
        format!("select {COLUMNS} from locks where kind = 'sync_block'{held}"),
        format!("{WAITS} where kind = 'monitor_enter'"),
    ]))
}

fn dumplocks(_: &Arguments) -> Result<Translation, Diagnostic> {
    Ok(Translation::of([
        format!("select {COLUMNS} from locks where owner_managed_id is not null or waiters > 0"),
        WAITS.to_owned(),
    ]))
}
