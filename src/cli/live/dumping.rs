//! Taking one dump: room, writing, a first look, delivery.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind};
use crate::live::disk;
use crate::live::ipc::{DumpType, Fault, write_dump};
use crate::live::targets::{Target, own_user};
use crate::open::{OpenOptions, Opened, open};
use crate::units::{duration, human_bytes};

use super::super::args;
use super::super::console::Console;
use super::super::destination::Destination;
use super::super::exit::ExitStatus;
use super::super::interrupt::is_stopped;
use super::super::open_options::open_options;
use super::super::request::Common;
use super::super::summary;
use super::dump_file::{DumpFile, folder_of};

/// What a dump needs beside the memory of the process: its headers and notes, and what is added while it is written.
const MARGIN: u64 = 16 << 20;

/// What the modules of a large program take, which are in full dumps only.
const MODULES: u64 = 256 << 20;

/// What the stacks and tables of a triage dump take at most.
const TRIAGE: u64 = 64 << 20;

/// What zstd leaves of a heap, in the worst case that is worth a warning: a half.
const COMPRESSED_SHARE: u64 = 2;

/// How createdump calls a full disk.
const NO_SPACE: &str = "No space left on device";

/// What createdump's own words begin with, those of the one within a single-file program too.
const BY_CREATEDUMP: &str = "[createdump]";

/// What createdump within a single-file program says to all but full dumps.
const ONLY_FULL: &str = "Only full dumps are supported";

/// A disk with less room than this is full.
const FULL: u64 = 1 << 20;

/// How long the writer of a dump that nobody wants any more may take to begin.
const BEGINNING: Duration = Duration::from_secs(3);

/// How long a dump may make no progress at all before it is given up: a process with many mappings is looked at for a while
/// before the first byte is written.
const STALLED: Duration = Duration::from_secs(300);

/// How dumps of a process are taken.
pub(super) struct Dumping<'a> {
    pub target: &'a Target,
    pub kind: args::DumpType,
    /// Whether they are compressed.
    pub zst: bool,
    pub common: &'a Common,
    pub console: &'a Console,
    /// How a dump is opened for the first look at it.
    options: OpenOptions,
}

/// What was told of a dump when it was taken.
#[derive(Debug)]
pub(super) struct Taken {
    /// What it holds, a few lines.
    pub summary: String,
    /// Whether it could be opened.
    pub status: ExitStatus,
}

