//! Where a dump is written, what it is called, and how it gets there.
//!
//! The process writes the dump itself, so it must see the place and may write there: a file beside the final one where the
//! process has the same files and user as this program, otherwise one in its temporary folder, which is copied from there.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use crate::bytes::Unfinished;
use crate::live::disk;
use crate::live::targets::{Target, own_user};
use crate::progress::Progress;
use crate::units::utc;

use super::super::interrupt::Stopped;

/// What the names of dumps in the making begin with.
const UNFINISHED_PREFIX: &str = ".heapql-dump-";

/// How much is copied at a time; between two pieces Ctrl-C is looked for.
const PIECE: usize = 1 << 20;

/// Level of compression: what `zstd` does without being told otherwise.
const LEVEL: i32 = 3;

/// A dump in the making. It is removed when it is not delivered.
#[derive(Debug)]
pub(super) enum DumpFile {
    /// Beside the final file.
    Beside { unfinished: Unfinished, _lock: File },
    /// In the temporary folder of the process.
    InTemporaryFolder(ForeignFile),
}

/// A file that the process makes, removed when this is dropped.
#[derive(Debug)]
pub(super) struct ForeignFile {
    seen_by_process: PathBuf,
    seen_from_here: PathBuf,
}

impl Drop for ForeignFile {
    fn drop(&mut self) {
        // It may have been renamed, or never been made. What cannot be removed is in a folder that systems clean.
        let _ = fs::remove_file(&self.seen_from_here);
    }
}

