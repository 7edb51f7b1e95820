//! Where what was asked is remembered between runs.

use std::env;
use std::ffi::OsString;
use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

/// The file of past statements: `heapql/history` in the user's folder for state, or `None` where
/// there is no such folder.
pub(super) fn path() -> Option<PathBuf> {
    state_folder(env::home_dir(), |name| env::var_os(name))
        .map(|folder| folder.join("heapql").join("history"))
}

/// XDG Base Directory Specification 0.8: `$XDG_STATE_HOME` if it is absolute, else
/// `~/.local/state`; on Windows `%LOCALAPPDATA%`.
fn state_folder(home: Option<PathBuf>, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return absolute("LOCALAPPDATA");
    }
    let home = || home.filter(|home| home.is_absolute()).map(|home| home.join(".local").join("state"));
    absolute("XDG_STATE_HOME").or_else(home)
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

    fn folder(home: Option<&str>, state: Option<&str>) -> Option<PathBuf> {
        state_folder(home.map(PathBuf::from), |name| {
            (name == "XDG_STATE_HOME").then_some(state).flatten().map(OsString::from)
        })
    }

    #[test]
    fn the_specification_is_followed() {
        assert_eq!(folder(Some("/home/a"), Some("/state")), Some("/state".into()));
        assert_eq!(folder(Some("/home/a"), None), Some("/home/a/.local/state".into()));
        assert_eq!(folder(Some("/home/a"), Some("relative")), Some("/home/a/.local/state".into()));
        assert_eq!(folder(None, Some("")), None);
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
