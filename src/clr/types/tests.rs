//! Names of types in synthetic processes.

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::synthetic::{gc, open};
use crate::limits;
use crate::synth::{Family, Handle, Image, Place, Process, Type};

/// The runtime of a process, which gets a heap of one object.
fn opened(mut process: Process) -> ClrRuntime {
    let segment = process.segment(0, Place::Gen2);
    process.object(segment, process.string, 5);
    open(&process.dump())
}

fn names(process: Process, types: &[Type]) -> Vec<String> {
    let runtime = opened(process);
    let mut names = runtime.type_names(gc(&runtime));
    types.iter().map(|of| names.name(Addr(of.method_table)).to_string()).collect()
}

#[test]
fn plain_nested_and_generic_types_are_spelled_as_listings_do() {
    for family in Family::ALL {
        for image in [Image::Mapped, Image::Flat, Image::Dynamic] {
            let mut process = Process::new(family);
            let module = process.module("zoo.dll", image);
            let dog = process.define(module, "Zoo", "Dog");
            let dog = process.class(dog, 32);
            let alone = process.define(module, "", "Alone");
            let alone = process.class(alone, 24);
            let cage = process.define(module, "Zoo", "Cage`2");
            let door = process.define_in(cage, "Door");
            let hinge = process.define_in(door, "Hinge`1");
            let number = process.define(module, "System", "Int32");
            let number = process.value_type(number, 24);
            let of_dogs = process.generic(cage, &[dog.into(), process.string.into()], 40);
            let shared = process.canonical_instance(cage, 2, 40);
            let of_numbers = process.generic_unshared(cage, &[number.into(), number.into()], 40);
            let nested = process.generic(cage, &[of_dogs.into(), dog.into()], 40);
            let arguments = [dog, alone].map(Handle::from);
            let door = process.generic(door, &arguments, 24);
            let hinge = process.generic(hinge, &[arguments[0], arguments[1], of_dogs.into()], 24);
            let types = [dog, alone, of_dogs, shared, of_numbers, nested, door, hinge, process.free];
            let expected = [
                "Zoo.Dog",
                "Alone",
                "Zoo.Cage<Zoo.Dog, System.String>",
                "Zoo.Cage<System.__Canon, System.__Canon>",
                "Zoo.Cage<System.Int32, System.Int32>",
                "Zoo.Cage<Zoo.Cage<Zoo.Dog, System.String>, Zoo.Dog>",
                "Zoo.Cage<Zoo.Dog, Alone>+Door",
                "Zoo.Cage<Zoo.Dog, Alone>+Door+Hinge<Zoo.Cage<Zoo.Dog, System.String>>",
                "Free",
            ];
            assert_eq!(names(process, &types), expected, "{family:?}, {image:?}");
        }
    }
}

#[test]
fn arrays_of_every_rank_are_spelled_with_their_commas() {
    for family in Family::ALL {
        let mut process = Process::new(family);
        let module = process.module("zoo.dll", Image::Mapped);
        let map = process.define(module, "Zoo", "Map`1");
        let entry = process.define_in(map, "Entry");
        let entry = process.generic_unshared(entry, &[process.string.into()], 40);
        let strings = process.array(process.string, 8);
        let jagged = process.array(strings, 8);
        let mut types = vec![strings, jagged, process.array(entry, 24)];
        types.extend([1, 2, 3, 32].map(|rank| process.array_of_rank(process.object, rank, 8)));
        let pointer = process.pointer_to(process.object);
        types.push(process.array(pointer, 8));
        types.push(process.array_of_rank(jagged, 2, 8));
        let argument = process.array_argument(process.string, strings);
        types.push(process.generic(map, &[argument], 32));
        let expected = [
            "System.String[]",
            "System.String[][]",
            "Zoo.Map<System.String>+Entry[]",
            "System.Object[*]",
            "System.Object[,]",
            "System.Object[,,]",
            &format!("System.Object[{}]", ",".repeat(31)),
            "System.Object*[]",
            "System.String[][][,]",
            "Zoo.Map<System.String[]>",
        ];
        assert_eq!(names(process, &types), expected, "{family:?}");
    }
}

