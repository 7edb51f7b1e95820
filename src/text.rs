//! .NET text in Rust text: UTF-16 with lone surrogates kept inside `str`.
//!
//! A .NET string is any sequence of UTF-16 code units; half a pair may stand alone, which no `str` can hold. Here the
//! 2,048 surrogates stand in for themselves as the last 2,048 code points of the private plane 16: the lone surrogate
//! U+D800+n is the char U+10F800+n. A real character of that range is written as its two surrogates, each in that form,
//! so that nothing is ambiguous: a high one followed by a low one can only be such a character.
//!
//! Text of a dump is kept in this form up to the output, whose formats decide how a lone surrogate is shown. Text of other
//! sources (a file's name, a statement) is Rust's own and need not pass through here; a character of the last 2,048
//! code points, which no font has, is the only one that would read differently.

use std::borrow::Cow;
use std::iter::FusedIterator;

/// The char that stands in for U+D800.
const FIRST_STAND_IN: u32 = 0x10_f800;
const FIRST_SURROGATE: u16 = 0xd800;
const FIRST_LOW_SURROGATE: u16 = 0xdc00;
/// The first byte of every stand-in (and of other characters of plane 16) in UTF-8.
const LEAD_BYTE: u8 = 0xf4;

/// The surrogate that `c` stands in for; `None` for all other characters.
pub fn surrogate(c: char) -> Option<u16> {
    let distance = u32::from(c).checked_sub(FIRST_STAND_IN)?;
    u16::try_from(distance).ok().map(|distance| FIRST_SURROGATE + distance)
}

/// The char that stands in for a surrogate. For a unit that is none, the character itself.
pub fn stand_in(unit: u16) -> char {
    let code = match unit.checked_sub(FIRST_SURROGATE) {
        Some(distance) if distance < 0x800 => FIRST_STAND_IN + u32::from(distance),
        _ => u32::from(unit),
    };
    char::from_u32(code).expect("below the surrogates, above them, or a code point of plane 16")
}

/// The text of UTF-16 code units.
pub fn from_utf16(units: &[u16]) -> String {
    let mut text = String::with_capacity(units.len());
    push_units(units.iter().copied(), &mut text);
    text
}

/// The text of UTF-16 code units as they lie in memory, the lower byte first. A single byte at the end is left out.
pub fn from_utf16_le(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / 2);
    let ascii = ascii_prefix(bytes);
    let (plain, rest) = bytes.split_at(ascii);
    // Nearly all strings of a program are ASCII to their end; the narrowing compiles to vector code.
    let narrow: Vec<u8> = plain.chunks_exact(2).map(|unit| unit[0]).collect();
    match String::from_utf8(narrow) {
        Ok(plain) if rest.is_empty() => return plain,
        Ok(plain) => text.push_str(&plain),
        Err(_) => unreachable!("every byte was seen to be ASCII"),
    }
    push_units(rest.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])), &mut text);
    text
}

/// How many bytes from the start hold ASCII units: a multiple of a block's, or all.
fn ascii_prefix(bytes: &[u8]) -> usize {
    const BLOCK: usize = 32;
    let is_ascii = |block: &[u8]| {
        let bits = block.chunks_exact(2).fold(0, |bits, unit| bits | u16::from_le_bytes([unit[0], unit[1]]));
        bits < 0x80
    };
    let whole = bytes.len() / 2 * 2;
    let blocks = bytes[..whole].chunks(BLOCK).take_while(|block| is_ascii(block)).map(<[u8]>::len);
    blocks.sum()
}

fn push_units(units: impl Iterator<Item = u16>, text: &mut String) {
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(c) if u32::from(c) < FIRST_STAND_IN => text.push(c),
            Ok(c) => text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|&unit| stand_in(unit))),
            Err(lone) => text.push(stand_in(lone.unpaired_surrogate())),
        }
    }
}

/// The UTF-16 code units of a text: those that it was made from.
pub fn to_utf16(text: &str) -> impl Iterator<Item = u16> + '_ {
    text.chars().flat_map(|c| {
        let mut units = [0; 2];
        let count = match surrogate(c) {
            Some(unit) => {
                units[0] = unit;
                1
            }
            None => c.encode_utf16(&mut units).len(),
        };
        units.into_iter().take(count)
    })
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Characters that are what they seem.
    Text(&'a str),
    /// A character of the last 2,048 code points, that was written as two surrogates.
    Char(char),
    /// A surrogate without its other half.
    LoneSurrogate(u16),
}

/// The parts of a text, in order.
pub fn parts(text: &str) -> Parts<'_> {
    Parts { rest: text }
}

/// The iterator of [`parts`].
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let first = self.rest.chars().next()?;
        let Some(unit) = surrogate(first) else {
            let (plain, rest) = self.rest.split_at(first_stand_in(self.rest).unwrap_or(self.rest.len()));
            self.rest = rest;
            return Some(Part::Text(plain));
        };
        self.rest = &self.rest[first.len_utf8()..];
        let next = self.rest.chars().next();
        let pair = next.and_then(surrogate).and_then(|low| pair(unit, low));
        match (pair, next) {
            (Some(c), Some(low)) => {
                self.rest = &self.rest[low.len_utf8()..];
                Some(Part::Char(c))
            }
            _ => Some(Part::LoneSurrogate(unit)),
        }
    }
}

