//! What is on the heap: `dumpheap`, `dumpgen`, `objsize`.

use super::arguments::{Arguments, address};
use super::line::Piece;
use super::text::{self, literal, where_all};
use super::words::{WORD, WordDoc, flag, no_effect, takes, takes_one_of};
use super::{Closing, Translation, number};
use crate::query::Diagnostic;

/// Generations as the words take them, and as the language calls them.
pub(super) const GENERATIONS: [(&str, &str); 12] = [
    ("gen0", "gen0"),
    ("gen1", "gen1"),
    ("gen2", "gen2"),
    ("loh", "loh"),
    ("large", "loh"),
    ("poh", "poh"),
    ("pinned", "poh"),
    ("foh", "frozen"),
    ("frozen", "frozen"),
    ("0", "gen0"),
    ("1", "gen1"),
    ("2", "gen2"),
];

/// Those of them that are offered, as SOS spells them.
pub(super) const GENERATION_WORDS: &[&str] = &["gen0", "gen1", "gen2", "loh", "poh", "foh"];

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "dumpheap",
        usage: "dumpheap [switches] [START [END]]",
        summary: "Lists the objects on the heap, then how many of each type there are and how big, the biggest last; with \
                  -stat only the latter. START and END are addresses; END may be a length, as `L1000`.",
        switches: &[
            flag("-stat", "Only the number and size of the objects of each type."),
            takes("-mt", "MT", "Only objects of the type with this MethodTable."),
            takes("-type", "TEXT", "Only objects of types whose name contains this, case as written."),
            takes(
                "-min",
                "BYTES",
                "Only objects of at least this size (decimal; hexadecimal with 0x; 10kb).",
            ),
            takes("-max", "BYTES", "Only objects of at most this size."),
            takes_one_of(
                "-gen",
                "GEN",
                GENERATION_WORDS,
                "Only objects of a generation: gen0, gen1, gen2, loh, poh or foh.",
            ),
            flag("-live", "Only objects that a root keeps alive."),
            flag("-dead", "Only objects that no root keeps alive, free space included."),
            flag(
                "-strings",
                "The texts of strings, with how many there are of each and how big they are together.",
            ),
            flag("-short", "Only addresses."),
            flag("-bycount", "The type with the most objects last, not the biggest."),
            takes("-heap", "N", "Only objects of the GC heap of this number."),
            takes(
                "-segment",
                "ADDRESS",
                "Only objects of the segment with this address, as `eeheap -gc` prints it.",
            ),
            flag(
                "-thinlock",
                "Only objects that are locked by a word of their own, each with the owner of the lock.",
            ),
            no_effect("-ignoreGCState", "The heap is walked whatever the collector's state; damage is told."),
            no_effect("-noprogress", "Progress is shown on terminals only; see --no-progress."),
        ],
        operands: (0, 2),
        examples: &[
            ("dumpheap -stat", &["select mt, count, size, type group by mt, type order by size"]),
            (
                "dumpheap -mt 7f0e08a78428",
                &[
                    "select address, mt, size, type where mt = 0x7f0e08a78428",
                    "select mt, count, size, type where mt = 0x7f0e08a78428 group by mt, type order by size",
                ],
            ),
            (
                "dumpheap -stat -type Customer -min 85000 -gen loh",
                &[
                    "select mt, count, size, type where contains(type, 'Customer') and size >= 85000 and gen = 'loh' \
                   group by mt, type order by size",
                ],
            ),
            (
                "dumpheap -stat -strings -min 1000",
                &["select count, size, value from strings where size >= 1000 group by value order by size"],
            ),
            (
                "dumpheap -thinlock",
                &[
                    "select object, type, owner, hex(owner) as owner_hex, owner_name, recursion from locks where kind = 'thin'",
                ],
            ),
            ("dumpheap -short -dead", &["select address where not coalesce(reachable, false)"]),
        ],
        translate: dumpheap,
        ..WORD
    },
    WordDoc {
        word: "dumpgen",
        aliases: &["dg"],
        usage: "dumpgen GEN [-type TEXT] [-mt MT]",
        summary: "How many objects of each type a generation holds and how big they are, the biggest last; with -mt the \
                  objects of that type.",
        switches: &[
            takes("-type", "TEXT", "Only types whose name contains this, in any case."),
            takes("-mt", "MT", "The objects of the type with this MethodTable."),
        ],
        operands: (1, 1),
        values: GENERATION_WORDS,
        examples: &[
            (
                "dumpgen gen0 -type string",
                &["select mt, count, size, type where gen = 'gen0' and contains(lower(type), 'string') \
                   group by mt, type order by size"],
            ),
            (
                "dumpgen gen2 -mt 7f0e08a78428",
                &["select address, mt, size where gen = 'gen2' and mt = 0x7f0e08a78428"],
            ),
        ],
        translate: dumpgen,
        ..WORD
    },
    WordDoc {
        word: "objsize",
        usage: "objsize ADDRESS [-stat]",
        summary: "What an object keeps in memory: all that it reaches, itself included, and how big that is. What would go \
                  with it is less: `retained by ADDRESS`.",
        switches: &[
            SwitchStat::DOC,
            takes("-mt", "MT", "Only objects of the type with this MethodTable."),
            flag("-strings", "The texts of strings among them."),
            flag("-short", "Only addresses."),
        ],
        operands: (1, 1),
        examples: &[(
            "objsize 7f02290cde20",
            &[
                "select address, mt, size, type from reachable(0x7f02290cde20)",
                "select mt, count, size, type from reachable(0x7f02290cde20) group by mt, type order by size",
            ],
        )],
        translate: objsize,
        ..WORD
    },
];

