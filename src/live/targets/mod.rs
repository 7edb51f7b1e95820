//! The .NET processes of this machine, and how a user names one of them.
//!
//! A process is .NET when its diagnostic socket is there, or the runtime's library is mapped into it. What keeps such a
//! process from being talked to is told with it ([`Unreachable`]).

mod choice;
mod process_files;
mod socket;
mod system;
#[cfg(test)]
mod tests;
mod unreachable;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::Error;

use super::ipc::Fault;
use process_files::ProcessFiles;

pub use choice::{choose, matching};
pub use system::{System, own_user};
pub use unreachable::Unreachable;

/// A .NET process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its number, as this program sees it.
    pub pid: u32,
    /// What people call it: the assembly that is run, or the program.
    pub name: String,
    /// Its command line, the parts joined by blanks.
    pub command_line: String,
    /// When it began; `None` where the system does not say when it booted.
    pub started: Option<SystemTime>,
    /// Bytes of it that are in memory.
    pub working_set: Option<u64>,
    /// Bytes that it may write to and that are its own, whether it ever touched them or not: what a dump of its heap holds.
    /// createdump writes pages that were never touched too: arrays that are not filled yet count in it, not in the working
    /// set.
    pub private_bytes: Option<u64>,
    /// The number of the user that it runs as.
    pub user: Option<u32>,
    /// The version of the runtime by the folder of its library; `None` where that cannot be seen, or is no runtime's.
    pub runtime_by_path: Option<String>,
    /// The folder of the runtime's library, as the process sees it.
    pub runtime_folder: Option<PathBuf>,
    /// Whether this program and the process see the same files.
    pub same_files: bool,
    /// Its diagnostic socket, or why there is none to talk to.
    pub socket: Result<PathBuf, Unreachable>,
    /// The folder in which its files are seen from here.
    pub(crate) root: PathBuf,
    /// The link to its program; `None` where it is not known.
    pub(crate) executable: Option<PathBuf>,
}

impl Default for Target {
    /// A process of which nothing is known.
    fn default() -> Target {
        Target {
            pid: 0,
            name: String::new(),
            command_line: String::new(),
            started: None,
            working_set: None,
            private_bytes: None,
            user: None,
            runtime_by_path: None,
            runtime_folder: None,
            same_files: true,
            socket: Err(Unreachable::NoSocket { folders: Vec::new() }),
            root: PathBuf::new(),
            executable: None,
        }
    }
}

impl Target {
    /// The path here of what the process sees as `path`.
    pub fn seen_from_here(&self, path: &Path) -> PathBuf {
        if self.same_files {
            return path.to_owned();
        }
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// The temporary folder of the process, as the process sees it: where its socket is.
    pub fn temporary_folder(&self) -> PathBuf {
        let folder = self.socket.as_ref().ok().and_then(|socket| socket.parent());
        let folder = folder.unwrap_or(Path::new("/tmp"));
        folder.strip_prefix(&self.root).map_or_else(|_| folder.to_owned(), |inner| Path::new("/").join(inner))
    }

    /// The diagnostic socket.
    ///
    /// # Errors
    /// When there is none: why, and what can be done.
    pub fn reachable_socket(&self) -> Result<&Path, Error> {
        self.socket.as_deref().map_err(|reason| reason.error(self))
    }

    /// What a fault of talking to this process means, and what can be done.
    pub fn error(&self, doing: &str, fault: Fault) -> Error {
        unreachable::fault(self, doing, fault)
    }

    /// The folder in which its runtime looks for createdump, if that is not there: beside the runtime's library, or beside
    /// the program when the runtime is part of it. `None` when it is there, or that cannot be seen.
    pub fn folder_without_createdump(&self) -> Option<PathBuf> {
        let beside_program = || fs::read_link(self.executable.as_ref()?).ok()?.parent().map(Path::to_owned);
        let folder = self.runtime_folder.clone().or_else(beside_program)?;
        let here = self.seen_from_here(&folder);
        (here.is_dir() && !here.join("createdump").exists()).then_some(folder)
    }

    /// How it is called in messages: `Shop (process 4711)`.
    pub fn called(&self) -> String {
        format!("{} (process {})", self.name, self.pid)
    }

    /// Whether it still runs. A process that is gone, or that only waits for its parent to take note, does not.
    pub fn is_running(&self, system: &System) -> bool {
        ProcessFiles::read(system, self.pid)
            .is_some_and(|now| !now.ended && system.started(now.start_ticks) == self.started)
    }
}

/// The .NET processes that can be seen, by number.
pub fn discover(system: &System) -> Vec<Target> {
    system.pids().into_iter().filter_map(|pid| target(system, pid)).collect()
}

/// The process of this number; `None` when there is none, or it does not show that it is .NET.
pub fn target(system: &System, pid: u32) -> Option<Target> {
    let files = ProcessFiles::read(system, pid).filter(|files| !files.ended)?;
    let found = socket::find(system, &files);
    let library = files.runtime_library(system);
    if found.is_none() && library.is_none() {
        return None;
    }
    let runtime_folder = library.as_deref().and_then(Path::parent).map(Path::to_owned);
    let runtime_by_path = runtime_folder.as_deref().and_then(process_files::version_of_folder);
    let socket = found.ok_or_else(|| Unreachable::without_socket(system, &files, runtime_by_path.as_deref()));
    Some(Target {
        pid,
        name: files.name(),
        command_line: files.arguments.join(" "),
        started: system.started(files.start_ticks),
        working_set: files.working_set,
        private_bytes: files.private_bytes,
        user: files.user,
        runtime_by_path,
        runtime_folder,
        same_files: files.sees_same_files(system),
        socket,
        root: system.root_of(pid),
        executable: Some(system.file(pid, "exe")),
    })
}
