//! Modules and threads: `clrmodules`, `dumpmodule`, `dumpdomain`, `clrthreads`.

use super::Translation;
use super::arguments::Arguments;
use super::text::{self, where_all};
use super::words::{WORD, WordDoc, flag, no_effect, takes};
use crate::query::Diagnostic;

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "clrmodules",
        aliases: &["assemblies"],
        usage: "clrmodules [-name TEXT]",
        summary: "The managed modules with where they lie, their versions and their paths.",
        switches: &[SwitchName::DOC, no_effect("-verbose", "All that is known is shown.")],
        examples: &[
            ("clrmodules", &["select base, size, version, name, path from modules"]),
            (
                "clrmodules -name testwebapi",
                &[
                    "select base, size, version, name, path from modules where contains(lower(name), 'testwebapi')",
                ],
            ),
        ],
        translate: clrmodules,
        ..WORD
    },
    WordDoc {
        word: "dumpmodule",
        usage: "dumpmodule ADDRESS [-mt]",
        summary: "The module whose image an address lies in, as `clrmodules` prints it; with -mt the types that it defines.",
        switches: &[flag("-mt", "The types that it defines, too.")],
        operands: (1, 1),
        examples: &[(
            "dumpmodule -mt 7f0e83b23000",
            &[
                "select * from modules where base <= 0x7f0e83b23000 and 0x7f0e83b23000 < base + size",
                "select mt, token, kind, type from loaded_types where module in \
                 (select name from modules where base <= 0x7f0e83b23000 and 0x7f0e83b23000 < base + size)",
            ],
        )],
        translate: dumpmodule,
        ..WORD
    },
    WordDoc {
        word: "dumpdomain",
        usage: "dumpdomain",
        summary: "The modules of the application domain: since .NET Core there is one.",
        operands: (0, 1),
        examples: &[("dumpdomain", &["select base, size, version, name, path from modules"])],
        translate: |_| Ok(Translation::one("select base, size, version, name, path from modules")),
        ..WORD
    },
    WordDoc {
        word: "clrthreads",
        aliases: &["threads"],
        usage: "clrthreads [-live] [-special]",
        summary: "The threads that the runtime knows, with their ids (in decimal and in hexadecimal) and the exceptions in flight.",
        switches: &[
            flag("-live", "Without threads that have ended."),
            flag("-special", "Threads that the runtime does not know, too."),
        ],
        examples: &[
            (
                "clrthreads",
                &[
                    "select managed_id, os_id, hex(os_id) as os_id_hex, name, state, locks, exception_type, exception from threads \
                   where address is not null",
                ],
            ),
            (
                "clrthreads -special",
                &[
                    "select managed_id, os_id, hex(os_id) as os_id_hex, name, state, locks, exception_type, exception from threads",
                ],
            ),
            (
                "clrthreads -live",
                &[
                    "select managed_id, os_id, hex(os_id) as os_id_hex, name, state, locks, exception_type, exception from threads \
                   where address is not null and not contains(state, 'dead')",
                ],
            ),
        ],
        translate: clrthreads,
        ..WORD
    },
];

/// `-name`, which `clrmodules` also knows as `-n`.
struct SwitchName;

impl SwitchName {
    const DOC: super::SwitchDoc = super::SwitchDoc {
        aliases: &["-n"],
        ..takes("-name", "TEXT", "Only modules whose name contains this, in any case.")
    };
}

fn clrmodules(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let part = arguments.value("-name").map(|part| text::literal(&part.text.to_lowercase()));
    let condition = part.map(|part| format!(" where contains(lower(name), {part})")).unwrap_or_default();
    Ok(Translation::one(format!("select base, size, version, name, path from modules{condition}")))
}

fn dumpmodule(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    let from = format!("from modules where base <= {address} and {address} < base + size");
    let types = arguments.has("-mt").then(|| {
        format!("select mt, token, kind, type from loaded_types where module in (select name {from})")
    });
    Ok(Translation::of([format!("select * {from}")].into_iter().chain(types)))
}

fn clrthreads(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let mut conditions = Vec::new();
    if !arguments.has("-special") {
        conditions.push("address is not null".to_owned());
    }
    if arguments.has("-live") {
        conditions.push("not contains(state, 'dead')".to_owned());
    }
    Ok(Translation::one(format!(
        "select managed_id, os_id, hex(os_id) as os_id_hex, name, state, locks, exception_type, exception from threads{}",
        where_all(&conditions)
    )))
}
