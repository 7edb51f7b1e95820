//! What the system tells of a process in `/proc/PID` (proc(5)).

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::limits;

use super::system::System;

/// What is known of a process.
#[derive(Clone, Debug)]
pub(super) struct ProcessFiles {
    pub pid: u32,
    /// Its number in its own namespace: what the runtime knows it by.
    pub inner_pid: u32,
    /// When it began, in ticks since the boot: what the runtime puts into its socket's name.
    pub start_ticks: u64,
    /// Whether it has ended, and only its parent has not taken note.
    pub ended: bool,
    /// The first 15 bytes of the name of its program.
    pub program: String,
    pub user: Option<u32>,
    pub working_set: Option<u64>,
    pub private_bytes: Option<u64>,
    pub arguments: Vec<String>,
}

impl ProcessFiles {
    /// Reads what is there; `None` when there is no such process.
    pub fn read(system: &System, pid: u32) -> Option<ProcessFiles> {
        let stat = text(&system.file(pid, "stat"))?;
        let (program, state, start_ticks) = parse_stat(&stat)?;
        let status = text(&system.file(pid, "status")).unwrap_or_default();
        let number = |key: &str, at: usize| number_of(&status, key, at);
        let kilobytes = |key: &str| number(key, 0).and_then(|number| number.checked_mul(1024));
        let inner =
            line_of(&status, "NSpid").and_then(|line| line.split_ascii_whitespace().last()?.parse().ok());
        Some(ProcessFiles {
            pid,
            inner_pid: inner.unwrap_or(pid),
            start_ticks,
            ended: matches!(state, 'Z' | 'X'),
            program: program.to_owned(),
            // The second number is the effective user, as whom the socket was made.
            user: number("Uid", 1).and_then(|user| user.try_into().ok()),
            working_set: kilobytes("VmRSS"),
            private_bytes: kilobytes("VmData"),
            arguments: arguments(&system.file(pid, "cmdline")),
        })
    }

    /// What people call the process: the assembly that `dotnet` runs, or its program.
    pub fn name(&self) -> String {
        let program = || self.arguments.first().map(|path| file_name(path)).filter(|name| !name.is_empty());
        let assembly = self.argument_of_host().map(|path| {
            let name = file_name(path);
            name.strip_suffix(".dll").unwrap_or(name)
        });
        assembly.or_else(program).unwrap_or(&self.program).to_owned()
    }

    /// The assembly that the process was started for, when its program is the host `dotnet`.
    pub fn argument_of_host(&self) -> Option<&str> {
        let (host, rest) = self.arguments.split_first()?;
        if file_name(host) != "dotnet" {
            return None;
        }
        // Options of the host name assemblies of their own only behind `--`; the first `.dll` is what is run.
        rest.iter().find(|argument| argument.ends_with(".dll")).map(String::as_str)
    }

    /// The file of the runtime's library that is mapped; `None` when there is none, or the mappings cannot be seen.
    pub fn runtime_library(&self, system: &System) -> Option<PathBuf> {
        let file = File::open(system.file(self.pid, "maps")).ok()?;
        let mut maps = BufReader::new(file.take(limits::MAX_PROCESS_FILE_BYTES));
        let mut line = Vec::new();
        while maps.read_until(b'\n', &mut line).ok()? > 0 {
            if let Some(at) = line.iter().position(|&byte| byte == b'/') {
                let path = Path::new(OsStr::from_bytes(line.get(at..)?.trim_ascii_end()));
                if path.file_name().is_some_and(|name| name == "libcoreclr.so") {
                    return Some(path.to_owned());
                }
            }
            line.clear();
        }
        None
    }

    /// Variables of the environment that the process began with; `None` where they may not be seen.
    pub fn environment(&self, system: &System) -> Option<Vec<(String, String)>> {
        let bytes = read_capped(&system.file(self.pid, "environ"))?;
        let variables = bytes.split(|&byte| byte == 0).map(String::from_utf8_lossy);
        Some(
            variables
                .filter_map(|text| text.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())))
                .collect(),
        )
    }

    /// Whether the process sees the files that this program sees.
    pub fn sees_same_files(&self, system: &System) -> bool {
        let same = |name| match (system.link(self.pid, name), system.own_link(name)) {
            (Some(of_process), Some(own)) => of_process == own,
            _ => false,
        };
        same("ns/mnt") && same("root")
    }
}

/// The program's name, the state and the start of a `stat` file. The name stands in parentheses and may hold some itself.
fn parse_stat(stat: &str) -> Option<(&str, char, u64)> {
    let (before, after) = stat.rsplit_once(')')?;
    let (_, program) = before.split_once('(')?;
    let mut fields = after.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    // The state is the third field of the file, the start the 22nd.
    let start = fields.nth(18)?.parse().ok()?;
    Some((program, state, start))
}

/// The version in the path of a runtime's folder: `.../Microsoft.NETCore.App/8.0.4`.
pub(super) fn version_of_folder(folder: &Path) -> Option<String> {
    let version = folder.file_name()?.to_str()?;
    let is_runtime = folder.parent()?.file_name()? == "Microsoft.NETCore.App";
    (is_runtime && version.starts_with(|c: char| c.is_ascii_digit())).then(|| version.to_owned())
}

fn line_of<'a>(status: &'a str, key: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))
}

fn number_of(status: &str, key: &str, at: usize) -> Option<u64> {
    line_of(status, key)?.split_ascii_whitespace().nth(at)?.parse().ok()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn arguments(path: &Path) -> Vec<String> {
    let bytes = read_capped(path).unwrap_or_default();
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes.split(|&byte| byte == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}

fn text(path: &Path) -> Option<String> {
    read_capped(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes of a file of the system, whose length is not told beforehand.
fn read_capped(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(limits::MAX_PROCESS_FILE_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_mislead() {
        let stat = "42 (a) S (b) R 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 777 99";
        assert_eq!(parse_stat(stat), Some(("a) S (b", 'R', 777)));
        assert_eq!(parse_stat("42 (a) R 1 2 3"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn versions_are_read_of_the_runtimes_folders_only() {
        let version = |path: &str| version_of_folder(Path::new(path));
        assert_eq!(version("/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.4").as_deref(), Some("8.0.4"));
        assert_eq!(version("/app/Microsoft.NETCore.App/current"), None);
        assert_eq!(version("/app"), None);
    }
}
