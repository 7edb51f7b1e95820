//! Fields of single objects, by the names that versions of the library gave them: the first that is there wins.
//!
//! For objects of which there are few. Where there may be a million of a type, its [`FieldPlace`]s are found once.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::values::{FieldPlace, Values};

/// Where a field of the object at `object` lies; `None` where it has none of these names, or is not in the dump.
pub(super) fn place(values: &Values, object: Addr, paths: &[&str]) -> Option<FieldPlace> {
    FieldPlace::at(values, values.types().type_of(object).ok()?, paths)
}

/// The object that a field refers to; `None` for null too.
pub(super) fn follow(values: &Values, object: Addr, paths: &[&str]) -> Option<Addr> {
    place(values, object, paths)?.reference(values, object)
}

/// The number in a field.
pub(super) fn number(values: &Values, object: Addr, paths: &[&str]) -> Option<i128> {
    place(values, object, paths)?.integer(values, object)
}

/// The text of the string that a field refers to.
pub(super) fn text(values: &Values, object: Addr, paths: &[&str]) -> Option<String> {
    values.string(follow(values, object, paths)?).ok()
}

/// What a person reads of a field: the name of an enum's value, a date.
pub(super) fn reading(values: &Values, object: Addr, names: &[&str]) -> Option<String> {
    let description = values.types().description(values.types().type_of(object).ok()?);
    let field = names.iter().find_map(|name| description.field(name))?;
    let at = FieldPlace::of(values, description.method_table, names)?.of_object(object);
    values.text(at, &field.field_type).ok()?
}

/// The name of the type of an object.
pub(super) fn type_name(values: &Values, object: Addr) -> Option<Arc<str>> {
    values.types().type_of(object).ok().map(|mt| values.types().name(mt))
}
