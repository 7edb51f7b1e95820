//! The types of the dumps of `corpus/`: their fields against what the collector knows, and against the programs' source.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use heapql::bytes::Addr;
use heapql::clr::type_system::{FieldShape, FieldType, TypeDescription, TypeKind, TypeSystem};
use heapql::clr::types::TypeHandle;
use heapql::open::OpenOptions;
use heapql::progress::NoProgress;
use heapql::values::Values;

fn open(dump: &str) -> Arc<Values> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(format!("{dump}.core.zst"));
    let opened = heapql::open::open(&path, &OpenOptions::default(), &NoProgress);
    let opened = opened.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    opened.snapshot.values.expect("a heap")
}

/// How deep structs lie in each other.
const MAX_DEPTH: u32 = 20;

/// Adds where references lie in data of that type; whether all of it is known.
fn references(types: &TypeSystem, of: Addr, base: u64, depth: u32, places: &mut BTreeSet<u64>) -> bool {
    let description = types.description(of);
    let mut whole = description.incomplete.is_none() && depth < MAX_DEPTH;
    for field in &description.fields {
        let shape = &field.field_type.shape;
        let step = types.size_of(shape).map_or(0, u64::from);
        for index in 0..u64::from(description.repeated.unwrap_or(1)) {
            let place = base + u64::from(field.offset) + index * step;
            match *shape {
                FieldShape::Reference { .. } => {
                    places.insert(place);
                }
                FieldShape::Struct { method_table } => {
                    whole &= references(types, method_table, place, depth + 1, places);
                }
                FieldShape::OpaqueStruct | FieldShape::Unknown => whole = false,
                _ => {}
            }
        }
    }
    whole
}

/// Where the collector finds references in an instance: the series of its GCDesc, which lie in front of the
/// MethodTable (`src/coreclr/gc/gcdesc.h`).
fn series(types: &TypeSystem, mt: Addr) -> BTreeSet<u64> {
    let memory = types.memory();
    let word = |before: u64| memory.u64(Addr(mt.0 - before)).expect("a GCDesc");
    let base_size = u64::from(types.method_tables().base_size(memory, mt).expect("a MethodTable"));
    let mut places = BTreeSet::new();
    for index in 0..word(8) {
        let (size, start) = (word(24 + 16 * index), word(16 + 16 * index));
        let count = size.wrapping_add(base_size) / 8;
        places.extend((0..count).map(|i| start - 8 + 8 * i));
    }
    places
}

/// Compares the references among the fields of all loaded types with what the collector knows of them. Types of which
/// not all is known must have no other ones; returns how many types were compared whole.
fn compare_references(dump: &str) -> usize {
    let values = open(dump);
    let types = values.types();
    assert!(types.problems().is_empty(), "{:?}", types.problems());
    let mut compared = 0;
    for &mt in types.loaded().iter() {
        let flags = types.method_tables().flags(types.memory(), mt).expect("a MethodTable");
        let arguments = types.method_tables().instantiation(types.memory(), mt).expect("arguments");
        // Arrays have their elements; of interfaces and of types over generic parameters there are no instances.
        let open = arguments.iter().any(|argument| matches!(argument, TypeHandle::TypeDesc(_)));
        if flags.has_component_size() || flags.is_interface() || open {
            continue;
        }
        let mut fields = BTreeSet::new();
        let whole = references(types, mt, 0, 0, &mut fields);
        let known = if flags.contains_gc_pointers() { series(types, mt) } else { BTreeSet::new() };
        if whole {
            compared += 1;
            assert_eq!(fields, known, "{dump}: {}", types.name(mt));
        } else {
            assert!(fields.is_subset(&known), "{dump}: {}: {fields:?}, {known:?}", types.name(mt));
        }
    }
    compared
}

#[test]
fn every_reference_that_the_collector_knows_is_a_field() {
    for (dump, at_least) in [("zoo-10.0", 1000), ("zoo-8.0", 1000), ("web-t0", 4000)] {
        let compared = compare_references(dump);
        assert!(compared >= at_least, "{dump}: only {compared} types are known whole");
    }
}

#[test]
fn without_metadata_field_descs_alone_invent_no_reference() {
    compare_references("zoo-3.1");
}

fn only(types: &TypeSystem, name: &str) -> Arc<TypeDescription> {
    match *types.named(name) {
        [mt] => types.description(mt),
        ref others => panic!("{name} is loaded {} times", others.len()),
    }
}

