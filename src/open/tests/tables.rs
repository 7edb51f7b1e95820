//! The tables of values and the statement `object`, on a process whose every value is known.

use super::open;
use crate::bytes::Addr;
use crate::graph::Snapshot;
use crate::problem::Severity;
use crate::query::{Answer, QueryError, RunOptions, ValueRef, run};
use crate::synth::{Family, Kennel};

pub fn snapshot(kennel: Kennel) -> [Snapshot; 1] {
    [open(kennel.process.dump().core().build()).unwrap().snapshot]
}

pub fn ask(dump: &[Snapshot], statement: &str) -> Answer {
    run(dump, statement, &RunOptions::default()).unwrap_or_else(|error| panic!("{statement}: {error}"))
}

fn text(value: &ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Text(text) => (*text).to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Bytes(bytes) => bytes.to_string(),
        ValueRef::Address(address) => address.to_string(),
        ValueRef::Boolean(truth) => truth.to_string(),
        ValueRef::List(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(",")),
    }
}

/// The rows of an answer, each a line.
pub fn rows(answer: &Answer) -> Vec<String> {
    let row = |row| answer.columns.iter().map(|c| text(&c.value(row))).collect::<Vec<_>>().join(" ");
    (0..answer.row_count()).map(row).collect()
}

pub fn lines(dump: &[Snapshot], statement: &str) -> Vec<String> {
    rows(&ask(dump, statement))
}

pub fn refusal(dump: &[Snapshot], statement: &str) -> (String, std::ops::Range<usize>) {
    match run(dump, statement, &RunOptions::default()) {
        Err(QueryError::Statement(diagnostic)) => (diagnostic.message, diagnostic.span),
        other => panic!("{statement}: {other:?}"),
    }
}

#[test]
fn an_object_is_shown_field_by_field_in_every_family() {
    for family in Family::ALL {
        let kennel = Kennel::new(family);
        let (dog, friend) = (Addr(kennel.dogs[3]), Addr(kennel.dogs[4]));
        let dump = snapshot(kennel);
        let answer = ask(&dump, &format!("object {dog}"));
        let heading: Vec<_> = answer.heading.iter().map(|e| (e.name.as_str(), text(&e.value(0)))).collect();
        assert_eq!(heading[0], ("type", "Zoo.Dog".to_owned()));
        assert_eq!(heading[1], ("address", dog.to_string()));
        assert_eq!(heading[2], ("size", "56".to_owned()));
        assert_eq!(heading[3].0, "gen");
        let shown = rows(&answer);
        let row =
            |field: &str| shown.iter().find(|row| row.split(' ').next() == Some(field)).unwrap().clone();
        assert!(row("Name").starts_with("Name 0 System.String 0x") && row("Name").ends_with(" Dog3"));
        assert_eq!(row("Friend"), format!("Friend 8 Zoo.Animal {friend} -"));
        assert_eq!(row("Legs"), "Legs 16 System.Int32 4 -");
        assert_eq!(row("Home.Y"), "Home.Y 36 System.Int32 -3 -");
        assert!(row("Home").starts_with("Home 32 Zoo.Point - "));
        assert!(answer.warnings.iter().all(|w| w.severity == Severity::Note), "{:?}", answer.warnings);
    }
}

#[test]
fn an_address_that_is_no_object_is_told_with_what_lies_there() {
    let kennel = Kennel::new(Family::V10_0);
    let dog = Addr(kennel.dogs[0]);
    let dump = snapshot(kennel);
    let inside = dog.offset(24);
    let (message, span) = refusal(&dump, &format!("object {inside}"));
    assert_eq!(message, format!("{inside} is no object: it lies 24 bytes inside the Zoo.Dog at {dog}"));
    assert_eq!(span, 7..7 + inside.to_string().len());
    let (message, _) = refusal(&dump, "object 0x10");
    assert_eq!(message, "0x10 is no object: it lies in no segment of the heap");
    let (message, span) = refusal(&dump, "object @2.0x10");
    assert_eq!((message.as_str(), span), ("no dump `@2` is open", 7..9));
}

