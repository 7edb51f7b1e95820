//! The header of a minidump and its directory of streams.

use std::cell::Cell;
use std::ops::Range;

use crate::bytes::{Cursor, FileOffset, OutOfBounds};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{MAX_MINIDUMP_STREAMS, MAX_TEXT_BYTES};
use crate::problem::Problem;

/// How every minidump begins.
pub(super) const SIGNATURE: &[u8] = b"MDMP";
const HEADER_SIZE: usize = 32;

/// What a stream holds (`MINIDUMP_STREAM_TYPE`); those that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    ThreadList = 3,
    ModuleList = 4,
    MemoryList = 5,
    Exception = 6,
    SystemInfo = 7,
    Memory64List = 9,
    MiscInfo = 15,
    MemoryInfoList = 16,
    ThreadNames = 24,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: u32,
    size: usize,
    offset: usize,
}

/// The streams of a minidump.
#[derive(Debug)]
pub(super) struct Streams<'a> {
    file: &'a [u8],
    entries: Vec<Entry>,
    /// Bytes of texts that may still be read: all that a file holds are no more than its own.
    texts_left: Cell<usize>,
}

impl<'a> Streams<'a> {
    /// Reads header and directory.
    ///
    /// # Errors
    /// One of them is cut off, or the directory is empty.
    pub(super) fn read(file: &'a [u8], problems: &mut Vec<Problem>) -> Result<Streams<'a>> {
        let cut = |what: &str, at: usize, cause: OutOfBounds| {
            Error::new(ErrorKind::Malformed, format!("the file ends within the minidump's {what}"))
                .at_offset(FileOffset(at as u64))
                .caused_by(cause)
                .hint("the copy was cut short: copy the dump again")
        };
        let mut header = Cursor::new(file.get(..HEADER_SIZE).unwrap_or(file));
        let mut fields = || {
            header.skip(8)?;
            let fields = (header.u32()?, header.u32()?);
            header.skip(HEADER_SIZE - 16)?;
            Ok(fields)
        };
        let (declared, directory) = fields().map_err(|end| cut("header", file.len(), end))?;
        let directory = directory as usize;
        let count = declared.min(MAX_MINIDUMP_STREAMS);
        let mut cursor = Cursor::at(file, directory);
        let mut entries = Vec::new();
        for read in 0..count {
            match entry(&mut cursor) {
                Ok(entry) => entries.push(entry),
                Err(end) if read == 0 => return Err(cut("directory", directory, end)),
                Err(_) => {
                    let message = format!(
                        "only {read} of {declared} streams of the minidump are listed in what is left of the file"
                    );
                    problems.push(Problem::loss(message));
                    break;
                }
            }
        }
        if entries.is_empty() {
            let message = "the minidump has no streams";
            return Err(Error::new(ErrorKind::Malformed, message).at_offset(FileOffset(12)));
        }
        Ok(Streams { file, entries, texts_left: Cell::new(file.len()) })
    }

    /// The first stream of a kind, as far as it is there; `None` when the dump has none.
    pub(super) fn stream(&self, kind: Kind) -> Option<&'a [u8]> {
        // Entries of kind 0 are filler, and the same kind twice is no writer's.
        let entry = self.entries.iter().find(|entry| entry.kind == kind as u32)?;
        Some(self.bytes(entry.offset, entry.size))
    }

    /// What is there of `size` bytes at an offset in the file.
    pub(super) fn bytes(&self, offset: usize, size: usize) -> &'a [u8] {
        let start = offset.min(self.file.len());
        let end = offset.saturating_add(size).min(self.file.len());
        self.file.get(start..end).unwrap_or_default()
    }

    /// The text at an offset in the file (`MINIDUMP_STRING`: bytes as u32, then UTF-16); `None` when it is cut off or absurd.
    pub(super) fn text(&self, offset: u64) -> Option<String> {
        let mut cursor = Cursor::at(self.file, usize::try_from(offset).ok()?);
        let length = cursor.u32().ok()? as usize;
        let bytes = cursor.take(length).ok().filter(|_| length <= MAX_TEXT_BYTES)?;
        // Places may repeat in a damaged file.
        self.texts_left.set(self.texts_left.get().checked_sub(length)?);
        let (units, _) = bytes.as_chunks::<2>();
        let units = units.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|&unit| unit != 0);
        Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }

    /// Where the streams lie in the file that say which process this was, and when.
    pub(super) fn ranges(&self) -> Vec<Range<u64>> {
        let told = [Kind::ThreadList, Kind::ModuleList, Kind::MiscInfo];
        let entries =
            told.iter().filter_map(|&kind| self.entries.iter().find(|entry| entry.kind == kind as u32));
        entries.map(|entry| entry.offset as u64..(entry.offset + entry.size) as u64).collect()
    }
}

fn entry(cursor: &mut Cursor<'_>) -> Result<Entry, OutOfBounds> {
    Ok(Entry { kind: cursor.u32()?, size: cursor.u32()? as usize, offset: cursor.u32()? as usize })
}

/// The records of a list: `count`, as it says, of `size` bytes each, of which those are given that are there.
///
/// When some are missing, `what` they are is told in `problems`.
pub(super) fn records<'a>(
    bytes: &'a [u8],
    count: u64,
    size: usize,
    what: &str,
    problems: &mut Vec<Problem>,
) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let there = (bytes.len() / size) as u64;
    if there < count {
        problems
            .push(Problem::loss(format!("only {there} of {count} {what} are in what is left of the file")));
    }
    bytes.chunks_exact(size).take(usize::try_from(count).unwrap_or(usize::MAX))
}
