//! What payloads are made of: numbers, and texts in UTF-16 with their length before them.

use super::fault::Fault;
use crate::text::{from_utf16_le, to_utf16};

/// Writes a payload, field by field.
#[derive(Clone, Debug, Default)]
pub struct PayloadWriter {
    bytes: Vec<u8>,
}

impl PayloadWriter {
    /// An empty payload.
    pub fn new() -> PayloadWriter {
        PayloadWriter::default()
    }

    /// Appends a truth value in one byte.
    #[must_use]
    pub fn boolean(mut self, value: bool) -> PayloadWriter {
        self.bytes.push(value.into());
        self
    }

    /// Appends a number of 32 bits.
    #[must_use]
    pub fn u32(mut self, value: u32) -> PayloadWriter {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Appends a number of 64 bits.
    #[must_use]
    pub fn u64(mut self, value: u64) -> PayloadWriter {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Appends a text: the number of its UTF-16 units with the zero at its end, the units, the zero.
    #[must_use]
    pub fn text(mut self, text: &str) -> PayloadWriter {
        let units = to_utf16(text).count() + 1;
        // Text of more units does not fit into a message, which its encoding finds.
        self = self.u32(u32::try_from(units).unwrap_or(u32::MAX));
        for unit in to_utf16(text).chain([0]) {
            self.bytes.extend_from_slice(&unit.to_le_bytes());
        }
        self
    }

    /// The payload.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads a payload, field by field. What is read is always within it, so that no number in it makes anything large.
#[derive(Clone, Debug)]
pub struct PayloadReader<'a> {
    rest: &'a [u8],
}

impl<'a> PayloadReader<'a> {
    /// A reader from the payload's start.
    pub fn new(payload: &'a [u8]) -> PayloadReader<'a> {
        PayloadReader { rest: payload }
    }

    /// The next bytes.
    ///
    /// # Errors
    /// [`Fault::Malformed`] when the payload ends before; so for all other fields.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (bytes, rest) =
            self.rest.split_at_checked(count).ok_or(Fault::Malformed("it ends in the middle of a field"))?;
        self.rest = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (bytes, rest) =
            self.rest.split_first_chunk().ok_or(Fault::Malformed("it ends in the middle of a field"))?;
        self.rest = rest;
        Ok(*bytes)
    }

    /// A number of 32 bits.
    ///
    /// # Errors
    /// As for [`PayloadReader::bytes`].
    pub fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_le_bytes)
    }

    /// A number of 64 bits.
    ///
    /// # Errors
    /// As for [`PayloadReader::bytes`].
    pub fn u64(&mut self) -> Result<u64, Fault> {
        self.array().map(u64::from_le_bytes)
    }

    /// The 16 bytes of a GUID.
    ///
    /// # Errors
    /// As for [`PayloadReader::bytes`].
    pub fn guid(&mut self) -> Result<[u8; 16], Fault> {
        self.array()
    }

    /// A text without the zero at its end.
    ///
    /// # Errors
    /// As for [`PayloadReader::bytes`]; also when its length is more than the payload holds.
    pub fn text(&mut self) -> Result<String, Fault> {
        let units = self.u32()? as usize;
        let length = units.checked_mul(2).ok_or(Fault::Malformed("a text is longer than it"))?;
        let bytes = self.bytes(length)?;
        Ok(from_utf16_le(bytes.strip_suffix(&[0, 0]).unwrap_or(bytes)))
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_has_the_bytes_of_the_specification() {
        let payload = PayloadWriter::new().text("My").text("").boolean(true).finish();
        assert_eq!(payload, [3, 0, 0, 0, b'M', 0, b'y', 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn a_text_of_no_units_and_one_without_a_zero_are_read() {
        let mut reader = PayloadReader::new(&[0, 0, 0, 0, 1, 0, 0, 0, b'x', 0]);
        assert_eq!((reader.text().unwrap(), reader.text().unwrap()), (String::new(), "x".to_owned()));
        assert!(reader.is_empty());
    }

    #[test]
    fn a_length_beyond_the_payload_is_refused_without_memory_for_it() {
        for length in [2_u32, 0x7fff_ffff, u32::MAX] {
            let bytes = [&length.to_le_bytes()[..], b"x\0"].concat();
            assert!(matches!(PayloadReader::new(&bytes).text(), Err(Fault::Malformed(_))), "{length}");
        }
        assert!(PayloadReader::new(&[1, 2, 3]).u32().is_err());
        assert!(PayloadReader::new(&[0; 7]).u64().is_err());
        assert!(PayloadReader::new(&[0; 15]).guid().is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(a in any::<u32>(), b in any::<u64>(), text in "\\PC{0,40}") {
            let payload = PayloadWriter::new().u32(a).text(&text).u64(b).finish();
            let mut reader = PayloadReader::new(&payload);
            prop_assert_eq!((reader.u32().unwrap(), reader.text().unwrap(), reader.u64().unwrap()), (a, text, b));
            prop_assert!(reader.is_empty());
        }
    }
}
