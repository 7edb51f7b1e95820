//! Rows of objects in synthetic processes.

use super::{DATA, NotAnObject, ObjectView, Row, Rows};
use crate::bytes::Addr;
use crate::clr::type_system::{Field, FieldShape, FieldType, Primitive, TypeDescription};
use crate::synth::{Holds, element};
use crate::values::Plain;
use crate::values::synthetic::{define, kennel, structure, values, values_of};

/// Field, value and text of each row.
fn told(view: &ObjectView) -> Vec<(&str, String, Option<&str>)> {
    let told = |row: &'_ Row| row.value.to_string();
    view.rows.iter().map(|row| (row.field.as_str(), told(row), row.text.as_deref())).collect()
}

fn row<'a>(view: &'a ObjectView, field: &str) -> &'a Row {
    view.rows.iter().find(|row| row.field == field).unwrap_or_else(|| panic!("no row {field}"))
}

#[test]
fn a_struct_has_a_row_and_its_fields_have_theirs() {
    let kennel = kennel();
    let (dog, friend) = (Addr(kennel.dogs[1]), Addr(kennel.dogs[2]));
    let values = values(kennel.process);
    let view = values.object(dog, 10).unwrap();
    let name = row(&view, "Name").value;
    assert_eq!(
        told(&view),
        [
            ("Name", name.to_string(), Some("Dog1")),
            ("Friend", friend.to_string(), None),
            ("Legs", "4".into(), None),
            ("Good", "true".into(), None),
            ("Born", "null".into(), Some("2020-02-29T12:34:56.0000000Z")),
            ("Born._dateData", crate::synth::BORN.to_string(), None),
            ("Home", "null".into(), Some("{X=1, Y=-1}")),
            ("Home.X", "1".into(), None),
            ("Home.Y", "-1".into(), None),
        ]
    );
    assert_eq!(row(&view, "Home.Y").offset, 36);
    assert_eq!(&*row(&view, "Home.Y").type_name, "System.Int32");
    assert_eq!((view.size, view.elements_left_out, view.fields_left_out), (Some(56), 0, false));
}

#[test]
fn a_hidden_name_occurs_twice_and_a_null_has_no_value() {
    let kennel = kennel();
    let cat = Addr(kennel.cats[1]);
    let view = values(kennel.process).object(cat, 10).unwrap();
    let names: Vec<_> = view.rows.iter().filter(|row| row.field == "Name").collect();
    assert_eq!(names.len(), 2);
    assert_eq!(names[0].text.as_deref(), Some("Hidden1"));
    assert_eq!((names[1].value, &names[1].text, names[1].missing), (Plain::None, &None, None));
    assert_eq!((row(&view, "Fur").value, row(&view, "Fur").text.as_deref()), (Plain::Integer(3), Some("3")));
    assert_eq!(row(&view, "Purr").value, Plain::Real(1.5));
}

#[test]
fn elements_come_after_the_fields_as_many_as_were_asked_for() {
    let mut kennel = kennel();
    let of = kennel.points;
    let object = Addr(kennel.array(of, &[1 | 2 << 32, 3 | 4 << 32, 5, 6]));
    let values = values(kennel.process);
    let view = values.object(object, 2).unwrap();
    let rows: Vec<_> = told(&view).into_iter().filter(|(field, ..)| field.starts_with('[')).collect();
    assert_eq!(
        rows,
        [
            ("[0]", "null".into(), Some("{X=1, Y=2}")),
            ("[0].X", "1".into(), None),
            ("[0].Y", "2".into(), None),
            ("[1]", "null".into(), Some("{X=3, Y=4}")),
            ("[1].X", "3".into(), None),
            ("[1].Y", "4".into(), None),
        ]
    );
    assert_eq!(view.elements_left_out, 2);
    assert_eq!(row(&view, "[1].X").offset, 16);
    assert_eq!(values.object(object, u64::MAX).unwrap().elements_left_out, 0);
    assert_eq!(values.object(object, 0).unwrap().elements_left_out, 4);
}

#[test]
fn a_box_begins_with_its_value() {
    let mut kennel = kennel();
    let of = define(&mut kennel.process, "System.Int64");
    let long = kennel.process.primitive(of, element::I8);
    let number = Addr(kennel.object(long, &[u64::MAX]));
    let point = structure(&mut kennel.process, "Zoo.Size", 8, &[("W", 0, Holds::Number(element::I8))]);
    let size = Addr(kennel.object(point, &[7]));
    let values = values(kennel.process);
    assert_eq!(told(&values.object(number, 10).unwrap())[0], ("(boxed)", "-1".into(), None));
    let expected = [("(boxed)", "null".into(), Some("{W=7}")), ("W", "7".into(), None)];
    assert_eq!(told(&values.object(size, 10).unwrap()), expected);
}

