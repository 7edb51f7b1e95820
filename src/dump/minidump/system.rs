//! SystemInfo and MiscInfo: what the process ran on, which process it was.

use crate::bytes::{Cursor, OutOfBounds};
use crate::error::{Error, ErrorKind, Result};

use super::streams::{Kind, Streams};

/// `PROCESSOR_ARCHITECTURE_AMD64`.
const AMD64: u16 = 9;
/// Flags of MiscInfo: which of its members are valid.
const PROCESS_ID_VALID: u32 = 1;
const TIMES_VALID: u32 = 2;

/// The process as MiscInfo has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct MiscInfo {
    pub id: u64,
    /// When it was created, in seconds since 1970.
    pub started: Option<u64>,
}

/// Refuses processes of another architecture. A dump that lacks the stream is taken for one of x64: its modules tell.
pub(super) fn check_architecture(streams: &Streams<'_>) -> Result<()> {
    let stream = streams.stream(Kind::SystemInfo).unwrap_or_default();
    let name = match Cursor::new(stream).u16() {
        Err(_) | Ok(AMD64) => return Ok(()),
        Ok(0) => "x86",
        Ok(5) => "arm",
        Ok(12) => "arm64",
        Ok(6) => "Itanium",
        Ok(_) => "an unknown architecture",
    };
    let message = format!("the minidump is of a process on {name}; of Windows dumps those of x64 are read");
    Err(Error::new(ErrorKind::Unsupported, message)
        .hint("dotnet-dump and WinDbg read it on Windows, on a machine of that kind"))
}

/// The process; `None` when the dump does not tell its id.
pub(super) fn process(streams: &Streams<'_>) -> Option<MiscInfo> {
    read_process(streams.stream(Kind::MiscInfo)?).ok().flatten()
}

fn read_process(stream: &[u8]) -> Result<Option<MiscInfo>, OutOfBounds> {
    let mut cursor = Cursor::at(stream, 4);
    let flags = cursor.u32()?;
    if flags & PROCESS_ID_VALID == 0 {
        return Ok(None);
    }
    let id = u64::from(cursor.u32()?);
    let started = if flags & TIMES_VALID != 0 { cursor.u32().ok().map(u64::from) } else { None };
    Ok(Some(MiscInfo { id, started }))
}
