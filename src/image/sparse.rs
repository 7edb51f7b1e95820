//! Bytes of a module of which some may be missing.
//!
//! A dump often holds a few pages only of a module's contents. Here they stay where they are, each
//! stretch at its offset, instead of being copied into a zero-filled buffer: nothing is allocated
//! by a size that the dump claims, a missing byte can never be taken for a zero, and bytes that are
//! all there are one plain slice.

use std::borrow::Cow;
use std::fmt;

use crate::bytes::{Addr, OutOfBounds};
use crate::dump::AddressSpace;

/// Why bytes could not be had from [`SparseBytes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// They belong to the module, but the dump does not hold them. The offset of the first missing byte.
    NotInDump(usize),
    /// They lie behind the end: whoever pointed there was wrong.
    PastEnd(OutOfBounds),
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Absent::NotInDump(offset) => write!(f, "bytes at offset {offset:#x} are not in the dump"),
            Absent::PastEnd(out_of_bounds) => out_of_bounds.fmt(f),
        }
    }
}

impl std::error::Error for Absent {}

/// A stretch of bytes that are there. Parts are ascending and never touch.
#[derive(Clone, Debug)]
struct Part<'a> {
    offset: usize,
    bytes: Cow<'a, [u8]>,
}

impl Part<'_> {
    fn end(&self) -> usize {
        self.offset + self.bytes.len()
    }
}

#[derive(Clone, Debug)]
enum Contents<'a> {
    Whole(Cow<'a, [u8]>),
    Holed { length: usize, parts: Vec<Part<'a>> },
}

/// A row of bytes with holes, or without.
#[derive(Clone, Debug)]
pub struct SparseBytes<'a> {
    contents: Contents<'a>,
}

impl<'a> From<Cow<'a, [u8]>> for SparseBytes<'a> {
    fn from(bytes: Cow<'a, [u8]>) -> Self {
        SparseBytes { contents: Contents::Whole(bytes) }
    }
}

impl<'a> From<&'a [u8]> for SparseBytes<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Cow::Borrowed(bytes).into()
    }
}

impl<'a> SparseBytes<'a> {
    /// The `length` bytes of memory from `address` on, as far as the dump holds them.
    ///
    /// Borrowed where they lie together in the file. `length` may come from the dump: it allocates nothing.
    pub fn from_memory(space: &'a AddressSpace, address: Addr, length: usize) -> Self {
        if let Ok(run) = space.run_at(address)
            && let Some(bytes) = run.bytes.get(..length)
        {
            return bytes.into();
        }
        let end = Addr(address.0.saturating_add(length as u64));
        let runs = space.runs(address, end);
        SparseBytes::from_parts(length, runs.filter_map(|run| Some((run.start.since(address)?, run.bytes))))
    }

    /// `length` bytes of which these stretches are there, ascending and without overlap.
    fn from_parts(length: usize, stretches: impl Iterator<Item = (u64, &'a [u8])>) -> Self {
        let mut parts: Vec<Part<'a>> = Vec::new();
        for (offset, bytes) in stretches {
            let Ok(offset) = usize::try_from(offset) else { break };
            match parts.last_mut() {
                Some(last) if last.end() == offset => last.bytes.to_mut().extend_from_slice(bytes),
                _ => parts.push(Part { offset, bytes: Cow::Borrowed(bytes) }),
            }
        }
        let contents = match parts.pop() {
            Some(part) if part.offset == 0 && part.bytes.len() == length => Contents::Whole(part.bytes),
            last => {
                parts.extend(last);
                Contents::Holed { length, parts }
            }
        };
        SparseBytes { contents }
    }

    /// The same bytes, copied where they were borrowed.
    pub fn into_owned(self) -> SparseBytes<'static> {
        let owned = |bytes: Cow<'a, [u8]>| Cow::Owned(bytes.into_owned());
        let contents = match self.contents {
            Contents::Whole(bytes) => Contents::Whole(owned(bytes)),
            Contents::Holed { length, parts } => {
                let parts = parts.into_iter().map(|p| Part { offset: p.offset, bytes: owned(p.bytes) });
                Contents::Holed { length, parts: parts.collect() }
            }
        };
        SparseBytes { contents }
    }

