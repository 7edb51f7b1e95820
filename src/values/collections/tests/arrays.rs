//! Lists, tables and rings.

use crate::bytes::Addr;
use crate::values::collections::Damage;

use super::world::{Of, World};

/// The type of `List<int>` and of its array.
pub(super) fn list_types(world: &mut World) -> (Addr, Addr) {
    let ints = world.array_type(Of::Int);
    (world.class("List", &[("_items", Of::Ref(ints)), ("_size", Of::Int), ("_version", Of::Int)]), ints)
}

pub(super) fn list(world: &mut World, size: i64, items: impl IntoIterator<Item = i64>) -> (Addr, Addr) {
    let (list, ints) = list_types(world);
    let array = world.numbers(ints, items);
    (world.object(list, &[array.0 as i64, size]), array)
}

#[test]
fn a_list_gives_its_items_and_what_its_room_costs() {
    let mut world = World::new();
    let (list, array) = list(&mut world, 3, [7, 8, 9, 0, 0, 0, 0, 0]);
    let (items, end) = world.items(list);
    assert_eq!(items, ["7", "8", "9"]);
    assert_eq!((end.missing, end.damage, end.stopped), (0, None, false));
    let summary = world.summary(list).unwrap();
    assert_eq!((&*summary.shape, summary.count, summary.capacity), ("List", 3, Some(8)));
    assert_eq!(
        (summary.wasted, summary.backing_bytes, summary.backing.as_slice()),
        (20, 24 + 32, &[array][..])
    );
    assert_eq!(summary.fill(), Some(0.375));
}

#[test]
fn a_taker_that_has_enough_is_asked_no_more() {
    let mut world = World::new();
    let (list, _) = list(&mut world, 100, 0..100);
    let (items, end) = world.first_items(list, 2);
    assert_eq!(items, ["0", "1"]);
    assert!(end.stopped);
    assert_eq!(end.missing, 0);
}

#[test]
fn a_collection_without_an_array_is_empty() {
    let mut world = World::new();
    let (list, _) = list_types(&mut world);
    let list = world.object(list, &[0, 0]);
    assert_eq!(world.items(list), (vec![], Default::default()));
    let summary = world.summary(list).unwrap();
    assert_eq!((summary.count, summary.capacity, summary.fill()), (0, Some(0), None));
}

#[test]
fn a_count_beyond_the_array_is_damage_and_gives_what_there_is() {
    let mut world = World::new();
    let (list, _) = list(&mut world, 1_000_000, [1, 2]);
    let damage = Damage::Count { count: 1_000_000, room: 2 };
    let (items, end) = world.items(list);
    assert_eq!((items.len(), end.damage), (2, Some(damage.clone())));
    assert_eq!(world.summary(list), Err(damage));
}

#[test]
fn a_negative_count_is_damage() {
    let mut world = World::new();
    let (list, _) = list(&mut world, -5, [1, 2]);
    assert_eq!(world.summary(list), Err(Damage::Count { count: -5, room: 2 }));
}

#[test]
fn an_array_that_only_claims_to_be_long_ends_soon_and_tells_what_is_missing() {
    let mut world = World::new();
    let (list, array) = list(&mut world, i64::from(i32::MAX), 0..1000);
    world.set_length(array, u32::MAX);
    let (items, end) = world.items(list);
    assert!((1000..1100).contains(&items.len()), "{}", items.len());
    assert_eq!(end.given + end.missing, i32::MAX as u64);
    assert!(matches!(end.damage, Some(Damage::Missing(_))));
}

#[test]
fn a_missing_page_takes_its_items_and_no_others() {
    let mut world = World::new();
    let (list, array) = list(&mut world, 3000, 0..3000);
    world.lose(array.offset(16 + 4 * 100 + 2), 4 * 10);
    let (items, end) = world.items(list);
    // The hole begins and ends within an element.
    assert_eq!((end.given, end.missing), (2989, 11));
    assert_eq!((items[99].as_str(), items[100].as_str()), ("99", "111"));
}

#[test]
fn an_array_of_another_kind_is_damage() {
    let mut world = World::new();
    let (list, _) = list_types(&mut world);
    let other = world.class("Other", &[("x", Of::Int)]);
    let other = world.object(other, &[1]);
    let list = world.object(list, &[other.0 as i64, 1]);
    assert_eq!(
        world.items(list).1.damage,
        Some(Damage::NotAnArray { object: other, type_name: "Other".into() })
    );
}

