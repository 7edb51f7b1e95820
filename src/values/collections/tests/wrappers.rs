//! Collections that hold what others hold.

use crate::values::collections::{CollectionShapes, Damage};

use super::arrays::list_types;
use super::world::{Of, World};

const LIST_OF_INT: &str = "System.Collections.Generic.IList<System.Int32>";

#[test]
fn a_wrapper_gives_the_items_of_the_list_and_leaves_it_its_room() {
    let mut world = World::new();
    let (list, ints) = list_types(&mut world);
    let array = world.numbers(ints, [1, 2, 0, 0]);
    let list = world.object(list, &[array.0 as i64, 2]);
    let inner = world.class("ReadOnlyCollection", &[("list", Of::Named(LIST_OF_INT))]);
    let inner = world.object(inner, &[list.0 as i64]);
    let outer = world.class("Collection", &[("items", Of::Named(LIST_OF_INT))]);
    let outer = world.object(outer, &[inner.0 as i64]);
    assert_eq!(world.items(outer).0, ["1", "2"]);
    let summary = world.summary(outer).unwrap();
    assert_eq!((&*summary.shape, summary.count, summary.capacity), ("Collection", 2, Some(4)));
    assert_eq!((summary.wasted, summary.backing_bytes), (0, 0));
}

#[test]
fn a_wrapper_may_hold_an_array() {
    let mut world = World::new();
    let ints = world.array_type(Of::Int);
    let array = world.numbers(ints, [4, 5, 6]);
    let wrapper = world.class("ReadOnlyCollection", &[("list", Of::Named(LIST_OF_INT))]);
    let wrapper = world.object(wrapper, &[array.0 as i64]);
    assert_eq!(world.items(wrapper).0, ["4", "5", "6"]);
    assert_eq!(world.summary(wrapper).unwrap().count, 3);
}

#[test]
fn a_wrapper_of_itself_ends() {
    let mut world = World::new();
    let wrapper = world.class("Collection", &[("items", Of::Named(LIST_OF_INT))]);
    let wrapper = world.object(wrapper, &[0]);
    assert_eq!(world.items(wrapper).1, Default::default());
    world.set(wrapper, "items", wrapper.0 as i64);
    assert_eq!(world.items(wrapper).1.damage, Some(Damage::TooDeep(wrapper)));
    assert_eq!(world.summary(wrapper), Err(Damage::TooDeep(wrapper)));
}

#[test]
fn a_wrapper_of_what_is_unknown_says_so() {
    let mut world = World::new();
    let own = world.class("OwnList", &[("what", Of::Int)]);
    let own = world.object(own, &[1]);
    let wrapper = world.class("Collection", &[("items", Of::Named(LIST_OF_INT))]);
    let wrapper = world.object(wrapper, &[own.0 as i64]);
    let damage = Damage::NotACollection { object: own, type_name: "OwnList".into() };
    assert_eq!(world.items(wrapper).1.damage, Some(damage.clone()));
    // For a table of collections it is none.
    assert_eq!(world.known_summary(wrapper), None);
    assert_eq!(
        damage.to_string(),
        format!("the OwnList at {own} that it wraps is no collection that is known")
    );
}

#[test]
fn what_the_wrapped_collection_lost_the_wrapper_lost() {
    let mut world = World::new();
    let (list, ints) = list_types(&mut world);
    let array = world.numbers(ints, [1, 2, 3]);
    world.lose(array.offset(16), 4);
    let list = world.object(list, &[array.0 as i64, 3]);
    let wrapper = world.class("Collection", &[("items", Of::Named(LIST_OF_INT))]);
    let wrapper = world.object(wrapper, &[list.0 as i64]);
    let (items, end) = world.items(wrapper);
    assert_eq!((items.len(), end.missing), (2, 1));
    assert!(end.damage.is_some());
}

#[test]
fn a_queue_of_two_stacks_turns_the_second() {
    let mut world = World::new();
    let stack = world.node("ImmutableStack", &["_tail"], &[("_head", Of::Int)]);
    let fields = [
        ("_backwards", Of::Ref(stack)),
        ("_forwards", Of::Ref(stack)),
        ("_backwardsReversed", Of::Ref(stack)),
    ];
    let queue = world.class("ImmutableQueue", &fields);
    let empty = world.object(stack, &[0, 0]).0 as i64;
    let push = |world: &mut World, on, value| world.object(stack, &[on, value]).0 as i64;
    let forwards = push(&mut world, empty, 2);
    let forwards = push(&mut world, forwards, 1);
    let backwards = push(&mut world, empty, 3);
    let backwards = push(&mut world, backwards, 4);
    let queue = world.object(queue, &[backwards, forwards, 0]);
    assert_eq!(world.items(queue).0, ["1", "2", "3", "4"]);
    assert_eq!(world.summary(queue).unwrap().count, 4);
}

#[test]
fn entries_behind_references_tell_keys_values_and_details() {
    let own = r#"{"form": 1, "shapes": [{
        "name": "Cache", "fields": {"entries": "array", "limit": "integer"},
        "items": {"array": "entries", "live": ["this != null"], "key": "name", "value": "data.content",
                  "details": {"age": "age"}}}]}"#;
    let mut world = World::with(CollectionShapes::default().with_text(own).unwrap());
    let data = world.class("Data", &[("_content", Of::Long)]);
    let entry = world.class("Entry", &[("_name", Of::Int), ("_age", Of::Int), ("_data", Of::Ref(data))]);
    let (entries, content) = (world.array_type(Of::Ref(entry)), world.object(data, &[77]));
    let first = world.object(entry, &[1, 30, content.0 as i64]).0 as i64;
    let without_data = world.object(entry, &[2, 40, 0]).0 as i64;
    let array = world.numbers(entries, [first, 0, without_data]);
    let cache = world.class("MyCache", &[("m_entries", Of::Ref(entries)), ("Limit", Of::Int)]);
    let cache = world.object(cache, &[array.0 as i64, 9]);
    assert_eq!(world.items(cache).0, ["1: 77, age 30"]);
}

#[test]
fn a_cache_keeps_the_keys_of_its_dictionary() {
    let own = r#"{"form": 1, "shapes": [{
        "name": "Cache", "fields": {"entries": "reference", "limit": "integer"},
        "items": {"wraps": "entries", "value": "content", "details": {"age": "age"}}}]}"#;
    let mut world = World::with(CollectionShapes::default().with_text(own).unwrap());
    let entry = world.class("Entry", &[("_content", Of::Long), ("_age", Of::Int)]);
    let (entries, ints) = (world.array_type(Of::Ref(entry)), world.array_type(Of::Int));
    let fields = [
        ("keys", Of::Ref(ints)),
        ("values", Of::Ref(entries)),
        ("_size", Of::Int),
        ("version", Of::Int),
        ("comparer", Of::Object),
    ];
    let list = world.class("SortedList", &fields);
    let (one, two) = (world.object(entry, &[10, 1]).0 as i64, world.object(entry, &[20, 2]).0 as i64);
    let (keys, values) = (world.numbers(ints, [1, 2]), world.numbers(entries, [one, two]));
    let cache = world.class("Cache", &[("_entries", Of::Ref(list)), ("_limit", Of::Int)]);
    let list = world.object(list, &[keys.0 as i64, values.0 as i64, 2]);
    let cache = world.object(cache, &[list.0 as i64, 9]);
    assert_eq!(world.items(cache).0, ["1: 10, age 1", "2: 20, age 2"]);
}
