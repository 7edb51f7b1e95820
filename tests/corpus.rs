//! The dumps of `corpus/` answer exactly as the golden files say, for any number of threads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use heapql::bytes::Addr;
use heapql::clr::handles::handles;
use heapql::graph::{self, ObjectId, Snapshot, TypeInfo};
use heapql::open::OpenOptions;
use heapql::progress::NoProgress;
use heapql::query::{Answer, AnswerColumn, RunOptions, ValueRef};

use crate::golden::{Rows, Table, differences};

/// A statement whose answer stands in `corpus/golden/DUMP/NAME.tsv`.
struct Query {
    name: &'static str,
    statement: &'static str,
    rows: Rows,
}

const QUERIES: &[Query] = &[
    Query {
        name: "histogram",
        statement: "select mt, type, count, size group by mt, type",
        rows: Rows::Exactly,
    },
    Query { name: "free", statement: "select count, size where type = 'Free'", rows: Rows::Exactly },
    Query {
        name: "strings",
        statement: "select count, size where type = 'System.String'",
        rows: Rows::Exactly,
    },
    Query { name: "generations", statement: "select gen, count, size group by gen", rows: Rows::Exactly },
    Query {
        name: "segments",
        statement: "select start, end, kind, heap from segments where end > start",
        rows: Rows::Exactly,
    },
    // The reference does not list dynamic modules.
    Query { name: "modules", statement: "select name from modules", rows: Rows::AtLeast },
    Query {
        name: "zoo_by_generation",
        statement: "select type, gen, count where type like 'Zoo.%' group by type, gen",
        rows: Rows::Exactly,
    },
    // Of these the reference has samples.
    Query {
        name: "string_values",
        statement: "select address, length, value from strings",
        rows: Rows::AtLeast,
    },
    Query {
        name: "array_shapes",
        statement: "select address, type, length, rank, lengths, size from arrays",
        rows: Rows::AtLeast,
    },
    Query {
        name: "exceptions",
        statement: "select address, type, message, hresult, inner from exceptions",
        rows: Rows::Exactly,
    },
    Query { name: "statics", statement: "select type, field, value from statics", rows: Rows::AtLeast },
    Query {
        name: "thread_statics",
        statement: "select type, field, value, thread from statics where thread is not null",
        rows: Rows::AtLeast,
    },
    Query { name: "referrers", statement: "select target, source from refs", rows: Rows::AtLeast },
    Query {
        name: "field_layout",
        statement: "select mt, name, offset, field_type from fields where not static",
        rows: Rows::AtLeast,
    },
];

/// Columns whose texts are the program's: their golden files have them in quotes, with escapes.
const PROGRAM_TEXTS: &[(&str, &str)] =
    &[("string_values", "value"), ("exceptions", "message"), ("object_fields", "text")];

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// A dump of the corpus, opened.
pub(crate) fn open(dump: &str) -> Snapshot {
    let path = corpus().join(format!("{dump}.core.zst"));
    let opened = heapql::open::open(&path, &OpenOptions::default(), &NoProgress);
    opened.unwrap_or_else(|e| panic!("{}: {e}", path.display())).snapshot
}

/// What a statement answers.
pub(crate) fn ask(snapshot: &Snapshot, statement: &str) -> Answer {
    let snapshots = std::slice::from_ref(snapshot);
    let options = RunOptions::default();
    heapql::query::run(snapshots, statement, &options).unwrap_or_else(|e| panic!("{statement}: {e:?}"))
}

/// A value as golden files have it.
fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Text(text) => text.to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Bytes(number) => number.to_string(),
        ValueRef::Address(address) => address.to_string(),
        ValueRef::Boolean(truth) => truth.to_string(),
        ValueRef::List(values) => values.into_iter().map(text).collect::<Vec<_>>().join(","),
    }
}

/// A text of the program: in quotes, all but printable ASCII as the escapes of its UTF-16 code units.
fn spelled(text: &str) -> String {
    let plain = |unit: u16| (0x20..0x7f).contains(&unit) && unit != u16::from(b'\\');
    let spell = |unit: u16| {
        if plain(unit) { char::from(unit as u8).to_string() } else { format!("\\u{unit:04x}") }
    };
    format!("\"{}\"", heapql::text::to_utf16(text).map(spell).collect::<String>())
}

