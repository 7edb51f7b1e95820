//! A bounded reader of little-endian numbers and texts, as blocks of a stream hold them.

use crate::text;

/// What cannot be read: why, in words that continue "an event cannot be read: ...".
pub(super) type Damage = String;

/// Reads a slice from its start to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Cursor { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes are left.
    pub(super) fn len(&self) -> usize {
        self.rest.len()
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or_else(|| format!("{count} bytes are wanted where {} are left", self.rest.len()))?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let taken = self.take(N)?;
        Ok(<[u8; N]>::try_from(taken).expect("so many were taken"))
    }

    pub(super) fn u8(&mut self) -> Result<u8, Damage> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Damage> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Damage> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Damage> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number of things or bytes: an `i32` that is not negative.
    pub(super) fn count(&mut self) -> Result<usize, Damage> {
        let count = self.u32()?;
        i32::try_from(count)
            .ok()
            .and_then(|count| usize::try_from(count).ok())
            .ok_or_else(|| format!("a count of {}", count.cast_signed()))
    }

    /// A number in groups of seven bits, the lowest first, at most 32 bits of it.
    pub(super) fn varint32(&mut self) -> Result<u32, Damage> {
        self.varint(5).map(|number| number as u32)
    }

    /// A number in groups of seven bits, the lowest first.
    pub(super) fn varint64(&mut self) -> Result<u64, Damage> {
        self.varint(10)
    }

    fn varint(&mut self, most: u32) -> Result<u64, Damage> {
        let mut number = 0;
        for group in 0..most {
            let byte = self.u8()?;
            number |= u64::from(byte & 0x7f) << (7 * group);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(format!("a number of more than {most} bytes"))
    }

    /// A text of UTF-16 code units up to a zero.
    pub(super) fn text(&mut self) -> Result<String, Damage> {
        let length = self
            .rest
            .chunks_exact(2)
            .position(|unit| unit == [0, 0])
            .ok_or_else(|| "a text without an end".to_owned())?;
        let units = self.take(2 * length)?;
        self.take(2)?;
        Ok(text::from_utf16_le(units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_groups_of_seven_bits() {
        let cases: [(&[u8], u64); 4] =
            [(&[0], 0), (&[0x7f], 127), (&[0x80, 1], 128), (&[0xff, 0xff, 0xff, 0xff, 0x0f], 0xffff_ffff)];
        for (bytes, number) in cases {
            assert_eq!(Cursor::new(bytes).varint64(), Ok(number));
            assert_eq!(Cursor::new(bytes).varint32(), Ok(number as u32));
        }
        assert!(Cursor::new(&[0xff; 5]).varint32().unwrap_err().contains("more than 5 bytes"));
        assert!(Cursor::new(&[0xff; 4]).varint32().unwrap_err().contains("1 bytes are wanted where 0"));
        let mut most = Cursor::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]);
        assert_eq!(most.varint64(), Ok(u64::MAX));
    }

    #[test]
    fn texts_end_with_a_zero_unit() {
        let mut cursor = Cursor::new(b"h\0i\0\0\0\x01");
        assert_eq!(cursor.text().as_deref(), Ok("hi"));
        assert_eq!(cursor.len(), 1);
        assert_eq!(Cursor::new(b"h\0i\0\0").text(), Err("a text without an end".into()));
    }

    #[test]
    fn counts_are_not_negative() {
        assert_eq!(Cursor::new(&[5, 0, 0, 0]).count(), Ok(5));
        assert_eq!(Cursor::new(&[0xff; 4]).count(), Err("a count of -1".into()));
    }
}
