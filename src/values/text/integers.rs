//! Numbers that are structs: 128 bits, 16 bits with a fraction, any number of bits, two parts; and `Rune`.

use super::members::Members;
use super::{NoText, Text};
use crate::bytes::Addr;
use crate::limits;
use crate::values::plain::real_text;

pub(super) fn int128(members: &Members<'_>) -> Text {
    Ok((bits128(members)? as i128).to_string())
}

pub(super) fn uint128(members: &Members<'_>) -> Text {
    Ok(bits128(members)?.to_string())
}

fn bits128(members: &Members<'_>) -> Result<u128, NoText> {
    let half = |name| members.integer(&[name]).map(|number| u128::from(number as u64));
    Ok(half("_upper")? << 64 | half("_lower")?)
}

pub(super) fn half(members: &Members<'_>) -> Text {
    Ok(half_text(members.integer(&["_value", "m_value"])? as u16))
}

/// The fewest digits that tell the number of these bits (IEEE 754 binary16) from its neighbours.
fn half_text(bits: u16) -> String {
    let (sign, bits) = (bits >> 15, bits & 0x7fff);
    let number = half_value(bits);
    let shortest = if number.is_finite() && bits != 0 { shortest_half(bits) } else { number };
    real_text(if sign == 0 { shortest } else { -shortest })
}

/// The value of a binary16 without sign. What would be the smallest infinity is the next power of two for `shortest_half`.
fn half_value(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10), f64::from(bits & 0x3ff));
    match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if bits == 0x7c00 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
    }
}

fn shortest_half(bits: u16) -> f64 {
    let number = half_value(bits);
    let above = half_value(bits + 1);
    // Above the largest one the next step would be as wide as the one below.
    let above = if above.is_finite() { above } else { 2.0 * number - half_value(bits - 1) };
    let (low, high) = (f64::midpoint(half_value(bits - 1), number), f64::midpoint(number, above));
    // Five digits tell all numbers of 11 bits apart.
    let candidates = (0..5).filter_map(|digits| format!("{number:.digits$e}").parse::<f64>().ok());
    candidates.into_iter().find(|&c| low < c && c < high).unwrap_or(number)
}

pub(super) fn big_integer(members: &Members<'_>) -> Text {
    let sign = members.integer(&["_sign"])?;
    let bits = members.reference(&["_bits"])?;
    if bits.is_null() {
        // A number that fits an int stands in the sign.
        return Ok(sign.to_string());
    }
    let bytes = magnitude(members, bits)?;
    let digits = decimal_digits(&bytes);
    Ok(if sign < 0 { format!("-{digits}") } else { digits })
}

/// The bytes of a `BigInteger`'s array of words, the lowest first.
fn magnitude(members: &Members<'_>, bits: Addr) -> Result<Vec<u8>, NoText> {
    let array = members.values.array(bits).map_err(|_| NoText::Unknown)?;
    let size = u64::from(array.count) * u64::from(array.element_size());
    if size > limits::MAX_BIG_INTEGER_BYTES {
        return Err(NoText::Unknown);
    }
    Ok(members.values.types().memory().bytes(array.elements(), size as usize)?.into_owned())
}

/// The decimal digits of a number, given its bytes, the lowest first.
fn decimal_digits(bytes: &[u8]) -> String {
    const GROUP: u64 = 1_000_000_000;
    let word = |chunk: &[u8]| chunk.iter().rev().fold(0_u64, |word, &byte| word << 8 | u64::from(byte));
    let mut words: Vec<u64> = bytes.chunks(4).map(word).collect();
    let mut groups = Vec::new();
    while words.iter().any(|&word| word != 0) {
        let mut rest = 0;
        for word in words.iter_mut().rev() {
            let dividend = rest << 32 | *word;
            (*word, rest) = (dividend / GROUP, dividend % GROUP);
        }
        while words.last() == Some(&0) {
            words.pop();
        }
        groups.push(rest);
    }
    let mut digits = groups.pop().unwrap_or(0).to_string();
    digits.extend(groups.iter().rev().map(|group| format!("{group:09}")));
    digits
}

/// `<1; 2>`, as .NET prints it since 5.0.
pub(super) fn complex(members: &Members<'_>) -> Text {
    let part = |name| members.real(&[name]).map(real_text);
    Ok(format!("<{}; {}>", part("m_real")?, part("m_imaginary")?))
}

pub(super) fn rune(members: &Members<'_>) -> Text {
    let code = u32::try_from(members.integer(&["_value"])?).ok();
    let c = code.and_then(char::from_u32).ok_or(NoText::Unknown)?;
    Ok(crate::text::from_utf16(c.encode_utf16(&mut [0; 2])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_have_their_shortest_digits() {
        assert_eq!(half_text(0x3e00), "1.5");
        assert_eq!(half_text(0x2e66), "0.1");
        assert_eq!(half_text(0xbc00), "-1");
        assert_eq!(half_text(0x7bff), "65500");
        assert_eq!(half_text(0x0001), "6e-8");
        assert_eq!(half_text(0x7c00), "Infinity");
        assert_eq!(half_text(0xfc00), "-Infinity");
        assert_eq!(half_text(0x7e01), "NaN");
        assert_eq!(half_text(0x8000), "-0");
        assert_eq!(half_text(0), "0");
    }

    /// Every number is nearer to its digits than its neighbours are.
    #[test]
    fn halves_are_told_apart() {
        for bits in 1..0x7bff {
            let digits: f64 = half_text(bits).parse().unwrap();
            let distance = |bits| (half_value(bits) - digits).abs();
            assert!(distance(bits) < distance(bits - 1) && distance(bits) < distance(bits + 1), "{bits:#x}");
        }
    }

    #[test]
    fn large_numbers_are_exact() {
        assert_eq!(decimal_digits(&[]), "0");
        assert_eq!(decimal_digits(&[0; 8]), "0");
        assert_eq!(decimal_digits(&1_000_000_000_u64.to_le_bytes()), "1000000000");
        let mut power = vec![0; 33];
        power[32] = 1;
        assert_eq!(
            decimal_digits(&power),
            "115792089237316195423570985008687907853269984665640564039457584007913129639936"
        );
    }

    proptest! {
        #[test]
        fn digits_are_those_of_the_number(number in any::<u128>()) {
            prop_assert_eq!(decimal_digits(&number.to_le_bytes()), number.to_string());
        }
    }
}
