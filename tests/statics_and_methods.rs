//! Statics, exceptions and delegates of the corpus's zoo are what its program made them.

use std::collections::BTreeMap;

use heapql::bytes::Addr;
use heapql::clr::statics::{NoSlot, StaticSlot, statics};
use heapql::graph::Snapshot;
use heapql::query::ValueRef;
use heapql::values::{ExceptionDetails, Value, Values};

use crate::corpus::{ask, open};

fn values(snapshot: &Snapshot) -> &Values {
    snapshot.values.as_ref().expect("a dump with a heap")
}

/// The slots of a field, by thread.
fn slots<'a>(values: &Values, all: &'a [StaticSlot], of: &str, field: &str) -> Vec<&'a StaticSlot> {
    let is_meant =
        |slot: &&StaticSlot| &*slot.field.name == field && &*values.types().name(slot.method_table) == of;
    all.iter().filter(is_meant).collect()
}

/// What lies in a slot that there must be.
fn content(values: &Values, slot: &StaticSlot) -> Value {
    let address = slot.address.expect("a slot");
    if slot.field.by_reference {
        return Value::Reference(values.types().memory().pointer(address).unwrap());
    }
    values.read(address, &slot.field.field_type.shape).unwrap()
}

fn referred(values: &Values, slot: &StaticSlot) -> Addr {
    match content(values, slot) {
        Value::Reference(object) => object,
        other => panic!("a reference expected: {other:?}"),
    }
}

fn referred_type(values: &Values, slot: &StaticSlot) -> String {
    values.types().name(values.types().type_of(referred(values, slot)).unwrap()).to_string()
}

/// Checks what `Zoo.Statics`, `Zoo.Outer<T>` and the dynamic types hold, by apps' source.
fn assert_statics(dump: &str) {
    let snapshot = open(dump);
    let values = values(&snapshot);
    let all = statics(values.types());
    let one = |of: &str, field: &str| match slots(values, &all, of, field)[..] {
        [slot] => slot,
        ref several => panic!("{dump}: {of}.{field} has {} slots", several.len()),
    };
    assert_eq!(content(values, one("Zoo.Statics", "Number")), Value::Integer(77), "{dump}");
    assert_eq!(content(values, one("Zoo.Statics", "Col")), Value::Integer(200), "{dump}");
    assert_eq!(content(values, one("Zoo.Statics", "Dbl")), Value::Double(2.5), "{dump}");
    let text = referred(values, one("Zoo.Statics", "Text"));
    assert_eq!(values.string(text).unwrap(), "static text", "{dump}");
    assert_eq!(referred_type(values, one("Zoo.Statics", "Tg")), "Zoo.Tagged", "{dump}: in its box");
    for argument in ["System.Int32", "Zoo.Animal", "Zoo.Dog"] {
        let cache = one(&format!("Zoo.Outer<{argument}>"), "Cache");
        let list = format!("System.Collections.Generic.List<{argument}>");
        assert_eq!(referred_type(values, cache), list, "{dump}");
    }
    for of in ["Dynamic.Kept", "Dynamic.Collectible"] {
        assert_eq!(referred_type(values, one(of, "Shared")), "Zoo.Dog", "{dump}: {of}");
    }
    assert!(
        slots(values, &all, "Zoo.Outer<System.__Canon>", "Cache").is_empty(),
        "shared code has no statics"
    );
    assert_eq!(one("Zoo.Outer<Zoo.StackHeld>", "Cache").address, Err(NoSlot::NotAllocated), "never used");
    assert_thread_statics(dump, values, &all);
}

/// The main thread and the three workers have set theirs, and nobody else.
fn assert_thread_statics(dump: &str, values: &Values, all: &[StaticSlot]) {
    let numbers: BTreeMap<u32, Value> = slots(values, all, "Zoo.Statics", "MyNumber")
        .into_iter()
        .map(|slot| (slot.thread.unwrap(), content(values, slot)))
        .collect();
    let mut set: Vec<&Value> = numbers.values().collect();
    set.sort_by_key(|value| format!("{value:?}"));
    assert_eq!(set, [1000, 1001, 1002, 11].map(Value::Integer).iter().collect::<Vec<_>>(), "{dump}");
    let dogs = slots(values, all, "Zoo.Outer<Zoo.Dog>", "PerThread");
    let threads: Vec<u32> = dogs.iter().filter_map(|slot| slot.thread).collect();
    assert_eq!(threads, numbers.keys().copied().collect::<Vec<_>>(), "{dump}");
    assert!(dogs.iter().all(|slot| referred_type(values, slot) == "Zoo.Dog"), "{dump}");
}