impl<'a> Dumping<'a> {
    /// Reads the files that the options for opening dumps name, too: a slip there should not cost the wait for a dump. What
    /// is wrong with one is told.
    pub fn of(
        target: &'a Target,
        kind: args::DumpType,
        zst: bool,
        common: &'a Common,
        console: &'a Console,
    ) -> Result<Dumping<'a>, ExitStatus> {
        // An index of a dump that still has another name would be nobody's.
        let options = OpenOptions { index: None, ..open_options(common, console)? };
        Ok(Dumping { target, kind, zst, common, console, options })
    }

    /// Takes a dump and makes it `to`. What goes wrong is told.
    pub fn take(&self, to: &Path, cancel: &AtomicBool) -> Result<Taken, ExitStatus> {
        let file = DumpFile::place(self.target, own_user(), to).map_err(|error| {
            let error = Error::new(ErrorKind::Io, format!("cannot write {}", to.display()))
                .caused_by(error)
                .hint("is the folder there, and may files be made in it? -o names another file");
            self.told(&error, ExitStatus::Usage)
        })?;
        self.check_room(&file, to)?;
        let began = Instant::now();
        self.write(&file, cancel)?;
        let (took, bytes) = (began.elapsed(), file.bytes());
        let looked = self.look(&file, to);
        let size = file.deliver(to, self.zst, &*self.console.progress, cancel).map_err(|error| {
            if is_stopped(&error) {
                self.console.messages.remark("stopped; the dump is removed");
                return ExitStatus::Interrupted;
            }
            self.told(&Destination::failure(&to.display().to_string(), error), ExitStatus::Usage)
        })?;
        let packed =
            if self.zst { format!(", {} compressed", human_bytes(size as f64)) } else { String::new() };
        let line = format!("{}: {} in {}{packed}\n", to.display(), human_bytes(bytes as f64), duration(took));
        Ok(match looked {
            Ok(text) => Taken { summary: line + &text, status: ExitStatus::Answered },
            Err(error) => {
                let error = error.hint("the file is kept; take another dump while the process lives");
                Taken { summary: line, status: self.told(&error, ExitStatus::Dump) }
            }
        })
    }

    fn told(&self, error: &Error, status: ExitStatus) -> ExitStatus {
        self.console.messages.error(error);
        status
    }

    /// How many bytes the dump takes at most; `None` where the system does not tell the memory of the process.
    fn estimate(&self) -> Option<u64> {
        let memory = match self.kind {
            args::DumpType::Heap => self.target.private_bytes?,
            args::DumpType::Full => self.target.private_bytes?.saturating_add(MODULES),
            args::DumpType::Triage => return Some(TRIAGE),
        };
        Some(memory.saturating_add(memory / 16).saturating_add(MARGIN))
    }

    /// Refuses to begin what the disk has no room for: a full disk harms the process more than a missing dump harms us.
    fn check_room(&self, file: &DumpFile, to: &Path) -> Result<(), ExitStatus> {
        let Some(estimate) = self.estimate() else { return Ok(()) };
        let check = |folder: &Path, needed: u64| match disk::free_bytes(folder) {
            Ok(free) if free < needed => {
                let error = self.no_room(file, folder, Some(needed), free);
                Err(self.told(&error, ExitStatus::Usage))
            }
            // Where the system does not tell, writing will.
            _ => Ok(()),
        };
        let copied = if !file.is_copied(to, self.zst) {
            0
        } else if self.zst {
            estimate / COMPRESSED_SHARE
        } else {
            estimate
        };
        if disk::is_same_disk(file.folder(), folder_of(to)) {
            return check(file.folder(), estimate.saturating_add(copied));
        }
        check(file.folder(), estimate).and_then(|()| check(folder_of(to), copied))
    }

    fn write(&self, file: &DumpFile, cancel: &AtomicBool) -> Result<(), ExitStatus> {
        let socket = self.target.reachable_socket().map_err(|error| self.told(&error, ExitStatus::Dump))?;
        let Some(path) = file.seen_by_process() else {
            let error = Error::new(ErrorKind::Usage, "the runtime takes no path that is not Unicode")
                .hint("-o names another file");
            return Err(self.told(&error, ExitStatus::Usage));
        };
        let kind = match self.kind {
            args::DumpType::Heap => DumpType::Heap,
            args::DumpType::Full => DumpType::Full,
            args::DumpType::Triage => DumpType::Triage,
        };
        let progress = &*self.console.progress;
        progress.begin("the process writes the dump", self.estimate());
        let (mut shown, mut moved) = (0, Instant::now());
        let result = write_dump(socket, &path, kind, &mut || {
            let bytes = file.bytes();
            if bytes != shown {
                progress.advance(bytes.saturating_sub(shown));
                (shown, moved) = (bytes, Instant::now());
            }
            !cancel.load(Ordering::Relaxed) && moved.elapsed() < STALLED
        });
        progress.end();
        result.map_err(|fault| match fault {
            Fault::Stopped if cancel.load(Ordering::Relaxed) => {
                self.let_it_begin(file);
                let what = "stopped; the process writes on for a while, into a file that is removed already";
                self.console.messages.remark(what);
                ExitStatus::Interrupted
            }
            Fault::Stopped => {
                self.told(&self.target.error("write a dump", Fault::TimedOut(STALLED)), ExitStatus::Dump)
            }
            fault => self.told(&self.failure(fault, file), ExitStatus::Dump),
        })
    }

    /// Waits until the process has opened the file, for a moment: a file that is removed before would be made anew.
    fn let_it_begin(&self, file: &DumpFile) {
        let began = Instant::now();
        while file.bytes() == 0 && began.elapsed() < BEGINNING {
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Why there is no dump, and what can be done.
    fn failure(&self, fault: Fault, file: &DumpFile) -> Error {
        let folder = file.folder();
        // createdump removes what it could not finish, so that the disk may have room again.
        let text = match &fault {
            Fault::Refused { text: Some(text), .. } => text.as_str(),
            _ => "",
        };
        let says_so = text.contains(NO_SPACE);
        let (ran, only_full) = (text.contains(BY_CREATEDUMP), text.contains(ONLY_FULL));
        if let Ok(free) = disk::free_bytes(folder)
            && (free < FULL || says_so)
        {
            return self.no_room(file, folder, None, free).caused_by(fault);
        }
        let refused = matches!(fault, Fault::Refused { .. });
        let error = self.target.error("write a dump", fault);
        if !refused {
            return error;
        }
        if only_full {
            return error.hint("a single-file program writes full dumps only: --type full");
        }
        if let Some(folder) = self.target.folder_without_createdump().filter(|_| !ran) {
            return error.hint(format!(
                "createdump is not in {}, where its runtime looks for it (single-file programs leave it out): copy it there from \
                 the runtime's package of the same version; or take the dump with gdb's `gcore {}`",
                folder.display(),
                self.target.pid
            ));
        }
        if error.hint_text().is_some() {
            return error;
        }
        error.hint(format!(
            "createdump runs as a child of the process: in a container it may need the capability SYS_PTRACE; gdb's `gcore {}` \
             on the host needs none inside",
            self.target.pid
        ))
    }

    /// Opens the dump as any other and tells what it holds.
    fn look(&self, file: &DumpFile, to: &Path) -> Result<String, Error> {
        let progress = &*self.console.progress;
        let Opened { mut snapshot, .. } = open(file.seen_from_here(), &self.options, progress)?;
        snapshot.facts.file = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let head = summary::of_dump(&snapshot, None);
        if self.kind == args::DumpType::Triage {
            return Ok(head);
        }
        match snapshot.heap(progress) {
            Ok(heap) => Ok(head + &summary::of_heap(&snapshot, Ok(heap), false)),
            Err(error) => Err(error.duplicate()),
        }
    }

    /// That a folder is too small for a dump of so many bytes, where that is known.
    fn no_room(&self, file: &DumpFile, folder: &Path, needed: Option<u64>, free: u64) -> Error {
        let needed = needed.map_or_else(|| "more".to_owned(), |needed| human_bytes(needed as f64));
        let (folder_name, free) = (folder.display(), human_bytes(free as f64));
        let error = Error::new(
            ErrorKind::Io,
            format!("the dump may take {needed}, and {folder_name} has room for {free}"),
        );
        if file.is_foreign() && folder == file.folder() {
            return error.hint(
                "the process cannot write where this program does, so it writes to its own temporary folder first: make \
                 that larger, or give the process another one (TMPDIR); --type triage is small, without the heap",
            );
        }
        error.hint("-o names a file on another disk; --type triage is small, without the heap")
    }
}