impl DumpFile {
    /// Makes a place for a dump that is to become `to`.
    ///
    /// # Errors
    /// When no file can be made in its folder.
    pub fn place(target: &Target, own_user: u32, to: &Path) -> io::Result<DumpFile> {
        if target.same_files && target.user == Some(own_user) {
            let (file, unfinished) =
                Unfinished::create(folder_of(to), UNFINISHED_PREFIX, tempfile::Builder::new())?;
            return Ok(DumpFile::Beside { unfinished, _lock: file });
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let name = format!("{}{}-{}.core", &UNFINISHED_PREFIX[1..], process::id(), now.as_nanos());
        let seen_by_process = target.temporary_folder().join(name);
        let seen_from_here = target.seen_from_here(&seen_by_process);
        Ok(DumpFile::InTemporaryFolder(ForeignFile { seen_by_process, seen_from_here }))
    }

    /// The path that the process is given; `None` where it is no Unicode, which the protocol cannot carry.
    pub fn seen_by_process(&self) -> Option<String> {
        match self {
            DumpFile::Beside { unfinished, .. } => {
                Some(std::path::absolute(unfinished.path()).ok()?.to_str()?.to_owned())
            }
            DumpFile::InTemporaryFolder(file) => Some(file.seen_by_process.to_str()?.to_owned()),
        }
    }

    /// The path to read it from.
    pub fn seen_from_here(&self) -> &Path {
        match self {
            DumpFile::Beside { unfinished, .. } => unfinished.path(),
            DumpFile::InTemporaryFolder(file) => &file.seen_from_here,
        }
    }

    /// The folder that it is written to.
    pub fn folder(&self) -> &Path {
        folder_of(self.seen_from_here())
    }

    /// Its size so far; 0 while the process has not begun.
    pub fn bytes(&self) -> u64 {
        fs::metadata(self.seen_from_here()).map_or(0, |metadata| metadata.len())
    }

    /// Whether the process writes to a folder of its own.
    pub fn is_foreign(&self) -> bool {
        matches!(self, DumpFile::InTemporaryFolder(_))
    }

    /// Whether it must be copied to become `to`.
    pub fn is_copied(&self, to: &Path, compressed: bool) -> bool {
        compressed || self.is_foreign() && !disk::is_same_disk(self.folder(), folder_of(to))
    }

    /// Makes it `to`, compressed or as it is; tells how many bytes that has.
    ///
    /// # Errors
    /// When it cannot be read or written, and [`Stopped`] when `cancel` is set meanwhile.
    pub fn deliver(
        self,
        to: &Path,
        compressed: bool,
        progress: &dyn Progress,
        cancel: &AtomicBool,
    ) -> io::Result<u64> {
        if self.is_copied(to, compressed) {
            return copy(self.seen_from_here(), to, compressed, progress, cancel);
        }
        let bytes = self.bytes();
        match self {
            DumpFile::InTemporaryFolder(file) => {
                fs::rename(&file.seen_from_here, to)?;
                // It is the user's who asked for it, as a copy would be. Where that is refused it can be read all the same.
                let _ = chown(to, Some(own_user()), None);
            }
            DumpFile::Beside { unfinished, .. } => unfinished.persist(to)?,
        }
        Ok(bytes)
    }
}

fn copy(
    from: &Path,
    to: &Path,
    compressed: bool,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> io::Result<u64> {
    let mut from = File::open(from)?;
    let total = from.metadata()?.len();
    // For its owner only, as the process writes it: a dump holds what the process knew.
    let (mut out, unfinished) =
        Unfinished::create(folder_of(to), UNFINISHED_PREFIX, tempfile::Builder::new())?;
    progress.begin(if compressed { "compressing the dump" } else { "copying the dump" }, Some(total));
    let result = if compressed {
        zstd::Encoder::new(&mut out, LEVEL).and_then(|mut encoder| {
            encoder.set_pledged_src_size(Some(total))?;
            pump(&mut from, &mut encoder, progress, cancel)?;
            encoder.finish().map(|_| ())
        })
    } else {
        pump(&mut from, &mut out, progress, cancel)
    };
    progress.end();
    result?;
    unfinished.persist(to)?;
    Ok(out.metadata()?.len())
}

fn pump(
    from: &mut impl Read,
    to: &mut impl Write,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        if cancel.load(Ordering::Relaxed) {
            return Err(io::Error::other(Stopped));
        }
        match from.read(&mut piece)? {
            0 => return Ok(()),
            read => {
                to.write_all(&piece[..read])?;
                progress.advance(read as u64);
            }
        }
    }
}

/// The folder of a file; `.` where its path has none.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The name of a dump without one: the process's name and number, and the time.
pub(super) fn default_name(target: &Target, at: SystemTime, compressed: bool) -> PathBuf {
    let plain = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let name: String = target.name.chars().take(60).map(plain).collect();
    let time: String = utc(at).replace(' ', "T").replace([':', '-'], "");
    let ending = if compressed { "core.zst" } else { "core" };
    PathBuf::from(format!("{}-{}-{time}.{ending}", name.trim_start_matches(['.', '-']), target.pid))
}

/// The name of one of several dumps: with `which` before the endings.
pub(super) fn numbered(file: &Path, which: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let bare = name.strip_suffix(".zst").unwrap_or(&name);
    let bare = bare.rsplit_once('.').map_or(bare, |(bare, _)| if bare.is_empty() { &name } else { bare });
    let endings = name.get(bare.len()..).unwrap_or_default();
    file.with_file_name(format!("{bare}-{which}{endings}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::progress::NoProgress;

    fn shop() -> Target {
        Target { pid: 40, name: "Shop Ü/web".into(), user: Some(7), ..Target::default() }
    }

    #[test]
    fn names_tell_process_and_time() {
        let at = UNIX_EPOCH + Duration::from_secs(1_795_350_646);
        let name = |compressed| default_name(&shop(), at, compressed).display().to_string();
        assert_eq!(name(false), "Shop_Ü_web-40-20261122T123046.core");
        assert_eq!(name(true), "Shop_Ü_web-40-20261122T123046.core.zst");
    }

    #[test]
    fn numbers_stand_before_the_endings() {
        let name = |file: &str| numbered(Path::new(file), "2").display().to_string();
        assert_eq!(name("a/shop.core"), "a/shop-2.core");
        assert_eq!(name("shop.1.core.zst"), "shop.1-2.core.zst");
        assert_eq!(name("shop"), "shop-2");
        assert_eq!(name(".core"), ".core-2");
    }

    #[test]
    fn a_dump_beside_its_place_is_renamed_and_removed_when_it_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("a.core");
        let place = || DumpFile::place(&shop(), 7, &to).unwrap();
        fs::write(place().seen_from_here(), "given up").unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let file = place();
        assert!(file.seen_by_process().unwrap().starts_with(folder.path().to_str().unwrap()));
        fs::write(file.seen_from_here(), "dump").unwrap();
        assert_eq!((file.bytes(), file.is_copied(&to, false)), (4, false));
        file.deliver(&to, false, &NoProgress, &AtomicBool::new(false)).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "dump");
    }

    #[test]
    fn a_dump_is_compressed_on_its_way() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("a.core.zst");
        let file = DumpFile::place(&shop(), 7, &to).unwrap();
        fs::write(file.seen_from_here(), "dump".repeat(10_000)).unwrap();
        let bytes = file.deliver(&to, true, &NoProgress, &AtomicBool::new(false)).unwrap();
        let packed = fs::read(&to).unwrap();
        assert_eq!((packed.len() as u64, zstd::decode_all(&*packed).unwrap().len()), (bytes, 40_000));
        assert_eq!(
            fs::metadata(&to).unwrap().mode() & 0o777,
            0o600,
            "what the process knew is for its owner"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn copying_stops_on_request() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("a.core.zst");
        let file = DumpFile::place(&shop(), 7, &to).unwrap();
        fs::write(file.seen_from_here(), "dump").unwrap();
        let error = file.deliver(&to, true, &NoProgress, &AtomicBool::new(true)).unwrap_err();
        assert!(super::super::super::interrupt::is_stopped(&error));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_process_of_another_user_writes_to_its_own_folder() {
        let file = DumpFile::place(&shop(), 8, Path::new("a.core")).unwrap();
        let path = file.seen_by_process().unwrap();
        assert!(path.contains("/heapql-dump-") && path.ends_with(".core"), "{path}");
        assert_eq!((file.bytes(), file.folder()), (0, Path::new("/tmp")));
    }
}
