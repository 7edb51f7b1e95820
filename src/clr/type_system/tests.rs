//! Types of synthetic processes: what every one is and which fields it has.

use proptest::prelude::*;

use super::*;
use crate::clr::synthetic::open;
use crate::limits;
use crate::synth::{Family, Handle, Holds, Image, Kennel, Place, Process, Type, element};

fn types_of(dump: &crate::synth::ProcessDump) -> TypeSystem {
    TypeSystem::new(Arc::new(open(dump))).unwrap()
}

fn types(mut process: Process) -> TypeSystem {
    let segment = process.segment(0, Place::Gen2);
    process.object(segment, process.string, 5);
    types_of(&process.dump())
}

fn describe(types: &TypeSystem, of: Type) -> Arc<TypeDescription> {
    types.description(Addr(of.method_table))
}

/// The fields as `name @offset type`.
fn fields(description: &TypeDescription) -> Vec<String> {
    let field = |f: &Field| format!("{} @{} {}", f.name, f.offset, f.field_type.name);
    description.fields.iter().map(field).collect()
}

fn only(types: &TypeSystem, name: &str) -> Addr {
    match *types.named(name) {
        [mt] => mt,
        ref several => panic!("{name}: {several:?}"),
    }
}

#[test]
fn fields_are_told_inherited_ones_first() {
    for family in Family::ALL {
        let kennel = Kennel::new(family);
        let types = types_of(&kennel.process.clone().dump());
        let dog = describe(&types, kennel.dog);
        assert_eq!((&*dog.name, &dog.kind, dog.data_size), ("Zoo.Dog", &TypeKind::Class, 40));
        assert_eq!(dog.parent, Some(Addr(kennel.animal.method_table)));
        assert_eq!(dog.incomplete, None);
        let expected = [
            "Name @0 System.String",
            "Friend @8 Zoo.Animal",
            "Legs @16 System.Int32",
            "Good @20 System.Boolean",
            "Born @24 System.DateTime",
            "Home @32 Zoo.Point",
        ];
        assert_eq!(fields(&dog), expected, "{family:?}");
        let [name, friend, legs, good, born, home] = dog.fields.as_slice() else { panic!() };
        let string = Some(Addr(kennel.process.string.method_table));
        assert_eq!(name.field_type.shape, FieldShape::Reference { method_table: string });
        let animal = Addr(kennel.animal.method_table);
        assert_eq!(friend.field_type.shape, FieldShape::Reference { method_table: Some(animal) });
        assert_eq!(friend.declared_in, animal);
        assert_eq!(legs.field_type.shape, FieldShape::Primitive(Primitive::I4));
        assert_eq!(good.field_type.shape, FieldShape::Primitive(Primitive::Boolean));
        assert_eq!(good.declared_in, Addr(kennel.dog.method_table));
        for (field, of) in [(born, "System.DateTime"), (home, "Zoo.Point")] {
            let shape = FieldShape::Struct { method_table: only(&types, of) };
            assert_eq!(field.field_type.shape, shape, "{family:?}");
        }
        let point = types.description(only(&types, "Zoo.Point"));
        assert_eq!((&point.kind, point.data_size), (&TypeKind::Struct, 8));
        assert_eq!(fields(&point), ["X @0 System.Int32", "Y @4 System.Int32"]);
    }
}

#[test]
fn a_hidden_field_occurs_twice_and_the_most_derived_one_bears_the_name() {
    let kennel = Kennel::new(Family::V10_0);
    let types = types_of(&kennel.process.clone().dump());
    let cat = describe(&types, kennel.cat);
    assert_eq!(cat.fields.iter().filter(|f| &*f.name == "Name").count(), 2);
    assert_eq!(cat.field("Name").unwrap().offset, 24);
    assert_eq!(cat.field("Legs").unwrap().offset, 16);
    assert_eq!(cat.field("Wings"), None);
}

