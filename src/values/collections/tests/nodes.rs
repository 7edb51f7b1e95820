//! Chains and trees.

use crate::bytes::Addr;
use crate::values::collections::Damage;

use super::world::{Of, World};

/// A linked list of that many nodes: itself and the nodes.
pub(super) fn linked_list(world: &mut World, values: &[i64]) -> (Addr, Vec<Addr>) {
    let node = world.node("LinkedListNode", &["next", "prev"], &[("item", Of::Int)]);
    let list =
        world.class("LinkedList", &[("head", Of::Ref(node)), ("count", Of::Int), ("version", Of::Int)]);
    let nodes: Vec<Addr> = values.iter().map(|&value| world.object(node, &[0, 0, value])).collect();
    for (at, next) in nodes.iter().zip(nodes.iter().cycle().skip(1)) {
        world.set(*at, "next", next.0 as i64);
        world.set(*next, "prev", at.0 as i64);
    }
    let head = nodes.first().map_or(0, |n| n.0 as i64);
    (world.object(list, &[head, values.len() as i64]), nodes)
}

#[test]
fn a_linked_list_ends_where_it_began() {
    let mut world = World::new();
    let (list, _) = linked_list(&mut world, &[3, 1, 2]);
    let (items, end) = world.items(list);
    assert_eq!((items.join(" ").as_str(), end.damage), ("3 1 2", None));
    let summary = world.summary(list).unwrap();
    assert_eq!((summary.count, summary.capacity, summary.wasted, summary.fill()), (3, None, 0, None));
    let (empty, _) = linked_list(&mut world, &[]);
    assert_eq!(world.items(empty).1, Default::default());
}

#[test]
fn a_linked_list_that_leads_into_its_middle_ends_as_well() {
    let mut world = World::new();
    let (list, nodes) = linked_list(&mut world, &(0..100).collect::<Vec<_>>());
    world.set(nodes[99], "next", nodes[50].0 as i64);
    let (items, end) = world.items(list);
    assert_eq!((items.len(), end.damage), (100, Some(Damage::Cycle(nodes[50]))));
}

#[test]
fn what_hangs_on_a_missing_node_is_counted_as_missing() {
    let mut world = World::new();
    let (list, nodes) = linked_list(&mut world, &(0..10).collect::<Vec<_>>());
    world.lose(nodes[4], 8);
    let (items, end) = world.items(list);
    assert_eq!((items.len(), end.missing), (4, 6));
    assert!(matches!(end.damage, Some(Damage::Missing(_))));
}

/// A table of chains in the form that 5.0 to 7.0 have.
pub(super) fn concurrent_dictionary(world: &mut World) -> (Addr, Vec<Addr>) {
    let node =
        world.node("Node", &["_next"], &[("_key", Of::Int), ("_value", Of::Long), ("_hashcode", Of::Int)]);
    let (buckets, ints) = (world.array_type(Of::Ref(node)), world.array_type(Of::Int));
    let tables = world.class("Tables", &[("_buckets", Of::Ref(buckets)), ("_countPerLock", Of::Ref(ints))]);
    let fields = [("_tables", Of::Ref(tables)), ("_budget", Of::Int), ("_growLockArray", Of::Bool)];
    let dictionary = world.class("ConcurrentDictionary", &fields);
    let last = world.object(node, &[0, 3, 30]);
    let first = world.object(node, &[last.0 as i64, 1, 10]);
    let alone = world.object(node, &[0, 2, 20]);
    let array = world.numbers(buckets, [first.0 as i64, 0, alone.0 as i64]);
    let counts = world.numbers(ints, [2, 1]);
    let tables = world.object(tables, &[array.0 as i64, counts.0 as i64]);
    (world.object(dictionary, &[tables.0 as i64, 5]), vec![first, last, alone])
}

#[test]
fn a_table_of_chains_gives_every_node() {
    let mut world = World::new();
    let (dictionary, _) = concurrent_dictionary(&mut world);
    assert_eq!(world.items(dictionary).0, ["1: 10", "3: 30", "2: 20"]);
    let summary = world.summary(dictionary).unwrap();
    assert_eq!((summary.count, summary.capacity, summary.wasted), (3, None, 0));
    assert_eq!(summary.backing.len(), 1);
}

