//! Where answers go: standard output, or a file that appears when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::path::{Path, PathBuf};

use crate::bytes::Unfinished;
use crate::error::{Error, ErrorKind, Result};
use crate::output::Screen;

use super::pager::Extent;

/// Large enough that a system call a buffer costs nothing beside making its text.
const BUFFER: usize = 256 << 10;

/// What the names of unfinished outputs begin with.
const UNFINISHED_PREFIX: &str = ".heapql-output-";

/// An open output.
#[derive(Debug)]
pub(super) struct Destination {
    target: Target,
    /// What it is called in messages.
    name: String,
    /// Bytes that were written.
    written: u64,
}

#[derive(Debug)]
enum Target {
    /// Not buffered beyond what the standard library does: answers come in large pieces, and what a
    /// stopped answer leaves in a buffer would be shown after the next question.
    Stdout(Stdout),
    /// Written beside the file and renamed at the end.
    Replaced { file: BufWriter<File>, unfinished: Unfinished, path: PathBuf },
    /// What must not be replaced: a pipe, a device, a file that is added to.
    Special(BufWriter<File>),
}

impl Destination {
    /// Standard output.
    pub(super) fn stdout() -> Destination {
        Destination { target: Target::Stdout(io::stdout()), name: "standard output".into(), written: 0 }
    }

    /// The file at `path`. Until [`Destination::finish`] an existing file stays as it is.
    ///
    /// # Errors
    /// When the file cannot be written there.
    pub(super) fn file(path: &Path) -> Result<Destination> {
        let name = path.display().to_string();
        let target = open(path).map_err(|error| {
            Error::new(ErrorKind::Io, format!("cannot write {name}"))
                .caused_by(error)
                .hint("is the folder there, and may files be made in it?")
        })?;
        Ok(Destination { target, name, written: 0 })
    }

    /// The file at `path`, behind what it holds.
    ///
    /// # Errors
    /// When the file cannot be written there.
    pub(super) fn append(path: &Path) -> Result<Destination> {
        let name = path.display().to_string();
        let file = File::options().append(true).create(true).open(path).map_err(|error| {
            Error::new(ErrorKind::Io, format!("cannot write {name}"))
                .caused_by(error)
                .hint("is the folder there, and may files be made in it?")
        })?;
        Ok(Destination { target: Target::Special(BufWriter::with_capacity(BUFFER, file)), name, written: 0 })
    }

    /// How much of it can be seen at once; `None` for what is no terminal.
    pub(super) fn extent(&self) -> Option<Extent> {
        match self.target {
            Target::Stdout(_) if io::stdout().is_terminal() => {
                let (columns, rows) = terminal_size::terminal_size_of(io::stdout())?;
                Some(Extent { columns: columns.0.into(), rows: rows.0.into() })
            }
            _ => None,
        }
    }

    /// What answers are shown on.
    pub(super) fn screen(&self) -> Screen {
        match self.target {
            Target::Stdout(_) if io::stdout().is_terminal() => {
                let size = terminal_size::terminal_size_of(io::stdout());
                Screen { width: size.map(|(width, _)| width.0.into()), terminal: true }
            }
            _ => Screen::default(),
        }
    }

    /// Makes what was written final.
    ///
    /// # Errors
    /// When the last of it cannot be written.
    pub(super) fn finish(self) -> io::Result<()> {
        match self.target {
            Target::Stdout(mut out) => out.flush(),
            Target::Special(mut out) => out.flush(),
            Target::Replaced { mut file, unfinished, path } => {
                file.flush()?;
                unfinished.persist(&path)
            }
        }
    }

    /// The error to tell when writing failed.
    pub(super) fn failure(name: &str, error: io::Error) -> Error {
        Error::new(ErrorKind::Io, format!("cannot write {name}")).caused_by(error)
    }

    /// How many bytes were written so far.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// What it is called in messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

fn open(path: &Path) -> io::Result<Target> {
    // A link stays a link: what it points to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = fs::metadata(&path).ok();
    if old.as_ref().is_some_and(|old| old.is_dir()) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        let file = File::options().write(true).open(&path)?;
        return Ok(Target::Special(BufWriter::with_capacity(BUFFER, file)));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let (file, unfinished) = Unfinished::create(folder, UNFINISHED_PREFIX, new_file_builder())?;
    if let Some(old) = old {
        file.set_permissions(old.permissions())?;
    }
    Ok(Target::Replaced { file: BufWriter::with_capacity(BUFFER, file), unfinished, path })
}

/// Files of the user's, not secrets: readable as the umask says, unlike temporary files.
fn new_file_builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.target {
            Target::Stdout(out) => out.write(bytes),
            Target::Replaced { file, .. } => file.write(bytes),
            Target::Special(out) => out.write(bytes),
        }?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Stdout(out) => out.flush(),
            Target::Replaced { file, .. } => file.flush(),
            Target::Special(out) => out.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let mut destination = Destination::file(&path).unwrap();
        destination.write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        destination.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["out.csv"]);
    }

    #[test]
    fn an_abandoned_file_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut destination = Destination::file(&folder.path().join("out.csv")).unwrap();
        destination.write_all(b"half").unwrap();
        drop(destination);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn folders_that_are_not_there_are_told_with_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("out.csv");
        let error = Destination::file(&path).unwrap_err();
        assert_eq!(error.message(), format!("cannot write {}", path.display()));
        let error = Destination::file(folder.path()).unwrap_err();
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("directory"));
    }

    #[cfg(unix)]
    #[test]
    fn links_permissions_and_devices_are_respected() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        let mut destination = Destination::file(&link).unwrap();
        destination.write_all(b"new").unwrap();
        destination.finish().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
        let destination = Destination::file(Path::new("/dev/null")).unwrap();
        assert!(matches!(destination.target, Target::Special(_)));
    }
}
