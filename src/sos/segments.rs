//! Where objects lie: `eeheap`, `gcheapstat`, `gcwhere`, `listnearobj`.

use super::Translation;
use super::arguments::Arguments;
use super::heap::of_heap;
use super::text::{self, where_all};
use super::words::{SwitchDoc, WORD, WordDoc, flag, takes};
use crate::query::Diagnostic;

/// The segments.
const SEGMENTS: &str = "select address, heap, kind, start, end, committed, size, committed_size, free \
     from segments order by heap, kind, start";
/// How big they are together.
const SEGMENT_SUMS: &str =
    "select sum(size) as allocated, sum(committed_size) as committed, sum(free) as free from segments";
/// The memory of the loader and the JIT.
const LOADER: &str = "select address, end, size, kind, name from mappings \
     where kind in ('loader_heap', 'code_heap', 'executable_memory')";
/// How big it is together.
const LOADER_SUMS: &str = "select kind, ranges, size, saved from memory_use \
     where kind in ('loader_heap', 'code_heap', 'executable_memory')";

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "eeheap",
        usage: "eeheap [-gc] [-loader] [-heap N] [-segment ADDRESS]",
        summary: "The segments or regions of the GC's heaps with their limits, and how big they are together; then the memory that \
                  the loader and the JIT take.",
        switches: &[
            flag("-gc", "Only the GC's heaps."),
            flag("-loader", "Only the memory of the loader and the JIT."),
            takes("-heap", "N", "Only the segments of the GC heap of this number."),
            takes(
                "-segment",
                "ADDRESS",
                "Only the segment with this address, or the one that the address lies in.",
            ),
        ],
        examples: &[
            ("eeheap -gc", &[SEGMENTS, SEGMENT_SUMS]),
            ("eeheap -loader", &[LOADER, LOADER_SUMS]),
            ("eeheap", &[SEGMENTS, SEGMENT_SUMS, LOADER, LOADER_SUMS]),
            (
                "eeheap -segment 7f02290cde20",
                &[
                    "select address, heap, kind, start, end, committed, size, committed_size, free \
                     from segments where (address = 0x7f02290cde20 or start <= 0x7f02290cde20 and 0x7f02290cde20 < reserved) \
                     order by heap, kind, start",
                    "select sum(size) as allocated, sum(committed_size) as committed, sum(free) as free from segments \
                     where (address = 0x7f02290cde20 or start <= 0x7f02290cde20 and 0x7f02290cde20 < reserved)",
                ],
            ),
        ],
        translate: eeheap,
        ..WORD
    },
    WordDoc {
        word: "gcheapstat",
        aliases: &["heapstat"],
        usage: "gcheapstat [-unreachable]",
        summary: "How big each generation of each GC heap is: allocated, free in it, committed; with -unreachable how much in it \
                  nothing holds. An ephemeral segment holds generations 0 to 2, which are then told by their objects.",
        switches: &[SwitchDoc {
            aliases: &["-inclUnrooted", "-iu"],
            ..flag("-unreachable", "How much of each generation no root keeps alive, too.")
        }],
        examples: &[(
            "gcheapstat -iu",
            &[
                "select heap, kind, sum(size) as allocated, sum(free) as free, sum(committed_size) as committed \
                 from segments group by heap, kind order by heap, kind",
                "select heap, gen, sum(size) as objects, count where type != 'Free' group by heap, gen order by heap, gen",
                "select heap, gen, sum(size) as unreachable, count where reachable = false group by heap, gen order by heap, gen",
            ],
        )],
        translate: gcheapstat,
        ..WORD
    },
    WordDoc {
        word: "gcwhere",
        usage: "gcwhere ADDRESS",
        summary: "The segment that an address lies in, and the object there.",
        operands: (1, 1),
        examples: &[(
            "gcwhere 7f02290cde20",
            &[
                "select address, heap, kind, start, end, committed, reserved from segments \
                 where start - start % 4096 <= 0x7f02290cde20 and 0x7f02290cde20 < reserved",
                "select address, mt, size, gen, type where address <= 0x7f02290cde20 and 0x7f02290cde20 < address + size",
            ],
        )],
        translate: gcwhere,
        ..WORD
    },
    WordDoc {
        word: "listnearobj",
        aliases: &["lno"],
        usage: "listnearobj ADDRESS",
        summary: "The object at an address or around it, the one before and the one behind.",
        operands: (1, 1),
        examples: &[(
            "listnearobj 7f02290cde20",
            &[
                "select address, address + size as end, mt, size, type where address <= 0x7f02290cde20 \
                 order by address desc limit 2",
                "select address, address + size as end, mt, size, type where address > 0x7f02290cde20 \
                 order by address limit 1",
            ],
        )],
        translate: listnearobj,
        ..WORD
    },
];

fn eeheap(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let mut conditions: Vec<String> = arguments.count_of("-heap")?.map(of_heap).into_iter().collect();
    if let Some(segment) = arguments.address_of("-segment")?.map(text::address) {
        conditions.push(format!("(address = {segment} or start <= {segment} and {segment} < reserved)"));
    }
    let both = !arguments.has("-gc") && !arguments.has("-loader") && conditions.is_empty();
    let mut statements = Vec::new();
    if both || arguments.has("-gc") || !conditions.is_empty() {
        let of = where_all(&conditions);
        statements.push(SEGMENTS.replace(" order by", &format!("{of} order by")));
        statements.push(format!("{SEGMENT_SUMS}{of}"));
    }
    if both || arguments.has("-loader") {
        statements.extend([LOADER, LOADER_SUMS].map(str::to_owned));
    }
    Ok(Translation::of(statements))
}

fn gcheapstat(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let generations =
        "select heap, kind, sum(size) as allocated, sum(free) as free, sum(committed_size) as committed \
         from segments group by heap, kind order by heap, kind"
            .to_owned();
    let objects = |name: &str, condition: &str| {
        format!(
            "select heap, gen, sum(size) as {name}, count where {condition} group by heap, gen order by heap, gen"
        )
    };
    let unreachable = arguments.has("-unreachable").then(|| objects("unreachable", "reachable = false"));
    Ok(Translation::of([generations, objects("objects", "type != 'Free'")].into_iter().chain(unreachable)))
}

fn gcwhere(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    let segment = format!(
        "select address, heap, kind, start, end, committed, reserved from segments \
         where start - start % 4096 <= {address} and {address} < reserved"
    );
    let object = format!(
        "select address, mt, size, gen, type where address <= {address} and {address} < address + size"
    );
    Ok(Translation::of([segment, object]))
}

fn listnearobj(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = text::address(arguments.required_address(0)?);
    let near = |condition: &str, order: &str| {
        format!(
            "select address, address + size as end, mt, size, type where address {condition} {address} order by address{order}"
        )
    };
    Ok(Translation::of([near("<=", " desc limit 2"), near(">", " limit 1")]))
}
