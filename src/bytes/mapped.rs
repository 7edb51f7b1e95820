//! A file mapped into memory, or bytes that stand in for one.

use std::fs::File;
use std::io;
use std::ops::Deref;

/// The bytes of a file: mapped, or owned when they came from elsewhere.
#[derive(Debug)]
pub enum Mapped {
    /// A read-only mapping of a file.
    File(memmap2::Mmap),
    /// Bytes in memory.
    Memory(Vec<u8>),
}

impl Mapped {
    /// Maps a whole file for reading.
    ///
    /// The file must not be truncated while it is open: the operating system then ends the
    /// program (SIGBUS) at the first read past the new end. Dumps are written once, so this is
    /// accepted, as by every tool that maps files.
    ///
    /// # Errors
    /// What the operating system says: not a regular file, no address space left, ...
    #[allow(unsafe_code)]
    pub fn open(file: &File) -> io::Result<Mapped> {
        if file.metadata()?.len() == 0 {
            return Ok(Mapped::Memory(Vec::new()));
        }
        // SAFETY: the mapping is private and read-only; the bytes are only ever read as plain
        // integers, for which every bit pattern is valid. That nobody shrinks the file
        // meanwhile is the documented condition of this function.
        let map = unsafe { memmap2::MmapOptions::new().map_copy_read_only(file)? };
        Ok(Mapped::File(map))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Mapped::File(map) => map,
            Mapped::Memory(bytes) => bytes,
        }
    }
}
