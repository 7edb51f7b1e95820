//! The text of a string as it lies in memory: UTF-16 code units.
//!
//! Source: `class StringObject` in `src/coreclr/vm/object.h`, the same in all versions: the length as a 32-bit number
//! behind the MethodTable, then the units, then a zero unit that does not count.

use std::borrow::Cow;

use super::Values;
use crate::bytes::Addr;
use crate::dump::Fault;

const LENGTH_OFFSET: u64 = 8;
const UNITS_OFFSET: u64 = 12;

impl Values {
    /// The code units of the string at `object`, the lower byte of each first; copied only where they do not lie
    /// one after the other in the file.
    ///
    /// # Errors
    /// A part of it is not in the dump.
    pub fn string_units(&self, object: Addr) -> Result<Cow<'_, [u8]>, Fault> {
        let memory = self.types().memory();
        let start = object.offset(UNITS_OFFSET);
        let length = u64::from(memory.u32(object.offset(LENGTH_OFFSET))?) * 2;
        if length == 0 {
            return Ok(Cow::Borrowed(&[]));
        }
        let run = memory.run_at(start)?;
        if let Some(bytes) = usize::try_from(length).ok().and_then(|length| run.bytes.get(..length)) {
            return Ok(Cow::Borrowed(bytes));
        }
        // Asked before room is made: a forged length may be anything.
        let end = start.offset(length);
        if memory.saved_bytes(start, end) < length {
            return Err(Fault::NotSaved(run.end()));
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        memory.read(start, &mut bytes)?;
        Ok(Cow::Owned(bytes))
    }
}
