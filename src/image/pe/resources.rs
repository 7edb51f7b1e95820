//! Resources of a mapped PE image by type and name ("PE Format", `.rsrc`): directories of three levels, type, name and
//! language, whose entries are names or numbers, each with the place of the next level or, at last, of the data.

use object::pe::IMAGE_DIRECTORY_ENTRY_RESOURCE;

use super::{Directory, PeImage};
use crate::bytes::Addr;
use crate::error::Error;
use crate::limits::MAX_PE_RESOURCES;

/// `RT_RCDATA`: data without a form.
const RCDATA: u32 = 10;
/// Bytes in front of a directory's entries, and of each entry.
const HEADER: u32 = 16;
const ENTRY: u32 = 8;
/// Set in an entry's name that is a text and no number, and in its place that is a directory and no data.
const MARK: u32 = 1 << 31;

/// Which entry of a directory is looked for.
enum Wanted<'a> {
    Number(u32),
    Named(&'a str),
    First,
}

impl PeImage<'_> {
    /// The data of the resource `name` of type RCDATA, and how many bytes they have; `None` when the image has none, and for
    /// a file on disk.
    ///
    /// # Errors
    /// `MissingMemory` when the answer depends on memory that is not in the dump; `Malformed` for places that lead nowhere.
    pub fn resource(&self, name: &str) -> Result<Option<(Addr, u32)>, Error> {
        let Some(root) = self.directory(IMAGE_DIRECTORY_ENTRY_RESOURCE as u32)? else { return Ok(None) };
        let mut place = MARK;
        for wanted in [Wanted::Number(RCDATA), Wanted::Named(name), Wanted::First] {
            if place & MARK == 0 {
                return Ok(None);
            }
            match self.resource_entry(root.rva, place & !MARK, &wanted)? {
                Some(found) => place = found,
                None => return Ok(None),
            }
        }
        if place & MARK != 0 {
            return Ok(None);
        }
        let leaf = self.offset_of(Directory { rva: root.rva.saturating_add(place), size: 8 })?;
        let (rva, size) = (self.source.u32(leaf, "resources")?, self.source.u32(leaf + 4, "resources")?);
        Ok(self.rva_address(rva, size)?.map(|address| (address, size)))
    }

    /// Where the entry of the directory at `place`, both from the root, leads.
    fn resource_entry(&self, root: u32, place: u32, wanted: &Wanted<'_>) -> Result<Option<u32>, Error> {
        let rva = root.saturating_add(place);
        let directory = self.offset_of(Directory { rva, size: HEADER })?;
        let half = |offset: u64| self.source.u16(directory + offset, "resources").map(u32::from);
        let count = (half(12)? + half(14)?).min(MAX_PE_RESOURCES);
        for index in 0..count {
            let entry =
                self.offset_of(Directory { rva: rva.saturating_add(HEADER + ENTRY * index), size: ENTRY })?;
            let (name, next) =
                (self.source.u32(entry, "resources")?, self.source.u32(entry + 4, "resources")?);
            let found = match *wanted {
                Wanted::Number(number) => name == number,
                Wanted::Named(text) => name & MARK != 0 && self.is_resource_name(root, name & !MARK, text)?,
                Wanted::First => true,
            };
            if found {
                return Ok(Some(next));
            }
        }
        Ok(None)
    }

    /// Whether the text at `place`, its length and then UTF-16, is `wanted`, which has ASCII letters only.
    fn is_resource_name(&self, root: u32, place: u32, wanted: &str) -> Result<bool, Error> {
        let rva = root.saturating_add(place);
        let length = self.offset_of(Directory { rva, size: 2 })?;
        if usize::from(self.source.u16(length, "resources' names")?) != wanted.len() {
            return Ok(false);
        }
        let size = 2 * wanted.len();
        let text = self.offset_of(Directory { rva: rva.saturating_add(2), size: size as u32 })?;
        let text = self.source.bytes(text, size, "resources' names")?;
        let (units, _) = text.as_chunks::<2>();
        Ok(units.iter().zip(wanted.bytes()).all(|(unit, letter)| *unit == [letter, 0]))
    }
}
