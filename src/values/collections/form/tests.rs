//! The bundled shapes are well formed, and what is not is refused by entry and field.

use std::path::Path;

use super::shapes;
use crate::values::collections::CollectionShapes;

const FIELDS: &str = r#""name": "Mine", "fields": {"items": "array"}"#;

/// The error for a file with one entry.
fn refused(entry: &str) -> String {
    shapes(&format!(r#"{{"form": 1, "shapes": [{entry}]}}"#)).unwrap_err()
}

/// The error for an entry whose items are walked so.
fn refused_walk(walk: &str) -> String {
    refused(&format!(r#"{{{FIELDS}, "items": {walk}}}"#))
}

#[test]
fn the_bundled_shapes_are_well_formed() {
    let names: Vec<String> = CollectionShapes::default().names().map(str::to_owned).collect();
    for name in ["List", "Dictionary", "ConditionalWeakTable", "MemoryCache", "FrozenDictionary"] {
        assert!(names.iter().any(|n| n == name), "{name}");
    }
}

#[test]
fn the_example_of_the_manual_is_well_formed() {
    let manual = include_str!("../../../../docs/collections.md");
    let example = manual.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(shapes(example).unwrap().len(), 1);
}

#[test]
fn a_file_that_is_none_of_this_form_is_refused() {
    assert!(shapes("{").unwrap_err().starts_with("it is no JSON: "));
    assert_eq!(shapes("[]").unwrap_err(), "the file: an object is expected, not []");
    assert_eq!(shapes(r#"{"shapes": []}"#).unwrap_err(), "the file: the field `form` is missing");
    assert_eq!(
        shapes(r#"{"form": 2, "shapes": []}"#).unwrap_err(),
        "its form is 2, this program reads form 1"
    );
    assert_eq!(shapes(r#"{"form": 1, "shapes": {}}"#).unwrap_err(), "`shapes` is no list");
    let unknown = shapes(r#"{"form": 1, "shapes": [], "shape": 1}"#).unwrap_err();
    assert_eq!(unknown, "the file: the field `shape` is not known; known are form, shapes, about");
}

#[test]
fn errors_name_the_entry_and_the_field() {
    assert_eq!(refused("5"), "shape 1: an object is expected, not 5");
    assert_eq!(refused("{}"), "shape 1: the field `name` is missing");
    assert_eq!(refused(r#"{"name": 5}"#), "shape 1, field `name`: a text is expected, not 5");
    assert_eq!(refused(r#"{"name": "Mine"}"#), "shape 1 (Mine): the field `fields` is missing");
    let cases = [
        (
            r#""fields": {}, "items": {"array": "a"}"#,
            "field `fields`: without any, every type would have this shape",
        ),
        (r#""fields": 1"#, "field `fields`: names of fields and their kinds are expected"),
        (
            r#""fields": {"a": "list"}"#,
            "field `fields`, `a`: `list` is no kind; they are any, integer, unsigned, boolean, reference, itself, array, and objects with `array of`, `object`, `struct` or `type`",
        ),
        (
            r#""fields": {"a": {"list": 1}}"#,
            "field `fields`, `a`: `list` is none of `array of`, `object`, `struct`, `type`",
        ),
        (r#""fields": {"a": {}}"#, "field `fields`, `a`: exactly one field is expected"),
        (r#""fields": {"a": {"type": 1}}"#, "field `fields`, `a`, `type`: a type's name is expected"),
        (
            r#""fields": {"a": {"array of": 1}}"#,
            "field `fields`, `a`, `array of`: names of fields and their kinds are expected",
        ),
        (r#""fields": {"a": "any"}, "only": 1"#, "field `only`: true or false is expected, not 1"),
        (r#""fields": {"a": "any"}, "may": "b""#, "field `may`: a list of texts is expected, not \"b\""),
        (
            r#""fields": {"a": "any"}, "count": "a b""#,
            "field `count`: before `b` in `a b` a `+` or `-` is expected",
        ),
        (
            r#""fields": {"a": "any"}, "count": "a -""#,
            "field `count`: `a -` ends where a field or number is expected",
        ),
        (
            r#""fields": {"a": "any"}, "beside": ["a..b"]"#,
            "field `beside`: `a..b` is no path: names of fields with dots between, or `this`, are expected",
        ),
        (
            r#""fields": {"a": "any"}, "items": {"array": "a"}, "cuont": "a""#,
            "the field `cuont` is not known; known are name, struct, fields, only, may, inherited, count, capacity, beside, items, types, versions, note",
        ),
    ];
    for (fields, expected) in cases {
        let error = refused(&format!(r#"{{"name": "Mine", {fields}}}"#));
        let error = error.strip_prefix("shape 1 (Mine)").unwrap_or_else(|| panic!("{error}"));
        assert_eq!(error.trim_start_matches([',', ':', ' ']), expected);
    }
}

#[test]
fn errors_of_a_walk_name_their_place() {
    let cases = [
        ("5", "an object is expected, not 5"),
        ("{}", "exactly one of `array`, `keys`, `ring`, `chain`, `tree`, `wraps`, `bits` is expected"),
        (
            r#"{"array": "a", "tree": "b"}"#,
            "exactly one of `array`, `keys`, `ring`, `chain`, `tree`, `wraps`, `bits` is expected",
        ),
        (
            r#"{"array": "1a"}"#,
            "field `array`: `1a` is no path: names of fields with dots between, or `this`, are expected",
        ),
        (
            r#"{"array": "a", "live": ["x"]}"#,
            "field `live`: `x` is no condition: a field, `=`, `!=`, `>=` or `<`, and a value are expected",
        ),
        (
            r#"{"array": "a", "live": ["x > 1"]}"#,
            "field `live`: `>` in `x > 1` is none of `=`, `!=`, `>=`, `<`",
        ),
        (
            r#"{"array": "a", "live": ["x = y"]}"#,
            "field `live`: `y` in `x = y` is no number, and neither `null` nor `array`",
        ),
        (
            r#"{"array": "a", "live": ["x < null"]}"#,
            "field `live`: `x < null` orders references: they can only be `=` or `!=`",
        ),
        (
            r#"{"array": "a", "order": "up"}"#,
            "field `order`: `up` is neither `first to last` nor `last to first`",
        ),
        (
            r#"{"array": "a", "key": {"weak": "b"}}"#,
            "field `key`: `weak` is neither `handle` nor `secondary`",
        ),
        (r#"{"array": "a", "details": {"x": 1}}"#, "field `details`, `x`: a path is expected, not 1"),
        (
            r#"{"array": "a", "each": {"bits": "b", "count": "c"}, "key": "k"}"#,
            "with `each` there can be no `key`, `value` or `also`",
        ),
        (r#"{"ring": "a", "head": "h"}"#, "a ring has either `count` or `tail`"),
        (r#"{"chain": "a", "next": "n"}"#, "nodes need `value` or `each`"),
        (r#"{"tree": "a", "left": "l"}"#, "the field `right` is missing"),
        (r#"{"keys": "a"}"#, "the field `values` is missing"),
        (r#"{"wraps": "a", "next": "b"}"#, "the field `next` is not known; known are wraps, order"),
        (r#"[{"wraps": "a"}, {"bits": "b"}]"#, "walk 2: the field `count` is missing"),
        (r#"{"array": "a", "each": {"ring": 5}}"#, "field `each`, field `ring`: a text is expected, not 5"),
    ];
    for (walk, expected) in cases {
        let error = refused_walk(walk);
        let error = error.strip_prefix("shape 1 (Mine), field `items`").unwrap_or_else(|| panic!("{error}"));
        assert_eq!(error.trim_start_matches([',', ':', ' ']), expected);
    }
}

#[test]
fn a_file_is_named_in_its_errors() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.json");
    let missing = CollectionShapes::default().with_file(&file).unwrap_err();
    assert_eq!(missing.kind(), crate::ErrorKind::Io);
    assert!(missing.to_string().contains("mine.json"), "{missing}");
    std::fs::write(&file, r#"{"form": 1, "shapes": [{"name": "X"}]}"#).unwrap();
    let error = CollectionShapes::default().with_file(&file).unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Usage);
    assert!(error.message().ends_with("mine.json: shape 1 (X): the field `fields` is missing"), "{error}");
    assert!(error.hint_text().is_some());
    assert!(CollectionShapes::default().with_file(Path::new(folder.path())).is_err());
}

#[test]
fn a_file_that_is_far_too_large_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dump.core");
    std::fs::File::create(&file).unwrap().set_len(1 << 40).unwrap();
    let error = CollectionShapes::default().with_file(&file).unwrap_err();
    assert!(error.message().ends_with("is too large for a description of collections"), "{error}");
}

#[test]
fn a_users_file_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.json");
    std::fs::write(
        &file,
        format!(r#"{{"form": 1, "shapes": [{{{FIELDS}, "items": {{"array": "items"}}}}]}}"#),
    )
    .unwrap();
    let shapes = CollectionShapes::default().with_file(&file).unwrap();
    assert_eq!(shapes.names().next(), Some("Mine"));
    assert_eq!(shapes.names().count(), CollectionShapes::default().names().count() + 1);
}
