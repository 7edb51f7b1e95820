//! A GUID, as metadata holds it.

use std::fmt;

/// A GUID in the byte order of metadata: the first three groups little-endian.
///
/// Shown as 8-4-4-4-12 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(pub [u8; 16]);

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a0, a1, a2, a3, b0, b1, c0, c1, d0, d1, rest @ ..] = self.0;
        let (a, b, c) = (
            u32::from_le_bytes([a0, a1, a2, a3]),
            u16::from_le_bytes([b0, b1]),
            u16::from_le_bytes([c0, c1]),
        );
        write!(f, "{a:08x}-{b:04x}-{c:04x}-{d0:02x}{d1:02x}-")?;
        rest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shown_in_groups_with_the_first_three_swapped() {
        let guid = Guid(std::array::from_fn(|i| i as u8 + 0x10));
        assert_eq!(guid.to_string(), "13121110-1514-1716-1819-1a1b1c1d1e1f");
        assert_eq!(format!("{guid:?}"), "Guid(13121110-1514-1716-1819-1a1b1c1d1e1f)");
    }
}
