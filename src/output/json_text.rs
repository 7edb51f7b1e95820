//! JSON's spelling of single values (RFC 8259), appended to a buffer.
//!
//! Written by hand rather than with a serializer because an answer of ten million rows goes
//! through here cell by cell. Beyond what RFC 8259 demands, every character that a terminal would
//! obey is escaped too: the document means the same and may be shown anywhere.

use super::sanitize::{is_hazardous, push_unit_escapes};
use crate::units::real_word;

/// Appends a text with its quotes.
///
/// The document is valid Unicode whatever the text holds: a lone surrogate of a .NET string (see [`crate::text`]) is the
/// escape `\ud800`, and every other character is itself or an escape that reads back as it.
pub(super) fn push_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut clean_from = 0;
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|&b| NEEDS_A_LOOK[usize::from(b)]) {
        at += found;
        let Some(c) = text[at..].chars().next() else { break };
        let end = at + c.len_utf8();
        if c == '"' || c == '\\' || is_hazardous(c) {
            out.extend_from_slice(&bytes[clean_from..at]);
            push_escape(c, out);
            clean_from = end;
        }
        at = end;
    }
    out.extend_from_slice(&bytes[clean_from..]);
    out.push(b'"');
}

/// First bytes of the characters that may need an escape: the ASCII ones themselves, and the
/// lead bytes under which hazardous characters lie (U+0080-00BF, U+0600-063F, U+1000-1FFF,
/// U+2000-2FFF, U+F000-FFFF, U+C0000-FFFFF, U+100000-10FFFF).
const NEEDS_A_LOOK: [bool; 256] = {
    let mut table = [false; 256];
    let mut control = 0;
    while control < 0x20 {
        table[control] = true;
        control += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table[0x7f] = true;
    table[0xc2] = true;
    table[0xd8] = true;
    table[0xe1] = true;
    table[0xe2] = true;
    table[0xef] = true;
    table[0xf3] = true;
    table[0xf4] = true;
    table
};

fn push_escape(c: char, out: &mut Vec<u8>) {
    let short = match c {
        '"' => b'"',
        '\\' => b'\\',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        _ => {
            let mut escapes = String::with_capacity(12);
            push_unit_escapes(c, &mut escapes);
            return out.extend_from_slice(escapes.as_bytes());
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// Appends a whole number, exact however large.
pub(super) fn push_integer(number: i128, out: &mut Vec<u8>) {
    let mut digits = itoa::Buffer::new();
    // Division of 128-bit numbers is slow, and hardly any number needs it.
    let text = match i64::try_from(number) {
        Ok(small) => digits.format(small),
        Err(_) => digits.format(number),
    };
    out.extend_from_slice(text.as_bytes());
}

/// Appends the shortest digits that read back as the same real number; NaN and infinities, which
/// JSON has no numbers for, as text.
pub(super) fn push_real(number: f64, out: &mut Vec<u8>) {
    if number.is_finite() {
        serde_json::to_writer(&mut *out, &number).expect("a finite number into memory does not fail");
    } else {
        push_text(real_word(number), out);
    }
}

/// Appends an address as lower-case hex digits after `0x`, without quotes.
pub(super) fn push_address(address: u64, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'0'; 18];
    let mut start = text.len();
    let mut rest = address;
    loop {
        start -= 1;
        text[start] = DIGITS[(rest & 15) as usize];
        rest >>= 4;
        if rest == 0 {
            break;
        }
    }
    text[start - 2] = b'0';
    text[start - 1] = b'x';
    out.extend_from_slice(&text[start - 2..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(push: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn quotes_breaks_and_escape_sequences() {
        let hostile = "a\"b\\c\nd\u{1b}[2Je\u{8}\u{c}\0\u{7f}";
        assert_eq!(text(|o| push_text(hostile, o)), r#""a\"b\\c\nd\u001b[2Je\b\f\u0000\u007f""#);
    }

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_the_rest_is_not() {
        assert_eq!(text(|o| push_text("\u{202e}é\u{9b}犬…\u{61c}", o)), r#""\u202eé\u009b犬…\u061c""#);
    }

    #[test]
    fn surrogates_are_their_escapes() {
        let units = [0xd800, 0x78, 0xd83d, 0xde00, 0xdbff, 0xdfff, 0xdc00];
        assert_eq!(
            text(|o| push_text(&crate::text::from_utf16(&units), o)),
            "\"\\ud800x\u{1f600}\\udbff\\udfff\\udc00\""
        );
    }

    /// Every character before which [`push_text`] must stop is under a byte at which it does.
    #[test]
    fn no_hazardous_character_is_passed_over() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|&c| is_hazardous(c)) {
            assert!(NEEDS_A_LOOK[usize::from(c.encode_utf8(&mut [0; 4]).as_bytes()[0])], "{c:?}");
        }
    }

    #[test]
    fn numbers_beyond_two_to_the_53_are_exact() {
        assert_eq!(text(|o| push_integer(9_007_199_254_740_993, o)), "9007199254740993");
        assert_eq!(text(|o| push_integer(i128::from(u64::MAX) * 4, o)), "73786976294838206460");
        assert_eq!(text(|o| push_integer(-1, o)), "-1");
    }

    #[test]
    fn reals_without_digits_are_text() {
        let all: Vec<_> = [1.5, -0.0, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY]
            .map(|real| text(|o| push_real(real, o)))
            .to_vec();
        assert_eq!(all, ["1.5", "-0.0", "1e+300", "\"NaN\"", "\"Infinity\"", "\"-Infinity\""]);
    }

    proptest! {
        #[test]
        fn text_reads_back(given in any::<String>()) {
            // A real character in the place of the stand-ins comes as a dump's reader writes it.
            let held = crate::text::from_utf16(&given.encode_utf16().collect::<Vec<_>>());
            let json = text(|o| push_text(&held, o));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), given);
            prop_assert!(!json.chars().any(is_hazardous));
        }

        #[test]
        fn addresses_are_plain_hex(address in any::<u64>()) {
            prop_assert_eq!(text(|o| push_address(address, o)), format!("{address:#x}"));
        }
    }
}
