//! The process beside its objects: `maddress`, `analyzeoom`, `dumpalc`.

use super::Translation;
use super::arguments::Arguments;
use super::text;
use super::words::{WORD, WordDoc, flag};
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

fn dumpalc(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    Ok(Translation::one(format!("select * from load_contexts where address = {address}")))
}
