//! Which types are taken for collections.

use crate::bytes::Addr;
use crate::values::collections::CollectionShapes;

use super::arrays::list_types;
use super::world::{Of, World};

fn name(world: &mut World, mt: Addr) -> Option<String> {
    world.shape(mt).map(|shape| shape.name().to_string())
}

#[test]
fn the_name_of_the_type_does_not_matter_and_neither_do_conventions() {
    let mut world = World::new();
    let ints = world.array_type(Of::Int);
    for names in [
        ["_items", "_size", "_version"],
        ["items", "size", "version"],
        ["m_items", "Size", "<Version>k__BackingField"],
    ] {
        let fields =
            [(names[0], Of::Ref(ints)), (names[1], Of::Int), (names[2], Of::Int), ("More", Of::Object)];
        let mine = world.class("My.Own.Bag", &fields);
        assert_eq!(name(&mut world, mine).as_deref(), Some("List"), "{names:?}");
    }
}

#[test]
fn a_common_name_alone_makes_no_collection() {
    let mut world = World::new();
    let ints = world.array_type(Of::Int);
    let few = world.class("Few", &[("_items", Of::Ref(ints)), ("_size", Of::Int)]);
    let other_kind =
        world.class("Kind", &[("_items", Of::Object), ("_size", Of::Int), ("_version", Of::Int)]);
    let no_number =
        world.class("Text", &[("_items", Of::Ref(ints)), ("_size", Of::Object), ("_version", Of::Int)]);
    let holder = world.class(
        "Holder",
        &[("items", Of::Named("System.Collections.Generic.IList<X>")), ("name", Of::Object)],
    );
    let array_and_more = world.class("Result", &[("array", Of::Ref(ints)), ("status", Of::Int)]);
    let empty = world.class("Empty", &[]);
    for mt in [few, other_kind, no_number, holder, array_and_more, empty, ints] {
        assert_eq!(name(&mut world, mt), None, "{mt}");
    }
}

#[test]
fn a_derived_type_is_the_collection_that_its_base_is() {
    let mut world = World::new();
    let (list, ints) = list_types(&mut world);
    let derived = world.derived("Orders", list, &[("_size", Of::Object), ("Name", Of::Object)]);
    let array = world.numbers(ints, [5, 6]);
    // The base's size is 2; a field of the same name that the derived type adds is another.
    let orders = world.object(derived, &[array.0 as i64, 2, 0, 99]);
    assert_eq!(world.items(orders).0, ["5", "6"]);
}

#[test]
fn a_derived_type_with_a_shape_of_its_own_goes_before_its_base() {
    let mut world = World::new();
    let (list, ints) = list_types(&mut world);
    let sync = world.derived("SyncArrayList", list, &[("_list", Of::Ref(list)), ("_root", Of::Object)]);
    let array = world.numbers(ints, [5, 6]);
    let inner = world.object(list, &[array.0 as i64, 2]);
    let sync = world.object(sync, &[0, 0, 0, inner.0 as i64, 0]);
    assert_eq!(world.shape_name(sync).as_deref(), Some("ArrayList wrapper"));
    assert_eq!(world.items(sync).0, ["5", "6"]);
}

#[test]
fn members_of_elements_are_looked_at_where_they_are_known() {
    let mut world = World::new();
    let entry = world.value_type("Entry", &[("key", Of::Int), ("value", Of::Int)]);
    let (entries, ints) = (world.array_type(Of::Struct(entry)), world.array_type(Of::Int));
    let fields = |entries| {
        [
            ("_buckets", Of::Ref(ints)),
            ("_entries", entries),
            ("_count", Of::Int),
            ("_freeList", Of::Int),
            ("_freeCount", Of::Int),
        ]
    };
    let without_links = world.class("D1", &fields(Of::Ref(entries)));
    let of_numbers = world.class("D2", &fields(Of::Ref(ints)));
    assert_eq!(name(&mut world, without_links), None);
    assert_eq!(name(&mut world, of_numbers), None);
    // Where the array's type is not loaded, no object has it: nothing speaks against the shape.
    let not_loaded = world.class("D3", &fields(Of::Named("Entry[]")));
    assert_eq!(name(&mut world, not_loaded).as_deref(), Some("Dictionary"));
}

#[test]
fn a_struct_in_place_is_a_collection_too() {
    let mut world = World::new();
    let ints = world.array_type(Of::Int);
    let array = world.value_type("ImmutableArray", &[("array", Of::Ref(ints))]);
    let numbers = world.numbers(ints, [1, 2]);
    let boxed = world.object(array, &[numbers.0 as i64]);
    let enumerator = world.class("SZGenericArrayEnumerator", &[("_array", Of::Ref(ints))]);
    assert_eq!(name(&mut world, enumerator), None);
    assert_eq!(world.shape_name(boxed).as_deref(), Some("ImmutableArray"));
    assert_eq!(world.items(boxed).0, ["1", "2"]);
}

#[test]
fn a_users_shape_goes_before_the_bundled_ones() {
    let own = r#"{"form": 1, "shapes": [{
        "name": "Pool", "types": ["My.Pool<T>"], "versions": "mine", "note": "for people",
        "fields": {"items": "array", "size": "integer", "version": "integer"},
        "items": {"array": "items", "slots": "size", "order": "last to first"}}]}"#;
    let mut world = World::with(CollectionShapes::default().with_text(own).unwrap());
    let (list, ints) = list_types(&mut world);
    let array = world.numbers(ints, [1, 2, 3]);
    let list = world.object(list, &[array.0 as i64, 2]);
    assert_eq!(world.shape_name(list).as_deref(), Some("Pool"));
    assert_eq!(world.items(list).0, ["2", "1"]);
}

#[test]
fn a_shape_is_bound_once_for_each_type() {
    let mut world = World::new();
    let (list, _) = list_types(&mut world);
    let (first, second) = (world.shape(list).unwrap(), world.shape(list).unwrap());
    assert!(std::sync::Arc::ptr_eq(&first, &second));
    assert_eq!(first.method_table(), list);
}
