//! Fields of library types by their names, of which versions have had several.

use crate::bytes::Addr;
use crate::dump::Fault;

use super::{Value, Values};

/// Offsets of fields count from behind the MethodTable.
const DATA: u64 = 8;

impl Values {
    /// The value of the field of the object at `object` that bears one of `names`; of several the one that comes first
    /// among those. `None` when it has none of them, or nothing tells its fields.
    ///
    /// # Errors
    /// The object is not in the dump.
    pub fn named_field(&self, object: Addr, names: &[&str]) -> Result<Option<Value>, Fault> {
        let description = self.types().description(self.types().type_of(object)?);
        let Some(field) = names.iter().find_map(|name| description.field(name)) else { return Ok(None) };
        let place = object.offset(DATA + u64::from(field.offset));
        self.read(place, &field.field_type.shape).map(Some)
    }

    /// The object that such a field refers to; `None` for a null reference too.
    ///
    /// # Errors
    /// As for [`Self::named_field`].
    pub fn named_reference(&self, object: Addr, names: &[&str]) -> Result<Option<Addr>, Fault> {
        Ok(match self.named_field(object, names)? {
            Some(Value::Reference(to)) => Some(to).filter(|to| !to.is_null()),
            _ => None,
        })
    }

    /// The number in such a field.
    ///
    /// # Errors
    /// As for [`Self::named_field`].
    pub fn named_integer(&self, object: Addr, names: &[&str]) -> Result<Option<i128>, Fault> {
        Ok(match self.named_field(object, names)? {
            Some(Value::Integer(number)) => Some(number),
            _ => None,
        })
    }
}
