//! What holds objects in the dumps of `corpus/`, against the source of the programs.

use std::collections::{BTreeMap, BTreeSet};

use heapql::clr::stack_roots::SlotName;
use heapql::graph::{Root, RootKind, Roots, Snapshot, StackRoots};
use heapql::progress::NoProgress;
use heapql::query::ValueRef;

use crate::corpus::{ask, open};

/// Kind, type and name of roots, and how many there are of each.
type Counts = BTreeMap<(String, String, String), i128>;

fn counts(snapshot: &Snapshot, condition: &str) -> Counts {
    let statement =
        format!("select kind, type, name, count from roots where {condition} group by kind, type, name");
    let answer = ask(snapshot, &statement);
    let text = |column: usize, row| match answer.columns[column].value(row) {
        ValueRef::Text(text) => text.to_owned(),
        ValueRef::Null => String::new(),
        other => panic!("a text expected: {other:?}"),
    };
    let count = |row| match answer.columns[3].value(row) {
        ValueRef::Integer(count) => count,
        other => panic!("a number expected: {other:?}"),
    };
    (0..answer.row_count()).map(|row| ((text(0, row), text(1, row), text(2, row)), count(row))).collect()
}

fn roots(snapshot: &Snapshot) -> std::sync::Arc<Roots> {
    snapshot.roots(&NoProgress).expect("a heap")
}

/// What the program of the zoo dumps holds by other things than fields.
fn assert_zoo(dump: &str) {
    let snapshot = open(dump);
    let counts = counts(&snapshot, "type like 'Zoo.%'");
    for (kind, of, name, least) in [
        ("static", "Zoo.Locked", "Zoo.Program.contended", 1),
        ("static", "Zoo.Point", "Zoo.Statics.Pt", 1),
        ("static", "Zoo.Dog", "Dynamic.Kept.Shared", 1),
        ("static", "Zoo.Dog", "Dynamic.Collectible.Shared", 1),
        ("thread_static", "Zoo.Cat", "Zoo.Statics.MyAnimal", 1),
        ("thread_static", "Zoo.Dog", "Zoo.Outer<Zoo.Dog>.PerThread", 4),
        ("thread_static", "Zoo.Tagged", "Zoo.Statics.MyTagged", 4),
        ("strong_handle", "Zoo.HandleHeld", "", 2),
        ("dependent_handle", "Zoo.Attached", "", 2),
        ("finalizer_queue", "Zoo.Finalizable", "", 20),
        ("finalizable", "Zoo.Finalizable", "", 50),
        ("stack", "Zoo.StackHeld", "Zoo.Program.MainWait", 2),
        ("stack", "Zoo.StackHeld", "Zoo.Program.Deeper", 9),
        ("stack", "Zoo.StackHeld", "Zoo.Program.Worker", 3),
        ("stack", "Zoo.Person", "Zoo.Program.MainWait", 1),
    ] {
        let key = (kind.to_owned(), of.to_owned(), name.to_owned());
        let count = counts.get(&key).copied().unwrap_or(0);
        assert!(count >= least, "{dump}: {key:?}: {count} roots instead of {least}; all are {counts:#?}");
    }
    // Weak handles hold nothing.
    assert!(!counts.keys().any(|(_, of, _)| of == "Zoo.OnlyWeak"), "{counts:#?}");
}

#[test]
fn the_zoo_is_held_as_its_source_says() {
    assert_zoo("zoo-10.0");
    assert_zoo("zoo-8.0");
}

#[test]
fn a_dump_without_metadata_has_the_same_kinds_of_roots() {
    let snapshot = open("zoo-3.1");
    let kinds = roots(&snapshot).all.iter().fold(BTreeMap::new(), |mut kinds, root| {
        *kinds.entry(root.kind.word()).or_insert(0) += 1;
        kinds
    });
    for kind in ["static", "thread_static", "stack", "strong_handle", "pinned_handle", "finalizer_queue"] {
        assert!(kinds.contains_key(kind), "{kind} is not among {kinds:?}");
    }
}

#[test]
fn roots_are_the_same_for_every_number_of_threads() {
    let found = |threads: usize| {
        let pool = rayon_pool(threads);
        let snapshot = open("zoo-10.0");
        pool.install(|| roots(&snapshot))
    };
    let one = found(1);
    for threads in [2, 5] {
        let many = found(threads);
        assert_eq!(one.all, many.all);
        assert_eq!((&one.slots_of_statics, &one.frozen), (&many.slots_of_statics, &many.frozen));
    }
}

