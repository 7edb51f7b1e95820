//! An ELF64 file on disk, as far as its program headers describe it.
//!
//! Section headers are not looked at: they stand at the end of a file, which may be longer than the module (a bundle
//! follows single-file programs) or stripped of them.

use std::ops::Range;

use object::elf::{ELFCLASS64, ELFDATA2LSB, ELFMAG, PF_W, PT_LOAD, PT_NOTE};

use crate::bytes::Cursor;
use crate::image::BuildId;
use crate::limits::{MAX_MODULE_NOTE_BYTES, MAX_MODULE_PROGRAM_HEADERS};

use super::{PROGRAM_HEADER_SIZE, ProgramHeader, read_program_header};

/// An ELF64 file, little-endian.
#[derive(Debug)]
pub struct ElfFile<'a> {
    bytes: &'a [u8],
    headers: Vec<ProgramHeader>,
}

impl<'a> ElfFile<'a> {
    /// Reads the headers of a file's contents. `None` for what is no ELF file of 64 bits and little-endian, and for a
    /// damaged one.
    pub fn parse(bytes: &'a [u8]) -> Option<ElfFile<'a>> {
        if !bytes.starts_with(&ELFMAG)
            || bytes.get(4) != Some(&ELFCLASS64.0)
            || bytes.get(5) != Some(&ELFDATA2LSB.0)
        {
            return None;
        }
        let table = usize::try_from(Cursor::at(bytes, 32).u64().ok()?).ok()?;
        let mut sizes = Cursor::at(bytes, 54);
        let (size, count) = (sizes.u16().ok()?, sizes.u16().ok()?);
        if size != PROGRAM_HEADER_SIZE || count > MAX_MODULE_PROGRAM_HEADERS {
            return None;
        }
        let mut cursor = Cursor::at(bytes, table);
        let headers = (0..count).map(|_| read_program_header(&mut cursor).ok()).collect::<Option<_>>()?;
        Some(ElfFile { bytes, headers })
    }

    /// The build id; `None` when there is none.
    pub fn build_id(&self) -> Option<BuildId> {
        self.headers.iter().filter(|h| h.is(PT_NOTE)).find_map(|header| {
            let size = header.file_size.min(MAX_MODULE_NOTE_BYTES);
            let end = header.offset.checked_add(size)?;
            let notes = usize::try_from(header.offset).ok()?..usize::try_from(end).ok()?;
            BuildId::in_notes(self.bytes.get(notes)?, header.alignment)
        })
    }

    /// The parts of the file that are loaded and that the process cannot write to: in memory they are as they are here.
    pub fn read_only_parts(&self) -> impl Iterator<Item = Range<u64>> {
        let parts = self.headers.iter().filter(|h| h.is(PT_LOAD) && h.flags & PF_W.0 == 0);
        parts.map(|h| h.offset..h.offset.saturating_add(h.file_size))
    }

    /// Where the last part that is loaded ends in the file.
    pub fn loaded_end(&self) -> u64 {
        let ends =
            self.headers.iter().filter(|h| h.is(PT_LOAD)).map(|h| h.offset.saturating_add(h.file_size));
        ends.max().unwrap_or(0).min(self.bytes.len() as u64)
    }
}
