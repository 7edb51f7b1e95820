//! What keeps a process from being talked to, and the way out.

use crate::error::{Error, ErrorKind};

use super::super::ipc::{Fault, HResult};
use super::process_files::ProcessFiles;
use super::system::System;
use super::{Target, socket};

/// Why there is no socket to talk to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// A variable in the environment of the process switches diagnostics off.
    SwitchedOff {
        /// The variable: `DOTNET_EnableDiagnostics`.
        variable: String,
    },
    /// The runtime is older than the protocol, which came with .NET Core 3.0.
    TooOld {
        /// Its version.
        version: String,
    },
    /// The socket is not in the temporary folder of the process.
    NoSocket {
        /// The folders that were looked into.
        folders: Vec<String>,
    },
}

/// Variables that switch the socket off when they are 0. Since .NET 6 the prefix is `DOTNET_`; the second of each pair,
/// which leaves other diagnostics on, came with .NET 8.
const SWITCHES: [&str; 4] = [
    "DOTNET_EnableDiagnostics",
    "COMPlus_EnableDiagnostics",
    "DOTNET_EnableDiagnostics_IPC",
    "COMPlus_EnableDiagnostics_IPC",
];

/// How a dump is taken without the runtime's help.
fn other_ways(target: &Target) -> String {
    // Runtimes before .NET 6 read variables of this prefix only.
    let version = target.runtime_by_path.as_deref().and_then(major);
    let prefix = if version.is_some_and(|major| major < 6) { "COMPlus" } else { "DOTNET" };
    format!(
        "take the dump with gdb's `gcore {}`, or have the runtime write one at a crash: \
         {prefix}_DbgEnableMiniDump=1 {prefix}_DbgMiniDumpType=2 in the environment of the process",
        target.pid
    )
}

impl Unreachable {
    /// Why a process that is .NET shows no socket.
    pub(super) fn without_socket(
        system: &System,
        files: &ProcessFiles,
        version: Option<&str>,
    ) -> Unreachable {
        if let Some(version) = version.filter(|version| is_before_protocol(version)) {
            return Unreachable::TooOld { version: version.to_owned() };
        }
        let environment = files.environment(system).unwrap_or_default();
        let is_off = |name: &str, value: &str| {
            SWITCHES.iter().any(|switch| switch.eq_ignore_ascii_case(name)) && value.trim() == "0"
        };
        match environment.into_iter().find(|(name, value)| is_off(name, value)) {
            Some((variable, _)) => Unreachable::SwitchedOff { variable },
            None => {
                let folders = socket::folders(system, files);
                Unreachable::NoSocket { folders: folders.iter().map(|f| f.display().to_string()).collect() }
            }
        }
    }

    /// The reason in a few words.
    pub fn reason(&self) -> String {
        match self {
            Unreachable::SwitchedOff { variable } => format!("diagnostics are switched off by {variable}=0"),
            Unreachable::TooOld { version } => {
                format!(".NET Core {version} has no diagnostic socket, which came with 3.0")
            }
            Unreachable::NoSocket { .. } => "its diagnostic socket is not in its temporary folder".to_owned(),
        }
    }

    /// The reason as an error of a command about the process, with the way out.
    pub(super) fn error(&self, target: &Target) -> Error {
        let message = format!("{} cannot be reached: {}", target.called(), self.reason());
        let hint = match self {
            Unreachable::SwitchedOff { variable } => {
                format!("start it without {variable}, or {}", other_ways(target))
            }
            Unreachable::TooOld { .. } => other_ways(target),
            Unreachable::NoSocket { folders } => format!(
                "looked in {}; its TMPDIR may be another one (set TMPDIR to it here), or something has cleaned the folder: \
                 then {}",
                folders.join(", "),
                other_ways(target)
            ),
        };
        Error::new(ErrorKind::Process, message).hint(hint)
    }
}

/// Whether a version of the runtime is one before 3.0.
fn is_before_protocol(version: &str) -> bool {
    major(version).is_some_and(|major| major < 3)
}

/// `10` of `10.0.14`.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// What a fault means for a command about a process. `doing` is what was wanted: "tell what it is".
pub(super) fn fault(target: &Target, doing: &str, fault: Fault) -> Error {
    let error = Error::new(ErrorKind::Process, format!("{} cannot {doing}", target.called()));
    let hint = match &fault {
        Fault::NoPermission => match target.user {
            Some(user) => format!(
                "it belongs to user {user}: run heapql as that user (`sudo -u '#{user}'`), or as root"
            ),
            None => "run heapql as the user of the process, or as root".to_owned(),
        },
        Fault::NotListening | Fault::Closed => {
            "has the process ended? `heapql ps` lists those that run".to_owned()
        }
        Fault::TimedOut(_) => format!(
            "is it stopped, or paused in a debugger (state T in `ps -o state= -p {}`)? Otherwise {}",
            target.pid,
            other_ways(target)
        ),
        Fault::Malformed(_) => "is the socket that of a .NET process?".to_owned(),
        Fault::Refused { code: HResult::UNKNOWN_COMMAND | HResult::NOT_SUPPORTED, .. } => other_ways(target),
        Fault::Refused { .. } | Fault::TooLong | Fault::Stopped | Fault::Io(_) => {
            return error.caused_by(fault);
        }
    };
    error.caused_by(fault).hint(hint)
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn versions_before_the_protocol_are_known() {
        let told = ["2.1.30", "1.0.0", "3.0.0", "10.0.14", "", "x"].map(is_before_protocol);
        assert_eq!(told, [true, true, false, false, false, false]);
    }
}