impl FusedIterator for Parts<'_> {}

/// The character of a high and a low surrogate.
fn pair(high: u16, low: u16) -> Option<char> {
    let is_high = high < FIRST_LOW_SURROGATE;
    if is_high && low >= FIRST_LOW_SURROGATE { char::decode_utf16([high, low]).next()?.ok() } else { None }
}

/// Where the first stand-in of a text begins.
fn first_stand_in(text: &str) -> Option<usize> {
    let leads = text.bytes().enumerate().filter(|&(_, byte)| byte == LEAD_BYTE).map(|(at, _)| at);
    leads.into_iter().find(|&at| text[at..].chars().next().is_some_and(|c| surrogate(c).is_some()))
}

/// The text in plain Unicode: U+FFFD for a lone surrogate. Borrowed where it has none.
pub fn to_unicode(text: &str) -> Cow<'_, str> {
    if first_stand_in(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for part in parts(text) {
        match part {
            Part::Text(plain) => out.push_str(plain),
            Part::Char(c) => out.push(c),
            Part::LoneSurrogate(_) => out.push(char::REPLACEMENT_CHARACTER),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(units: &[u16]) -> Vec<u8> {
        units.iter().flat_map(|unit| unit.to_le_bytes()).collect()
    }

    #[test]
    fn a_lone_surrogate_is_its_stand_in() {
        assert_eq!(from_utf16(&[0xd800, 0x78]), "\u{10f800}x");
        assert_eq!(from_utf16(&[0xdfff]), "\u{10ffff}");
        assert_eq!(from_utf16(&[0xdc00, 0xd800]), "\u{10fc00}\u{10f800}");
        assert_eq!(surrogate('\u{10fc00}'), Some(0xdc00));
        assert_eq!(surrogate('\u{10f7ff}'), None);
    }

    #[test]
    fn a_pair_is_its_character() {
        assert_eq!(from_utf16(&[0xd83d, 0xde00]), "\u{1f600}");
        assert_eq!(from_utf16(&[0xdbfd, 0xdfff]), "\u{10f7ff}");
    }

    #[test]
    fn a_character_that_looks_like_a_stand_in_is_two_of_them() {
        let text = from_utf16(&[0xdbfe, 0xdc00, 0xdbfe, 0x61]);
        assert_eq!(text, "\u{10fbfe}\u{10fc00}\u{10fbfe}a");
        let expected = [Part::Char('\u{10f800}'), Part::LoneSurrogate(0xdbfe), Part::Text("a")];
        assert_eq!(parts(&text).collect::<Vec<_>>(), expected);
        assert_eq!(to_unicode(&text), "\u{10f800}\u{fffd}a");
    }

    #[test]
    fn long_ascii_and_an_odd_byte_at_the_end() {
        let mut units = vec![0x7a; 100];
        assert_eq!(from_utf16_le(&bytes(&units)), "z".repeat(100));
        units[77] = 0xe9;
        let mut memory = bytes(&units);
        memory.push(b'!');
        assert_eq!(from_utf16_le(&memory), format!("{}é{}", "z".repeat(77), "z".repeat(22)));
        assert_eq!(from_utf16_le(b"!"), "");
    }

    #[test]
    fn plain_text_is_borrowed_and_one_part() {
        let text = "a\0é\u{10f7ff}";
        assert!(matches!(to_unicode(text), Cow::Borrowed(_)));
        assert_eq!(parts(text).collect::<Vec<_>>(), [Part::Text(text)]);
        assert_eq!(parts("").count(), 0);
    }

    /// Units among which surrogates, and those of the last 2,048 characters, are frequent.
    fn units() -> impl Strategy<Value = Vec<u16>> {
        let unit = prop_oneof![0x20..0x7f_u16, any::<u16>(), 0xd800..=0xdfff_u16, 0xdbfe..=0xdc01_u16];
        prop::collection::vec(unit, 0..60)
    }

    proptest! {
        #[test]
        fn any_units_come_back(units in units()) {
            let text = from_utf16(&units);
            prop_assert_eq!(to_utf16(&text).collect::<Vec<_>>(), units.clone());
            prop_assert_eq!(from_utf16_le(&bytes(&units)), text);
        }

        #[test]
        fn different_units_are_different_texts(a in units(), b in units()) {
            prop_assert_eq!(from_utf16(&a) == from_utf16(&b), a == b);
        }

        #[test]
        fn parts_are_what_utf_16_decodes_to(units in units()) {
            let text = from_utf16(&units);
            let mut decoded = Vec::new();
            for part in parts(&text) {
                match part {
                    Part::Text(plain) => decoded.extend(plain.chars().map(Ok)),
                    Part::Char(c) => decoded.push(Ok(c)),
                    Part::LoneSurrogate(unit) => decoded.push(Err(unit)),
                }
            }
            let expected = char::decode_utf16(units).map(|c| c.map_err(|lone| lone.unpaired_surrogate()));
            prop_assert_eq!(decoded, expected.collect::<Vec<_>>());
        }

        #[test]
        fn real_text_is_kept(real in any::<String>()) {
            let text = from_utf16(&real.encode_utf16().collect::<Vec<_>>());
            prop_assert_eq!(to_unicode(&text), real);
        }
    }
}
