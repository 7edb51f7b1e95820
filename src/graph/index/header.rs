//! The header of an index: whose it is, and the table of its sections.

use bytemuck::{Pod, Zeroable};
use xxhash_rust::xxh3::Xxh3Default;

use crate::limits;

use super::section::Entry;
use super::{Identity, Unusable};

/// What an index begins with. As that of PNG, it tells a transfer as text from the file itself.
pub const MAGIC: [u8; 8] = *b"\x89hqlx\r\n\x1a";

/// The version of the file: goes up whenever its layout changes, and whenever what is stored would come out otherwise
/// than before (another walk, other references), so that an answer never depends on which version made the index.
const VERSION: u32 = 1;

/// Reads as itself in the byte order in which it was written.
const BYTE_ORDER: u32 = 0x0102_0304;

/// The program's own version: between releases more changes than anybody remembers to count.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
struct Raw {
    magic: [u8; 8],
    byte_order: u32,
    version: u32,
    program: [u8; 20],
    /// Entries of the table.
    sections: u32,
    file_length: u64,
    dump: Identity,
    /// The XXH3 of the header with zero here, and of the table.
    checksum: u64,
}

/// The header and the table of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub dump: Identity,
    pub file_length: u64,
    pub entries: Vec<Entry>,
}

impl Header {
    /// Bytes of a header with so many sections.
    pub(super) fn length(sections: usize) -> usize {
        size_of::<Raw>() + sections * size_of::<Entry>()
    }

    /// The header's bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut raw = Raw {
            magic: MAGIC,
            byte_order: BYTE_ORDER,
            version: VERSION,
            program: program(),
            sections: self.entries.len() as u32,
            file_length: self.file_length,
            dump: self.dump,
            checksum: 0,
        };
        raw.checksum = checksum(raw, &self.entries);
        [bytemuck::bytes_of(&raw), bytemuck::cast_slice(&self.entries)].concat()
    }

    /// Reads the header of `file`, and holds it against the file's length.
    ///
    /// # Errors
    /// It is none of this version of the program, damaged, or that of a longer file.
    pub(super) fn read(file: &[u8]) -> Result<Header, Unusable> {
        if !file.starts_with(&MAGIC) {
            return Err(Unusable::Foreign);
        }
        let raw: Raw = bytemuck::pod_read_unaligned(file.get(..size_of::<Raw>()).ok_or(Unusable::Cut)?);
        if raw.byte_order != BYTE_ORDER {
            return Err(Unusable::ByteOrder);
        }
        if raw.version != VERSION || raw.program != program() {
            return Err(Unusable::Version);
        }
        let damaged = Unusable::Damaged("header");
        if raw.sections > limits::MAX_INDEX_SECTIONS {
            return Err(damaged);
        }
        let table = file.get(size_of::<Raw>()..Header::length(raw.sections as usize)).ok_or(Unusable::Cut)?;
        let entries: Vec<Entry> =
            table.chunks_exact(size_of::<Entry>()).map(bytemuck::pod_read_unaligned).collect();
        if checksum(raw, &entries) != raw.checksum {
            return Err(damaged);
        }
        if file.len() as u64 != raw.file_length {
            return Err(Unusable::Cut);
        }
        Ok(Header { dump: raw.dump, file_length: raw.file_length, entries })
    }
}

fn checksum(raw: Raw, entries: &[Entry]) -> u64 {
    let mut hash = Xxh3Default::new();
    hash.update(bytemuck::bytes_of(&Raw { checksum: 0, ..raw }));
    hash.update(bytemuck::cast_slice(entries));
    hash.digest()
}

/// The program's version as the header has it, zeros behind.
fn program() -> [u8; 20] {
    let mut program = [0; 20];
    program.iter_mut().zip(PROGRAM.bytes()).for_each(|(to, from)| *to = from);
    program
}