#[test]
fn a_type_whose_metadata_is_missing_is_its_module_and_token() {
    for family in Family::ALL {
        let mut process = Process::new(family);
        let module = process.module("zoo.dll", Image::NotSaved);
        let dog = process.define(module, "Zoo", "Dog");
        let cage = process.define(module, "Zoo", "Cage`1");
        let dog = process.class(dog, 32);
        let of_dogs = process.generic(cage, &[dog.into()], 32);
        let types = [dog, of_dogs, process.array(dog, 8), process.string];
        let expected =
            ["zoo.dll!02000002", "zoo.dll!02000003<zoo.dll!02000002>", "zoo.dll!02000002[]", "System.String"];
        assert_eq!(names(process, &types), expected, "{family:?}");
    }
}

#[test]
fn a_type_that_is_its_own_argument_is_cut() {
    let mut process = Process::new(Family::V10_0);
    let module = process.module("zoo.dll", Image::Mapped);
    let cage = process.define(module, "Zoo", "Cage`1");
    let bomb = process.generic(cage, &[process.string.into()], 32);
    process.set_argument(bomb, 0, bomb.into());
    let through_array = process.generic(cage, &[process.string.into()], 32);
    let array = process.array(through_array, 8);
    process.set_argument(through_array, 0, array.into());
    let through_pointer = process.generic(cage, &[process.string.into()], 32);
    let pointer = process.pointer_to(through_pointer);
    process.set_argument(through_pointer, 0, pointer);
    for name in names(process, &[bomb, array, through_pointer]) {
        assert!(name.contains("..."), "{name}");
        assert!(name.len() < 1000, "{name}");
    }
}

#[test]
fn a_type_with_itself_twice_does_not_double_at_every_level() {
    let mut process = Process::new(Family::V10_0);
    let module = process.module("zoo.dll", Image::Mapped);
    let pair = process.define(module, "Zoo", "Pair`2");
    let bomb = process.generic(pair, &[process.string.into(), process.string.into()], 32);
    process.set_argument(bomb, 0, bomb.into());
    process.set_argument(bomb, 1, bomb.into());
    // A chain of pairs in which each one has the next one twice: 2^40 parts, spelled out.
    let mut last = process.string;
    for _ in 0..40 {
        last = process.generic(pair, &[last.into(), last.into()], 32);
    }
    for name in names(process, &[bomb, last]) {
        assert!(name.len() <= limits::MAX_TYPE_NAME_BYTES + 3, "{} bytes", name.len());
        assert!(name.ends_with("..."), "{}", &name[..100]);
    }
}

#[test]
fn a_name_longer_than_the_cap_is_cut_and_one_below_is_not() {
    let mut process = Process::new(Family::V10_0);
    let module = process.module("zoo.dll", Image::Mapped);
    let long = "é".repeat(500);
    let of = process.define(module, "Zoo", &long);
    let of = process.class(of, 24);
    let many = process.define(module, "Zoo", "Many`100");
    let many = process.generic(many, &[Handle::from(of); 100], 24);
    let few = process.define(module, "Zoo", "Few`3");
    let few = process.generic(few, &[Handle::from(of); 3], 24);
    let names = names(process, &[many, few]);
    assert!(names[0].len() > 8_000 && names[0].len() <= limits::MAX_TYPE_NAME_BYTES + 3);
    assert!(names[0].ends_with("..."));
    assert_eq!(names[1], format!("Zoo.Few<Zoo.{long}, Zoo.{long}, Zoo.{long}>"));
}

#[test]
fn modules_and_parents_are_told() {
    let mut process = Process::new(Family::V8_0);
    let module = process.module("zoo.dll", Image::Flat);
    let dog = process.define(module, "Zoo", "Dog");
    let dog = process.class(dog, 32);
    let dogs = process.array(dog, 8);
    let many = process.array(dogs, 8);
    let object = process.object;
    let runtime = opened(process);
    let gc = gc(&runtime);
    let names = runtime.type_names(gc);
    for of in [dog, dogs, many] {
        assert_eq!(&*names.module(Addr(of.method_table)).unwrap(), "zoo.dll");
    }
    let parent = gc.method_tables.parent(&runtime.dump.memory, Addr(dog.method_table));
    assert_eq!(parent, Ok(Addr(object.method_table)));
}
