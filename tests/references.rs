//! The table `refs` and the columns of the graph on the dumps of `corpus/`, against what other statements say.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use heapql::graph::Snapshot;
use heapql::open::OpenOptions;
use heapql::problem::{Problem, Severity};
use heapql::progress::NoProgress;
use heapql::query::ValueRef;

use crate::corpus::{ask, open};

/// The rows of an answer, each value as text; null is empty.
fn rows(snapshot: &Snapshot, statement: &str) -> Vec<Vec<String>> {
    let answer = ask(snapshot, statement);
    let text = |value| match value {
        ValueRef::Null => String::new(),
        ValueRef::Text(text) => text.to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Bytes(number) => number.to_string(),
        ValueRef::Address(address) => address.to_string(),
        ValueRef::Boolean(truth) => truth.to_string(),
        other => panic!("{other:?}"),
    };
    (0..answer.row_count()).map(|row| answer.columns.iter().map(|c| text(c.value(row))).collect()).collect()
}

/// The first column of each row.
fn column(snapshot: &Snapshot, statement: &str) -> Vec<String> {
    rows(snapshot, statement).into_iter().map(|mut row| row.swap_remove(0)).collect()
}

/// The references that an object shows: field and target. Pointers are none, and lead nowhere.
fn shown(snapshot: &Snapshot, object: &str) -> BTreeSet<(String, String)> {
    let answer = ask(snapshot, &format!("object {object}"));
    let column = |name: &str| answer.columns.iter().find(|c| c.name == name).expect("a column of `object`");
    let (fields, values) = (column("field"), column("value"));
    let types = column("type");
    let pair = |row| match (fields.value(row), values.value(row), types.value(row)) {
        (ValueRef::Text(field), ValueRef::Address(value), ValueRef::Text(of)) if !of.ends_with('*') => {
            Some((field.to_owned(), value.to_string()))
        }
        _ => None,
    };
    (0..answer.row_count()).filter_map(pair).collect()
}

#[test]
fn references_stand_where_objects_show_them() {
    for dump in ["zoo-10.0", "zoo-8.0"] {
        let snapshot = open(dump);
        // One object of every type, as far as its elements are shown.
        let objects =
            column(&snapshot, "select first(address), mt where size < 4000 and type != 'Free' group by mt");
        assert!(objects.len() > 200, "{dump}: {} types", objects.len());
        let mut compared = 0;
        for object in objects {
            let statement = format!(
                "select field, target from refs where source = {object} and kind in ('field', 'element')"
            );
            let references: BTreeSet<(String, String)> =
                rows(&snapshot, &statement).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
            let shown = shown(&snapshot, &object);
            // What is called by an offset only has no row in the object.
            let named = references.iter().filter(|(field, _)| !field.contains('+'));
            assert!(
                named.clone().all(|pair| shown.contains(pair)),
                "{dump} {object}: {references:?}\n{shown:?}"
            );
            compared += named.count();
        }
        assert!(compared > 300, "{dump}: {compared} references");
    }
}

#[test]
fn a_long_array_tells_each_of_its_elements() {
    let snapshot = open("zoo-10.0");
    let statement =
        "select source, count from refs where kind = 'element' group by source order by count desc limit 1";
    let longest = rows(&snapshot, statement).remove(0);
    let count: usize = longest[1].parse().unwrap();
    assert!(count > 2048, "{count} elements");
    let of_it = format!("select field, target from refs where source = {}", longest[0]);
    let all = rows(&snapshot, &of_it);
    assert_eq!(all.len(), count);
    let mut fields: Vec<u64> =
        all.iter().map(|row| row[0].trim_matches(['[', ']']).parse().unwrap()).collect();
    assert!(fields.windows(2).all(|pair| pair[0] < pair[1]));
    fields.dedup();
    assert_eq!(fields.len(), count);
    for offset in [0, 1, count / 2, count - 1] {
        assert_eq!(rows(&snapshot, &format!("{of_it} limit 1 offset {offset}")), [all[offset].clone()]);
    }
}