/// The rows of the answer to the query `name`.
fn rows(name: &str, answer: &Answer) -> Vec<Vec<String>> {
    let cell = |column: &AnswerColumn, row| match column.value(row) {
        ValueRef::Text(value) if PROGRAM_TEXTS.contains(&(name, &*column.name)) => spelled(value),
        value => text(value),
    };
    (0..answer.row_count())
        .map(|row| answer.columns.iter().map(|column| cell(column, row)).collect())
        .collect()
}

fn table(name: &str, answer: &Answer) -> Table {
    let columns = answer.columns.iter().map(|column| column.name.clone()).collect();
    Table::new(columns, rows(name, answer))
}

/// What `object` tells of each object of the golden file, the address before each row.
fn object_fields(snapshot: &Snapshot, dump: &str) -> Table {
    let path = corpus().join("golden").join(dump).join("object_fields.tsv");
    let columns = ["address", "field", "offset", "type", "value", "text"].map(str::to_owned).to_vec();
    if !path.exists() {
        return Table::new(columns, Vec::new());
    }
    let addresses: BTreeSet<String> = Table::read(&path).rows.into_iter().map(|row| row[0].clone()).collect();
    let of_object = |address: &String| {
        let answer = ask(snapshot, &format!("object {address}"));
        let rows = rows("object_fields", &answer);
        rows.into_iter().map(|row| [vec![address.clone()], row].concat()).collect::<Vec<_>>()
    };
    Table::new(columns, addresses.iter().flat_map(of_object).collect())
}

/// Objects, their bytes, and the sum of their addresses: no object can be missing, doubled or
/// elsewhere without changing one of them.
fn totals(snapshot: &Snapshot) -> Table {
    let answer = ask(snapshot, "select address, size from objects");
    let (mut size, mut sum) = (0_u64, 0_u64);
    for row in 0..answer.row_count() {
        match (answer.columns[0].value(row), answer.columns[1].value(row)) {
            (ValueRef::Address(address), ValueRef::Bytes(bytes)) => {
                size += bytes;
                sum = sum.wrapping_add(address.0);
            }
            other => panic!("an address and a size expected: {other:?}"),
        }
    }
    let columns = ["count", "size", "address_sum"].map(str::to_owned).to_vec();
    Table::new(columns, vec![vec![answer.row_count().to_string(), size.to_string(), format!("{sum:#x}")]])
}

/// How many references objects hold, and a checksum over both ends of each: none can be missing, doubled or lead elsewhere
/// without changing one of them. What stands in no object is left out: dependents of handles and loader allocators,
/// which the reference does not count alike on all versions.
fn references(snapshot: &Snapshot) -> Table {
    let heap = snapshot.heap(&NoProgress).expect("a heap");
    let references = snapshot.references(&NoProgress).expect("references");
    assert!(references.problems.is_empty(), "{:?}", references.problems);
    let runtime = snapshot.values.as_ref().expect("a heap").types().runtime();
    let gc = runtime.gc.as_ref().expect("a heap");
    let dependents =
        handles(runtime).all.into_iter().filter_map(|handle| Some((handle.object, handle.dependent?)));
    let mut dependents: BTreeMap<Addr, Vec<Addr>> =
        dependents.fold(BTreeMap::new(), |mut all, (key, dependent)| {
            all.entry(key).or_default().push(dependent);
            all
        });
    let is_collectible = |of: &TypeInfo| {
        let flags = gc.method_tables.flags(&runtime.dump.memory, of.method_table).expect("a MethodTable");
        gc.method_tables.is_collectible(flags)
    };
    let collectible: Vec<bool> = heap.types.all().iter().map(is_collectible).collect();
    let address = |id: ObjectId| {
        let (block, row) = heap.objects.locate(id).expect("an object");
        (heap.objects.blocks()[block].address(row), heap.objects.blocks()[block].types[row])
    };
    let (mut count, mut checksum) = (0_u64, 0_u64);
    for id in (0..references.forward.len() as u32).map(ObjectId) {
        let (object, of) = address(id);
        let attached = dependents.remove(&object).map_or(0, |all| all.len());
        let row = references.forward.of(id);
        let own = row.len() - attached - usize::from(collectible[of.0 as usize]);
        for target in &row[..own] {
            count += 1;
            let both = object.0 ^ address(*target).0.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            checksum = checksum.wrapping_add(both);
        }
    }
    let columns = ["count", "checksum"].map(str::to_owned).to_vec();
    Table::new(columns, vec![vec![count.to_string(), format!("{checksum:#x}")]])
}

