//! Numbers in nibbles, as the runtime compresses what debuggers want to know of code.
//!
//! A nibble has three bits of a number, the highest first, and a bit that says that more follow. The low nibble of a
//! byte comes before the high one.
//!
//! Source: `src/coreclr/inc/nibblestream.h` of dotnet/runtime v8.0 to v10.0; the same in dotnet/coreclr v2.0 and v3.1.

/// In a nibble: another one follows.
const MORE: u8 = 8;
/// Bits of a number in a nibble.
const BITS: u32 = 3;

/// Reads nibbles of bytes.
#[derive(Debug)]
pub(super) struct NibbleStream<'a> {
    bytes: &'a [u8],
    /// In nibbles.
    at: usize,
}

impl<'a> NibbleStream<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> NibbleStream<'a> {
        NibbleStream { bytes, at: 0 }
    }

    /// The next number; `None` where the bytes end or it has more bits than 32.
    pub(super) fn number(&mut self) -> Option<u32> {
        let mut number: u32 = 0;
        loop {
            let byte = *self.bytes.get(self.at / 2)?;
            let nibble = if self.at.is_multiple_of(2) { byte & 0xf } else { byte >> 4 };
            self.at += 1;
            if number.leading_zeros() < BITS {
                return None;
            }
            number = number << BITS | u32::from(nibble & !MORE);
            if nibble & MORE == 0 {
                return Some(number);
            }
        }
    }

    /// The bytes behind the one that the last number ends in.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at.div_ceil(2)..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of `docs/design/datacontracts/DebugInfo.md`, whose bytes for 64 and 65 are those of 120 and 121.
    #[test]
    fn numbers_are_read_as_the_runtime_documents_them() {
        let cases: [(&[u8], u32); 9] = [
            (&[0x00], 0),
            (&[0x07], 7),
            (&[0x09], 8),
            (&[0x7f], 63),
            (&[0x89, 0x00], 64),
            (&[0x89, 0x01], 65),
            (&[0xff, 0x07], 511),
            (&[0x89, 0x08], 512),
            (&[0x89, 0x18], 513),
        ];
        for (bytes, number) in cases {
            assert_eq!(NibbleStream::new(bytes).number(), Some(number), "{bytes:x?}");
        }
    }

    #[test]
    fn numbers_follow_each_other_and_the_rest_begins_at_a_whole_byte() {
        let mut stream = NibbleStream::new(&[0x21, 0x03, 0xaa]);
        assert_eq!([stream.number(), stream.number(), stream.number()], [Some(1), Some(2), Some(3)]);
        assert_eq!(stream.rest(), [0xaa]);
    }

    #[test]
    fn a_number_that_does_not_end_or_is_too_large_is_none() {
        assert_eq!(NibbleStream::new(&[0x88]).number(), None);
        assert_eq!(NibbleStream::new(&[0xff; 5]).number(), None);
        // 0xffffffff takes eleven nibbles, of which the first has two bits.
        assert_eq!(NibbleStream::new(&[0xfb, 0xff, 0xff, 0xff, 0xff, 0x07]).number(), Some(u32::MAX));
        assert_eq!(NibbleStream::new(&[0xfc, 0xff, 0xff, 0xff, 0xff, 0x07]).number(), None);
    }
}