#[test]
fn a_stack_gives_the_top_first() {
    let mut world = World::new();
    let ints = world.array_type(Of::Int);
    let stack = world.class("Stack", &[("_array", Of::Ref(ints)), ("_size", Of::Int), ("_version", Of::Int)]);
    let array = world.numbers(ints, 0..10_000);
    let stack = world.object(stack, &[array.0 as i64, 9_000]);
    let (items, _) = world.items(stack);
    assert_eq!((items[0].as_str(), items[8_999].as_str()), ("8999", "0"));
}

/// A dictionary with entries of (next, hash code, key, value).
pub(super) fn dictionary(
    world: &mut World,
    hash_code: Of,
    counts: [i64; 3],
    entries: &[&[i64]],
) -> (Addr, Addr) {
    let entry = world.value_type(
        "Entry",
        &[("next", Of::Int), ("hashCode", hash_code), ("key", Of::Int), ("value", Of::Long)],
    );
    let (entry_array, ints) = (world.array_type(Of::Struct(entry)), world.array_type(Of::Int));
    let fields = [
        ("_buckets", Of::Ref(ints)),
        ("_entries", Of::Ref(entry_array)),
        ("_count", Of::Int),
        ("_freeList", Of::Int),
        ("_freeCount", Of::Int),
    ];
    let dictionary = world.class("Dictionary", &fields);
    let entries = world.array(entry_array, entries);
    let buckets = world.numbers(ints, [0; 7]);
    let values = [buckets.0 as i64, entries.0 as i64, counts[0], counts[1], counts[2]];
    (world.object(dictionary, &values), entries)
}

#[test]
fn free_entries_of_a_dictionary_are_no_items() {
    let entries: [&[i64]; 7] =
        [&[-1, 5, 10, 100], &[-3, 6, 0, 0], &[0, 7, 30, 300], &[-2, 0, 0, 0], &[0; 4], &[0; 4], &[0; 4]];
    let mut world = World::new();
    let (dictionary, array) = dictionary(&mut world, Of::Unsigned, [4, 3, 2], &entries);
    assert_eq!(world.items(dictionary).0, ["10: 100", "30: 300"]);
    let summary = world.summary(dictionary).unwrap();
    assert_eq!((summary.count, summary.capacity), (2, Some(7)));
    // Five entries of 24 bytes, five buckets of 4.
    assert_eq!(summary.wasted, 5 * 24 + 5 * 4);
    assert_eq!((summary.backing[0], summary.backing.len()), (array, 2));
}

#[test]
fn a_dictionary_of_old_has_signed_hash_codes_which_tell_free_entries() {
    let entries: [&[i64]; 3] = [&[-1, 5, 10, 100], &[-1, -1, 0, 0], &[0, 7, 30, 300]];
    let mut world = World::new();
    let (dictionary, _) = dictionary(&mut world, Of::Int, [3, 1, 1], &entries);
    assert_eq!(world.items(dictionary).0, ["10: 100", "30: 300"]);
}

#[test]
fn entries_that_are_missing_are_counted() {
    let entries: [&[i64]; 3] = [&[-1, 1, 10, 100], &[-1, 2, 20, 200], &[-1, 3, 30, 300]];
    let mut world = World::new();
    let (dictionary, array) = dictionary(&mut world, Of::Unsigned, [3, -1, 0], &entries);
    world.lose(array.offset(16 + 24), 24);
    let (items, end) = world.items(dictionary);
    assert_eq!(items, ["10: 100", "30: 300"]);
    assert_eq!((end.given, end.missing), (2, 1));
    // The number of items stands in fields, which are there.
    assert_eq!(world.summary(dictionary).unwrap().count, 3);
}