    /// How many bytes there are, missing ones included.
    pub fn len(&self) -> usize {
        match &self.contents {
            Contents::Whole(bytes) => bytes.len(),
            Contents::Holed { length, .. } => *length,
        }
    }

    /// Whether there is no byte, not even a missing one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nothing is missing.
    pub fn is_whole(&self) -> bool {
        matches!(self.contents, Contents::Whole(_))
    }

    /// How many bytes are not missing.
    pub fn present(&self) -> usize {
        match &self.contents {
            Contents::Whole(bytes) => bytes.len(),
            Contents::Holed { parts, .. } => parts.iter().map(|p| p.bytes.len()).sum(),
        }
    }

    /// All the bytes as one slice.
    ///
    /// # Errors
    /// [`Absent::NotInDump`] with the first hole's offset when not all are there.
    pub fn whole(&self) -> Result<&[u8], Absent> {
        self.get(0, self.len())
    }

    /// `count` bytes from `offset` on.
    ///
    /// # Errors
    /// Tells a hole from an offset or count that leads past the end.
    #[inline]
    pub fn get(&self, offset: usize, count: usize) -> Result<&[u8], Absent> {
        let past_end = Absent::PastEnd(OutOfBounds { offset, wanted: count, available: self.len() });
        let end = offset.checked_add(count).filter(|&end| end <= self.len()).ok_or(past_end)?;
        match &self.contents {
            Contents::Whole(bytes) => bytes.get(offset..end).ok_or(past_end),
            Contents::Holed { .. } if count == 0 => Ok(&[]),
            Contents::Holed { .. } => {
                let there = self.tail(offset)?;
                there.get(..count).ok_or(Absent::NotInDump(offset + there.len()))
            }
        }
    }

    /// The bytes from `offset` on, up to the next hole or the end. Never empty.
    ///
    /// # Errors
    /// When not even the first byte is there.
    pub fn tail(&self, offset: usize) -> Result<&[u8], Absent> {
        let past_end = Absent::PastEnd(OutOfBounds { offset, wanted: 1, available: self.len() });
        match &self.contents {
            Contents::Whole(bytes) => bytes.get(offset..).filter(|b| !b.is_empty()).ok_or(past_end),
            Contents::Holed { length, .. } if offset >= *length => Err(past_end),
            Contents::Holed { parts, .. } => parts
                .partition_point(|part| part.offset <= offset)
                .checked_sub(1)
                .and_then(|index| parts.get(index))
                .and_then(|part| part.bytes.get(offset - part.offset..))
                .filter(|bytes| !bytes.is_empty())
                .ok_or(Absent::NotInDump(offset)),
        }
    }

    fn array<const N: usize>(&self, offset: usize) -> Result<[u8; N], Absent> {
        let mut array = [0; N];
        array.copy_from_slice(self.get(offset, N)?);
        Ok(array)
    }

    /// Reads a byte.
    ///
    /// # Errors
    /// As for [`Self::get`]; so for all reads below.
    pub fn u8(&self, offset: usize) -> Result<u8, Absent> {
        self.array::<1>(offset).map(|[b]| b)
    }

    /// Reads a little-endian u16.
    pub fn u16(&self, offset: usize) -> Result<u16, Absent> {
        self.array(offset).map(u16::from_le_bytes)
    }

    /// Reads a little-endian u32.
    pub fn u32(&self, offset: usize) -> Result<u32, Absent> {
        self.array(offset).map(u32::from_le_bytes)
    }

