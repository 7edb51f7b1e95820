//! Keeps unpacked dumps in a folder for the next time.
//!
//! An entry's name says of which file it is made, so that a lookup is one attempt to open it:
//! `PATH.DEVICE-INODE-SIZE-MTIME-ENDS.unpacked`, all in hexadecimal, where PATH and ENDS are
//! hashes of the source's path and of its first and last bytes. An entry is written under
//! another name and renamed when it is whole, so what stands under such a name can be trusted as
//! far as the folder can: it must be writable by its owner only.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::bytes::{Mapped, Unfinished};
use crate::error::Result;
use crate::problem::Problem;
use crate::progress::Progress;

use super::unpack::{self, Source};
use super::{ContainerOptions, Contents, read_error};

/// The bytes at each end of the source that count for its identity: a file that was rewritten
/// within the clock's resolution, at the same size, is most likely to differ there.
const END_BYTES: u64 = 64 << 10;

const ENTRY_SUFFIX: &str = ".unpacked";
const UNFINISHED_PREFIX: &str = ".unpacking-";

/// The unpacked bytes of `source`: those kept in `folder` from the last time, or unpacked now
/// and kept. A folder that cannot be used is a problem of severity note, and the dump opens
/// without it.
pub(super) fn open(
    source: &Source<'_>,
    folder: &Path,
    options: &ContainerOptions,
    progress: &dyn Progress,
) -> Result<Contents> {
    let identity = Identity::of(source).map_err(|e| read_error(source.path, e))?;
    match prepare(folder).and_then(|()| new_entry(folder)) {
        Err(reason) => {
            let mut contents = unpack::to_temporary(source, options, progress)?;
            let message = format!("the cache folder {} is not used: {reason}", folder.display());
            contents.problems.push(Problem::note(message));
            Ok(contents)
        }
        Ok((file, unfinished)) => match find(folder, &identity) {
            Some(bytes) => Ok(Contents { bytes, compression: source.compression, problems: Vec::new() }),
            None => fill(source, folder, &identity, (file, unfinished), options, progress),
        },
    }
}

/// Unpacks `source` into `unfinished` and keeps it, if it is whole, as the entry of `identity`.
fn fill(
    source: &Source<'_>,
    folder: &Path,
    identity: &Identity,
    (file, unfinished): (File, Unfinished),
    options: &ContainerOptions,
    progress: &dyn Progress,
) -> Result<Contents> {
    let (file, problem) = unpack::to_file(source, file, folder, options, progress)?;
    let write_error = |cause| unpack::write_error(source.path, folder, cause);
    let bytes = Mapped::open(&file).map_err(write_error)?;
    remove_stale(folder, identity);
    // What could not be unpacked must be told the next time too, and the source must not have
    // been replaced meanwhile; else the unfinished file is removed when it goes out of scope.
    let unchanged = Identity::of(source).is_ok_and(|now| now == *identity);
    if problem.is_none() && unchanged {
        // The name must not outlive a power cut that the bytes do not.
        file.sync_all().map_err(write_error)?;
        unfinished.persist(&folder.join(identity.entry_name())).map_err(write_error)?;
    }
    Ok(Contents { bytes, compression: source.compression, problems: problem.into_iter().collect() })
}

/// The entry of `identity`, if there is one. Not through a link: whoever made it may not be who unpacked the dump.
fn find(folder: &Path, identity: &Identity) -> Option<Mapped> {
    let file = open_unlinked(&folder.join(identity.entry_name())).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() == 0 {
        return None;
    }
    Mapped::open(&file).ok()
}

#[cfg(target_os = "linux")]
fn open_unlinked(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // Neither through a link nor waiting for the other end of a pipe.
    File::options().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)
}

#[cfg(not(target_os = "linux"))]
fn open_unlinked(path: &Path) -> io::Result<File> {
    match fs::symlink_metadata(path)?.is_file() {
        true => File::open(path),
        false => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// Makes a folder that only its owner can write to.
///
/// # Errors
/// It cannot be made, is no folder, or others can write to it.
pub fn prepare(folder: &Path) -> io::Result<()> {
    make_private_folder(folder)?;
    let metadata = fs::metadata(folder)?;
    if !metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "it is not a folder"));
    }
    if others_can_write(folder, &metadata)? {
        let reason = "others can write to it, so what it holds cannot be trusted";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
    }
    Ok(())
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// By its mode, or because it is theirs. Whose it should be is told by a file that is made in it.
#[cfg(unix)]
fn others_can_write(folder: &Path, metadata: &Metadata) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(metadata.mode() & 0o022 != 0 || metadata.uid() != tempfile::tempfile_in(folder)?.metadata()?.uid())
}

