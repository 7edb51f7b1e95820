//! What collections hold: `dumpconcurrentdictionary`, `dumpconcurrentqueue`.

use super::Translation;
use super::arguments::Arguments;
use super::text;
use super::words::{WORD, WordDoc};
use crate::query::Diagnostic;

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "dumpconcurrentdictionary",
        aliases: &["dcd"],
        usage: "dumpconcurrentdictionary ADDRESS",
        summary: "The entries of a dictionary, of any sort that is known.",
        operands: (1, 1),
        examples: &[(
            "dcd 7f02290cde20",
            &["select index, key, value, key_object, value_object from items(0x7f02290cde20)"],
        )],
        translate: |arguments| items(arguments, "index, key, value, key_object, value_object"),
        ..WORD
    },
    WordDoc {
        word: "dumpconcurrentqueue",
        aliases: &["dcq"],
        usage: "dumpconcurrentqueue ADDRESS",
        summary: "The items of a queue, or of any other collection that is known.",
        operands: (1, 1),
        examples: &[(
            "dcq 7f02290cde20",
            &["select index, value, value_object, value_type from items(0x7f02290cde20)"],
        )],
        translate: |arguments| items(arguments, "index, value, value_object, value_type"),
        ..WORD
    },
];

fn items(arguments: &Arguments, columns: &str) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    Ok(Translation::one(format!("select {columns} from items({address})")))
}
