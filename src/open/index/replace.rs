//! A new index takes the place of the old one at once, or not at all.
//!
//! It is written beside under another name and renamed when it is whole. Nothing waits for the disk: what a crash of
//! the machine leaves of it is told by its length and its checksums at the next opening.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use tempfile::{NamedTempFile, TempPath};

use super::place::{Place, Standing, look};
use crate::dump::container::prepare_private_folder;

/// What the names of unfinished files begin with.
const UNFINISHED_PREFIX: &str = ".heapql-index-";

/// How old an unfinished file must be to count as abandoned by a program that was killed: no writing takes so long.
const ABANDONED_AFTER: Duration = Duration::from_secs(60 * 60);

/// An empty file in the folder of a place, which is removed again unless it takes the place.
///
/// # Errors
/// What the operating system says; or what stands in the place is not ours.
pub(super) fn begin(place: &Place) -> io::Result<NamedTempFile> {
    if let Place::Cached(_) = place {
        prepare_private_folder(place.folder())?;
    }
    replaceable(place.path())?;
    remove_abandoned(place.folder());
    tempfile::Builder::new().prefix(UNFINISHED_PREFIX).tempfile_in(place.folder())
}

/// Gives the written file to the place. Who may read the dump may read its index.
///
/// # Errors
/// As for [`begin`].
pub(super) fn finish(file: &File, written: TempPath, place: &Place, dump: &Path) -> io::Result<()> {
    if let Place::Beside(_) = place {
        share_like(file, dump)?;
    }
    match written.persist_noclobber(place.path()) {
        Ok(()) => Ok(()),
        Err(error) => {
            replaceable(place.path())?;
            error.path.persist(place.path()).map_err(|error| error.error)
        }
    }
}

/// Whether a file may be put there.
fn replaceable(path: &Path) -> io::Result<()> {
    match look(path)? {
        Standing::Nothing | Standing::Index(_) => Ok(()),
        Standing::Foreign(what) => {
            Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{what} stands there")))
        }
    }
}

#[cfg(unix)]
fn share_like(file: &File, dump: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let readers = fs::metadata(dump)?.permissions().mode() & 0o444;
    file.set_permissions(fs::Permissions::from_mode(readers | 0o600))
}

#[cfg(not(unix))]
fn share_like(_file: &File, _dump: &Path) -> io::Result<()> {
    Ok(())
}

/// Removes what killed programs left behind. What cannot be removed now will be tried again the next time.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let unfinished = entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED_PREFIX));
        if unfinished && is_abandoned(&entry) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_abandoned(entry: &fs::DirEntry) -> bool {
    let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|modified| modified.elapsed());
    matches!(age, Ok(Ok(age)) if age > ABANDONED_AFTER)
}