/// `-stat`, which some words also know as `-summary`.
pub(super) struct SwitchStat;

impl SwitchStat {
    pub(super) const DOC: super::SwitchDoc = super::SwitchDoc {
        aliases: &["-summary"],
        ..flag("-stat", "Only the number and size of the objects of each type.")
    };
}

/// What is listed of objects, out of which source, under which conditions.
pub(super) struct Listing<'a> {
    /// ` from SOURCE`, or nothing for all objects.
    pub source: &'a str,
    /// What holds of each.
    pub conditions: &'a [String],
    /// The column that counts of objects are ordered by.
    pub order: &'a str,
}

impl Listing<'_> {
    /// The number and the size of the objects of each type, the biggest last.
    pub(super) fn statistics(&self) -> String {
        let Listing { source, order, .. } = self;
        let conditions = where_all(self.conditions);
        format!("select mt, count, size, type{source}{conditions} group by mt, type order by {order}")
    }

    /// The objects.
    pub(super) fn objects(&self, columns: &str) -> String {
        format!("select {columns}{}{}", self.source, where_all(self.conditions))
    }

    /// The objects, or with `-stat` none of them, then their numbers and sizes.
    pub(super) fn objects_and_statistics(&self, columns: &str, stat: bool) -> Translation {
        let objects = (!stat).then(|| self.objects(columns));
        Translation::of(objects.into_iter().chain([self.statistics()])).closing(Closing::Total)
    }
}

/// What `-thinlock` shows, whatever else is asked for.
const THIN_LOCKS: &str = "select object, type, owner, hex(owner) as owner_hex, owner_name, recursion from locks where kind = 'thin'";

fn dumpheap(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    if arguments.has("-thinlock") {
        return Ok(Translation::one(THIN_LOCKS));
    }
    let mut conditions = Vec::new();
    let strings = arguments.has("-strings");
    if let Some(mt) = arguments.address_of("-mt")?.filter(|_| !strings) {
        conditions.push(format!("mt = {}", text::address(mt)));
    }
    if let Some(part) = arguments.value("-type") {
        // With -strings all types are one.
        let of = if strings { "'System.String'" } else { "type" };
        conditions.push(format!("contains({of}, {})", literal(&part.text)));
    }
    // As there, 0 is no bound.
    if let Some(min) = arguments.count_of("-min")?.filter(|&min| min > 0) {
        conditions.push(format!("size >= {min}"));
    }
    if let Some(max) = arguments.count_of("-max")?.filter(|&max| max > 0) {
        conditions.push(format!("size <= {max}"));
    }
    if let Some(word) = arguments.value("-gen") {
        conditions.push(format!("gen = '{}'", generation(word)?));
    }
    let heap = arguments.count_of("-heap")?;
    conditions.extend(heap.map(of_heap));
    conditions.extend(arguments.address_of("-segment")?.map(of_segment));
    conditions.extend(range(arguments)?);
    // Both together mean neither, as there.
    match (arguments.has("-live"), arguments.has("-dead")) {
        (true, false) => conditions.push("reachable".to_owned()),
        (false, true) => conditions.push("not coalesce(reachable, false)".to_owned()),
        _ => {}
    }
    let order = if arguments.has("-bycount") { "count" } else { "size" };
    if strings {
        // Only objects tell their heap.
        let source = if heap.is_some() { " from System.String" } else { " from strings" };
        return Ok(texts(arguments, source, &conditions, order));
    }
    let listing = Listing { source: "", conditions: &conditions, order };
    if arguments.has("-short") {
        return Ok(Translation::one(listing.objects("address")));
    }
    Ok(listing.objects_and_statistics("address, mt, size, type", arguments.has("-stat")))
}

