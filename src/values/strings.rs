//! The contents of strings.
//!
//! Layout, the same in all versions (`StringObject` in `src/coreclr/vm/object.h`): MethodTable, i32 number of UTF-16
//! code units at 8, the units from 12 on. Embedded nulls and lone surrogates are part of the text (see [`crate::text`]).

use std::borrow::Cow;

use super::Values;
use crate::bytes::Addr;
use crate::dump::Fault;
use crate::limits;
use crate::text;

/// Offset of the length in a string.
const LENGTH: u64 = 8;
/// Offset of the first code unit in a string.
const FIRST_CHAR: u64 = 12;

impl Values {
    /// How many UTF-16 code units the string at `object` has.
    ///
    /// # Errors
    /// The length is not in the dump; or it is one that no string can have: then the fault names the end of the
    /// memory that it would take.
    pub fn string_length(&self, object: Addr) -> Result<u32, Fault> {
        let length = self.types().memory().u32(object.offset(LENGTH))?;
        if length > limits::MAX_STRING_UNITS {
            return Err(Fault::Unmapped(object.offset(FIRST_CHAR + 2 * u64::from(length))));
        }
        Ok(length)
    }

    /// The code units of the string at `object`, two bytes each, the lower first: borrowed from the dump where they
    /// lie together.
    ///
    /// # Errors
    /// Part of the string is not in the dump.
    pub fn string_bytes(&self, object: Addr) -> Result<Cow<'_, [u8]>, Fault> {
        let length = self.string_length(object)? as usize;
        self.types().memory().bytes(object.offset(FIRST_CHAR), 2 * length)
    }

    /// The whole text of the string at `object`. That it is one is up to the caller.
    ///
    /// # Errors
    /// Part of the string is not in the dump.
    pub fn string(&self, object: Addr) -> Result<String, Fault> {
        self.string_bytes(object).map(|bytes| text::from_utf16_le(&bytes))
    }

    /// The first `max_units` code units of the string at `object`, or one less where that would cut a character in
    /// two. The whole text when it is not longer.
    ///
    /// # Errors
    /// Part of these units is not in the dump.
    pub fn string_prefix(&self, object: Addr, max_units: usize) -> Result<String, Fault> {
        let length = self.string_length(object)? as usize;
        let bytes = self.types().memory().bytes(object.offset(FIRST_CHAR), 2 * length.min(max_units))?;
        let whole = match bytes.last_chunk() {
            Some(&unit) if length > max_units && is_high_surrogate(u16::from_le_bytes(unit)) => {
                bytes.len() - 2
            }
            _ => bytes.len(),
        };
        Ok(text::from_utf16_le(bytes.get(..whole).unwrap_or_default()))
    }
}

fn is_high_surrogate(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

#[cfg(test)]
mod tests;