/// What a field is, with the type's own word on structs and enums.
fn spelled(types: &TypeSystem, of: &FieldType) -> String {
    let kind = |mt: Addr| match types.description(mt).kind.clone() {
        TypeKind::Enum(primitive) => format!("enum of {primitive:?}"),
        TypeKind::Struct => "struct".to_owned(),
        other => format!("{other:?}"),
    };
    let shape = match of.shape {
        FieldShape::Struct { method_table } => kind(method_table),
        FieldShape::Enum { method_table: Some(mt), .. } => kind(mt),
        FieldShape::Reference { method_table: Some(mt) } => {
            assert_eq!(types.name(mt), of.name);
            "reference".to_owned()
        }
        ref other => format!("{other:?}"),
    };
    format!("{}: {shape}", of.name)
}

fn fields(types: &TypeSystem, name: &str) -> Vec<String> {
    let described = only(types, name);
    assert_eq!(described.incomplete, None, "{name}");
    let field = |f: &heapql::clr::type_system::Field| format!("{} {}", f.name, spelled(types, &f.field_type));
    described.fields.iter().map(field).collect()
}

#[test]
fn the_zoos_types_are_as_its_source_says() {
    for dump in ["zoo-10.0", "zoo-8.0"] {
        let values = open(dump);
        let types = values.types();
        let expected = [
            "N Zoo.Nested: struct",
            "O Zoo.Overlay: struct",
            "F Zoo.FixedBuf: struct",
            "Arr Zoo.Tagged[]: reference",
            "Kv System.Collections.Generic.KeyValuePair<System.String, Zoo.Point>: struct",
            "Np System.Nullable<Zoo.Point>: struct",
        ];
        assert_eq!(fields(types, "Zoo.ValueHolder"), expected, "{dump}");
        let expected = [
            "Data Zoo.FixedBuf+<Data>e__FixedBuffer: struct",
            "Ptr System.Void*: Pointer",
            "Fn System.Int32(System.Int32): FunctionPointer",
        ];
        assert_eq!(fields(types, "Zoo.FixedBuf"), expected, "{dump}");
        let inner = "Zoo.Outer<System.String>+Inner<System.Collections.Generic.Dictionary<System.Int32, \
                     System.Collections.Generic.List<Zoo.Point>>>";
        let dictionary =
            "System.Collections.Generic.Dictionary<System.Int32, System.Collections.Generic.List<Zoo.Point>>";
        let expected = [
            "First System.String: reference".to_owned(),
            format!("Second {dictionary}: reference"),
            format!("Up Zoo.Outer<{dictionary}>: reference"),
        ];
        assert_eq!(fields(types, inner), expected, "{dump}");
        let expected = ["Number System.Int32: Primitive(I4)", "Ref System.Object: reference"];
        assert_eq!(fields(types, "Dynamic.Kept"), expected, "{dump}");
        assert_eq!(fields(types, "Dynamic.Collectible"), expected, "{dump}");
        let inline = only(types, "Zoo.Four");
        assert_eq!((inline.repeated, inline.data_size), (Some(4), 32), "{dump}");
        let buffer = only(types, "Zoo.FixedBuf+<Data>e__FixedBuffer");
        assert_eq!((buffer.repeated, buffer.data_size), (Some(32), 32), "{dump}");
        let access = only(types, "Zoo.Access");
        let names: Vec<_> = access.enum_values.iter().map(|(name, value)| (&**name, *value)).collect();
        assert!(access.is_flags);
        assert_eq!(names, [("None", 0), ("Read", 1), ("Write", 2), ("All", u64::MAX.into())], "{dump}");
        // The second one is of the collectible load context.
        assert_eq!(types.named("Zoo.Dog").len(), 2, "{dump}");
    }
}

#[test]
fn statics_have_their_types_and_generic_instances_their_own() {
    for dump in ["zoo-10.0", "zoo-8.0"] {
        let values = open(dump);
        let types = values.types();
        let statics = |name: &str| -> Vec<String> {
            let described = only(types, name);
            let field = |f: &heapql::clr::type_system::StaticField| {
                format!("{} {}: {:?}", f.name, f.field_type.name, f.place)
            };
            described.static_fields.iter().map(field).collect()
        };
        for of in ["Zoo.Animal", "System.Int32"] {
            let expected = [
                format!("Cache System.Collections.Generic.List<{of}>: Ordinary"),
                format!("PerThread {of}: Thread"),
            ];
            assert_eq!(statics(&format!("Zoo.Outer<{of}>")), expected, "{dump}");
        }
        let zoo = statics("Zoo.Statics");
        assert_eq!(zoo.len(), 11, "{dump}: constants are no fields of the runtime: {zoo:?}");
        assert!(zoo.contains(&"MyTagged Zoo.Tagged: Thread".to_owned()), "{zoo:?}");
    }
}