#[test]
fn a_damaged_chain_does_not_take_the_next_with_it() {
    let mut world = World::new();
    let (dictionary, nodes) = concurrent_dictionary(&mut world);
    world.set(nodes[1], "_next", nodes[0].0 as i64);
    let (items, end) = world.items(dictionary);
    assert_eq!((items.len(), end.missing, end.damage), (3, 0, Some(Damage::Cycle(nodes[0]))));
    world.lose(nodes[0], 8);
    let (items, end) = world.items(dictionary);
    assert_eq!((items, end.missing), (vec!["2: 20".to_owned()], 2));
}

#[test]
fn a_dictionary_whose_tables_were_never_made_is_empty() {
    let mut world = World::new();
    let (dictionary, _) = concurrent_dictionary(&mut world);
    world.set(dictionary, "_tables", 0);
    assert_eq!(world.items(dictionary).1, Default::default());
    assert_eq!(world.summary(dictionary).unwrap().count, 0);
}

/// A sorted set over a tree of three nodes, and these.
pub(super) fn sorted_set(world: &mut World) -> (Addr, [Addr; 3]) {
    let links = ["<Left>k__BackingField", "<Right>k__BackingField"];
    let node = world.node("Node", &links, &[("<Item>k__BackingField", Of::Int)]);
    let fields =
        [("root", Of::Ref(node)), ("comparer", Of::Object), ("count", Of::Int), ("version", Of::Int)];
    let set = world.class("SortedSet", &fields);
    let (low, high) = (world.object(node, &[0, 0, 1]), world.object(node, &[0, 0, 3]));
    let root = world.object(node, &[low.0 as i64, high.0 as i64, 2]);
    (world.object(set, &[root.0 as i64, 0, 3]), [low, root, high])
}

#[test]
fn a_tree_is_walked_in_order() {
    let mut world = World::new();
    let (set, _) = sorted_set(&mut world);
    assert_eq!(world.items(set).0, ["1", "2", "3"]);
    assert_eq!(world.first_items(set, 1).0, ["1"]);
    assert_eq!(world.summary(set).unwrap().capacity, None);
}

#[test]
fn a_tree_that_grows_into_itself_is_damage() {
    let mut world = World::new();
    let (set, [low, root, _]) = sorted_set(&mut world);
    world.set(low, "<Left>k__BackingField", root.0 as i64);
    let (items, end) = world.items(set);
    assert_eq!((items.len(), end.missing, end.damage), (3, 0, Some(Damage::Cycle(root))));
}

#[test]
fn a_missing_node_takes_its_side_of_the_tree() {
    let mut world = World::new();
    let (set, [low, ..]) = sorted_set(&mut world);
    world.lose(low, 16);
    let (items, end) = world.items(set);
    assert_eq!((items, end.missing), (vec!["2".to_owned(), "3".to_owned()], 1));
    let root = world.object(Addr(0x7f00_0000), &[]);
    world.set(set, "root", root.0 as i64 + (1 << 40));
    let (items, end) = world.items(set);
    assert_eq!((items.len(), end.missing), (0, 3));
}

#[test]
fn a_tree_like_a_list_is_walked_without_recursion() {
    let mut world = World::new();
    let (set, [_, root, high]) = sorted_set(&mut world);
    let node = Addr(0x7f00_0000);
    let mut deepest = high;
    for value in 4..50_000 {
        let next = world.object(node, &[0, 0, value]);
        world.set(deepest, "<Left>k__BackingField", next.0 as i64);
        deepest = next;
    }
    world.set(root, "<Left>k__BackingField", 0);
    assert_eq!(world.items(set).1.given, 2 + 50_000 - 4);
}

#[test]
fn empty_nodes_of_an_immutable_tree_are_no_items() {
    let mut world = World::new();
    let fields = [("_key", Of::Int), ("_height", Of::Int), ("_count", Of::Int)];
    let node = world.node("Node", &["_left", "_right"], &fields);
    let list = world.class("ImmutableList", &[("_root", Of::Ref(node))]);
    let empty = world.object(node, &[0, 0, 0, 0, 0]).0 as i64;
    let left = world.object(node, &[empty, empty, 5, 1, 1]).0 as i64;
    let root = world.object(node, &[left, empty, 6, 2, 2]).0 as i64;
    let full = world.object(list, &[root]);
    // The empty node stands at several places of the tree: that is no cycle.
    let (items, end) = world.items(full);
    assert_eq!((items.join(" ").as_str(), end.damage), ("5 6", None));
    assert_eq!(world.summary(full).unwrap().count, 2);
    let none = world.object(list, &[empty]);
    assert_eq!(world.items(none).1, Default::default());
}

