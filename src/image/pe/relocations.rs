//! Which bytes of a PE file the process has as they stand in the file: those of sections that cannot be written to, but
//! for the pages in which the loader puts addresses right ("PE Format", `.reloc`).

use std::ops::Range;

use object::pe::{IMAGE_DIRECTORY_ENTRY_BASERELOC, IMAGE_SCN_MEM_WRITE};

use super::{Directory, PeImage};
use crate::error::Error;

/// Bytes of a page, and of the header of a block of relocations, which is for one page.
const PAGE: u32 = 4096;
const BLOCK_HEADER: u32 = 8;

impl PeImage<'_> {
    /// The parts of the file, as offsets, that are unchanged in every process. For a file; of an image in memory none are told.
    ///
    /// # Errors
    /// `Malformed` for a table of relocations that leads nowhere.
    pub fn unchanged_parts(&self) -> Result<Vec<Range<u64>>, Error> {
        let changed = self.relocated_pages()?;
        let mut parts = Vec::new();
        for section in
            self.sections.iter().filter(|section| section.characteristics & IMAGE_SCN_MEM_WRITE.0 == 0)
        {
            let end = section.rva.saturating_add(section.file_size);
            let in_file = |rva: u32| u64::from(section.file_offset) + u64::from(rva - section.rva);
            let mut from = section.rva;
            for &page in
                changed.iter().filter(|&&page| page.saturating_add(PAGE + 8) > section.rva && page < end)
            {
                if page > from {
                    parts.push(in_file(from)..in_file(page));
                }
                // An address at the end of the page reaches into the next one.
                from = page.saturating_add(PAGE + 8).clamp(from, end);
            }
            if from < end {
                parts.push(in_file(from)..in_file(end));
            }
        }
        parts.sort_unstable_by_key(|part| part.start);
        Ok(parts)
    }

    /// The RVAs of the pages with addresses, ascending.
    fn relocated_pages(&self) -> Result<Vec<u32>, Error> {
        let Some(table) = self.directory(IMAGE_DIRECTORY_ENTRY_BASERELOC as u32)? else {
            return Ok(Vec::new());
        };
        let at = self.offset_of(Directory { size: table.size, ..table })?;
        let mut pages = Vec::new();
        let mut block = 0_u32;
        while block + BLOCK_HEADER <= table.size {
            let place = at + u64::from(block);
            let (page, size) =
                (self.source.u32(place, "relocations")?, self.source.u32(place + 4, "relocations")?);
            // Zeros fill the table up.
            if size < BLOCK_HEADER {
                break;
            }
            pages.push(page);
            let Some(next) = block.checked_add(size) else { break };
            block = next;
        }
        pages.sort_unstable();
        Ok(pages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of two sections of three pages: `.text` at RVA 0x1000, of which the page at 0x2000 has relocations, and `.data` behind,
    /// which can be written to.
    fn file(relocations: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0; 0x7000];
        let mut put = |at: usize, value: u32| bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        put(0, u32::from_le_bytes(*b"MZ\0\0"));
        put(0x3c, 0x80);
        put(0x80, u32::from_le_bytes(*b"PE\0\0"));
        put(0x84, 0x0002_8664);
        put(0x94, 240);
        put(0x98, 0x020b);
        put(0x98 + 56, 0x8000);
        put(0x98 + 60, 0x400);
        put(0x98 + 108, 16);
        put(0x98 + 112 + 5 * 8, 0x4000);
        put(0x98 + 116 + 5 * 8, 4 * relocations.len() as u32);
        for (section, rva, offset, flags) in
            [(0, 0x1000, 0x400, 0x6000_0020), (1, 0x4000, 0x3400, 0xc000_0040)]
        {
            let at = 0x98 + 240 + 40 * section;
            [0x3000, rva, 0x3000, offset]
                .iter()
                .enumerate()
                .for_each(|(i, value)| put(at + 8 + 4 * i, *value));
            put(at + 36, flags);
        }
        relocations.iter().enumerate().for_each(|(i, value)| put(0x3400 + 4 * i, *value));
        bytes
    }

    fn parts(relocations: &[u32]) -> Vec<(u64, u64)> {
        let file = file(relocations);
        let parts = PeImage::in_file(&file).unwrap().unchanged_parts().unwrap();
        parts.into_iter().map(|part| (part.start, part.end)).collect()
    }

    #[test]
    fn what_cannot_be_written_to_is_unchanged() {
        assert_eq!(parts(&[]), [(0x400, 0x3400)]);
    }

    #[test]
    fn pages_with_addresses_are_left_out() {
        // A block for the page with one address and one that fills up, one for a page of the other section, zeros.
        let blocks = [0x2000, 12, 0x0000_a010, 0x4000, 8, 0, 0];
        assert_eq!(parts(&blocks), [(0x400, 0x1400), (0x2408, 0x3400)]);
        // The first page of the section, and one that ends in it.
        assert_eq!(parts(&[0x1000, 8]), [(0x1408, 0x3400)]);
        assert_eq!(parts(&[0, 8]), [(0x408, 0x3400)]);
    }

    #[test]
    fn a_table_that_leads_nowhere_is_an_error() {
        let mut bytes = file(&[0x2000, 8]);
        bytes[0x98 + 112 + 5 * 8..][..4].copy_from_slice(&0x9000_0000_u32.to_le_bytes());
        assert!(PeImage::in_file(&bytes).unwrap().unchanged_parts().is_err());
    }
}
