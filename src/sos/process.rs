//! The process beside its objects: `maddress`, `modules`, `analyzeoom`, `dumpalc`.

use super::Translation;
use super::arguments::Arguments;
use super::text;
use super::words::{SwitchDoc, WORD, WordDoc, flag, no_effect, takes};
use crate::query::Diagnostic;

const SUMMARY: &str = "select kind, ranges, size, saved from memory_use";

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "maddress",
        usage: "maddress [-summary]",
        summary: "The process's memory, a row a range, with what each is, and its sums by what it is for; on Linux too.",
        switches: &[flag("-summary", "The sums only.")],
        examples: &[
            ("maddress -summary", &[SUMMARY]),
            ("maddress", &["select address, end, size, kind, name, protection, file from mappings", SUMMARY]),
        ],
        translate: maddress,
        ..WORD
    },
    WordDoc {
        word: "modules",
        aliases: &["lm"],
        usage: "modules [-name TEXT] [-address ADDRESS]",
        summary: "The files that are loaded into the process, native libraries too, with where they begin and how much address space \
                  they take.",
        switches: &[
            SwitchDoc {
                aliases: &["-n"],
                ..takes("-name", "TEXT", "Only files whose path contains this, in any case.")
            },
            SwitchDoc {
                aliases: &["-a"],
                ..takes("-address", "ADDRESS", "Only the file that an address lies in.")
            },
            SwitchDoc { aliases: &["-v"], ..no_effect("-verbose", "All that is known is shown.") },
            SwitchDoc { aliases: &["-s"], ..no_effect("-segments", "`maddress` shows each range.") },
        ],
        examples: &[
            (
                "modules",
                &[
                    "select min(address) as base, sum(size) as size, file from mappings where file is not null \
                   group by file order by base",
                ],
            ),
            (
                "lm -n coreclr",
                &[
                    "select min(address) as base, sum(size) as size, file from mappings where file is not null \
                   and contains(lower(file), 'coreclr') group by file order by base",
                ],
            ),
            (
                "lm -a 7fb42da00000",
                &[
                    "select min(address) as base, sum(size) as size, file from mappings where file is not null \
                   and file in (select file from mappings where address <= 0x7fb42da00000 and 0x7fb42da00000 < end) \
                   group by file order by base",
                ],
            ),
        ],
        translate: modules,
        ..WORD
    },
    WordDoc {
        word: "analyzeoom",
        aliases: &["ao"],
        usage: "analyzeoom",
        summary: "Why the GC last could not give out memory, heap by heap; oom_reason is none where it always could.",
        examples: &[("analyzeoom", &["select heap, name, value from gc where name like 'oom%'"])],
        translate: |_| Ok(Translation::one("select heap, name, value from gc where name like 'oom%'")),
        ..WORD
    },
    WordDoc {
        word: "dumpalc",
        usage: "dumpalc ADDRESS",
        summary: "The load context to which an object's type belongs, or that the object is.",
        operands: (1, 1),
        examples: &[(
            "dumpalc 7efc3180a770",
            &["select * from load_contexts where address = 0x7efc3180a770"],
        )],
        translate: dumpalc,
        ..WORD
    },
];

fn maddress(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let ranges = "select address, end, size, kind, name, protection, file from mappings";
    let ranges = (!arguments.has("-summary")).then(|| ranges.to_owned());
    Ok(Translation::of(ranges.into_iter().chain([SUMMARY.to_owned()])))
}

fn modules(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let mut conditions = vec!["file is not null".to_owned()];
    if let Some(part) = arguments.value("-name") {
        conditions.push(format!("contains(lower(file), {})", text::literal(&part.text.to_lowercase())));
    }
    if let Some(address) = arguments.address_of("-address")?.map(text::address) {
        conditions.push(format!(
            "file in (select file from mappings where address <= {address} and {address} < end)"
        ));
    }
    Ok(Translation::one(format!(
        "select min(address) as base, sum(size) as size, file from mappings{} group by file order by base",
        text::where_all(&conditions)
    )))
}

fn dumpalc(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    Ok(Translation::one(format!("select * from load_contexts where address = {address}")))
}