#[test]
fn statics_of_every_kind_hold_what_the_program_put_there() {
    assert_statics("zoo-10.0");
    assert_statics("zoo-8.0");
}

#[test]
fn statics_are_the_same_for_any_number_of_threads() {
    let snapshot = open("zoo-10.0");
    let listed = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let slots = pool.install(|| statics(values(&snapshot).types()));
        slots.iter().map(|slot| format!("{slot:?}")).collect::<Vec<_>>()
    };
    let single = listed(1);
    assert!(single.len() > 1000);
    assert_eq!(single, listed(4));
}

/// The objects that a statement gives in its first column.
fn objects(snapshot: &Snapshot, statement: &str) -> Vec<Addr> {
    let answer = ask(snapshot, statement);
    let address = |row| match answer.columns[0].value(row) {
        ValueRef::Address(address) => address,
        other => panic!("an address expected: {other:?}"),
    };
    (0..answer.row_count()).map(address).collect()
}

/// All exceptions, by message.
fn exceptions(snapshot: &Snapshot) -> BTreeMap<String, ExceptionDetails> {
    let values = values(snapshot);
    let all = objects(snapshot, "select address from objects");
    let details = all.into_iter().filter_map(|object| values.exception(object).unwrap());
    details.filter_map(|details| Some((details.message.clone().unwrap()?, details))).collect()
}

fn methods(details: &ExceptionDetails) -> Vec<&str> {
    let frames = details.stack.as_ref().unwrap();
    frames.iter().map(|frame| frame.method.as_deref().unwrap_or("?")).collect()
}

#[test]
fn exceptions_tell_message_number_cause_and_stack() {
    for (dump, thrower) in [("zoo-10.0", "Zoo.Program.Thrown"), ("zoo-8.0", "Zoo.Program.Thrown")] {
        let snapshot = open(dump);
        let all = exceptions(&snapshot);
        let outer = &all["outer message"];
        assert_eq!(outer.hresult, Ok(Some(0x8013_1500)), "{dump}");
        assert_eq!(methods(outer), [thrower], "{dump}");
        let inner = values(&snapshot).exception(outer.inner.unwrap().unwrap()).unwrap().unwrap();
        assert_eq!(inner.message.as_ref().unwrap().as_deref(), Some("inner message"), "{dump}");
        assert_eq!(inner.inner, Ok(None), "{dump}");
        let in_task = methods(&all["in task"]);
        assert_eq!(in_task[0], "Zoo.Program+<>c.<Thrown>b__26_0", "{dump}");
        assert!(in_task[1].starts_with("System.Threading.Tasks.Task"), "{dump}: {in_task:?}");
        assert!(all["never thrown"].stack.as_ref().unwrap().is_empty(), "{dump}");
    }
}

#[test]
fn exceptions_without_metadata_are_read_by_the_runtime_s_own_offsets() {
    let all = exceptions(&open("zoo-3.1"));
    let outer = &all["outer message"];
    assert_eq!(outer.hresult, Ok(Some(0x8013_1500)));
    assert_eq!(methods(outer), ["zoo.dll!06000051"]);
    assert!(outer.inner.unwrap().is_some());
}

#[test]
fn delegates_tell_what_they_call() {
    for dump in ["zoo-10.0", "zoo-8.0"] {
        let snapshot = open(dump);
        let values = values(&snapshot);
        let mut called: BTreeMap<String, usize> = BTreeMap::new();
        let all = objects(&snapshot, "select address from objects");
        for target in all.into_iter().flat_map(|object| values.delegate(object).unwrap()) {
            let method = target.method.unwrap_or_else(|| panic!("{dump}: a method that cannot be told"));
            let on = target.target.map(|on| values.types().name(values.types().type_of(on).unwrap()));
            *called.entry(format!("{method} on {}", on.as_deref().unwrap_or("nothing"))).or_default() += 1;
        }
        // A hundred single ones, and the combined one of the event that calls them all; what the event held before
        // may not have been collected.
        assert!(called["Zoo.Subscriber.OnChanged on Zoo.Subscriber"] >= 200, "{dump}: {called:#?}");
        for one in [
            "System.Console.WriteLine on nothing",
            "DynamicClass.Emitted on nothing",
            "Zoo.Program.Noop on nothing",
        ] {
            assert!(called.contains_key(one), "{dump} lacks {one}: {called:#?}");
        }
    }
}