/// For every object those that refer to it are exactly those whose rows it stands in.
#[test]
fn referrers_are_the_references_turned_around() {
    let snapshot = open("web-t0");
    let (references, referrers) =
        (snapshot.references(&NoProgress).unwrap(), snapshot.referrers(&NoProgress).unwrap());
    let pairs = |rows: &graph::Rows| -> Vec<(u32, u32)> {
        let row = |id| rows.of(ObjectId(id)).iter().map(move |member| (id, member.0));
        (0..rows.len() as u32).flat_map(row).collect()
    };
    let mut around: Vec<(u32, u32)> =
        pairs(&references.forward).into_iter().map(|(from, to)| (to, from)).collect();
    around.sort_unstable();
    assert!(around.len() > 10_000 && pairs(&referrers) == around);
}

/// Everything that `dump` answers, in a form that can be compared.
fn answers(dump: &str) -> Vec<(&'static str, Rows, Table)> {
    let snapshot = open(dump);
    let mut answers = vec![
        ("totals", Rows::Exactly, totals(&snapshot)),
        ("references", Rows::Exactly, references(&snapshot)),
        ("object_fields", Rows::AtLeast, object_fields(&snapshot, dump)),
    ];
    answers.extend(QUERIES.iter().map(|q| (q.name, q.rows, table(q.name, &ask(&snapshot, q.statement)))));
    answers
}

#[track_caller]
fn assert_golden(dump: &str) {
    let folder = corpus().join("golden").join(dump);
    let mut report = String::new();
    let mut compared = 0;
    for (name, rows, got) in answers(dump) {
        let path = folder.join(format!("{name}.tsv"));
        // The reference has no answer to this query on this dump.
        if !path.exists() {
            continue;
        }
        compared += 1;
        for difference in differences(&Table::read(&path), &got, rows) {
            report.push_str(&format!("{name}: {difference}\n"));
        }
    }
    let files = folder.read_dir().expect("the golden files").count();
    assert_eq!(compared, files, "a golden file of {dump} belongs to no query");
    assert!(report.is_empty(), "{dump} is not as its golden files say:\n{report}");
}

#[test]
fn zoo_10_0() {
    assert_golden("zoo-10.0");
}

#[test]
fn zoo_8_0() {
    assert_golden("zoo-8.0");
}

#[test]
fn zoo_3_1_without_the_assemblies() {
    assert_golden("zoo-3.1");
}

#[test]
fn web_t0() {
    assert_golden("web-t0");
}

#[test]
fn web_t1() {
    assert_golden("web-t1");
}

#[test]
fn web_t2() {
    assert_golden("web-t2");
}

#[test]
fn the_answers_are_the_same_for_any_number_of_threads() {
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a thread pool");
        pool.install(|| {
            let snapshot = open("zoo-10.0");
            let statements = QUERIES.iter().map(|q| q.statement);
            let all = statements.chain(["select address, type, mt, size, gen, heap, length from objects"]);
            // Not sorted: the order of rows must be the same too.
            let rows = |a: &Answer| {
                let row = |i| a.columns.iter().map(|c| text(c.value(i))).collect::<Vec<_>>().join("\t");
                (0..a.row_count()).map(row).collect::<Vec<_>>()
            };
            all.map(|statement| (statement, rows(&ask(&snapshot, statement)))).collect::<Vec<_>>()
        })
    };
    let alone = with_threads(1);
    for threads in [2, 5] {
        for ((statement, expected), (_, got)) in alone.iter().zip(with_threads(threads)) {
            let first = expected.iter().zip(&got).find(|(e, g)| e != g);
            assert!(*expected == got, "{statement}: {threads} threads answer otherwise: {first:?}");
        }
    }
}
