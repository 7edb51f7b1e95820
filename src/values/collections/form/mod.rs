//! Reading shapes from JSON, with errors that name the entry and the field.
//!
//! By hand and not derived: whoever writes an entry of their own must be told which one is wrong, where, and what may stand
//! there.

mod object;
mod walk;

use serde_json::Value;

use super::expression::Expression;
use super::kind::{FieldKind, Member};
use super::path::Path;
use super::shape::Shape;
use object::Object;

/// The number of the form; a program that does not know a form refuses it.
const FORM: i64 = 1;

/// The shapes that `text` describes.
///
/// # Errors
/// A sentence that names the entry and the field.
pub(super) fn shapes(text: &str) -> Result<Vec<Shape>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    let mut object = Object::new(&value, "the file")?;
    let form = object.required("form")?;
    if form.as_i64() != Some(FORM) {
        return Err(format!("its form is {form}, this program reads form {FORM}"));
    }
    let entries = object.required("shapes")?;
    let entries = entries.as_array().ok_or("`shapes` is no list")?;
    // For people: where the entries come from.
    object.skip("about");
    object.finish()?;
    entries.iter().enumerate().map(|(index, entry)| shape(entry, index)).collect()
}

fn shape(value: &Value, index: usize) -> Result<Shape, String> {
    let name = value.get("name").and_then(Value::as_str);
    let place = match name {
        Some(name) => format!("shape {} ({name})", index + 1),
        None => format!("shape {}", index + 1),
    };
    let mut object = Object::new(value, &place)?;
    let shape = Shape {
        name: object.text("name")?.into(),
        value_type: object.flag("struct")?,
        fields: members(object.required("fields")?, &format!("{place}, field `fields`"))?,
        only: object.flag("only")?,
        may: object.texts("may")?.into_iter().map(Box::from).collect(),
        inherited: match object.optional("inherited") {
            Some(value) => members(value, &format!("{place}, field `inherited`"))?,
            None => Vec::new(),
        },
        count: object.parsed("count", Expression::parse)?,
        capacity: object.parsed("capacity", Expression::parse)?,
        beside: object
            .texts("beside")?
            .into_iter()
            .map(|path| Path::parse(path).map_err(|why| format!("{place}, field `beside`: {why}")))
            .collect::<Result<_, _>>()?,
        items: walk::walk(object.required("items")?, &format!("{place}, field `items`"))?,
    };
    // For people: which types it was made for, where it was seen, what to know of it.
    object.texts("types")?;
    object.optional_text("versions")?;
    object.optional_text("note")?;
    object.finish()?;
    if shape.fields.is_empty() {
        return Err(format!("{place}, field `fields`: without any, every type would have this shape"));
    }
    Ok(shape)
}

fn members(value: &Value, place: &str) -> Result<Vec<Member>, String> {
    let map =
        value.as_object().ok_or_else(|| format!("{place}: names of fields and their kinds are expected"))?;
    map.iter()
        .map(|(name, value)| Ok((Box::from(&**name), kind(value, &format!("{place}, `{name}`"))?)))
        .collect()
}

fn kind(value: &Value, place: &str) -> Result<FieldKind, String> {
    if let Some(word) = value.as_str() {
        return Ok(match word {
            "any" => FieldKind::Any,
            "integer" => FieldKind::Integer,
            "unsigned" => FieldKind::Unsigned,
            "boolean" => FieldKind::Boolean,
            "reference" => FieldKind::Reference,
            "itself" => FieldKind::Itself,
            "array" => FieldKind::Array,
            other => {
                return Err(format!(
                    "{place}: `{other}` is no kind; they are any, integer, unsigned, boolean, reference, itself, array, \
                     and objects with `array of`, `object`, `struct` or `type`"
                ));
            }
        });
    }
    let mut object = Object::new(value, place)?;
    let (key, value) = object.single()?;
    let of = |key: &str| members(value, &format!("{place}, `{key}`"));
    match key {
        "array of" => of(key).map(FieldKind::ArrayOf),
        "object" => of(key).map(FieldKind::Object),
        "struct" => of(key).map(FieldKind::Struct),
        "type" => {
            let start =
                value.as_str().ok_or_else(|| format!("{place}, `type`: a type's name is expected"))?;
            Ok(FieldKind::Named(start.into()))
        }
        other => Err(format!("{place}: `{other}` is none of `array of`, `object`, `struct`, `type`")),
    }
}

#[cfg(test)]
mod tests;