#[test]
fn enums_have_their_names_and_their_primitive() {
    for family in Family::ALL {
        let kennel = Kennel::new(family);
        let types = types_of(&kennel.process.clone().dump());
        let fur = describe(&types, kennel.cat).field("Fur").unwrap().field_type.clone();
        let color = only(&types, "Zoo.Color");
        let shape = FieldShape::Enum { method_table: Some(color), underlying: Primitive::U1 };
        assert_eq!((&*fur.name, fur.shape), ("Zoo.Color", shape), "{family:?}");
        let color = types.description(color);
        assert_eq!((&color.kind, color.data_size), (&TypeKind::Enum(Primitive::U1), 1));
        let values: Vec<_> = color.enum_values.iter().map(|(name, value)| (&**name, *value)).collect();
        assert_eq!(values, [("Red", 1), ("Green", 2), ("Blue", 200)]);
        assert!(!color.is_flags);
    }
}

#[test]
fn the_field_of_a_primitive_is_the_primitive() {
    let kennel = Kennel::new(Family::V8_0);
    let types = types_of(&kennel.process.clone().dump());
    let number = types.description(only(&types, "System.Int32"));
    assert_eq!((&number.kind, number.data_size), (&TypeKind::Primitive(Primitive::I4), 4));
    assert_eq!(fields(&number), ["m_value @0 System.Int32"]);
    assert_eq!(number.fields[0].field_type.shape, FieldShape::Primitive(Primitive::I4));
    let string = describe(&types, kennel.process.string);
    assert_eq!(string.kind, TypeKind::String);
    assert_eq!(fields(&string), ["_stringLength @0 System.Int32", "_firstChar @4 System.Char"]);
    assert_eq!(describe(&types, kennel.process.free).kind, TypeKind::Free);
}

#[test]
fn arrays_tell_their_elements_and_fields_of_arrays_lead_to_them() {
    for family in Family::ALL {
        let mut kennel = Kennel::new(family);
        let grid = kennel.process.array_of_rank(kennel.dog, 2, 8);
        let types = types_of(&kennel.process.clone().dump());
        let point = FieldType {
            name: "Zoo.Point".into(),
            shape: FieldShape::Struct { method_table: only(&types, "Zoo.Point") },
        };
        let shape = ArrayShape { rank: 1, sz: true, element: point, element_size: 8 };
        assert_eq!(describe(&types, kennel.points).kind, TypeKind::Array(shape), "{family:?}");
        let dog = Addr(kennel.dog.method_table);
        let dog =
            FieldType { name: "Zoo.Dog".into(), shape: FieldShape::Reference { method_table: Some(dog) } };
        let shape = ArrayShape { rank: 2, sz: false, element: dog, element_size: 8 };
        assert_eq!(describe(&types, grid).kind, TypeKind::Array(shape), "{family:?}");
        let points = describe(&types, kennel.holder).field("Points").unwrap().field_type.clone();
        let array = Some(Addr(kennel.points.method_table));
        assert_eq!(points.shape, FieldShape::Reference { method_table: array });
        assert_eq!(&*points.name, "Zoo.Point[]");
    }
}

#[test]
fn parameters_of_generic_types_are_what_the_instance_makes_of_them() {
    for family in Family::ALL {
        let mut process = Process::new(family);
        let zoo = process.module("zoo.dll", Image::Mapped);
        let dog = process.define(zoo, "Zoo", "Dog");
        let dog = process.class(dog, 24);
        let cage = process.define(zoo, "Zoo", "Cage`2");
        let over_strings = process.generic(cage, &[process.string.into(), dog.into()], 40);
        let canonical = process.canonical_instance(cage, 2, 40);
        let members = [
            ("First", 0, Holds::Parameter(0, element::CLASS)),
            ("Rest", 8, Holds::Array(Box::new(Holds::Parameter(1, element::CLASS)))),
        ];
        process.fields(cage, canonical, &members);
        let dogs = process.array(dog, 8);
        let types = types(process);
        let cage = describe(&types, over_strings);
        assert_eq!(fields(&cage), ["First @0 System.String", "Rest @8 Zoo.Dog[]"], "{family:?}");
        let array = Some(Addr(dogs.method_table));
        assert_eq!(cage.fields[1].field_type.shape, FieldShape::Reference { method_table: array });
        assert!(cage.fields.iter().all(|f| f.declared_in == Addr(over_strings.method_table)));
        let shared = types.description(Addr(canonical.method_table));
        assert_eq!(fields(&shared), ["First @0 System.__Canon", "Rest @8 System.__Canon[]"]);
    }
}

