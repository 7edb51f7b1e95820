//! How a dump file becomes bytes: mapped when it is plain, unpacked first when it is compressed.
//!
//! Compression is told by content, never by name. A compressed dump is unpacked once, into
//! memory when it is small, else into a sparse temporary file (or a kept one, see
//! [`ContainerOptions::cache`]) in which blocks of zeros are holes, so that a dump of gigabytes
//! of untouched memory needs neither that memory nor that disk. What the bytes mean is not
//! known here.

mod apport;
mod cache;
mod compression;
mod sparse_file;
mod unpack;

#[cfg(test)]
mod tests;

use std::fs::{File, FileType};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

pub use cache::prepare as prepare_private_folder;
pub use compression::Compression;

use crate::bytes::Mapped;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::problem::Problem;
use crate::progress::Progress;

use compression::Packing;

/// How dump files are opened.
#[derive(Clone, Debug)]
pub struct ContainerOptions {
    /// The folder that keeps unpacked dumps for the next time; `None` unpacks every time anew.
    ///
    /// It is made when it does not exist, readable by its owner only: dumps hold secrets. An
    /// entry is used only for the very file it was made from, and replaced when that file changes.
    pub cache: Option<PathBuf>,
    /// The folder for unnamed temporary files; `None` is the system's (`TMPDIR` on Unix).
    pub temporary: Option<PathBuf>,
    /// A compressed file that unpacks to no more than so many bytes is held in memory.
    pub in_memory: u64,
    /// A compressed file that unpacks to more than so many bytes is refused.
    pub max_unpacked: u64,
    /// Bytes of disk, zeros left out, that a compressed file may take however small it is; above, it may take
    /// [`limits::MAX_UNPACKED_TIMES`] its own size.
    pub freely_stored: u64,
}

impl Default for ContainerOptions {
    fn default() -> Self {
        ContainerOptions {
            cache: None,
            temporary: None,
            in_memory: limits::UNPACKED_IN_MEMORY_BYTES,
            max_unpacked: limits::MAX_UNPACKED_BYTES,
            freely_stored: limits::FREELY_STORED_BYTES,
        }
    }
}

/// The bytes of a dump file.
#[derive(Debug)]
pub struct Contents {
    /// The dump itself, unpacked.
    pub bytes: Mapped,
    /// How the file was compressed.
    pub compression: Compression,
    /// What of the file could not be unpacked, and why the cache was not used.
    pub problems: Vec<Problem>,
}

/// Opens a dump file, plain or compressed.
///
/// Unpacking tells `progress` the compressed bytes done; a plain file has no progress.
///
/// # Errors
/// [`ErrorKind::Io`] when the file cannot be read or there is no space to unpack it;
/// [`ErrorKind::NotADump`] for what is no regular file, is empty or an archive of files;
/// [`ErrorKind::Unsupported`] for compressions that are recognised but not read;
/// [`ErrorKind::Malformed`] when nothing at all could be unpacked, or far too much.
/// A file that is cut off or damaged further on is no error: what was unpacked is returned, with a
/// [`Problem`] that says so.
pub fn open(path: &Path, options: &ContainerOptions, progress: &dyn Progress) -> Result<Contents> {
    let mut file = open_regular(path)?;
    let length = file.metadata().map_err(|e| read_error(path, e))?.len();
    if length == 0 {
        return Err(Error::new(ErrorKind::NotADump, format!("the file is empty: {}", path.display())));
    }
    let compression = match Packing::of(&head(&mut file).map_err(|e| read_error(path, e))?) {
        Packing::Readable(Compression::None) => {
            let bytes = Mapped::open(&file).map_err(|e| read_error(path, e))?;
            return Ok(Contents { bytes, compression: Compression::None, problems: Vec::new() });
        }
        Packing::Readable(compression) => compression,
        Packing::Refused(refusal) => return Err(refusal.error(path)),
    };
    let source = unpack::Source { path, file, length, compression };
    match &options.cache {
        None => unpack::to_temporary(&source, options, progress),
        Some(folder) => cache::open(&source, folder, options, progress),
    }
}

/// The first `count` bytes of a file, unpacked: enough to tell a dump from what is none. Fewer where the file is shorter, or
/// damaged so early.
///
/// # Errors
/// The file cannot be read, is no regular file, or of a packing that is not read.
pub fn first_bytes(path: &Path, count: u64) -> Result<Vec<u8>> {
    let mut file = open_regular(path)?;
    let length = file.metadata().map_err(|e| read_error(path, e))?.len();
    let compression = match Packing::of(&head(&mut file).map_err(|e| read_error(path, e))?) {
        Packing::Readable(compression) => compression,
        Packing::Refused(refusal) => return Err(refusal.error(path)),
    };
    let source = unpack::Source { path, file, length, compression };
    unpack::first_bytes(&source, count).map_err(|e| read_error(path, e))
}

/// Opens `path` for reading if it is a regular file (or a link to one).
fn open_regular(path: &Path) -> Result<File> {
    // Asked for before opening: opening a pipe waits for its other end, forever if there is none.
    let kind = std::fs::metadata(path).map_err(|e| read_error(path, e))?.file_type();
    if !kind.is_file() {
        return Err(not_regular(path, kind));
    }
    File::open(path).map_err(|e| read_error(path, e))
}

fn not_regular(path: &Path, kind: FileType) -> Error {
    let (what, hint) = match kind {
        k if k.is_dir() => ("a folder", "name the dump file in it"),
        k if is_pipe(k) => ("a pipe", "save it to a file first: a dump is not read in order"),
        _ => ("a device or socket", "save it to a file first"),
    };
    Error::new(ErrorKind::NotADump, format!("not a file but {what}: {}", path.display())).hint(hint)
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_kind: FileType) -> bool {
    false
}

/// The first bytes of the file, enough to tell every known packing; the position is left at the start.
fn head(file: &mut File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(compression::HEAD_BYTES).read_to_end(&mut head)?;
    file.rewind()?;
    Ok(head)
}

/// What the operating system said when the dump file was opened or read.
fn read_error(path: &Path, cause: io::Error) -> Error {
    let path = path.display();
    match cause.kind() {
        io::ErrorKind::NotFound => Error::new(ErrorKind::Io, format!("no such file: {path}")),
        io::ErrorKind::PermissionDenied => Error::new(ErrorKind::Io, format!("no permission to read {path}"))
            .hint("dumps are private to the user who took them: change the owner or the mode of a copy"),
        _ => Error::new(ErrorKind::Io, format!("cannot read {path}")).caused_by(cause),
    }
}
