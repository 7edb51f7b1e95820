//! Whether the heap is sound: `verifyheap`, `verifyobj`.

use super::arguments::Arguments;
use super::text;
use super::words::{WORD, WordDoc, no_effect, not_yet, takes};
use super::{Closing, Translation};
use crate::query::Diagnostic;

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "verifyheap",
        usage: "verifyheap",
        summary: "What is broken on the heap: stretches that cannot be walked, references that lead to no object or to free \
                  space; then how many objects were looked at.",
        switches: &[
            not_yet(takes(
                "-heap",
                "N",
                "the whole heap is looked at: `select * from damage where segment = ADDRESS` for one segment",
            )),
            not_yet(takes(
                "-segment",
                "ADDRESS",
                "`select * from damage where segment = ADDRESS` tells of one segment",
            )),
            no_effect("-ignoreGCState", "The heap is walked whatever the collector's state; damage is told."),
            no_effect("-noprogress", "Progress is shown on terminals only."),
        ],
        examples: &[(
            "verifyheap",
            &["select * from damage", "select count as objects_verified from objects"],
        )],
        translate: |_| {
            let verified = ["select * from damage", "select count as objects_verified from objects"];
            Ok(Translation::of(verified.map(str::to_owned)).closing(Closing::Damage))
        },
        ..WORD
    },
    WordDoc {
        word: "verifyobj",
        usage: "verifyobj ADDRESS",
        summary: "What is broken in an object, and what it is.",
        operands: (1, 1),
        examples: &[(
            "verifyobj 7f02290cde20",
            &[
                "select * from damage where address = 0x7f02290cde20",
                "select address, mt, size, gen, type where address = 0x7f02290cde20",
            ],
        )],
        translate: verifyobj,
        ..WORD
    },
];

fn verifyobj(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    let damage = format!("select * from damage where address = {address}");
    let object = format!("select address, mt, size, gen, type where address = {address}");
    Ok(Translation::of([damage, object]).closing(Closing::Damage))
}