#[test]
fn a_string_begins_with_its_text() {
    let mut kennel = kennel();
    let string = Addr(kennel.string("who\0le"));
    let view = values(kennel.process).object(string, 10).unwrap();
    assert_eq!(told(&view)[0], ("(string)", "null".into(), Some("who\0le")));
    assert_eq!(view.size, Some(22 + 12));
}

#[test]
fn an_inline_array_has_its_declared_field_and_its_elements() {
    let mut kennel = kennel();
    let object = Addr(kennel.object(kennel.holder, &[7 | 8 << 32, 9]));
    let values = values(kennel.process);
    let name = "System.Int32".into();
    let field_type = FieldType { name, shape: FieldShape::Primitive(Primitive::I4) };
    let declared_in = Addr(1);
    let first = Field { name: "first".into(), declared_in, offset: 0, row: 1, field_type };
    let three = TypeDescription {
        fields: vec![first],
        repeated: Some(3),
        data_size: 12,
        ..TypeDescription::unknown(declared_in, "Zoo.Three".into())
    };
    let mut rows =
        Rows { values: &values, object, rows: Vec::new(), max_elements: 2, max_rows: 100, cut: false };
    rows.fields(object.offset(DATA), &three, "Items.", 0);
    let told: Vec<_> = rows.rows.iter().map(|row| (row.field.as_str(), row.offset, row.value)).collect();
    let expected = [
        ("Items.first", 0, Plain::Integer(7)),
        ("Items[0]", 0, Plain::Integer(7)),
        ("Items[1]", 4, Plain::Integer(8)),
    ];
    assert_eq!(told, expected);
    assert!(rows.cut);
    rows.max_elements = 10;
    rows.cut = false;
    rows.fields(object.offset(DATA), &three, "", 0);
    assert_eq!(rows.rows.last().map(|row| (row.field.as_str(), row.value)), Some(("[2]", Plain::Integer(9))));
    assert!(!rows.cut);
}

#[test]
fn a_missing_page_takes_only_what_is_on_it() {
    let kennel = kennel();
    let dog = kennel.dogs[1];
    let mut dump = kennel.process.dump();
    // Good and Born.
    dump.memory.forget(dog + 24, dog + 40);
    let view = values_of(&dump).object(Addr(dog), 10).unwrap();
    let lost: Vec<_> =
        view.rows.iter().filter(|row| row.missing.is_some()).map(|row| row.field.as_str()).collect();
    assert_eq!(lost, ["Legs", "Good", "Born", "Born._dateData"]);
    assert_eq!(row(&view, "Home").text.as_deref(), Some("{X=1, Y=-1}"));
    assert_eq!(row(&view, "Good").value, Plain::None);
    assert_eq!(row(&view, "Good").missing.unwrap().address(), Addr(dog + 28));
}

#[test]
fn a_missing_string_leaves_the_reference() {
    let mut kennel = kennel();
    let name = kennel.string("gone");
    let cat = kennel.object(kennel.cat, &[name, 0, 4, 0, 0]);
    let mut dump = kennel.process.dump();
    dump.memory.forget(name, name + 24);
    let view = values_of(&dump).object(Addr(cat), 10).unwrap();
    let name_row = row(&view, "Name");
    assert_eq!(name_row.value, Plain::Address(Addr(name)));
    assert!(name_row.missing.is_some() && name_row.text.is_none());
}

#[test]
fn what_is_no_object_says_so() {
    let kennel = kennel();
    let dog = kennel.dogs[0];
    let values = values(kennel.process);
    assert!(matches!(values.object(Addr(8), 1), Err(NotAnObject::Missing(_))));
    // The fields of an object: Legs and Good.
    let inside = values.object(Addr(dog + 24), 1).unwrap_err();
    assert!(matches!(inside, NotAnObject::Missing(_) | NotAnObject::NoMethodTable(_)), "{inside}");
    // A reference to an object is no MethodTable.
    let reference = values.object(Addr(dog + 8), 1).unwrap_err();
    assert!(reference.to_string().contains("leads to no type"), "{reference}");
}