/// The condition of what lies in a GC heap. As there, the first one has the frozen segments too.
pub(super) fn of_heap(heap: u64) -> String {
    if heap == 0 { "coalesce(heap, 0) = 0".to_owned() } else { format!("heap = {heap}") }
}

/// The condition of objects that lie in a segment.
pub(super) fn of_segment(segment: u64) -> String {
    let place =
        |column| format!("(select {column} from segments where address = {})", text::address(segment));
    format!("address >= {} and address < {}", place("start"), place("end"))
}

/// The texts of strings, counted.
fn texts(arguments: &Arguments, source: &str, conditions: &[String], order: &str) -> Translation {
    let conditions = where_all(conditions);
    if arguments.has("-short") {
        return Translation::one(format!("select address{source}{conditions}"));
    }
    let list = (!arguments.has("-stat")).then(|| format!("select address, size, value{source}{conditions}"));
    let counts = format!("select count, size, value{source}{conditions} group by value order by {order}");
    Translation::of(list.into_iter().chain([counts])).closing(Closing::Total)
}

/// `START`, `START END`, `START LLENGTH`
pub(super) fn range(arguments: &Arguments) -> Result<Vec<String>, Diagnostic> {
    let Some(start) = arguments.address(0)? else { return Ok(Vec::new()) };
    let mut conditions = vec![format!("address >= {}", text::address(start))];
    if let Some(end) = arguments.operands().get(1) {
        let length = end.text.strip_prefix(['L', 'l']).and_then(number::address);
        let end_address = match length {
            Some(length) => start.saturating_add(length),
            None => address(end)?,
        };
        if end_address <= start {
            return Err(Diagnostic::new(end.span.clone(), "the end does not lie behind the start"));
        }
        conditions.push(format!("address < {}", text::address(end_address)));
    }
    Ok(conditions)
}

/// The language's word for a generation.
pub(super) fn generation(word: &Piece) -> Result<&'static str, Diagnostic> {
    let known = GENERATIONS.iter().find(|(known, _)| word.text.eq_ignore_ascii_case(known));
    known.map(|(_, generation)| *generation).ok_or_else(|| {
        Diagnostic::new(word.span.clone(), format!("there is no generation `{}`", word.text))
            .expected("gen0, gen1, gen2, loh (large), poh (pinned) or foh (frozen)")
    })
}

fn dumpgen(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let mut conditions = Vec::new();
    for word in arguments.operands() {
        conditions.push(format!("gen = '{}'", generation(word)?));
    }
    if let Some(part) = arguments.value("-type") {
        conditions.push(format!("contains(lower(type), {})", literal(&part.text.to_lowercase())));
    }
    if let Some(mt) = arguments.address_of("-mt")? {
        conditions.push(format!("mt = {}", text::address(mt)));
        let listing = Listing { source: "", conditions: &conditions, order: "size" };
        return Ok(Translation::one(listing.objects("address, mt, size")));
    }
    let listing = Listing { source: "", conditions: &conditions, order: "size" };
    Ok(listing.objects_and_statistics("", true))
}

fn objsize(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let source = format!(" from reachable({})", text::address(arguments.required_address(0)?));
    let mut conditions = Vec::new();
    if arguments.has("-strings") {
        conditions.push("type = 'System.String'".to_owned());
        return Ok(texts(arguments, &source, &conditions, "size"));
    }
    if let Some(mt) = arguments.address_of("-mt")? {
        conditions.push(format!("mt = {}", text::address(mt)));
    }
    let listing = Listing { source: &source, conditions: &conditions, order: "size" };
    if arguments.has("-short") {
        return Ok(Translation::one(listing.objects("address")));
    }
    Ok(listing.objects_and_statistics("address, mt, size, type", arguments.has("-stat")))
}
