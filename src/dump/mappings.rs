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
        file_name(&self.path)
    }
}

/// What the kernel adds to the path of a file that was replaced or removed since, by an update in place.
const DELETED: &str = " (deleted)";

/// A path without the kernel's mark for files that were replaced or removed since.
pub fn without_deleted_mark(path: &str) -> &str {
    path.strip_suffix(DELETED).unwrap_or(path)
}

/// The last part of a path of Unix or of Windows.
pub(super) fn file_name(path: &str) -> &str {
    // A path that begins with a slash is one of Unix, where names may hold backslashes.
    let unix = path.starts_with('/');
    path.rsplit(|c| c == '/' || c == '\\' && !unix).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_a_path_is_the_name() {
        for (path, name) in [
            ("/usr/lib/libc.so", "libc.so"),
            ("/app/a\\b", "a\\b"),
            ("C:\\Program Files\\dotnet\\coreclr.dll", "coreclr.dll"),
            ("\\\\?\\D:\\app\\x.exe", "x.exe"),
            ("C:/app/x.exe", "x.exe"),
            ("x", "x"),
            ("", ""),
        ] {
            assert_eq!(file_name(path), name, "{path}");
        }
    }
}