#[test]
fn a_table_marks_removed_entries_with_itself() {
    let mut world = World::new();
    let bucket =
        world.value_type("bucket", &[("key", Of::Object), ("val", Of::Object), ("hash_coll", Of::Int)]);
    let buckets = world.array_type(Of::Struct(bucket));
    let fields =
        [("buckets", Of::Ref(buckets)), ("count", Of::Int), ("occupancy", Of::Int), ("loadsize", Of::Int)];
    let table = world.class("Hashtable", &fields);
    let array = world.array(buckets, &[&[64, 65], &[0], &[0], &[72, 73]]);
    let marked = world.array(buckets, &[&[64, 65], &[0], &[0], &[72, 73]]);
    let plain = world.object(table, &[array.0 as i64, 2]);
    assert_eq!(world.items(plain).0, ["64: 65", "72: 73"]);
    // Its second entry leads to the array itself.
    let removed = world.array(buckets, &[&[64, 65], &[0], &[0], &[0]]);
    world.set_word(removed.offset(16 + 24), removed);
    let with_removed = world.object(table, &[removed.0 as i64, 1]);
    assert_eq!(world.items(with_removed).0, ["64: 65"]);
    // To another array it may well lead.
    world.set_word(removed.offset(16 + 48), marked);
    assert_eq!(world.items(with_removed).1.given, 2);
}

pub(super) fn queue(world: &mut World, head: i64, size: i64, length: i64) -> Addr {
    let ints = world.array_type(Of::Int);
    let fields = [("_array", Of::Ref(ints)), ("_head", Of::Int), ("_tail", Of::Int), ("_size", Of::Int)];
    let queue = world.class("Queue", &fields);
    let array = world.numbers(ints, 0..length);
    let tail = if length == 0 { 0 } else { (head + size) % length };
    world.object(queue, &[array.0 as i64, head, tail, size])
}

#[test]
fn a_ring_goes_on_at_the_begin_of_its_array() {
    let mut world = World::new();
    let wrapped = queue(&mut world, 3, 4, 5);
    assert_eq!(world.items(wrapped).0, ["3", "4", "0", "1"]);
    let full = queue(&mut world, 2, 5, 5);
    assert_eq!(world.items(full).0, ["2", "3", "4", "0", "1"]);
    assert_eq!(world.summary(full).unwrap().wasted, 0);
    let empty = queue(&mut world, 0, 0, 0);
    assert_eq!(world.items(empty).1, Default::default());
    let damaged = queue(&mut world, -7, 6, 5);
    assert_eq!(world.summary(damaged), Err(Damage::Count { count: 6, room: 5 }));
}

/// A queue of three segments.
pub(super) fn concurrent_queue(world: &mut World) -> Addr {
    let slot = world.value_type("Slot", &[("Item", Of::Int), ("SequenceNumber", Of::Int)]);
    let slots = world.array_type(Of::Struct(slot));
    let ends = world.value_type("PaddedHeadAndTail", &[("Head", Of::Int), ("Tail", Of::Int)]);
    let fields = [("_slots", Of::Ref(slots)), ("_headAndTail", Of::Struct(ends))];
    let segment = world.node("Segment", &["_nextSegment"], &fields);
    let fields =
        [("_crossSegmentLock", Of::Object), ("_tail", Of::Ref(segment)), ("_head", Of::Ref(segment))];
    let queue = world.class("ConcurrentQueue", &fields);
    let mut next = 0;
    // The last one is open and has gone round; the one before is closed and full; the first is closed and empty.
    for (head, tail) in [(6, 9), (4, 8 + 8), (5, 5 + 8)] {
        let array = world.array(slots, &[&[10], &[11], &[12], &[13]]);
        next = world.object(segment, &[next, array.0 as i64, head, tail]).0 as i64;
    }
    world.object(queue, &[0, 0, next])
}

#[test]
fn segments_of_a_concurrent_queue_are_rings_by_head_and_tail() {
    let mut world = World::new();
    let queue = concurrent_queue(&mut world);
    assert_eq!(world.items(queue).0, ["10", "11", "12", "13", "12", "13", "10"]);
    let summary = world.summary(queue).unwrap();
    assert_eq!((summary.count, summary.capacity, summary.wasted), (7, Some(12), 5 * 8));
    assert_eq!(summary.backing.len(), 3);
}

