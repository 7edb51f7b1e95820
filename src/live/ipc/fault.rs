//! Why an exchange over a diagnostic socket came to nothing.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::units::duration;

/// What the runtime reports of a command that failed: an HRESULT.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HResult(pub u32);

impl HResult {
    /// The runtime does not know the command: it is older than it.
    pub const UNKNOWN_COMMAND: HResult = HResult(0x8013_1385);
    /// The runtime cannot do this, in this build of it or on this system.
    pub const NOT_SUPPORTED: HResult = HResult(0x8013_1515);

    /// What it means; `None` for codes that do not belong to the protocol.
    pub fn meaning(self) -> Option<&'static str> {
        Some(match self.0 {
            0x8013_1384 => "the runtime could not read the command",
            0x8013_1385 => "the runtime does not know the command",
            0x8013_1386 => "the runtime speaks another version of the protocol",
            0x8013_1515 => "the runtime does not support the command here",
            0x8013_135b => "the runtime is not ready for the command yet",
            0x8013_1371 => "the runtime has not started yet",
            0x8000_4005 => "the command failed",
            0x8000_4001 => "the runtime does not implement the command",
            0x8007_0057 => "an argument of the command is wrong",
            0x8007_000e => "the process is out of memory",
            0x8007_0005 => "access is denied",
            0x8007_007a => "a buffer of the runtime is too small",
            _ => return None,
        })
    }
}

impl fmt::Display for HResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            Some(meaning) => write!(f, "{meaning} (0x{:08x})", self.0),
            None => write!(f, "error 0x{:08x}", self.0),
        }
    }
}

impl fmt::Debug for HResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HResult(0x{:08x})", self.0)
    }
}

/// Why an exchange came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The socket is there, and this user may not connect to it.
    #[error("this user may not connect to its diagnostic socket")]
    NoPermission,
    /// The socket is gone, or nobody listens on it.
    #[error("nobody listens on its diagnostic socket")]
    NotListening,
    /// There was no complete answer in time: the process is stopped, or busy beyond measure.
    #[error("no answer within {}", duration(*.0))]
    TimedOut(Duration),
    /// The connection ended in the middle of an exchange: the process ended, or the runtime gave up.
    #[error("the connection was closed before the answer was complete")]
    Closed,
    /// The answer does not follow the protocol.
    #[error("the answer is none of the diagnostic protocol: {0}")]
    Malformed(&'static str),
    /// A command does not fit into a message.
    #[error("the command is longer than a message can be")]
    TooLong,
    /// The runtime refused. With it, what the runtime says beyond the code; only dumps by .NET 8 and later have that.
    #[error("{code}{}", .text.as_deref().map_or_else(String::new, |text| format!(": {text}")))]
    Refused {
        /// The code of the refusal.
        code: HResult,
        /// What the runtime says of it.
        text: Option<String>,
    },
    /// Whoever asked does not want to wait any longer.
    #[error("stopped")]
    Stopped,
    /// The operating system refused otherwise.
    #[error(transparent)]
    Io(io::Error),
}

impl Fault {
    /// Whether the runtime is too old for the command, so that an older form of it may do.
    pub fn is_unknown_command(&self) -> bool {
        matches!(self, Fault::Refused { code: HResult::UNKNOWN_COMMAND, .. })
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Fault::NoPermission,
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => Fault::NotListening,
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                Fault::Closed
            }
            _ => Fault::Io(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_said_in_words() {
        assert_eq!(
            HResult::UNKNOWN_COMMAND.to_string(),
            "the runtime does not know the command (0x80131385)"
        );
        assert_eq!(HResult(0x8000_1234).to_string(), "error 0x80001234");
    }

    #[test]
    fn a_refusal_has_the_runtimes_own_words() {
        let refused = |text: Option<&str>| Fault::Refused { code: HResult(7), text: text.map(str::to_owned) };
        assert_eq!(refused(None).to_string(), "error 0x00000007");
        assert_eq!(refused(Some("no disk")).to_string(), "error 0x00000007: no disk");
    }

    #[test]
    fn faults_of_the_system_are_told_apart() {
        let fault = |kind: io::ErrorKind| Fault::from(io::Error::from(kind));
        assert!(matches!(fault(io::ErrorKind::PermissionDenied), Fault::NoPermission));
        assert!(matches!(fault(io::ErrorKind::ConnectionRefused), Fault::NotListening));
        assert!(matches!(fault(io::ErrorKind::NotFound), Fault::NotListening));
        assert!(matches!(fault(io::ErrorKind::BrokenPipe), Fault::Closed));
        assert!(matches!(fault(io::ErrorKind::OutOfMemory), Fault::Io(_)));
    }
}
