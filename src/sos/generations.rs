//! The heap by generations: `sizestats`, `ephrefs`, `ephtoloh`, `notreachableinrange`.

use super::Translation;
use super::arguments::Arguments;
use super::heap::{Listing, range};
use super::words::{WORD, WordDoc, flag};
use crate::query::Diagnostic;

/// What is shown of references from older objects to younger ones: those that a collection of the young has to look at.
const YOUNGER: &str = "select s.gen as from_gen, t.gen as to_gen, r.source_type, count, sum(t.size) as size from refs r \
     join objects s on s.address = r.source join objects t on t.address = r.target where";

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "sizestats",
        usage: "sizestats",
        summary: "How many objects of each size each generation has, then how many free stretches.",
        examples: &[(
            "sizestats",
            &[
                "select gen, size, count, sum(size) as bytes where type != 'Free' group by gen, size order by gen, size",
                "select gen, size, count, sum(size) as bytes where type = 'Free' group by gen, size order by gen, size",
            ],
        )],
        translate: |_| {
            let of = |condition: &str| {
                format!(
                    "select gen, size, count, sum(size) as bytes where {condition} group by gen, size order by gen, size"
                )
            };
            Ok(Translation::of([of("type != 'Free'"), of("type = 'Free'")]))
        },
        ..WORD
    },
    WordDoc {
        word: "notreachableinrange",
        usage: "notreachableinrange START END [-short]",
        summary: "The objects between two addresses that no root keeps alive, free space included.",
        switches: &[flag("-short", "Only addresses.")],
        operands: (2, 2),
        examples: &[(
            "notreachableinrange 7f0000 7f1000",
            &["select address, mt, size, type where address >= 0x7f0000 and address < 0x7f1000 \
               and not coalesce(reachable, false)"],
        )],
        translate: not_reachable,
        ..WORD
    },
    WordDoc {
        word: "ephrefs",
        usage: "ephrefs",
        summary: "References from older objects to younger ones, by generations and type of the older one: what a collection of \
                  the young has to look at.",
        examples: &[(
            "ephrefs",
            &[
                "select s.gen as from_gen, t.gen as to_gen, r.source_type, count, sum(t.size) as size from refs r \
               join objects s on s.address = r.source join objects t on t.address = r.target \
               where (s.gen in ('gen2', 'loh', 'poh') and t.gen in ('gen0', 'gen1') or s.gen = 'gen1' and t.gen = 'gen0') \
               group by from_gen, to_gen, r.source_type order by from_gen, to_gen, count desc",
            ],
        )],
        translate: |_| {
            Ok(references_between(
                "(s.gen in ('gen2', 'loh', 'poh') and t.gen in ('gen0', 'gen1') or s.gen = 'gen1' and t.gen = 'gen0')",
            ))
        },
        ..WORD
    },
    WordDoc {
        word: "ephtoloh",
        usage: "ephtoloh",
        summary: "References from young objects to the large object heap, by generation and type of the young one.",
        examples: &[(
            "ephtoloh",
            &[
                "select s.gen as from_gen, t.gen as to_gen, r.source_type, count, sum(t.size) as size from refs r \
               join objects s on s.address = r.source join objects t on t.address = r.target \
               where s.gen in ('gen0', 'gen1') and t.gen = 'loh' \
               group by from_gen, to_gen, r.source_type order by from_gen, to_gen, count desc",
            ],
        )],
        translate: |_| Ok(references_between("s.gen in ('gen0', 'gen1') and t.gen = 'loh'")),
        ..WORD
    },
];

fn not_reachable(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let mut conditions = range(arguments)?;
    conditions.push("not coalesce(reachable, false)".to_owned());
    let listing = Listing { source: "", conditions: &conditions, order: "size" };
    let columns = if arguments.has("-short") { "address" } else { "address, mt, size, type" };
    Ok(Translation::one(listing.objects(columns)))
}

fn references_between(condition: &str) -> Translation {
    Translation::one(format!(
        "{YOUNGER} {condition} group by from_gen, to_gen, r.source_type order by from_gen, to_gen, count desc"
    ))
}