/// A tree of two nodes, in one of which two keys have the same hash code.
pub(super) fn immutable_dictionary(world: &mut World) -> Addr {
    let pair = world.value_type("KeyValuePair", &[("key", Of::Int), ("value", Of::Int)]);
    let more = world.node("Node", &["_left", "_right"], &[("_key", Of::Struct(pair))]);
    let bucket = world.value_type(
        "HashBucket",
        &[("_firstValue", Of::Struct(pair)), ("_additionalElements", Of::Ref(more))],
    );
    let fields = [("_key", Of::Int), ("_value", Of::Struct(bucket))];
    let node = world.node("SortedInt32KeyNode", &["_left", "_right"], &fields);
    let fields = [("_count", Of::Int), ("_root", Of::Ref(node)), ("_comparers", Of::Object)];
    let dictionary = world.class("ImmutableDictionary", &fields);
    let empty_more = world.object(more, &[0, 0]).0 as i64;
    let other = world.object(more, &[empty_more, empty_more, 2, 20]).0 as i64;
    let empty = world.object(node, &[0, 0]).0 as i64;
    let low = world.object(node, &[empty, empty, 7, 1, 10, other]).0 as i64;
    let root = world.object(node, &[low, empty, 9, 3, 30, 0]).0 as i64;
    world.object(dictionary, &[3, root])
}

#[test]
fn equal_hash_codes_hang_on_the_first_of_them() {
    let mut world = World::new();
    let dictionary = immutable_dictionary(&mut world);
    assert_eq!(world.items(dictionary).0, ["1: 10", "2: 20", "3: 30"]);
}

#[test]
fn a_stack_of_its_own_kind_ends_with_the_empty_one() {
    let mut world = World::new();
    let stack = world.node("ImmutableStack", &["_tail"], &[("_head", Of::Int)]);
    let empty = world.object(stack, &[0, 0]);
    let one = world.object(stack, &[empty.0 as i64, 1]);
    let two = world.object(stack, &[one.0 as i64, 2]);
    assert_eq!(world.items(two).0, ["2", "1"]);
    assert_eq!(world.summary(two).unwrap().count, 2);
    assert_eq!(world.summary(empty).unwrap().count, 0);
    world.set(empty, "_tail", two.0 as i64);
    let (items, end) = world.items(two);
    assert_eq!((items.len(), end.damage.clone()), (3, Some(Damage::Cycle(two))));
    assert_eq!(world.summary(two), Err(Damage::Cycle(two)));
}

/// A table of three entries, one of them with a living key; and the handle to that.
pub(super) fn weak_table(world: &mut World) -> (Addr, Addr) {
    let handle = world.value_type("DependentHandle", &[("_handle", Of::Long)]);
    let entry = world
        .value_type("Entry", &[("depHnd", Of::Struct(handle)), ("HashCode", Of::Int), ("Next", Of::Int)]);
    let entries = world.array_type(Of::Struct(entry));
    let container = world.class("Container", &[("_entries", Of::Ref(entries)), ("_firstFreeEntry", Of::Int)]);
    let table =
        world.class("ConditionalWeakTable", &[("_lock", Of::Object), ("_container", Of::Ref(container))]);
    let longs = world.array_type(Of::Long);
    // Handles: one of a living key, one whose key is gone; secondaries behind them.
    let slots = world.numbers(longs, [4096, 0, 8192, 0]).offset(16);
    world.secondaries.insert(slots, slots.offset(16));
    let (living, dead) = (slots.0 as i64, slots.0 as i64 + 8);
    let array = world.array(entries, &[&[living, 1, -1], &[dead, 2, -1], &[0, -1, -1], &[0; 3]]);
    let container = world.object(container, &[array.0 as i64, 3]);
    (world.object(table, &[0, container.0 as i64]), slots)
}

#[test]
fn a_weak_table_gives_the_pairs_whose_key_lives() {
    let mut world = World::new();
    let (table, slots) = weak_table(&mut world);
    assert_eq!(world.items(table).0, ["4096: 8192"]);
    let summary = world.summary(table).unwrap();
    assert_eq!((summary.count, summary.capacity), (1, Some(4)));
    world.secondaries.clear();
    let (items, end) = world.items(table);
    assert_eq!((items.len(), end.missing), (0, 1));
    assert_eq!(end.damage, Some(Damage::NotADependentHandle(slots)));
}
