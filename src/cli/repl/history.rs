//! Where what was asked is remembered between runs.

use std::collections::HashSet;
use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

use rustyline::Config;
use rustyline::history::{FileHistory, History};

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

/// Leaves of what was entered several times the last only. A history that cannot be read or written stays as it is.
pub(super) fn forget_duplicates(file: &Path, config: Config) {
    let mut history = FileHistory::with_config(&config);
    if history.load(file).is_err() {
        return;
    }
    let mut seen = HashSet::new();
    let mut last: Vec<&String> = history.iter().rev().filter(|entry| seen.insert(*entry)).collect();
    if last.len() == history.len() {
        return;
    }
    last.reverse();
    let mut rest = FileHistory::with_config(&config);
    let added = last.into_iter().try_for_each(|entry| rest.add(entry).map(drop));
    // Losing what was entered would be worse than seeing it twice.
    let _ = added.and_then(|()| rest.save(file));
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_was_entered_again_is_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history");
        let mut history = FileHistory::with_config(&Config::default());
        for entry in ["one", "two", "one", "three\nlines"] {
            history.add(entry).unwrap();
        }
        history.save(&file).unwrap();
        forget_duplicates(&file, Config::default());
        let mut history = FileHistory::with_config(&Config::default());
        history.load(&file).unwrap();
        assert_eq!(history.iter().collect::<Vec<_>>(), ["two", "one", "three\nlines"]);
        forget_duplicates(&folder.path().join("missing"), Config::default());
    }

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
