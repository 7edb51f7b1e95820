//! Fields of library types by their names, of which versions have had several.

use crate::bytes::Addr;
use crate::dump::Fault;

use super::{FieldPlace, Value, Values};

impl Values {
    /// The value of the field of the object at `object` that bears one of `names`; of several the one that comes first
    /// among those. `None` when it has none of them, or nothing tells its fields.
    ///
    /// # Errors
    /// The object is not in the dump.
    pub fn named_field(&self, object: Addr, names: &[&str]) -> Result<Option<Value>, Fault> {
        let place = FieldPlace::of(self, self.types().type_of(object)?, names);
        place.map(|place| self.read(place.of_object(object), place.shape())).transpose()
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