#[test]
fn references_to_a_few_objects_are_found_whether_or_not_referrers_are_known() {
    let snapshot = open("zoo-10.0");
    let some = "select address from Zoo.Dog limit 40";
    let narrowed = format!("select source, target, kind from refs where target in ({some})");
    let before = rows(&snapshot, &narrowed);
    assert!(before.len() > 10);
    // Nothing can be narrowed by the text of an address.
    let scanned = format!(
        "select source, target, kind from refs where hex(target) in (select hex(address) from ({some}))"
    );
    assert_eq!(before, rows(&snapshot, &scanned));
    snapshot.referrers(&NoProgress).unwrap();
    assert_eq!(before, rows(&snapshot, &narrowed));
}

#[test]
fn every_reachable_object_is_retained_by_the_roots() {
    for dump in ["zoo-10.0", "zoo-3.1", "web-t1"] {
        let snapshot = open(dump);
        let reachable = rows(&snapshot, "select count, size where reachable");
        let held = rows(&snapshot, "select sum(retained) where reachable and dominator is null");
        assert_eq!(reachable[0][1], held[0][0], "{dump}");
        let from_roots = rows(&snapshot, "select count, size from reachable(select address where depth = 1)");
        assert_eq!(from_roots, reachable, "{dump}");
        // No byte counts twice in a group, so that a group of everything retains everything.
        let everything = rows(&snapshot, "select sum(retained), sum(size) where reachable is not null");
        assert_eq!(everything[0][0], everything[0][1], "{dump}");
    }
}

/// The bytes of a dump of the corpus.
fn core(dump: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{dump}.core.zst"));
    zstd::decode_all(fs::File::open(path).expect("a dump of the corpus")).expect("a zstd stream")
}

/// Where the byte of an address stands in the file of a core of 64 bits.
fn place(core: &[u8], address: u64) -> usize {
    let number = |at: usize| u64::from_le_bytes(core[at..at + 8].try_into().expect("eight bytes"));
    let (first, count) = (number(32) as usize, usize::from(core[56]) | usize::from(core[57]) << 8);
    let headers = (0..count).map(|header| first + 56 * header);
    let held = headers.map(|at| (number(at + 16), number(at + 8), number(at + 32)));
    let mut holding = held.filter(|&(start, _, bytes)| (start..start + bytes).contains(&address));
    let (start, offset, _) = holding.next().expect("the dump holds it");
    (offset + address - start) as usize
}

/// Opens the dump with one reference leading into the middle of nowhere: the first of a row of `source`, `target`, `size`.
fn with_a_dangling_reference(dump: &str, statement: &str) -> Vec<Problem> {
    let numbers = rows(&open(dump), statement).remove(0);
    let address = |text: &str| u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("an address");
    let (source, target) = (address(&numbers[0]), address(&numbers[1]));
    let size: usize = numbers[2].parse().expect("a size");
    let mut bytes = core(dump);
    let object = place(&bytes, source);
    let slots = (object + 8..object + size).step_by(8);
    let slot = slots.clone().find(|&at| bytes[at..at + 8] == target.to_le_bytes()).expect("the slot");
    bytes[slot..slot + 8].copy_from_slice(&0x1234_5678_u64.to_le_bytes());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("changed.core");
    fs::write(&path, bytes).expect("a changed dump");
    let snapshot =
        heapql::open::open(&path, &OpenOptions::default(), &NoProgress).expect("it opens").snapshot;
    let references = snapshot.references(&NoProgress).expect("references");
    references.problems.clone()
}

#[test]
fn references_of_garbage_to_what_was_swept_already_lose_nothing() {
    let statement = |held: &str| {
        format!(
            "select r.source, r.target, o.size from refs r join objects o on o.address = r.source where {held} \
             o.reachable and r.kind = 'field' and o.gen != 'frozen' limit 1"
        )
    };
    let of_garbage = with_a_dangling_reference("zoo-10.0", &statement("not"));
    assert_eq!(of_garbage.len(), 1, "{of_garbage:?}");
    assert_eq!(of_garbage[0].severity, Severity::Note);
    assert!(of_garbage[0].message.starts_with("1 references of objects that nothing holds any more"));
    let of_the_living = with_a_dangling_reference("zoo-10.0", &statement(""));
    assert_eq!(of_the_living.len(), 1, "{of_the_living:?}");
    assert_eq!(of_the_living[0].severity, Severity::Loss);
}
