//! The debug directory of a PE image: what ties it to its PDB, or the PDB itself ("PE Format", `.debug`; dotnet/runtime
//! `docs/design/specs/PE-COFF.md`).

use std::borrow::Cow;
use std::io::Read;

use flate2::read::DeflateDecoder;
use object::pe::IMAGE_DIRECTORY_ENTRY_DEBUG;

use super::{Directory, PeImage};
use crate::error::Error;
use crate::limits::{MAX_EMBEDDED_PDB_BYTES, MAX_PE_DEBUG_ENTRIES};

const ENTRY_SIZE: u32 = 28;
/// `IMAGE_DEBUG_TYPE_CODEVIEW` and `IMAGE_DEBUG_TYPE_EMBEDDED_PORTABLE_PDB`: kinds of entries.
const CODE_VIEW_PDB: u32 = 2;
const EMBEDDED_PORTABLE_PDB: u32 = 17;
/// Minor version of an entry whose PDB is a portable one.
const PORTABLE: u16 = 0x504d;
/// What the data of the two kinds of entries begin with.
const CODE_VIEW: &[u8] = b"RSDS";
const EMBEDDED: &[u8] = b"MPDB";
/// Bytes of a CodeView entry in front of the path: signature, GUID, age.
const CODE_VIEW_HEADER: usize = 24;

/// What ties an image to its portable PDB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortablePdbLink {
    /// The id that the PDB bears too: a GUID and a stamp.
    pub id: [u8; 20],
    /// The path at which the compiler wrote it.
    pub path: String,
}

/// One entry of the directory.
struct Entry {
    stamp: u32,
    minor_version: u16,
    kind: u32,
    data: Directory,
}

impl<'a> PeImage<'a> {
    /// What ties the image to a portable PDB; `None` when it says of none.
    ///
    /// # Errors
    /// `MissingMemory` when the directory is not in the dump; `Malformed` when it leads out of the image.
    pub fn portable_pdb(&self) -> Result<Option<PortablePdbLink>, Error> {
        for entry in self.debug_entries()? {
            if entry.kind != CODE_VIEW_PDB || entry.minor_version != PORTABLE {
                continue;
            }
            let data = self.debug_data(&entry)?;
            let header = data.get(..CODE_VIEW_HEADER).filter(|header| header.starts_with(CODE_VIEW));
            let guid = header.and_then(|header| header.get(CODE_VIEW.len()..)?.first_chunk::<16>());
            let Some(guid) = guid else { continue };
            let path = data.get(CODE_VIEW_HEADER..).unwrap_or_default();
            let path = path.split(|&byte| byte == 0).next().unwrap_or_default();
            let mut id = [0; 20];
            let parts = guid.iter().chain(&entry.stamp.to_le_bytes()).copied().collect::<Vec<u8>>();
            id.copy_from_slice(&parts);
            return Ok(Some(PortablePdbLink { id, path: String::from_utf8_lossy(path).into_owned() }));
        }
        Ok(None)
    }

    /// The portable PDB that the image carries within itself; `None` when it carries none.
    ///
    /// # Errors
    /// `MissingMemory` when it is not all in the dump; `Malformed` when it leads out of the image, claims to be absurdly
    /// large or cannot be unpacked.
    pub fn embedded_pdb(&self) -> Result<Option<Vec<u8>>, Error> {
        let Some(entry) = self.debug_entries()?.into_iter().find(|entry| entry.kind == EMBEDDED_PORTABLE_PDB)
        else {
            return Ok(None);
        };
        let data = self.debug_data(&entry)?;
        let damaged = |what: &str| self.source.malformed(0, &format!("its embedded PDB {what}"));
        let header = data.split_at_checked(8).filter(|(header, _)| header.starts_with(EMBEDDED));
        let (header, packed) = header.ok_or_else(|| damaged("does not begin as one"))?;
        let size = header.last_chunk().map_or(0, |&size| u32::from_le_bytes(size));
        if size > MAX_EMBEDDED_PDB_BYTES {
            return Err(damaged("is larger than any"));
        }
        let mut pdb = Vec::new();
        let unpacked = DeflateDecoder::new(packed).take(size.into()).read_to_end(&mut pdb);
        match unpacked {
            Ok(read) if read == size as usize => Ok(Some(pdb)),
            _ => Err(damaged("cannot be unpacked")),
        }
    }

    fn debug_entries(&self) -> Result<Vec<Entry>, Error> {
        let Some(directory) = self.directory(IMAGE_DIRECTORY_ENTRY_DEBUG as u32)? else {
            return Ok(Vec::new());
        };
        let at = self.offset_of(directory)?;
        let count = (directory.size / ENTRY_SIZE).min(MAX_PE_DEBUG_ENTRIES);
        let entry = |index: u32| {
            let at = at + u64::from(ENTRY_SIZE * index);
            let word = |offset: u64| self.source.u32(at + offset, "debug directory");
            Ok(Entry {
                stamp: word(4)?,
                minor_version: self.source.u16(at + 10, "debug directory")?,
                kind: word(12)?,
                data: Directory { size: word(16)?, rva: word(20)? },
            })
        };
        (0..count).map(entry).collect()
    }

    fn debug_data(&self, entry: &Entry) -> Result<Cow<'a, [u8]>, Error> {
        self.source.bytes(self.offset_of(entry.data)?, entry.data.size as usize, "debug data")
    }
}
