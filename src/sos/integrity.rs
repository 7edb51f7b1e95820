//! Whether the heap is sound: `verifyheap`, `verifyobj`.

use super::arguments::Arguments;
use super::heap::{of_heap, of_segment, range};
use super::text::{self, where_all};
use super::words::{WORD, WordDoc, no_effect, takes};
use super::{Closing, Translation};
use crate::query::Diagnostic;

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "verifyheap",
        usage: "verifyheap [-heap N] [-segment ADDRESS] [START [END]]",
        summary: "What is broken on the heap: stretches that cannot be walked, references that lead to no object or to free \
                  space; then how many objects were looked at. START and END are addresses; END may be a length, as `L1000`.",
        switches: &[
            takes("-heap", "N", "Only what lies in the GC heap of this number."),
            takes("-segment", "ADDRESS", "Only what lies in the segment with this address."),
            no_effect("-ignoreGCState", "The heap is walked whatever the collector's state; damage is told."),
            no_effect("-noprogress", "Progress is shown on terminals only."),
        ],
        operands: (0, 2),
        examples: &[
            ("verifyheap", &["select * from damage", "select count as objects_verified from objects"]),
            (
                "verifyheap -segment 7f022bcbe000",
                &[
                    "select * from damage where segment = 0x7f022bcbe000",
                    "select count as objects_verified from objects \
                     where address >= (select start from segments where address = 0x7f022bcbe000) \
                     and address < (select end from segments where address = 0x7f022bcbe000)",
                ],
            ),
            (
                "verifyheap -heap 1",
                &[
                    "select * from damage where segment in (select address from segments where heap = 1)",
                    "select count as objects_verified from objects where heap = 1",
                ],
            ),
        ],
        translate: verifyheap,
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

fn verifyheap(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let (mut broken, mut looked_at) = (range(arguments)?, range(arguments)?);
    if let Some(heap) = arguments.count_of("-heap")? {
        let heap = of_heap(heap);
        broken.push(format!("segment in (select address from segments where {heap})"));
        looked_at.push(heap);
    }
    if let Some(segment) = arguments.address_of("-segment")? {
        broken.push(format!("segment = {}", text::address(segment)));
        looked_at.push(of_segment(segment));
    }
    let verified = [
        format!("select * from damage{}", where_all(&broken)),
        format!("select count as objects_verified from objects{}", where_all(&looked_at)),
    ];
    Ok(Translation::of(verified).closing(Closing::Damage))
}

fn verifyobj(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    let damage = format!("select * from damage where address = {address}");
    let object = format!("select address, mt, size, gen, type where address = {address}");
    Ok(Translation::of([damage, object]).closing(Closing::Damage))
}
