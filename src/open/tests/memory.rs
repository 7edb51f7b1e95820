//! Memory as it lies in a dump, types without objects, and what is broken, on a process whose every value is known.

use super::open;
use super::tables::{ask, lines, refusal, snapshot};
use crate::bytes::Addr;
use crate::graph::Snapshot;
use crate::synth::{Family, Kennel, ProcessDump};

/// A kennel whose memory was changed before it was dumped.
fn damaged(change: impl FnOnce(&Kennel, &mut ProcessDump)) -> (Kennel, [Snapshot; 1]) {
    let kennel = Kennel::new(Family::V10_0);
    let mut dump = kennel.clone().process.dump();
    change(&kennel, &mut dump);
    let snapshot = open(dump.core().build()).unwrap().snapshot;
    (kennel, [snapshot])
}

#[test]
fn memory_is_shown_in_every_unit() {
    let kennel = Kennel::new(Family::V10_0);
    let (dog, mt) = (Addr(kennel.dogs[0]), kennel.dog.method_table);
    let dump = snapshot(kennel);
    let word = format!("{mt:016x}");
    let first = format!("select hex, value, object, type from memory({dog}, 1)");
    assert_eq!(lines(&dump, &first), [format!("{word} {mt} - MethodTable of Zoo.Dog")]);
    // The name and the friend come behind the MethodTable.
    let of = lines(&dump, &format!("select object, type from memory({dog}, 3, 'qwords') limit 2 offset 1"));
    assert!(of[0].ends_with(" System.String") && of[1].ends_with(" Zoo.Dog"), "{of:?}");
    let bytes = lines(&dump, &format!("select hex from memory({dog}, 8, 'bytes', 8)"));
    let reversed: Vec<&str> =
        word.as_bytes().chunks(2).rev().map(|b| std::str::from_utf8(b).unwrap()).collect();
    assert_eq!(bytes, [reversed.join(" ")]);
    let words = format!("select count, min(value) from memory({dog}, 6, 'words')");
    assert!(lines(&dump, &words)[0].starts_with("6 "));
    let rows = lines(&dump, &format!("select address from memory({dog}, 5, 'dwords', 2)"));
    assert_eq!(rows, [dog, dog.offset(8), dog.offset(16)].map(|at| at.to_string()));
}

#[test]
fn texts_end_at_their_zero() {
    let kennel = Kennel::new(Family::V10_0);
    let dump = snapshot(kennel);
    let name = ask(&dump, "select address from strings where value = 'Dog0'");
    let text = match name.columns[0].value(0) {
        crate::query::ValueRef::Address(at) => at.offset(12),
        other => panic!("{other:?}"),
    };
    assert_eq!(lines(&dump, &format!("select text from memory({text}, 100, 'utf16')")), ["Dog0"]);
    assert_eq!(lines(&dump, &format!("select text from memory({text}, 100, 'ascii')")), ["D"]);
    assert_eq!(lines(&dump, &format!("select text from memory({text}, 2, 'utf16')")), ["Do"]);
}

#[test]
fn memory_that_is_missing_is_told_and_never_zero() {
    let (kennel, dump) = damaged(|kennel, dump| dump.memory.forget(kennel.dogs[4] + 8, kennel.dogs[4] + 16));
    let dog = Addr(kennel.dogs[4]);
    let answer = ask(&dump, &format!("select hex, text, value from memory({dog}, 3, 'qwords')"));
    let rows = super::tables::rows(&answer);
    assert_eq!(rows[1], "???????????????? ???????? -");
    assert!(!rows[0].contains('?') && !rows[2].contains('?'), "{rows:?}");
    let told: Vec<String> = answer.warnings.iter().map(ToString::to_string).collect();
    let expected = format!("8 bytes from {dog} on are not in the dump and shown as ??");
    assert!(told.contains(&expected), "{told:?}");
    let nothing = lines(&dump, "select hex, text from memory(0x10, 4, 'utf16')");
    assert_eq!(nothing, ["???? -"]);
}

#[test]
fn wrong_calls_of_memory_are_told() {
    let dump = snapshot(Kennel::new(Family::V10_0));
    for (call, message) in [
        ("memory(0x10)", "the function is not called like this"),
        ("memory(10, 1)", "the function is not called like this"),
        ("memory(Zoo.Dog)", "the function is not called like this"),
        ("memory(0x10, 1, 'bytes', 1, 1)", "the function is not called like this"),
        ("memory(0x10, 0)", "this is no number of units"),
        ("memory(0x10, 100000000)", "this is no number of units"),
        ("memory(0x10, 1, 8)", "this is no unit of memory"),
        ("memory(0x10, 1, 'byte')", "memory has no unit 'byte'"),
        ("memory(0x10, 1, 'bytes', 0)", "this is no number of units"),
    ] {
        assert_eq!(refusal(&dump, &format!("select * from {call}")).0, message, "{call}");
    }
}