#[test]
fn a_segment_that_leads_back_is_damage() {
    let mut world = World::new();
    let ints = world.array_type(Of::Int);
    let fields = [("_headIndex", Of::Int), ("_tailIndex", Of::Int), ("_array", Of::Ref(ints))];
    let local = world.node("WorkStealingQueue", &["_nextQueue"], &fields);
    let bag =
        world.class("ConcurrentBag", &[("_locals", Of::Object), ("_workStealingQueues", Of::Ref(local))]);
    let array = world.numbers(ints, [1, 2]);
    let queue = world.object(local, &[0, 0, 2, array.0 as i64]);
    world.set(queue, "_nextQueue", queue.0 as i64);
    let bag = world.object(bag, &[0, queue.0 as i64]);
    let (items, end) = world.items(bag);
    assert_eq!((items.len(), end.damage), (2, Some(Damage::Cycle(queue))));
    assert_eq!(world.summary(bag), Err(Damage::Cycle(queue)));
}

#[test]
fn bits_are_given_one_by_one() {
    let mut world = World::new();
    let ints = world.array_type(Of::Int);
    let bits =
        world.class("BitArray", &[("m_array", Of::Ref(ints)), ("m_length", Of::Int), ("_version", Of::Int)]);
    let array = world.numbers(ints, [1 << 9 | 1, 1 << 3]);
    let bits = world.object(bits, &[array.0 as i64, 37]);
    let (items, _) = world.items(bits);
    let set: Vec<_> = (0..items.len()).filter(|&n| items[n] == "1").collect();
    assert_eq!((items.len(), set), (37, vec![0, 9, 35]));
    let summary = world.summary(bits).unwrap();
    assert_eq!((summary.count, summary.capacity, summary.wasted), (37, Some(64), 3));
    world.lose(array.offset(16 + 4), 4);
    let (items, end) = world.items(bits);
    assert_eq!((items.len(), end.missing), (32, 5));
}

#[test]
fn two_arrays_give_pairs() {
    let mut world = World::new();
    let (ints, longs) = (world.array_type(Of::Int), world.array_type(Of::Long));
    let fields = [
        ("keys", Of::Ref(ints)),
        ("values", Of::Ref(longs)),
        ("_size", Of::Int),
        ("version", Of::Int),
        ("comparer", Of::Object),
    ];
    let list = world.class("SortedList", &fields);
    let (keys, values) = (world.numbers(ints, [1, 2, 3, 0]), world.numbers(longs, [10, 20, 30, 0]));
    let list = world.object(list, &[keys.0 as i64, values.0 as i64, 3]);
    assert_eq!(world.items(list).0, ["1: 10", "2: 20", "3: 30"]);
    let summary = world.summary(list).unwrap();
    assert_eq!((summary.wasted, summary.backing), (12, vec![keys, values]));
    world.lose(values.offset(16 + 8), 8);
    let (items, end) = world.items(list);
    assert_eq!((items, end.missing), (vec!["1: 10".to_owned(), "3: 30".to_owned()], 1));
}

#[test]
fn a_stream_counts_bytes_from_its_origin() {
    let mut world = World::new();
    let ints = world.array_type(Of::Bool);
    let fields = [
        ("_buffer", Of::Ref(ints)),
        ("_origin", Of::Int),
        ("_position", Of::Int),
        ("_length", Of::Int),
        ("_capacity", Of::Int),
    ];
    let stream = world.class("MemoryStream", &fields);
    let buffer = world.numbers(ints, 0..10);
    let stream = world.object(stream, &[buffer.0 as i64, 2, 0, 5, 8]);
    assert_eq!(world.items(stream).0, ["2", "3", "4"]);
    let summary = world.summary(stream).unwrap();
    assert_eq!((summary.count, summary.capacity, summary.wasted), (3, Some(6), 3));
}

#[test]
fn elements_of_arrays_of_every_rank_are_items() {
    let mut world = World::new();
    let (ints, matrix) = (world.array_type(Of::Int), world.matrix_type(Of::Int, 2));
    let array = world.numbers(ints, [5, 6]);
    assert_eq!(world.items(array).0, ["5", "6"]);
    assert_eq!(world.known_summary(array), None);
    let matrix = world.matrix(matrix, &[2, 3], 1..=6);
    assert_eq!(world.items(matrix).0, ["1", "2", "3", "4", "5", "6"]);
    world.lose(matrix.offset(16 + 16 + 4), 4);
    assert_eq!(world.items(matrix).1.missing, 1);
}
