//! Exceptions: `printexception`, `dumpexceptions`.

use super::Translation;
use super::arguments::Arguments;
use super::heap::{GENERATION_WORDS, generation};
use super::text::{self, literal, where_all};
use super::words::{WORD, WordDoc, flag, no_effect, takes, takes_one_of};
use crate::query::Diagnostic;

/// What is shown of an exception.
const COLUMNS: &str = "address, type, message, hex(hresult) as hresult, inner, thread, in_flight";

/// What is shown of the frames that it passed.
const FRAMES: &str = "select exception, level, method, offset, source, line from exception_frames";

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "printexception",
        aliases: &["pe"],
        usage: "printexception [ADDRESS] [-nested]",
        summary: "An exception with its message and the methods that it went through; without an address those that threads \
                  have in flight or threw last.",
        switches: &[
            flag("-nested", "The exceptions that it was made from, too."),
            no_effect("-lines", "Lines of sources are shown where --files has the portable PDB."),
        ],
        operands: (0, 1),
        examples: &[
            (
                "pe 7f02290c86e8",
                &[
                    "select address, type, message, hex(hresult) as hresult, inner, thread, in_flight from exceptions \
                   where address = 0x7f02290c86e8",
                    "select exception, level, method, offset, source, line from exception_frames \
                     where exception = 0x7f02290c86e8",
                ],
            ),
            (
                "printexception",
                &[
                    "select address, type, message, hex(hresult) as hresult, inner, thread, in_flight from exceptions \
                   where thread is not null",
                    "select exception, level, method, offset, source, line from exception_frames \
                     where exception in (select address from exceptions where thread is not null)",
                ],
            ),
        ],
        translate: printexception,
        ..WORD
    },
    WordDoc {
        word: "dumpexceptions",
        usage: "dumpexceptions [-type TEXT] [-gen GEN] [-live] [-dead]",
        summary: "The exceptions on the heap with their messages.",
        switches: &[
            takes("-type", "TEXT", "Only types whose name contains this."),
            takes_one_of(
                "-gen",
                "GEN",
                GENERATION_WORDS,
                "Only exceptions of a generation: gen0, gen1, gen2, loh, poh or foh.",
            ),
            flag("-live", "Only exceptions that a root keeps alive."),
            flag("-dead", "Only exceptions that no root keeps alive."),
        ],
        examples: &[
            ("dumpexceptions", &["select address, type, message from exceptions"]),
            (
                "dumpexceptions -type Argument -live",
                &[
                    "select address, type, message from exceptions where contains(type, 'Argument') and reachable",
                ],
            ),
        ],
        translate: dumpexceptions,
        ..WORD
    },
];

fn printexception(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let given = arguments.address(0)?.map(text::address);
    let condition = match &given {
        Some(address) => format!("address = {address}"),
        None => "thread is not null".to_owned(),
    };
    let shown = format!("select {COLUMNS} from exceptions where {condition}");
    let passed = match &given {
        Some(address) => format!("exception = {address}"),
        None => format!("exception in (select address from exceptions where {condition})"),
    };
    let frames = format!("{FRAMES} where {passed}");
    // Two levels are nearly always all of them; each row names the next.
    let of = format!("select inner from exceptions where {condition}");
    let nested = arguments.has("-nested").then(|| {
        format!(
            "select {COLUMNS} from exceptions where address in ({of}) \
             or address in (select inner from exceptions where address in ({of}))"
        )
    });
    Ok(Translation::of([shown, frames].into_iter().chain(nested)))
}

fn dumpexceptions(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let mut conditions = Vec::new();
    if let Some(part) = arguments.value("-type") {
        conditions.push(format!("contains(type, {})", literal(&part.text)));
    }
    if let Some(word) = arguments.value("-gen") {
        let generation = generation(word)?;
        conditions.push(format!("address in (select address where gen = '{generation}')"));
    }
    match (arguments.has("-live"), arguments.has("-dead")) {
        (true, false) => conditions.push("reachable".to_owned()),
        (false, true) => conditions.push("reachable = false".to_owned()),
        _ => {}
    }
    Ok(Translation::one(format!("select address, type, message from exceptions{}", where_all(&conditions))))
}
