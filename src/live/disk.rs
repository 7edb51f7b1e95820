//! Room on disks.

use std::io;
use std::path::Path;

/// Bytes that this user may still write to the file system of a folder.
///
/// # Errors
/// What the operating system says, of a folder that is not there for example.
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(folder)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Whether two folders are on one file system, so that a file of one can be renamed into the other.
pub fn is_same_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |folder: &Path| folder.metadata().map(|metadata| metadata.dev()).ok();
    device(one).is_some_and(|one| Some(one) == device(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_room_and_a_missing_one_has_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(free_bytes(folder.path()).unwrap() > 0);
        assert!(free_bytes(&folder.path().join("missing")).is_err());
        assert!(is_same_disk(folder.path(), folder.path()));
        assert!(!is_same_disk(folder.path(), &folder.path().join("missing")));
    }
}
