//! Fields of the runtime library's own objects, by name.
//!
//! Names change between versions: each is asked for by all that it had, and where none is there the rule that needs it says
//! nothing.

use crate::bytes::Addr;
use crate::clr::type_system::FieldShape;
use crate::values::{Value, Values};

/// Offset of the fields in an object.
const DATA: u64 = 8;

/// Where a field of the objects of a type lies, and what it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FieldPlace {
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
