//! Compressed numbers: one, two or four bytes, big-endian, the size told by the highest bits
//! (ECMA-335 II.23.2).

/// How many bytes a number takes by its first one; `None` for a byte that begins no number.
pub(super) fn size(first: u8) -> Option<usize> {
    match first.leading_ones() {
        0 => Some(1),
        1 => Some(2),
        2 => Some(4),
        _ => None,
    }
}

/// Splits a number off the front; `None` when the bytes begin no number or end inside of it.
pub(super) fn split(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_at_checked(size(*bytes.first()?)?)?;
    let mask = match number.len() {
        1 => 0x7f,
        2 => 0x3fff,
        _ => 0x1fff_ffff,
    };
    Some((number.iter().fold(0, |value, &byte| value << 8 | u32::from(byte)) & mask, rest))
}

/// Splits a signed number off the front: its sign stands in the lowest bit.
pub(super) fn split_signed(bytes: &[u8]) -> Option<(i32, &[u8])> {
    let (raw, rest) = split(bytes)?;
    let bits = match size(*bytes.first()?)? {
        1 => 6,
        2 => 13,
        _ => 28,
    };
    let value = (raw >> 1).cast_signed();
    Some((if raw & 1 == 0 { value } else { value - (1 << bits) }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the standard.
    #[test]
    fn signed_numbers_are_read_as_the_standard_shows() {
        for (bytes, number) in [
            (&[0x06][..], 3),
            (&[0x7b], -3),
            (&[0x80, 0x80], 64),
            (&[0x01], -64),
            (&[0xc0, 0x00, 0x40, 0x00], 8192),
            (&[0x80, 0x01], -8192),
            (&[0xdf, 0xff, 0xff, 0xfe], 268_435_455),
            (&[0xc0, 0x00, 0x00, 0x01], -268_435_456),
        ] {
            assert_eq!(split_signed(&[bytes, &[9]].concat()), Some((number, [9].as_slice())));
        }
        assert_eq!(split_signed(&[]), None);
    }

    /// The examples of the standard.
    #[test]
    fn numbers_are_read_as_the_standard_shows() {
        for (bytes, number) in [
            (&[0x03][..], 3),
            (&[0x7f], 0x7f),
            (&[0x80, 0x80], 0x80),
            (&[0xae, 0x57], 0x2e57),
            (&[0xbf, 0xff], 0x3fff),
            (&[0xc0, 0x00, 0x40, 0x00], 0x4000),
            (&[0xdf, 0xff, 0xff, 0xff], 0x1fff_ffff),
        ] {
            assert_eq!(split(&[bytes, &[9]].concat()), Some((number, [9].as_slice())));
            assert_eq!(split(&bytes[..bytes.len() - 1]), None);
        }
        assert_eq!(split(&[0xff, 0, 0, 0]), None);
        assert_eq!(split(&[0xe0, 0, 0, 0]), None);
    }
}