#[test]
fn a_field_without_metadata_is_its_token_and_what_its_field_desc_says() {
    for family in Family::ALL {
        let mut process = Process::new(family);
        let zoo = process.module("zoo.dll", Image::NotSaved);
        let point = process.define(zoo, "Zoo", "Point");
        process.structure(point, 8);
        let dog = process.define(zoo, "Zoo", "Dog");
        let made = process.class(dog, 56);
        let members = [
            ("Name", 0, Holds::String),
            ("Legs", 16, Holds::Number(element::I4)),
            ("Home", 24, Holds::Struct(point)),
        ];
        process.fields(dog, made, &members);
        let types = types(process);
        let dog = describe(&types, made);
        let expected =
            ["zoo.dll!04000001 @0 ?", "zoo.dll!04000002 @16 System.Int32", "zoo.dll!04000003 @24 ?"];
        assert_eq!(fields(&dog), expected, "{family:?}");
        let shapes: Vec<_> = dog.fields.iter().map(|f| f.field_type.shape.clone()).collect();
        let reference = FieldShape::Reference { method_table: None };
        assert_eq!(shapes, [reference, FieldShape::Primitive(Primitive::I4), FieldShape::OpaqueStruct]);
        assert!(dog.incomplete.as_ref().unwrap().contains("metadata of zoo.dll"), "{:?}", dog.incomplete);
    }
}

#[test]
fn loaded_types_are_found_by_name_and_by_their_base_types() {
    for family in Family::ALL {
        let kennel = Kennel::new(family);
        let types = types_of(&kennel.process.clone().dump());
        let loaded = types.loaded();
        assert!(loaded.is_sorted() && types.problems().is_empty(), "{family:?}");
        let (animal, dog) = (Addr(kennel.animal.method_table), Addr(kennel.dog.method_table));
        for mt in [animal, dog, Addr(kennel.points.method_table)] {
            assert!(loaded.contains(&mt), "{family:?}: {}", types.name(mt));
        }
        assert_eq!(types.named("Zoo.Dog"), [dog]);
        assert!(types.named("Zoo.Cow").is_empty());
        assert!(types.derives_from(dog, animal) && types.derives_from(dog, dog));
        assert!(!types.derives_from(animal, dog));
        assert!(types.derives_from(dog, Addr(kennel.process.object.method_table)));
        assert_eq!(types.type_of(Addr(kennel.dogs[0])), Ok(dog));
    }
}

#[test]
fn base_types_in_a_circle_end() {
    let kennel = Kennel::new(Family::V9_0);
    let (animal, dog) = (kennel.animal.method_table, kennel.dog.method_table);
    let mut dump = kennel.process.clone().dump();
    dump.memory.write_u64(animal + 16, dog);
    let types = types_of(&dump);
    assert!(!types.derives_from(Addr(dog), Addr(kennel.process.string.method_table)));
    let description = types.description(Addr(dog));
    let told = description.incomplete.as_deref();
    assert_eq!(told, Some("the chain of its base types does not end"));
    assert!(description.field("Good").is_some());
}

#[test]
fn an_absurd_number_of_fields_is_told_and_not_read() {
    let kennel = Kennel::new(Family::V8_0);
    let mut dump = kennel.process.clone().dump();
    let class = dump.memory.read_u64(kennel.dog.method_table + 40);
    dump.memory.write_u64(class + 56, u64::from(u32::MAX));
    let dog = types_of(&dump).description(Addr(kennel.dog.method_table));
    assert_eq!(dog.fields.len(), 3, "those of the animal");
    assert!(dog.incomplete.as_ref().unwrap().contains("more fields"), "{:?}", dog.incomplete);
}

#[test]
fn an_address_that_is_no_type_is_described_as_unknown() {
    let types = types_of(&Kennel::new(Family::V10_0).process.dump());
    let description = types.description(Addr(0x1234));
    assert_eq!((&description.kind, description.fields.len()), (&TypeKind::Unknown, 0));
    assert!(description.incomplete.is_some());
}

