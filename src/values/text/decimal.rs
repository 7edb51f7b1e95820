//! `System.Decimal`: exact, with the scale it has (`1.50` stays `1.50`).
//!
//! 96 bits of a whole number, a power of ten from 0 to 28 that divides it (bits 16 to 23 of the flags) and a sign (bit 31).
//! Since 5.0 the members are `_flags`, `_hi32`, `_lo64`; before, `flags`, `hi`, `lo`, `mid`.
//! Source: `Decimal.cs` in System.Private.CoreLib.

use super::members::Members;
use super::{NoText, Text};

const SIGN: u32 = 1 << 31;
const SCALE_SHIFT: u32 = 16;
const SCALE: u32 = 0xff << SCALE_SHIFT;
const MAX_SCALE: usize = 28;

pub(super) fn decimal(members: &Members<'_>) -> Text {
    // The numbers are signed in some versions, unsigned in others: their bits are what counts.
    let word = |names| members.integer(names).map(|number| number as u32);
    let low = match members.integer(&["_lo64"]) {
        Err(NoText::Unknown) => u64::from(word(&["mid"])?) << 32 | u64::from(word(&["lo"])?),
        low => low? as u64,
    };
    spelled(word(&["_flags", "flags"])?, word(&["_hi32", "hi"])?, low).ok_or(NoText::Unknown)
}

/// `None` for flags that no decimal has.
fn spelled(flags: u32, high: u32, low: u64) -> Option<String> {
    let scale = ((flags & SCALE) >> SCALE_SHIFT) as usize;
    if flags & !(SIGN | SCALE) != 0 || scale > MAX_SCALE {
        return None;
    }
    let number = u128::from(high) << 64 | u128::from(low);
    // .NET prints a negative zero without its sign.
    let sign = if flags & SIGN != 0 && number != 0 { "-" } else { "" };
    let digits = format!("{number:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let point = if scale == 0 { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_kept() {
        assert_eq!(spelled(4 << 16, 0, 12_345_678).unwrap(), "1234.5678");
        assert_eq!(spelled(2 << 16, 0, 150).unwrap(), "1.50");
        assert_eq!(spelled(SIGN | 3 << 16, 0, 5).unwrap(), "-0.005");
        assert_eq!(spelled(0, 0, 0).unwrap(), "0");
        assert_eq!(spelled(SIGN | 2 << 16, 0, 0).unwrap(), "0.00");
    }

    #[test]
    fn the_extremes_are_exact() {
        assert_eq!(spelled(0, u32::MAX, u64::MAX).unwrap(), "79228162514264337593543950335");
        assert_eq!(spelled(SIGN | 28 << 16, u32::MAX, u64::MAX).unwrap(), "-7.9228162514264337593543950335");
        assert_eq!(spelled(28 << 16, 0, 1).unwrap(), "0.0000000000000000000000000001");
    }

    #[test]
    fn flags_that_no_decimal_has_are_no_number() {
        assert_eq!(spelled(29 << 16, 0, 1), None);
        assert_eq!(spelled(1, 0, 1), None);
        assert_eq!(spelled(1 << 30, 0, 1), None);
    }
}
