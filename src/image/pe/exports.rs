//! Exports of a mapped PE image by name ("PE Format", `.edata`): names in ascending order, beside each the index of a function.

use std::cmp::Ordering;

use object::pe::IMAGE_DIRECTORY_ENTRY_EXPORT;

use super::{Directory, PeImage};
use crate::bytes::Addr;
use crate::error::Error;
use crate::limits::MAX_PE_EXPORTS;

/// Bytes of an export directory.
const DIRECTORY_SIZE: u32 = 40;

impl PeImage<'_> {
    /// The address of the exported function or variable `name`; `None` when the image exports no such name, when the name
    /// is one of another module (a forwarder), and for a file on disk.
    ///
    /// # Errors
    /// `MissingMemory` when the answer depends on memory that is not in the dump; `Malformed` for tables that lead nowhere.
    pub fn export(&self, name: &str) -> Result<Option<Addr>, Error> {
        let Some(directory) = self.directory(IMAGE_DIRECTORY_ENTRY_EXPORT as u32)? else { return Ok(None) };
        let what = "export directory";
        let at = self.offset_of(Directory { size: DIRECTORY_SIZE, ..directory })?;
        let word = |offset: u64| self.source.u32(at + offset, what);
        let (functions, names) = (word(20)?, word(24)?.min(MAX_PE_EXPORTS));
        let (function_table, name_table, ordinal_table) = (word(28)?, word(32)?, word(36)?);
        let Some(index) = self.index_of(name, name_table, names)? else { return Ok(None) };
        let ordinal = self.offset_of(Directory { rva: entry(ordinal_table, index, 2), size: 2 })?;
        let ordinal = u32::from(self.source.u16(ordinal, "exports' ordinals")?);
        if ordinal >= functions {
            return Err(self.source.malformed(at, "an export's ordinal leads out of the table of functions"));
        }
        let function = self.offset_of(Directory { rva: entry(function_table, ordinal, 4), size: 4 })?;
        let rva = self.source.u32(function, "table of exported functions")?;
        let forwarded = rva.checked_sub(directory.rva).is_some_and(|distance| distance < directory.size);
        if rva == 0 || forwarded {
            return Ok(None);
        }
        self.rva_address(rva, 1)
    }

    /// Where `name` stands among the names, which ascend.
    fn index_of(&self, name: &str, table: u32, count: u32) -> Result<Option<u32>, Error> {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            let place = self.offset_of(Directory { rva: entry(table, middle, 4), size: 4 })?;
            let rva = self.source.u32(place, "table of exported names")?;
            match self.compare(rva, name)? {
                Ordering::Equal => return Ok(Some(middle)),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// How the text at an RVA compares to `name`. Stops at the first difference.
    fn compare(&self, rva: u32, name: &str) -> Result<Ordering, Error> {
        for (index, wanted) in (0_u32..).zip(name.bytes().chain([0])) {
            let place = self.offset_of(Directory { rva: rva.saturating_add(index), size: 1 })?;
            let byte = self.source.bytes(place, 1, "exports' names")?;
            match byte.first().copied().unwrap_or_default().cmp(&wanted) {
                Ordering::Equal => {}
                other => return Ok(other),
            }
        }
        Ok(Ordering::Equal)
    }
}

/// The RVA of an entry of a table. One that leads round the end of the address space is outside of every image.
fn entry(table: u32, index: u32, size: u32) -> u32 {
    table.saturating_add(index.saturating_mul(size))
}
