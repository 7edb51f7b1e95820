//! Fields of the runtime library's own objects, by name.
//!
//! Names change between versions: each is asked for by all that it had, and where none is there the reader that needs it says
//! nothing.

use std::sync::Arc;

use super::{Value, Values};
use crate::bytes::Addr;
use crate::clr::type_system::FieldShape;

/// Offset of the fields in an object.
const DATA: u64 = 8;

/// Where a field of the objects of a type lies, and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldPlace {
    /// Bytes from the start of the object.
    offset: u64,
    shape: FieldShape,
}

impl FieldPlace {
    /// The field of the type at `mt` that bears one of these names; `None` when there is none.
    pub fn of(values: &Values, mt: Addr, names: &[&str]) -> Option<FieldPlace> {
        let description = values.types().description(mt);
        let field = names.iter().find_map(|name| description.field(name))?;
        Some(FieldPlace { offset: DATA + u64::from(field.offset), shape: field.field_type.shape.clone() })
    }

    /// The field that one of these paths leads to, each through structs in place: the names that versions gave it, the first
    /// that is there wins. `None` when none is.
    pub fn at(values: &Values, mt: Addr, paths: &[&str]) -> Option<FieldPlace> {
        paths.iter().find_map(|path| {
            let mut steps = path.split('/');
            let first = FieldPlace::of(values, mt, &[steps.next()?])?;
            steps.try_fold(first, |place, step| place.inner(values, &[step]))
        })
    }

    /// All fields of the objects of the type at `mt`, with their names: those of the most distant base first.
    pub fn all(values: &Values, mt: Addr) -> Vec<(Arc<str>, FieldPlace)> {
        let description = values.types().description(mt);
        let place = |offset| DATA + u64::from(offset);
        let fields = description.fields.iter();
        fields
            .map(|field| {
                let shape = field.field_type.shape.clone();
                (Arc::clone(&field.name), FieldPlace { offset: place(field.offset), shape })
            })
            .collect()
    }

    /// All fields of the struct in this field, with their names; none where it is no struct that is known.
    pub fn all_inner(&self, values: &Values) -> Vec<(Arc<str>, FieldPlace)> {
        let FieldShape::Struct { method_table } = self.shape else { return Vec::new() };
        let mut all = FieldPlace::all(values, method_table);
        all.iter_mut().for_each(|(_, inner)| inner.offset += self.offset - DATA);
        all
    }

    /// The field of a struct in this field.
    pub fn inner(&self, values: &Values, names: &[&str]) -> Option<FieldPlace> {
        let FieldShape::Struct { method_table } = self.shape else { return None };
        let inner = FieldPlace::of(values, method_table, names)?;
        // Structs in place have no MethodTable before their data.
        Some(FieldPlace { offset: self.offset + inner.offset - DATA, shape: inner.shape })
    }

    /// What the field is.
    pub fn shape(&self) -> &FieldShape {
        &self.shape
    }

    /// Where the field of an object lies.
    pub fn of_object(&self, object: Addr) -> Addr {
        object.offset(self.offset)
    }

    /// The number in the field of an object, of whatever size; `None` where it is no number or not in the dump.
    pub fn integer(&self, values: &Values, object: Addr) -> Option<i128> {
        match values.read(object.offset(self.offset), &self.shape).ok()? {
            Value::Integer(number) => Some(number),
            Value::Boolean(truth) => Some(i128::from(truth)),
            Value::Pointer(address) => Some(i128::from(address.0)),
            _ => None,
        }
    }

    /// The reference in the field of an object; `None` for null, and where it is none or not in the dump.
    pub fn reference(&self, values: &Values, object: Addr) -> Option<Addr> {
        match values.read(object.offset(self.offset), &self.shape).ok()? {
            Value::Reference(target) => Some(target).filter(|target| !target.is_null()),
            _ => None,
        }
    }
}
