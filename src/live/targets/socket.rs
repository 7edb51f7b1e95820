//! Where the diagnostic socket of a process is.
//!
//! The runtime makes it in the folder of `TMPDIR`, or `/tmp`, as `dotnet-diagnostic-PID-START-socket`: the number that the
//! process has in its own namespace, and its start in ticks since the boot (ipc-protocol.md, "Naming and Location
//! Conventions"). With both the name is known, so that no folder is listed, and what ended processes left behind, or a
//! process with a number that was used before, does not come into question.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::process_files::ProcessFiles;
use super::system::System;

/// The socket of a process; `None` when it is in none of the places that can be seen.
pub(super) fn find(system: &System, files: &ProcessFiles) -> Option<PathBuf> {
    let name = format!("dotnet-diagnostic-{}-{}-socket", files.inner_pid, files.start_ticks);
    let socket = |folder: PathBuf| Some(folder.join(&name)).filter(|path| is_socket(path));
    // Where nearly all sockets are is looked at before more is read of the process.
    let near = system.temporary.iter().cloned().find_map(socket);
    near.or_else(|| own_folders(system, files).into_iter().find_map(socket))
}

/// The folders in which it may be, those first whose paths are short.
pub(super) fn folders(system: &System, files: &ProcessFiles) -> Vec<PathBuf> {
    [system.temporary.clone(), own_folders(system, files)].concat()
}

/// The folders of the process itself.
fn own_folders(system: &System, files: &ProcessFiles) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let root = system.root_of(files.pid);
    let inside = |folder: &Path| root.join(folder.strip_prefix("/").unwrap_or(folder));
    if let Some(named) = temporary_folder(system, files) {
        if files.sees_same_files(system) && !system.is_temporary(&named) {
            folders.push(named.clone());
        }
        folders.push(inside(&named));
    }
    folders.push(inside(Path::new("/tmp")));
    folders
}

/// The folder that the environment of the process names.
pub(super) fn temporary_folder(system: &System, files: &ProcessFiles) -> Option<PathBuf> {
    let environment = files.environment(system)?;
    let (_, folder) = environment.into_iter().find(|(name, value)| name == "TMPDIR" && !value.is_empty())?;
    Some(PathBuf::from(folder))
}

fn is_socket(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.file_type().is_socket())
}
