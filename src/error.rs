//! The library's one error type: what went wrong, where, and what to do next.
//!
//! Errors here end an operation. What can be skipped and told is a
//! [`crate::problem::Problem`] instead.

use std::fmt;

use crate::bytes::{Addr, FileOffset};

/// The library's result type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The family an error belongs to; decides the program's exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system refused: no such file, no permission, disk full.
    Io,
    /// The file is not a dump at all (empty, text, an executable, ...).
    NotADump,
    /// The file is a dump, but of a kind that is not read (32-bit, another architecture, Mach-O, ...).
    Unsupported,
    /// The file contradicts its own format.
    Malformed,
    /// Memory that is needed is not in the dump.
    MissingMemory,
    /// The dump holds no .NET runtime that was found.
    NoRuntime,
    /// The runtime was found, its version's structures are not known or did not prove right.
    UnknownRuntime,
    /// The dump holds no GC heap.
    NoHeap,
    /// The user's statement is wrong.
    Query,
    /// The command line is wrong.
    Usage,
    /// The answer takes more memory than it may.
    Memory,
    /// A running process cannot be found or reached, or does not do what is asked of it.
    Process,
}

/// Where in the input an error arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A virtual address of the dumped process.
    Address(Addr),
    /// An offset in the file.
    Offset(FileOffset),
}

/// An error with its place and a hint for what to do next.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    place: Option<Place>,
    hint: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Makes an error. `message` starts in lower case and has no final full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), place: None, hint: None, source: None }
    }

    /// Adds the virtual address at which the error arose.
    #[must_use]
    pub fn at(mut self, address: Addr) -> Self {
        self.place = Some(Place::Address(address));
        self
    }

    /// Adds the file offset at which the error arose.
    #[must_use]
    pub fn at_offset(mut self, offset: FileOffset) -> Self {
        self.place = Some(Place::Offset(offset));
        self
    }

    /// Adds what the user can do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the error that caused this one.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Names the file that it is about, behind the message.
    #[must_use]
    pub fn of_file(mut self, path: &std::path::Path) -> Self {
        self.message = format!("{}: {}", self.message, path.display());
        self
    }

    /// The same error once more, its cause as text: for an error that several questions run into.
    #[must_use]
    pub fn duplicate(&self) -> Error {
        Error {
            kind: self.kind,
            message: self.message.clone(),
            place: self.place,
            hint: self.hint.clone(),
            source: self.source.as_ref().map(|cause| cause.to_string().into()),
        }
    }

    /// The family of the error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The message alone, without place, cause or hint.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where the error arose, if it has a place.
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// What the user can do next, if that is known.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.place {
            Some(Place::Address(a)) => write!(f, " (at address {a})"),
            Some(Place::Offset(o)) => write!(f, " (at file offset {o})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as _)
    }
}