#[test]
fn threads_that_ask_at_once_get_the_same_description() {
    let kennel = Kennel::new(Family::V10_0);
    let types = types_of(&kennel.process.clone().dump());
    let dog = Addr(kennel.dog.method_table);
    let ask = || {
        let description = types.description(dog);
        (fields(&description), types.named("Zoo.Dog"), Arc::as_ptr(&description) as usize)
    };
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[test]
fn a_struct_over_a_type_that_is_not_loaded_exactly_has_the_shared_layout() {
    let mut process = Process::new(Family::V10_0);
    let zoo = process.module("zoo.dll", Image::Mapped);
    let pair = process.define(zoo, "Zoo", "Pair`1");
    let canonical = process.canonical_instance(pair, 1, 32);
    let dog = process.define(zoo, "Zoo", "Dog");
    let dog = process.class(dog, 24);
    let exact = process.generic(pair, &[Handle::from(dog)], 32);
    let types = types(process);
    let (definition, row) = types.definition_of(Addr(canonical.method_table)).unwrap();
    let made_of = |argument: Type| {
        let arguments = [TypeHandle::MethodTable(Addr(argument.method_table))].into();
        types.made_of(&Composition::Instance { module: definition, row, arguments })
    };
    assert_eq!(made_of(dog), Some(TypeHandle::MethodTable(Addr(exact.method_table))));
    let canon = Type { method_table: types.well_known.canon.unwrap().0, ..dog };
    assert_eq!(made_of(canon), Some(TypeHandle::MethodTable(Addr(canonical.method_table))));
    assert_eq!(made_of(exact), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever words the runtime's structures hold, types are described, within bounds.
    #[test]
    fn damaged_structures_never_make_the_reader_panic(
        family in proptest::sample::select(Family::ALL.to_vec()),
        damage in proptest::collection::vec((0_usize..8, 0_u64..12, any::<u64>(), 0_usize..4), 1..12),
    ) {
        let kennel = Kennel::new(family);
        let mut dump = kennel.process.clone().dump();
        let of = [kennel.animal, kennel.dog, kennel.cat, kennel.holder].map(|of| of.method_table);
        let places: Vec<u64> =
            of.iter().flat_map(|&mt| [mt, dump.memory.read_u64(mt + 40)]).collect();
        for (place, word, random, kind) in damage {
            // A wild word, one that leads to another structure, one bit of what was there, a small number.
            let at = places[place] + 8 * word;
            let damaged = match kind {
                0 => random,
                1 => places[random as usize % places.len()],
                2 => dump.memory.read_u64(at) ^ 1 << (random % 64),
                _ => random % 100,
            };
            dump.memory.write_u64(at, damaged);
        }
        let types = types_of(&dump);
        for mt in types.loaded().iter().copied().chain(of.map(Addr)) {
            let description = types.description(mt);
            prop_assert!(description.fields.len() <= 2 * limits::MAX_FIELDS_OF_TYPE as usize);
            types.derives_from(mt, Addr(of[0]));
        }
        types.named("Zoo.Dog");
    }
}

#[test]
fn a_type_of_a_module_without_metadata_has_the_name_by_which_another_refers_to_it() {
    for family in Family::ALL {
        let mut process = Process::new(family);
        let library = process.module("lib.dll", Image::NotSaved);
        let (referred, alone) =
            (process.define(library, "Lib", "Referred`1"), process.define(library, "Lib", "Alone"));
        let referred_type = process.class(referred, 24);
        let alone_type = process.class(alone, 32);
        let app = process.module("app.dll", Image::Mapped);
        let holder = process.define(app, "App", "Holder");
        let holder_type = process.class(holder, 24);
        process.fields(holder, holder_type, &[("Held", 0, Holds::Class(referred))]);
        let types = types(process);
        let name = |of: Type| types.name(Addr(of.method_table));
        assert_eq!(&*name(referred_type), "Lib.Referred`1", "{family:?}");
        assert_eq!(&*name(alone_type), "lib.dll!02000003");
    }
}
