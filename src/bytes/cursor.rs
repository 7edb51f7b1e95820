//! A bounded little-endian reader over a byte slice.

use std::fmt;

/// A read past the end of the bytes at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfBounds {
    /// Offset of the read from the start of the slice.
    pub offset: usize,
    /// Bytes that were asked for.
    pub wanted: usize,
    /// Length of the slice.
    pub available: usize,
}

impl fmt::Display for OutOfBounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read of {} bytes at offset {:#x} of {:#x}", self.wanted, self.offset, self.available)
    }
}

impl std::error::Error for OutOfBounds {}

/// A position in a byte slice. Every read checks its bounds; a failed read does not move.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor at the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Cursor { bytes, at: 0 }
    }

    /// A cursor at `offset` of `bytes`; an offset past the end fails at the first read.
    pub fn at(bytes: &'a [u8], offset: usize) -> Self {
        Cursor { bytes, at: offset }
    }

    /// The present offset from the start of the slice.
    pub fn position(&self) -> usize {
        self.at
    }

    /// How many bytes follow.
    pub fn remaining(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    /// Takes the next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], OutOfBounds> {
        let out_of_bounds = OutOfBounds { offset: self.at, wanted: count, available: self.bytes.len() };
        let end = self.at.checked_add(count).ok_or(out_of_bounds)?;
        let taken = self.bytes.get(self.at..end).ok_or(out_of_bounds)?;
        self.at = end;
        Ok(taken)
    }

    /// Moves `count` bytes on.
    pub fn skip(&mut self, count: usize) -> Result<(), OutOfBounds> {
        self.take(count).map(|_| ())
    }

    /// Moves on to the next multiple of `alignment`, a power of two, counted from the start of the slice.
    pub fn align(&mut self, alignment: usize) -> Result<(), OutOfBounds> {
        self.skip(self.at.wrapping_neg() & (alignment - 1))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], OutOfBounds> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// Reads a byte.
    pub fn u8(&mut self) -> Result<u8, OutOfBounds> {
        self.array::<1>().map(|[b]| b)
    }

    /// Reads a little-endian u16.
    pub fn u16(&mut self) -> Result<u16, OutOfBounds> {
        self.array().map(u16::from_le_bytes)
    }

    /// Reads a little-endian u32.
    pub fn u32(&mut self) -> Result<u32, OutOfBounds> {
        self.array().map(u32::from_le_bytes)
    }

    /// Reads a little-endian u64.
    pub fn u64(&mut self) -> Result<u64, OutOfBounds> {
        self.array().map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_little_endian_and_stops_at_the_end() {
        let mut c = Cursor::new(&[1, 2, 0, 3, 0, 0, 0, 9]);
        assert_eq!(c.u8(), Ok(1));
        assert_eq!(c.u16(), Ok(2));
        assert_eq!(c.u32(), Ok(3));
        assert_eq!(c.u16(), Err(OutOfBounds { offset: 7, wanted: 2, available: 8 }));
        assert_eq!(c.u8(), Ok(9), "a failed read does not move");
        assert_eq!(c.remaining(), 0);
    }

    #[test]
    fn a_count_that_overflows_is_out_of_bounds() {
        let mut c = Cursor::at(&[0; 4], 2);
        assert!(c.take(usize::MAX).is_err());
        assert!(Cursor::at(&[0; 4], usize::MAX).u8().is_err());
    }

    #[test]
    fn aligns_from_the_start_of_the_slice() {
        let mut c = Cursor::at(&[0; 8], 5);
        c.align(4).unwrap();
        assert_eq!(c.position(), 8);
        c.align(4).unwrap();
        assert_eq!(c.position(), 8);
    }
}
