//! The metadata root: version and stream headers (ECMA-335 II.24.2.1 and II.24.2.2).

use std::ops::Range;

use super::MetadataError;
use crate::bytes::OutOfBounds;
use crate::image::SparseBytes;
use crate::limits::MAX_METADATA_STREAMS;

/// "BSJB", little-endian.
const SIGNATURE: u32 = 0x424a_5342;
/// Bytes of a stream's name with its final NUL.
const MAX_STREAM_NAME: usize = 32;

/// What the root tells: the runtime version and the streams as ranges of offsets.
#[derive(Clone, Debug)]
pub(super) struct Root {
    pub(super) version: Range<usize>,
    /// The stream of tables: `#~`, or `#-` as edit-and-continue and some obfuscators write it.
    pub(super) tables: Range<usize>,
    /// A `#JTD` stream is there: every index takes four bytes (a minimal edit-and-continue delta).
    pub(super) wide_indexes: bool,
    /// Empty when the stream is not there; so for the other heaps.
    pub(super) strings: Range<usize>,
    pub(super) user_strings: Range<usize>,
    pub(super) guids: Range<usize>,
    pub(super) blobs: Range<usize>,
    /// `#Pdb`, which makes it a portable PDB.
    pub(super) pdb: Range<usize>,
}

struct Stream {
    name: [u8; MAX_STREAM_NAME],
    range: Range<usize>,
}

impl Stream {
    fn is(&self, name: &[u8]) -> bool {
        self.name.get(..name.len()) == Some(name) && self.name.get(name.len()) == Some(&0)
    }
}

impl Root {
    /// Reads the root from the start of the metadata.
    pub(super) fn read(bytes: &SparseBytes<'_>) -> Result<Root, MetadataError> {
        let found = bytes.u32(0)?;
        if found != SIGNATURE {
            return Err(MetadataError::NotMetadata { found });
        }
        let version_size = bytes.u32(12)? as usize;
        if version_size > 256 {
            return Err(MetadataError::Malformed { offset: 12, what: "a version longer than 255 bytes" });
        }
        let version = 16..16 + version_size;
        let count_at = version.end.next_multiple_of(4) + 2;
        let count = bytes.u16(count_at)?;
        if count > MAX_METADATA_STREAMS {
            return Err(MetadataError::Malformed { offset: count_at, what: "an absurd number of streams" });
        }
        Root::choose(version, &read_streams(bytes, count_at + 2, count)?)
    }

    /// Picks the streams by name. Where a name comes twice, as obfuscators have it, the runtime
    /// takes the last one next to `#~` and the first one next to `#-`.
    fn choose(version: Range<usize>, streams: &[Stream]) -> Result<Root, MetadataError> {
        let last = |name: &[u8]| streams.iter().rev().find(|s| s.is(name)).map(|s| s.range.clone());
        let first = |name: &[u8]| streams.iter().find(|s| s.is(name)).map(|s| s.range.clone());
        let compressed = last(b"#~");
        let is_compressed = compressed.is_some();
        let heap = |name: &[u8]| if is_compressed { last(name) } else { first(name) }.unwrap_or(0..0);
        let no_tables =
            MetadataError::Malformed { offset: version.end, what: "there is no stream of tables" };
        let tables = compressed.or_else(|| first(b"#-")).ok_or(no_tables)?;
        Ok(Root {
            version,
            tables,
            wide_indexes: first(b"#JTD").is_some(),
            strings: heap(b"#Strings"),
            user_strings: heap(b"#US"),
            guids: heap(b"#GUID"),
            blobs: heap(b"#Blob"),
            pdb: heap(b"#Pdb"),
        })
    }
}

fn read_streams(bytes: &SparseBytes<'_>, start: usize, count: u16) -> Result<Vec<Stream>, MetadataError> {
    let mut streams = Vec::with_capacity(usize::from(count));
    let mut at = start;
    for _ in 0..count {
        let (offset, size) = (bytes.u32(at)? as usize, bytes.u32(at + 4)? as usize);
        let past_end = OutOfBounds { offset, wanted: size, available: bytes.len() };
        let end = offset.checked_add(size).filter(|&end| end <= bytes.len());
        let range = offset..end.ok_or(MetadataError::PastEnd(past_end))?;
        let (name, length) = read_stream_name(bytes, at + 8)?;
        streams.push(Stream { name, range });
        at += 8 + length.next_multiple_of(4);
    }
    Ok(streams)
}

/// Reads a stream's name, padded with NULs, and how many bytes it takes with one NUL.
fn read_stream_name(
    bytes: &SparseBytes<'_>,
    start: usize,
) -> Result<([u8; MAX_STREAM_NAME], usize), MetadataError> {
    let mut name = [0; MAX_STREAM_NAME];
    for (length, slot) in name.iter_mut().enumerate() {
        *slot = bytes.u8(start + length)?;
        if *slot == 0 {
            return Ok((name, length + 1));
        }
    }
    Err(MetadataError::Malformed { offset: start, what: "a stream's name does not end" })
}
