//! One object: `dumpobj`, `dumparray`, `dumpvc`, `dumpdelegate`.

use super::Translation;
use super::arguments::Arguments;
use super::text;
use super::words::{WORD, WordDoc, flag, no_effect, takes};
use crate::query::Diagnostic;

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "dumpobj",
        aliases: &["do"],
        usage: "dumpobj ADDRESS [-nofields] [-refs]",
        summary: "Shows an object: its type, size and generation, then a row a field.",
        switches: &[
            flag("-nofields", "Without the fields."),
            flag("-refs", "What the object refers to as well."),
        ],
        operands: (1, 1),
        examples: &[
            ("dumpobj 7f02290cde20", &["object 0x7f02290cde20"]),
            ("do -refs 00007f02`290cde20", &["object 0x7f02290cde20", "references of 0x7f02290cde20"]),
            (
                "dumpobj -nofields 7f02290cde20",
                &["select type, mt, address, size, gen where address = 0x7f02290cde20"],
            ),
        ],
        translate: dumpobj,
        ..WORD
    },
    WordDoc {
        word: "dumparray",
        aliases: &["da"],
        usage: "dumparray ADDRESS [-start N] [-length N] [-details] [-nofields]",
        summary: "Shows an array: its type and size, then its elements, or so many of them from the one numbered N on. Text in \
                  memory, which `da` alone is in debuggers, is shown by `memory read -f s`.",
        switches: &[
            takes("-start", "N", "From this element on, the first being 0."),
            takes("-length", "N", "Only so many elements."),
            no_effect(
                "-details",
                "Structs are shown with their fields in any case; `dumpobj` shows what an element refers to.",
            ),
            no_effect("-nofields", "As for -details."),
        ],
        operands: (1, 1),
        examples: &[
            ("dumparray 7f0229cf8140", &["object 0x7f0229cf8140"]),
            ("da 7f0229cf8140", &["object 0x7f0229cf8140"]),
            (
                "dumparray -start 10 -length 5 7f0229cf8140",
                &[
                    "select index, value, value_object, value_type from items(0x7f0229cf8140) limit 5 offset 10",
                ],
            ),
        ],
        translate: dumparray,
        ..WORD
    },
    WordDoc {
        word: "dumpvc",
        usage: "dumpvc MT ADDRESS",
        summary: "Shows a struct that lies in an object, an array or on a stack, and so has no MethodTable of its own.",
        operands: (2, 2),
        examples: &[("dumpvc 7f0e08a78428 7f02290cde28", &["object 0x7f02290cde28 as 0x7f0e08a78428"])],
        translate: dumpvc,
        ..WORD
    },
    WordDoc {
        word: "dumpdelegate",
        usage: "dumpdelegate ADDRESS",
        summary: "Shows a delegate: what it calls, and on which object.",
        operands: (1, 1),
        examples: &[(
            "dumpdelegate 7f02290cde20",
            &[
                "select address, type, value as method from objects where address = 0x7f02290cde20",
                "object 0x7f02290cde20",
            ],
        )],
        translate: dumpdelegate,
        ..WORD
    },
    WordDoc {
        word: "dumpobjgcrefs",
        usage: "dumpobjgcrefs ADDRESS",
        summary: "What an object refers to, field by field.",
        operands: (1, 1),
        examples: &[("dumpobjgcrefs 7f02290cde20", &["references of 0x7f02290cde20"])],
        translate: |arguments| {
            let address = text::address(arguments.required_address(0)?);
            Ok(Translation::one(format!("references of {address}")))
        },
        ..WORD
    },
];

fn object(arguments: &Arguments) -> Result<String, Diagnostic> {
    Ok(format!("object {}", text::address(arguments.required_address(0)?)))
}

fn dumpobj(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    let shown = if arguments.has("-nofields") {
        format!("select type, mt, address, size, gen where address = {address}")
    } else {
        object(arguments)?
    };
    let references = arguments.has("-refs").then(|| format!("references of {address}"));
    Ok(Translation::of([shown].into_iter().chain(references)))
}

fn dumpdelegate(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    let called = format!("select address, type, value as method from objects where address = {address}");
    Ok(Translation::of([called, object(arguments)?]))
}

fn dumparray(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let (start, length) = (arguments.count_of("-start")?, arguments.count_of("-length")?);
    if start.is_none() && length.is_none() {
        return object(arguments).map(Translation::one);
    }
    let address = text::address(arguments.required_address(0)?);
    let offset = start.filter(|&start| start > 0).map(|start| format!(" offset {start}"));
    // An offset stands behind a limit only: no array has more elements than fit into 32 bits.
    let limit = length.unwrap_or(u64::from(u32::MAX));
    Ok(Translation::one(format!(
        "select index, value, value_object, value_type from items({address}) limit {limit}{}",
        offset.unwrap_or_default()
    )))
}

fn dumpvc(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let (mt, address) = (arguments.required_address(0)?, arguments.required_address(1)?);
    Ok(Translation::one(format!("object {} as {}", text::address(address), text::address(mt))))
}
