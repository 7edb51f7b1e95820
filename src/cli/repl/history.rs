//! Where what was asked is remembered between runs.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::user_folders;

/// The file of past statements: `heapql/history` in the user's folder for state, or `None` where
/// there is no such folder.
pub(super) fn path() -> Option<PathBuf> {
    user_folders::state().map(|folder| folder.join("history"))
}

/// Makes the folder of the file, for the user alone: statements may name customers.
pub(super) fn make_folder(file: &Path) -> io::Result<()> {
    let Some(folder) = file.parent() else { return Ok(()) };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_folder_is_private() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("heapql").join("history");
        make_folder(&file).unwrap();
        make_folder(&file).unwrap();
        let mode = file.parent().unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
