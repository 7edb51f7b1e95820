//! What a runtime tells of its process.

use std::path::Path;

use super::connection::{ask, newest_known};
use super::fault::Fault;
use super::message::Command;
use super::payload::PayloadReader;

/// What a runtime tells of its process. How much depends on its version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessInfo {
    /// The number of the process in its own namespace.
    pub pid: u64,
    /// What tells this run of the runtime from all others.
    pub cookie: [u8; 16],
    /// The command line, its parts joined by blanks.
    pub command_line: String,
    /// The operating system: `Linux`.
    pub system: String,
    /// The architecture: `x64`, `arm64`.
    pub architecture: String,
    /// The name of the program's own assembly; `None` before .NET 6, and where the runtime knows none.
    pub entry_assembly: Option<String>,
    /// The version of the runtime; `None` before .NET 6.
    pub runtime_version: Option<String>,
    /// What the runtime was built for: `linux_musl_x64`; `None` before .NET 8.
    pub runtime_identifier: Option<String>,
}

/// Asks a runtime what its process is, by the newest form of the command that it knows.
///
/// # Errors
/// When the process cannot be reached or does not answer. A runtime before .NET 5 does not know the command, which
/// [`Fault::is_unknown_command`] tells.
pub fn process_info(socket: &Path) -> Result<ProcessInfo, Fault> {
    newest_known(Command::PROCESS_INFO.into_iter().enumerate(), |(version, command)| {
        ask(socket, command, Vec::new()).and_then(|answer| ProcessInfo::decode(&answer, version + 1))
    })
}

impl ProcessInfo {
    /// Reads the answer to a version of the command, from 1 on. Fields were only ever added at the end.
    ///
    /// # Errors
    /// [`Fault::Malformed`] when it ends before the last field of that version.
    pub fn decode(answer: &[u8], version: usize) -> Result<ProcessInfo, Fault> {
        let mut payload = PayloadReader::new(answer);
        if version >= 3 {
            // The version of the answer: later ones have more behind, which is left alone.
            payload.u32()?;
        }
        let mut info = ProcessInfo {
            pid: payload.u64()?,
            cookie: payload.guid()?,
            command_line: payload.text()?,
            system: payload.text()?,
            architecture: payload.text()?,
            ..ProcessInfo::default()
        };
        let mut known = || payload.text().map(|text| Some(text).filter(|text| !text.is_empty()));
        if version >= 2 {
            info.entry_assembly = known()?;
            info.runtime_version = known()?;
        }
        if version >= 3 {
            info.runtime_identifier = known()?;
        }
        Ok(info)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake_peer::{FakePeer, ok, refusal};
    use super::super::fault::HResult;
    use super::super::payload::PayloadWriter;
    use super::*;
    use proptest::prelude::*;

    fn answer(version: usize) -> Vec<u8> {
        let head = PayloadWriter::new();
        let head = if version == 3 { head.u32(1) } else { head };
        let common = head.u64(42).u64(1).u64(2).text("dotnet Shop.dll --port 80").text("Linux").text("x64");
        let second = if version >= 2 { common.text("Shop").text("10.0.1") } else { common };
        (if version >= 3 { second.text("linux_x64") } else { second }).finish()
    }

    /// A runtime that knows the command up to a version.
    fn runtime(newest: usize) -> FakePeer {
        FakePeer::answering(move |request| {
            match Command::PROCESS_INFO.iter().position(|command| *command == request.command) {
                Some(at) if at < newest => ok(&answer(at + 1)),
                _ => refusal(HResult::UNKNOWN_COMMAND.0),
            }
        })
    }

    #[test]
    fn every_version_tells_what_it_knows() {
        let of = |newest| {
            let info = process_info(runtime(newest).socket()).unwrap();
            assert_eq!((info.pid, info.command_line.as_str()), (42, "dotnet Shop.dll --port 80"));
            assert_eq!((info.system.as_str(), info.architecture.as_str()), ("Linux", "x64"));
            (info.entry_assembly, info.runtime_version, info.runtime_identifier)
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(of(3), (text("Shop"), text("10.0.1"), text("linux_x64")));
        assert_eq!(of(2), (text("Shop"), text("10.0.1"), None));
        assert_eq!(of(1), (None, None, None));
    }

    #[test]
    fn a_runtime_before_the_command_says_so() {
        let peer = runtime(0);
        assert!(process_info(peer.socket()).unwrap_err().is_unknown_command());
        assert_eq!(peer.requests().len(), 3);
    }

    #[test]
    fn another_failure_ends_the_asking() {
        let peer = FakePeer::sending(refusal(0x8000_4005));
        let fault = process_info(peer.socket()).unwrap_err();
        assert_eq!(fault.to_string(), "the command failed (0x80004005)");
        assert_eq!(peer.requests().len(), 1);
    }

    #[test]
    fn what_later_versions_add_is_left_alone() {
        let later = [answer(3), b"and more".to_vec()].concat();
        assert_eq!(ProcessInfo::decode(&later, 3).unwrap().runtime_identifier.as_deref(), Some("linux_x64"));
    }

    proptest! {
        #[test]
        fn an_answer_cut_anywhere_is_refused(version in 1_usize..=3, cut in 0_usize..1000) {
            let whole = answer(version);
            let cut = cut % whole.len();
            prop_assert!(ProcessInfo::decode(&whole[..cut], version).is_err());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), version in 1_usize..=3) {
            let _ = ProcessInfo::decode(&bytes, version);
        }
    }
}
