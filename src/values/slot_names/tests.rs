//! Names of slots in synthetic processes.

use super::plan::Plan;
use super::write_slot;
use crate::bytes::Addr;
use crate::clr::type_system::{Field, FieldShape, FieldType, TypeDescription, TypeKind};
use crate::synth::{Holds, element};
use crate::values::synthetic::{class, define, kennel, structure, values, values_of};

/// The names that the rows of an object have at these slots.
fn row_names(values: &super::Values, object: u64) -> Vec<(u64, String)> {
    let rows = values.object(Addr(object), 100).unwrap().rows;
    rows.into_iter().filter(|row| row.is_reference).map(|row| (row.offset + 8, row.field)).collect()
}

#[test]
fn slots_are_called_as_the_rows_of_an_object_are() {
    let mut kennel = kennel();
    let process = &mut kennel.process;
    let of = define(process, "Zoo.Inner");
    let inner = process.structure(of, 16);
    process.fields(of, inner, &[("Count", 0, Holds::Number(element::I4)), ("Tag", 8, Holds::String)]);
    let outer =
        class(process, "Zoo.Outer", 32, &[("First", 0, Holds::Object), ("Inner", 8, Holds::Struct(of))]);
    let inners = process.array(inner, 16);
    let boxed = kennel.object(inner, &[1, 0]);
    let outer = kennel.object(outer, &[0, 1, 0, 0]);
    let array = kennel.array(inners, &[]);
    let dump = kennel.process.dump();
    let values = values_of(&dump);
    for object in [kennel.dogs[0], kennel.cats[0], kennel.holders[0], boxed, outer] {
        let rows = row_names(&values, object);
        assert!(!rows.is_empty());
        for (offset, field) in rows {
            assert_eq!(values.slot_name(Addr(object), offset), field);
        }
    }
    assert_eq!(values.slot_name(Addr(outer), 24), "Inner.Tag");
    assert_eq!(
        [16 + 8, 16 + 12 * 16 + 8].map(|at| values.slot_name(Addr(array), at)),
        ["[0].Tag", "[12].Tag"]
    );
}

#[test]
fn elements_of_several_dimensions_are_indexed_by_their_bounds() {
    let mut kennel = kennel();
    let of = kennel.process.array_of_rank(kennel.process.string, 2, 8);
    let mut contents: Vec<u8> = [3_u32, 2].iter().flat_map(|length| length.to_le_bytes()).collect();
    contents.extend([10_i32, -5].iter().flat_map(|lower| lower.to_le_bytes()));
    contents.extend([0; 6 * 8]);
    let object = Addr(kennel.process.object_of(kennel.segment, of, 6, &contents));
    let values = values(kennel.process);
    let names: Vec<String> = (0..6).map(|i| values.slot_name(object, 32 + 8 * i)).collect();
    assert_eq!(names, ["[10,-5]", "[10,-4]", "[11,-5]", "[11,-4]", "[12,-5]", "[12,-4]"]);
    assert!(values.slot_names(Addr(of.method_table)).needs_dimensions());
}

#[test]
fn only_fields_outside_of_arrays_have_names_that_are_made() {
    let kennel = kennel();
    let (animal, points) = (Addr(kennel.animal.method_table), Addr(kennel.points.method_table));
    let values = values(kennel.process);
    let names = values.slot_names(animal);
    assert_eq!(names.field(16).map(|name| &**name), Some("Friend"));
    assert_eq!([names.field(12), names.field(24), values.slot_names(points).field(16)], [None; 3]);
}

#[test]
fn slots_without_a_name_are_told_by_their_offsets() {
    let mut kennel = kennel();
    let empty = structure(&mut kennel.process, "Zoo.Nothing", 8, &[]);
    let animal = Addr(kennel.dogs[0]);
    let values = values(kennel.process);
    assert_eq!(values.slot_name(animal, 24), "+0x18");
    assert_eq!(values.slot_names(Addr(empty.method_table)).name(8, &[]), "+0x8");
    // No object is there, and no type.
    assert_eq!(values.slot_name(Addr(8), 16), "+0x10");
    assert_eq!(values.slot_names(Addr(0x10)).name(u64::MAX, &[]), "+0xffffffffffffffff");
}

fn field(name: &str, offset: u32, shape: FieldShape) -> Field {
    let field_type = FieldType { name: "?".into(), shape };
    Field { name: name.into(), declared_in: Addr(1), row: 1, offset, field_type }
}

fn named(plan: &Plan, offset: u64) -> String {
    let mut name = String::new();
    write_slot(plan, offset, &[], &mut name);
    name
}

#[test]
fn a_slot_in_a_struct_that_is_not_told_is_named_after_the_struct() {
    let values = values(kennel().process);
    let reference = FieldShape::Reference { method_table: None };
    let description = TypeDescription {
        fields: vec![field("after", 24, reference), field("zoo.dll!04000012", 0, FieldShape::OpaqueStruct)],
        ..TypeDescription::unknown(Addr(1), "zoo.dll!02000002".into())
    };
    let plan = Plan::of_objects(values.types(), &description);
    let names = [8, 16, 32, 40].map(|offset| named(&plan, offset));
    assert_eq!(names, ["zoo.dll!04000012", "zoo.dll!04000012+0x8", "after", "+0x28"]);
}

#[test]
fn an_inline_array_has_indexes_and_no_declared_field() {
    let values = values(kennel().process);
    let three = TypeDescription {
        kind: TypeKind::Struct,
        fields: vec![field("first", 0, FieldShape::Reference { method_table: None })],
        repeated: Some(3),
        data_size: 24,
        ..TypeDescription::unknown(Addr(1), "Zoo.Three".into())
    };
    let plan = Plan::of_objects(values.types(), &three);
    assert_eq!([8, 24, 32].map(|offset| named(&plan, offset)), ["[0]", "[2]", "+0x20"]);
}

#[test]
fn a_struct_that_holds_itself_ends() {
    let mut kennel = kennel();
    let process = &mut kennel.process;
    let of = define(process, "Zoo.Endless");
    let endless = process.structure(of, 16);
    process.fields(
        of,
        endless,
        &[("A", 0, Holds::Struct(of)), ("B", 8, Holds::Struct(of)), ("Tag", 0, Holds::String)],
    );
    let mt = Addr(endless.method_table);
    assert!(values(kennel.process).slot_names(mt).field(8).is_some());
}