#[test]
fn what_lies_at_an_address_can_be_read_as_a_type() {
    for family in Family::ALL {
        let kennel = Kennel::new(family);
        let dog = Addr(kennel.dogs[3]);
        let mt = Addr(kennel.dog.method_table);
        let dump = snapshot(kennel);
        let own = lines(&dump, &format!("object {dog}"));
        assert_eq!(lines(&dump, &format!("object {dog} as Zoo.Dog")), own);
        assert_eq!(lines(&dump, &format!("object {dog} as {mt}")), own);
        // Its home is a struct within it.
        let home = "select offset, field_type from fields where type = 'Zoo.Dog' and name = 'Home'";
        let offset: u64 = lines(&dump, home)[0].split(' ').next().unwrap().parse().unwrap();
        let point = dog.offset(8 + offset);
        assert_eq!(
            lines(&dump, &format!("object {point} as Zoo.Point")),
            ["X 0 System.Int32 3 -", "Y 4 System.Int32 -3 -"]
        );
        let message = refusal(&dump, &format!("object {point} as Zoo.Pint")).0;
        assert_eq!(message, "no type is called `Zoo.Pint`");
        assert_eq!(refusal(&dump, &format!("object {point} as 0x10")).0, "0x10 is no MethodTable");
    }
}

#[test]
fn types_without_objects_are_listed_too() {
    for family in Family::ALL {
        let kennel = Kennel::new(family);
        let (point, dog) = (Addr(kennel.points.method_table), Addr(kennel.dog.method_table));
        let dump = snapshot(kennel);
        let animal = "select kind, module, parent from loaded_types where type = 'Zoo.Animal'";
        assert_eq!(lines(&dump, animal), ["class zoo.dll System.Object"]);
        let of_dog = format!("select type, parent, token like '0x02%' from loaded_types where mt = {dog}");
        assert_eq!(lines(&dump, &of_dog), ["Zoo.Dog Zoo.Animal true"]);
        let array = format!("select kind, token from loaded_types where mt = {point}");
        assert!(lines(&dump, &array).iter().all(|row| row == "array -"), "{family:?}");
        assert_eq!(lines(&dump, "select kind from loaded_types where type = 'Zoo.Color'"), ["enum"]);
        assert_eq!(lines(&dump, "select kind from loaded_types where type = 'Zoo.Point'"), ["struct"]);
    }
}

#[test]
fn a_sound_heap_has_no_damage() {
    for family in Family::ALL {
        let dump = snapshot(Kennel::new(family));
        assert_eq!(lines(&dump, "select * from damage"), Vec::<String>::new(), "{family:?}");
    }
}

#[test]
fn references_to_no_object_are_damage() {
    // The friend of a dog stands behind its name.
    let (kennel, dump) =
        damaged(|kennel, dump| dump.memory.write_u64(kennel.dogs[0] + 16, kennel.dogs[1] + 8));
    let (dog, inside) = (Addr(kennel.dogs[0]), Addr(kennel.dogs[1] + 8));
    let rows = lines(&dump, "select kind, address, type, offset, target, bytes from damage");
    assert_eq!(rows, [format!("dangling_reference {dog} Zoo.Dog 16 {inside} -")]);
    let reason = lines(&dump, "select reason from damage");
    assert!(reason[0].contains("lies 8 bytes inside the Zoo.Dog"), "{reason:?}");
}

#[test]
fn what_cannot_be_walked_is_damage() {
    let (kennel, dump) = damaged(|kennel, dump| dump.memory.write_u64(kennel.dogs[1], 0x1234_5678));
    let dog = Addr(kennel.dogs[1]);
    let rows = lines(
        &dump,
        "select kind, address, bytes > 0, segment is not null from damage where kind = 'bad_method_table'",
    );
    assert_eq!(rows, [format!("bad_method_table {dog} true true")]);
    // The dog that referred to it now refers to no object.
    let rows = lines(&dump, "select address, target from damage where kind = 'dangling_reference'");
    assert!(rows.contains(&format!("{} {dog}", Addr(kennel.dogs[0]))), "{rows:?}");
}

#[test]
fn handles_and_the_queue_of_finalization_tell_sizes() {
    let dump = snapshot(Kennel::new(Family::V10_0));
    for table in ["handles", "finalizers"] {
        let wrong = format!("select count from {table} where size is null or mt is null");
        assert_eq!(lines(&dump, &wrong), ["0"], "{table}");
    }
}