#[cfg(not(unix))]
fn others_can_write(_folder: &Path, _metadata: &Metadata) -> io::Result<bool> {
    Ok(false)
}

/// A new file in the folder, readable by its owner only, which is removed again unless kept. What a killed program left
/// there is removed first.
fn new_entry(folder: &Path) -> io::Result<(File, Unfinished)> {
    Unfinished::create(folder, UNFINISHED_PREFIX, tempfile::Builder::new())
}

/// Removes what was made of an earlier content of the same file.
fn remove_stale(folder: &Path, identity: &Identity) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if identity.is_stale(&entry.file_name()) {
            // What cannot be removed now will be tried again at the next dump.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What tells one state of a source file from every other file and state.
#[derive(Debug, PartialEq, Eq)]
struct Identity {
    path: u64,
    file: (u64, u64),
    length: u64,
    modified_ns: u128,
    ends: u64,
}

impl Identity {
    fn of(source: &Source<'_>) -> io::Result<Identity> {
        let metadata = source.file.metadata()?;
        let path: PathBuf = fs::canonicalize(source.path)?;
        Ok(Identity {
            path: fnv1a(path.as_os_str().as_encoded_bytes()),
            file: file_id(&metadata),
            length: metadata.len(),
            modified_ns: since_epoch_ns(metadata.modified()?),
            ends: hash_ends(&source.file, metadata.len())?,
        })
    }

    fn entry_name(&self) -> String {
        let Identity { path, file: (device, inode), length, modified_ns, ends } = self;
        format!("{path:016x}.{device:x}-{inode:x}-{length:x}-{modified_ns:x}-{ends:016x}{ENTRY_SUFFIX}")
    }

    /// Whether `name` is an entry of the same path, or the same file, in another state.
    fn is_stale(&self, name: &OsStr) -> bool {
        let Some(entry) = name.to_str().and_then(|name| name.strip_suffix(ENTRY_SUFFIX)) else {
            return false;
        };
        let Some((path, state)) = entry.split_once('.') else { return false };
        let (device, inode) = self.file;
        let same_path = path == format!("{:016x}", self.path);
        let same_file = cfg!(unix) && state.starts_with(&format!("{device:x}-{inode:x}-"));
        (same_path || same_file) && name != OsStr::new(&self.entry_name())
    }
}

#[cfg(unix)]
fn file_id(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Elsewhere the path, size, time and content must do.
#[cfg(not(unix))]
fn file_id(_metadata: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Nanoseconds since 1970; a time before is as good an identity when it is always the same.
fn since_epoch_ns(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH).unwrap_or_else(|before| before.duration()).as_nanos()
}

/// A hash of the first and last bytes; the file's position is left at the start.
fn hash_ends(mut file: &File, length: u64) -> io::Result<u64> {
    let mut ends = Vec::new();
    file.rewind()?;
    file.take(END_BYTES).read_to_end(&mut ends)?;
    file.seek(SeekFrom::Start(length.saturating_sub(END_BYTES)))?;
    file.take(END_BYTES).read_to_end(&mut ends)?;
    file.rewind()?;
    Ok(fnv1a(&ends))
}

/// The 64-bit FNV-1a hash: unlike the standard library's, it is the same in every version.
/// It guards against accidents; that nobody forges entries is the folder's permissions' part.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: Identity = Identity { path: 0xaa, file: (1, 2), length: 3, modified_ns: 4, ends: 0xbb };

    #[test]
    fn the_hash_is_fnv_1a() {
        // The published test vectors of the hash.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn an_entry_of_the_same_path_or_file_in_another_state_is_stale() {
        let stale = |name: String| IDENTITY.is_stale(OsStr::new(&name));
        assert!(!stale(IDENTITY.entry_name()));
        assert!(stale(Identity { length: 5, ..IDENTITY }.entry_name()));
        assert!(stale(Identity { path: 0xab, modified_ns: 9, ..IDENTITY }.entry_name()));
        assert!(stale(Identity { file: (1, 7), ..IDENTITY }.entry_name()));
        assert!(!stale(Identity { path: 0xab, file: (1, 7), ..IDENTITY }.entry_name()));
        assert!(!stale("notes.txt".to_owned()));
        assert!(!stale("notes.unpacked".to_owned()));
    }
}
