//! A new index takes the place of the old one at once, or not at all.
//!
//! It is written beside under another name and renamed when it is whole. Nothing waits for the disk: what a crash of
//! the machine leaves of it is told by its length and its checksums at the next opening.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::place::{Place, Standing, look};
use crate::bytes::Unfinished;
use crate::dump::container::prepare_private_folder;

/// What the names of unfinished files begin with.
const UNFINISHED_PREFIX: &str = ".heapql-index-";

/// An empty file in the folder of a place, which is removed again unless it takes the place.
///
/// # Errors
/// What the operating system says; or what stands in the place is not ours.
pub(super) fn begin(place: &Place) -> io::Result<(File, Unfinished)> {
    if let Place::Cached(_) = place {
        prepare_private_folder(place.folder())?;
    }
    replaceable(place.path())?;
    Unfinished::create(place.folder(), UNFINISHED_PREFIX, tempfile::Builder::new())
}

/// Gives the written file to the place. Who may read the dump may read its index.
///
/// # Errors
/// As for [`begin`].
pub(super) fn finish(file: &File, written: Unfinished, place: &Place, dump: &Path) -> io::Result<()> {
    if let Place::Beside(_) = place {
        share_like(file, dump)?;
    }
    match written.persist_noclobber(place.path()) {
        Ok(()) => Ok(()),
        Err((_, written)) => {
            replaceable(place.path())?;
            written.persist(place.path())
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
