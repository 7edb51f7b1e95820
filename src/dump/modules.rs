//! The images that the operating system had loaded, as a minidump lists them.

use std::fmt;

use crate::bytes::Addr;

use super::FileMapping;

/// The version of a file: major, minor, build, revision.
pub type FileVersion = [u16; 4];

/// What ties a PE image to its PDB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PdbId {
    /// A number of its own for each build, as it lies in memory.
    pub guid: [u8; 16],
    /// How often the PDB was written since.
    pub age: u32,
}

impl fmt::Display for PdbId {
    /// The GUID as `8-4-4-4-12` hex digits: its first three parts are little-endian numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a0, a1, a2, a3, b0, b1, c0, c1, rest @ ..] = self.guid;
        let (a, b) = (u32::from_le_bytes([a0, a1, a2, a3]), u16::from_le_bytes([b0, b1]));
        write!(f, "{a:08x}-{b:04x}-{:04x}-", u16::from_le_bytes([c0, c1]))?;
        for (index, byte) in rest.iter().enumerate() {
            write!(f, "{}{byte:02x}", if index == 2 { "-" } else { "" })?;
        }
        Ok(())
    }
}

/// A loaded image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeModule {
    /// Where it begins.
    pub base: Addr,
    /// Bytes of memory that it takes: SizeOfImage.
    pub size: u32,
    /// TimeDateStamp of its PE header; with the size it identifies the file.
    pub time_date_stamp: u32,
    /// Its path as the process saw it; empty when it is cut off.
    pub path: String,
    /// The version that its file bears, if it bears one.
    pub version: Option<FileVersion>,
    /// What ties it to its PDB, if it has one.
    pub pdb: Option<PdbId>,
}

impl NativeModule {
    /// The file's name without its folder.
    pub fn file_name(&self) -> &str {
        super::mappings::file_name(&self.path)
    }

    /// The module as a mapping of its whole file.
    pub fn mapping(&self) -> FileMapping {
        FileMapping {
            start: self.base,
            end: Addr(self.base.0.saturating_add(self.size.into())),
            file_offset: 0,
            path: self.path.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdb_is_named_as_symbol_servers_and_debuggers_do() {
        let mut guid = [0; 16];
        for (at, byte) in guid.iter_mut().zip(1_u8..) {
            *at = byte;
        }
        assert_eq!(PdbId { guid, age: 1 }.to_string(), "04030201-0605-0807-090a-0b0c0d0e0f10");
    }
}
