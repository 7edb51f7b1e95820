//! Who holds an object: `gcroot`, `pathto`.

use super::Translation;
use super::arguments::Arguments;
use super::text;
use super::words::{SwitchDoc, WORD, WordDoc, flag, no_effect};
use crate::query::Diagnostic;

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "gcroot",
        usage: "gcroot ADDRESS [-all] [-nostacks]",
        summary: "Who keeps an object alive: for each root the shortest way from it to the object.",
        switches: &[
            flag(
                "-all",
                "As without: every root that reaches the object is listed in any case, with its shortest way.",
            ),
            flag(
                "-nostacks",
                "Only one way, a shortest from an object that something else than a stack holds; `heapql --stacks none DUMP` \
                 has all ways without stacks.",
            ),
            SwitchDoc {
                takes: Some("N"),
                ..no_effect("-limit", "All roots are listed, those with the shortest ways first.")
            },
            no_effect("-noprogress", "Progress is shown on terminals only."),
        ],
        operands: (1, 1),
        examples: &[
            ("gcroot 7f02290cde20", &["roots of 0x7f02290cde20"]),
            (
                "gcroot -nostacks 7f02290cde20",
                &[
                    "path from (select object from roots where keeps_alive and kind <> 'stack') to 0x7f02290cde20",
                ],
            ),
        ],
        translate: gcroot,
        ..WORD
    },
    WordDoc {
        word: "pathto",
        usage: "pathto SOURCE TARGET",
        summary: "A shortest way from one object to another.",
        operands: (2, 2),
        examples: &[("pathto 7f02290cdcc8 7f02290cde20", &["path from 0x7f02290cdcc8 to 0x7f02290cde20"])],
        translate: pathto,
        ..WORD
    },
];

fn gcroot(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    Ok(Translation::one(if arguments.has("-nostacks") {
        format!("path from (select object from roots where keeps_alive and kind <> 'stack') to {address}")
    } else {
        format!("roots of {address}")
    }))
}

fn pathto(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let (source, target) = (arguments.required_address(0)?, arguments.required_address(1)?);
    Ok(Translation::one(format!("path from {} to {}", text::address(source), text::address(target))))
}