    /// Reads a little-endian u64.
    pub fn u64(&self, offset: usize) -> Result<u64, Absent> {
        self.array(offset).map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes 0..12 at 0x1000 in two pieces, a hole of 4, bytes 16..20, then nothing up to 24.
    fn space() -> AddressSpace {
        AddressSpace::from_memory(vec![
            (Addr(0x1000), (0..8).collect()),
            (Addr(0x1008), (8..12).collect()),
            (Addr(0x1010), (16..20).collect()),
        ])
    }

    #[test]
    fn bytes_that_lie_together_are_borrowed_and_whole() {
        let space = space();
        let bytes = SparseBytes::from_memory(&space, Addr(0x1001), 7);
        assert!(matches!(bytes.contents, Contents::Whole(Cow::Borrowed(_))));
        assert_eq!(bytes.whole(), Ok([1, 2, 3, 4, 5, 6, 7].as_slice()));
    }

    #[test]
    fn neighbours_are_joined_so_that_reads_cross_them() {
        let space = space();
        let bytes = SparseBytes::from_memory(&space, Addr(0x1000), 12);
        assert!(bytes.is_whole());
        assert_eq!(bytes.u32(6), Ok(u32::from_le_bytes([6, 7, 8, 9])));
    }

    #[test]
    fn a_hole_is_told_from_the_end() {
        let space = space();
        let bytes = SparseBytes::from_memory(&space, Addr(0x1000), 24);
        assert_eq!((bytes.len(), bytes.present(), bytes.is_whole()), (24, 16, false));
        assert_eq!(bytes.get(6, 6), Ok([6, 7, 8, 9, 10, 11].as_slice()));
        assert_eq!(bytes.get(10, 4), Err(Absent::NotInDump(12)));
        assert_eq!(bytes.u16(14), Err(Absent::NotInDump(14)));
        assert_eq!(bytes.u8(17), Ok(17));
        assert_eq!(bytes.tail(18), Ok([18, 19].as_slice()));
        assert_eq!(bytes.u64(16), Err(Absent::NotInDump(20)));
        assert_eq!(bytes.whole(), Err(Absent::NotInDump(12)));
        let end = OutOfBounds { offset: 22, wanted: 4, available: 24 };
        assert_eq!(bytes.u32(22), Err(Absent::PastEnd(end)));
        assert!(matches!(bytes.tail(24), Err(Absent::PastEnd(_))));
        assert!(matches!(bytes.get(usize::MAX, 2), Err(Absent::PastEnd(_))));
        assert_eq!(bytes.get(24, 0), Ok([].as_slice()));
    }

    #[test]
    fn what_is_absent_is_told_in_words() {
        assert_eq!(Absent::NotInDump(0x20).to_string(), "bytes at offset 0x20 are not in the dump");
        let end = Absent::PastEnd(OutOfBounds { offset: 4, wanted: 2, available: 5 });
        assert_eq!(end.to_string(), "read of 2 bytes at offset 0x4 of 0x5");
    }

    #[test]
    fn owning_the_bytes_changes_nothing() {
        let owned = SparseBytes::from_memory(&space(), Addr(0x1000), 24).into_owned();
        assert_eq!(owned.get(8, 4), Ok([8, 9, 10, 11].as_slice()));
        assert_eq!(owned.u8(12), Err(Absent::NotInDump(12)));
        assert_eq!(SparseBytes::from([1_u8, 2].as_slice()).into_owned().whole(), Ok([1, 2].as_slice()));
    }

    #[test]
    fn an_absurd_length_is_a_hole_and_allocates_nothing() {
        let space = space();
        let bytes = SparseBytes::from_memory(&space, Addr(0x1000), usize::MAX);
        assert_eq!(bytes.present(), 16);
        assert_eq!(bytes.u8(1 << 40), Err(Absent::NotInDump(1 << 40)));
        let nothing = SparseBytes::from_memory(&space, Addr(0x9000), 4);
        assert_eq!(nothing.u32(0), Err(Absent::NotInDump(0)));
    }
}
