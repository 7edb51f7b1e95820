//! Files that were mapped into the process.

use crate::bytes::Addr;

/// A file mapped into the process, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMapping {
    /// Where the mapping begins.
    pub start: Addr,
    /// Where it ends.
    pub end: Addr,
    /// The offset in the file, in bytes, that lies at `start`.
    pub file_offset: u64,
    /// The file's path as the process saw it.
    pub path: String,
}

impl FileMapping {
    /// The file's name without its folder.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}