fn rayon_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool")
}

#[test]
fn statics_are_found_by_the_slots_of_the_arrays_that_hold_them() {
    for dump in ["zoo-10.0", "zoo-8.0"] {
        let snapshot = open(dump);
        let roots = roots(&snapshot);
        let kennel = roots.all.iter().find(|root| root.name.as_deref() == Some("Zoo.Program.contended"));
        let slot = kennel.and_then(|root| root.address).expect("a static with a slot");
        let &(array, _) =
            roots.slots_of_statics.iter().find(|&&(_, at)| at == slot).expect("a slot in an array");
        let named = roots.static_in(array, slot).and_then(|root| root.name.as_deref());
        assert_eq!(named, Some("Zoo.Program.contended"), "{dump}");
        assert!(roots.static_in(array, slot.offset(1)).is_none());
    }
}

#[test]
fn entries_are_what_keeps_alive_and_what_is_frozen() {
    let snapshot = open("zoo-10.0");
    let roots = roots(&snapshot);
    let entries = roots.entries();
    assert!(entries.is_sorted_by(|a, b| a < b), "ascending, each once");
    let frozen: usize = roots.frozen.iter().map(|range| range.len()).sum();
    assert!(frozen > 0 && entries.iter().filter(|&&id| roots.is_frozen(id)).count() == frozen);
    for root in &roots.all {
        assert!(!root.keeps_alive || entries.binary_search(&root.object).is_ok(), "{root:?}");
    }
    // The statics of a type that can be unloaded live as long as its loader allocator.
    let collectible = roots.all.iter().find(|r| r.name.as_deref() == Some("Dynamic.Collectible.Shared"));
    assert!(collectible.is_some_and(|root| root.kind == RootKind::Static && !root.keeps_alive));
}

/// The roots on stacks, by thread and object.
fn on_stacks(dump: &str, setting: StackRoots) -> Vec<Root> {
    let mut snapshot = open(dump);
    snapshot.stack_roots = setting;
    roots(&snapshot).all.iter().filter(|root| root.kind == RootKind::Stack).cloned().collect()
}

#[test]
fn precise_roots_are_among_those_of_a_conservative_search() {
    for dump in ["zoo-10.0", "zoo-8.0", "zoo-3.1", "web-t2"] {
        let key = |root: &Root| (root.os_id, root.object);
        let conservative = on_stacks(dump, StackRoots::Conservative);
        let all: BTreeSet<_> = conservative.iter().map(key).collect();
        let precise = on_stacks(dump, StackRoots::Precise);
        let lost: Vec<&Root> = precise.iter().filter(|root| !all.contains(&key(root))).collect();
        assert!(lost.is_empty(), "{dump}: {lost:#?}");
        assert!(!precise.is_empty() && precise.len() < conservative.len(), "{dump}");
        assert!(conservative.iter().all(|root| !root.certain && root.slot.is_none()), "{dump}");
    }
}

#[test]
fn precise_roots_are_called_by_their_frames_and_slots() {
    let precise = on_stacks("zoo-10.0", StackRoots::Precise);
    assert!(precise.iter().all(|root| root.certain && root.frame.is_some() && root.slot.is_some()));
    let of = |name: &str| -> Vec<String> {
        let slots = precise.iter().filter(|root| root.name.as_deref() == Some(name));
        slots.map(|root| root.slot.map(|slot| slot.to_string()).unwrap_or_default()).collect()
    };
    // Its arguments and locals, in the frame of unoptimized code.
    assert_eq!(of("Zoo.Program.MainWait"), ["rbp-0x28", "rbp-0x20", "rbp-0x18", "rbp-0x10", "rbp-0x8"]);
    assert!(precise.iter().any(|root| root.slot == Some(SlotName::itself("rbx"))), "a register");
}

#[test]
fn stacks_can_be_left_out() {
    let mut snapshot = open("zoo-10.0");
    snapshot.stack_roots = StackRoots::None;
    let roots = roots(&snapshot);
    assert!(roots.all.iter().all(|root| root.kind != RootKind::Stack));
    assert!(roots.problems.iter().any(|problem| problem.message.contains("stacks are left out")));
}