#[test]
fn strings_are_counted_without_their_texts_and_read_whole() {
    let mut kennel = Kennel::new(Family::V10_0);
    kennel.string_of(&[0x61, 0, 0xd800, 0x62]);
    let dump = snapshot(kennel);
    let all = lines(&dump, "select count, size from strings");
    assert_eq!(all, lines(&dump, "select count, size where type = 'System.String'"));
    assert_eq!(
        lines(&dump, "select value, length from strings where value like 'Dog%' order by value limit 2"),
        ["Dog0 4", "Dog1 4"]
    );
    assert_eq!(lines(&dump, "select length(value), length from strings where value ~ 'a.+b'"), ["4 4"]);
    assert_eq!(lines(&dump, "select value from objects where value = 'Hidden1'"), ["Hidden1"]);
}

#[test]
fn equal_strings_are_found_with_what_they_waste() {
    let mut kennel = Kennel::new(Family::V10_0);
    for _ in 0..3 {
        kennel.string("the same");
        kennel.string("as often");
    }
    kennel.string("Dog4");
    let dump = snapshot(kennel);
    assert_eq!(
        lines(&dump, "select value, count, size, wasted from duplicates"),
        ["the same 3 114 76", "as often 3 114 76", "Dog4 2 60 30"]
    );
    assert_eq!(lines(&dump, "select sum(wasted), count(*) from duplicates where count > 2"), ["152 2"]);
}

#[test]
fn arrays_tell_their_elements_and_what_of_them_is_used() {
    let mut kennel = Kennel::new(Family::V10_0);
    let grid = kennel.process.array_of_rank(kennel.dog, 2, 8);
    // Lengths 2 and 3, lower bounds 0 and -1, then six elements.
    let dog = kennel.dogs[0];
    let words = [2 | 3 << 32, 0xffff_ffff_0000_0000, dog, 0, dog, 0, 0, dog];
    let bytes: Vec<u8> = words.iter().flat_map(|word: &u64| word.to_le_bytes()).collect();
    kennel.process.object_of(kennel.segment, grid, 6, &bytes);
    let dump = snapshot(kennel);
    let shown = lines(
        &dump,
        "select type, element_type, length, rank, lengths, used from arrays order by rank, type",
    );
    assert_eq!(
        shown,
        [
            "System.String[] System.String 3 1 [3] 2",
            "Zoo.Point[] Zoo.Point 2 1 [2] 2",
            "Zoo.Dog[,] Zoo.Dog 6 2 [2,3] 3"
        ]
    );
    assert_eq!(
        lines(&dump, "select lengths, count from arrays group by lengths order by lengths"),
        ["[2] 1", "[2,3] 1", "[3] 1"]
    );
}

#[test]
fn fields_are_listed_with_the_types_that_declare_them() {
    let dump = snapshot(Kennel::new(Family::V10_0));
    assert_eq!(
        lines(
            &dump,
            "select name, offset, field_type, static, declared_in from fields where type = 'Zoo.Cat'"
        ),
        [
            "Name 0 System.String false Zoo.Animal",
            "Friend 8 Zoo.Animal false Zoo.Animal",
            "Legs 16 System.Int32 false Zoo.Animal",
            "Fur 20 Zoo.Color false Zoo.Cat",
            "Name 24 System.String false Zoo.Cat",
            "Purr 32 System.Double false Zoo.Cat",
        ]
    );
}

#[test]
fn what_is_missing_within_objects_is_null_and_counted() {
    let mut kennel = Kennel::new(Family::V10_0);
    let (dog, text) = (kennel.dogs[2], kennel.string("a text that is missing in part"));
    kennel.string("behind it");
    let mut dump = kennel.process.dump();
    // The dog's `Home`, and the middle of the text.
    dump.memory.forget(dog + 40, dog + 48);
    dump.memory.forget(text + 32, text + 40);
    let dump = [open(dump.core().build()).unwrap().snapshot];
    let losses = |answer: &Answer| -> Vec<String> {
        let losses = answer.warnings.iter().filter(|w| w.severity == Severity::Loss);
        losses.map(|w| w.message.clone()).filter(|message| message.contains("count as null")).collect()
    };
    let object = ask(&dump, &format!("object {dog:#x}"));
    assert!(rows(&object).contains(&"Home.X 32 System.Int32 - -".to_owned()), "{:?}", rows(&object));
    let expected = format!("3 values of the object at {dog:#x} are not in the dump and count as null");
    assert_eq!(losses(&object), [expected]);
    let strings = ask(&dump, "select value, length from strings where length = 30");
    assert_eq!(rows(&strings), ["- 30"]);
    assert_eq!(
        losses(&strings),
        ["the texts of 1 objects of dump 1 are missing or damaged and count as null"]
    );
}
