//! What the runtime holds: `gchandles`, `finalizequeue`.

use super::arguments::Arguments;
use super::heap::{Listing, SwitchStat};
use super::line::Piece;
use super::text;
use super::words::{WORD, WordDoc, flag, no_effect, takes, takes_one_of};
use super::{Closing, Translation};
use crate::query::Diagnostic;

/// Kinds of handles as SOS takes them, and as the language calls them.
const KINDS: [(&str, &str); 12] = [
    ("Pinned", "pinned"),
    ("RefCounted", "ref_counted"),
    ("WeakShort", "weak_short"),
    ("WeakLong", "weak_long"),
    ("Strong", "strong"),
    ("Variable", "variable"),
    ("AsyncPinned", "async_pinned"),
    ("SizedRef", "sized_ref"),
    ("Dependent", "dependent"),
    ("WeakWinRT", "weak_winrt"),
    ("WeakInteriorPointer", "weak_interior_pointer"),
    ("CrossReference", "cross_reference"),
];

/// Those of them that are offered.
const KIND_WORDS: &[&str] = &{
    let mut words = [""; KINDS.len()];
    let mut at = 0;
    while at < KINDS.len() {
        words[at] = KINDS[at].0;
        at += 1;
    }
    words
};

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "gchandles",
        usage: "gchandles [-stat] [-type KIND]",
        summary: "The GC handles, then the objects that they hold by type, then how many handles of each kind there are.",
        switches: &[
            flag("-stat", "Without the single handles."),
            takes_one_of(
                "-type",
                "KIND",
                KIND_WORDS,
                "Only handles of a kind: Pinned, RefCounted, WeakShort, WeakLong, Strong, Variable, AsyncPinned, SizedRef, \
                 Dependent, WeakWinRT, WeakInteriorPointer.",
            ),
            flag("-short", "Only the addresses of the objects."),
            no_effect("-perdomain", "There is one application domain since .NET Core."),
        ],
        examples: &[
            (
                "gchandles -stat",
                &[
                    "select mt, count, size, type from handles group by mt, type order by size",
                    "select kind, count, size from handles group by kind order by count",
                ],
            ),
            (
                "gchandles -type Pinned",
                &[
                    "select address, kind, object, size, dependent, type from handles where kind = 'pinned'",
                    "select mt, count, size, type from handles where kind = 'pinned' group by mt, type order by size",
                    "select kind, count, size from handles where kind = 'pinned' group by kind order by count",
                ],
            ),
        ],
        translate: gchandles,
        ..WORD
    },
    WordDoc {
        word: "finalizequeue",
        aliases: &["fq"],
        usage: "finalizequeue [-stat] [-mt MT] [-allReady] [-short]",
        summary: "The objects whose finalizers have not run, by generation, one by one and by type.",
        switches: &[
            SwitchStat::DOC,
            takes("-mt", "MT", "Only objects of the type with this MethodTable."),
            flag(
                "-allReady",
                "Only objects that nothing holds any more, whether the collector knows that already or not.",
            ),
            flag("-short", "Only addresses."),
            no_effect("-detail", "Nothing waits to be cleaned up for COM where there is none."),
        ],
        examples: &[
            (
                "finalizequeue -stat",
                &[
                    "select state, gen, count from finalizers group by state, gen order by state, gen",
                    "select mt, count, size, type from finalizers group by mt, type order by size",
                ],
            ),
            (
                "finalizequeue -allReady -short",
                &["select object from finalizers where (state = 'ready' \
                   or object in (select address where not coalesce(reachable, false) and finalizable))"],
            ),
        ],
        translate: finalizequeue,
        ..WORD
    },
];

fn gchandles(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let kind = arguments.value("-type").map(kind).transpose()?;
    let conditions: Vec<String> = kind.into_iter().map(|kind| format!("kind = '{kind}'")).collect();
    let listing = Listing { source: " from handles", conditions: &conditions, order: "size" };
    if arguments.has("-short") {
        return Ok(Translation::one(listing.objects("object")));
    }
    let handles =
        (!arguments.has("-stat")).then(|| listing.objects("address, kind, object, size, dependent, type"));
    let kinds = format!("{} group by kind order by count", listing.objects("kind, count, size"));
    let all = handles.into_iter().chain([listing.statistics(), kinds]);
    Ok(Translation::of(all).closing(Closing::Total))
}

fn kind(word: &Piece) -> Result<&'static str, Diagnostic> {
    let is = |known: &str| word.text.eq_ignore_ascii_case(known);
    let found = KINDS.iter().find(|(known, ours)| is(known) || is(ours));
    found.map(|(_, ours)| *ours).ok_or_else(|| {
        let known = KINDS.map(|(known, _)| known);
        Diagnostic::new(word.span.clone(), format!("there is no kind of handles `{}`", word.text))
            .expected(known.join(", "))
            .nearest(&word.text, known)
    })
}

fn finalizequeue(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    arguments.not_together("-short", "-stat")?;
    let mut conditions = Vec::new();
    if let Some(mt) = arguments.address_of("-mt")? {
        conditions.push(format!("mt = {}", text::address(mt)));
    }
    if arguments.has("-allReady") {
        let dead = "select address where not coalesce(reachable, false) and finalizable";
        conditions.push(format!("(state = 'ready' or object in ({dead}))"));
    }
    let listing = Listing { source: " from finalizers", conditions: &conditions, order: "size" };
    if arguments.has("-short") {
        return Ok(Translation::one(listing.objects("object")));
    }
    let states = format!("{} group by state, gen order by state, gen", listing.objects("state, gen, count"));
    let objects = (!arguments.has("-stat")).then(|| listing.objects("object, mt, size, state, gen, type"));
    let all = [states].into_iter().chain(objects).chain([listing.statistics()]);
    Ok(Translation::of(all).closing(Closing::Total))
}
