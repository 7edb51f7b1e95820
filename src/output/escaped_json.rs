//! JSON of whole data structures in which no text can do harm.
//!
//! [`super::json_text`] spells single values for answers of millions of rows; here serde walks a structure, and only
//! how texts are spelled differs from what `serde_json` does itself.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter};

use crate::output::sanitize::{is_hazardous, push_unit_escapes};

/// How texts are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Exactly: what a terminal would obey is an escape that reads back as the same character, a lone surrogate of a .NET
    /// string as that surrogate.
    Exact,
    /// For a `script` element of a page: also nothing that HTML knows (`</script>`, `<!--`), by escapes that read back alike.
    InPage,
}

/// Writes a value as one line of JSON.
///
/// # Errors
/// Those of `out`.
pub(super) fn write<T: Serialize + ?Sized>(
    value: &T,
    spelling: Spelling,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Escaping(spelling));
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// A value as one line of JSON, spelled exactly.
///
/// # Errors
/// The value refuses to be serialised.
pub(super) fn line<T: Serialize + ?Sized>(value: &T) -> io::Result<String> {
    let mut out = Vec::new();
    write(value, Spelling::Exact, &mut out)?;
    String::from_utf8(out).map_err(io::Error::other)
}

/// The compact form of `serde_json` with texts spelled in another way.
struct Escaping(Spelling);

impl Escaping {
    fn needs_escape(&self, c: char) -> bool {
        is_hazardous(c) || (self.0 == Spelling::InPage && matches!(c, '<' | '>' | '&'))
    }
}

impl Formatter for Escaping {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut clean_from = 0;
        for (at, c) in fragment.char_indices().filter(|&(_, c)| self.needs_escape(c)) {
            out.write_all(&fragment.as_bytes()[clean_from..at])?;
            let mut escapes = String::with_capacity(12);
            push_unit_escapes(c, &mut escapes);
            out.write_all(escapes.as_bytes())?;
            clean_from = at + c.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[clean_from..])
    }

    fn write_char_escape<W: Write + ?Sized>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::Quote => out.write_all(b"\\\""),
            CharEscape::ReverseSolidus => out.write_all(b"\\\\"),
            CharEscape::Solidus => out.write_all(b"\\/"),
            CharEscape::Backspace => out.write_all(b"\\b"),
            CharEscape::FormFeed => out.write_all(b"\\f"),
            CharEscape::LineFeed => out.write_all(b"\\n"),
            CharEscape::CarriageReturn => out.write_all(b"\\r"),
            CharEscape::Tab => out.write_all(b"\\t"),
            CharEscape::AsciiControl(byte) => write!(out, "\\u{byte:04x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::HOSTILE;
    use proptest::prelude::*;

    fn spelled(text: &str, spelling: Spelling) -> String {
        let mut out = Vec::new();
        write(text, spelling, &mut out).expect("memory takes everything");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_of_html_is_left_in_a_page() {
        let text = "</script><!--<img onerror=alert(1)>&amp;]]>";
        let json = spelled(text, Spelling::InPage);
        assert!(!json.contains(['<', '>', '&']), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        assert_eq!(spelled("a<b>", Spelling::Exact), "\"a<b>\"");
    }

    #[test]
    fn lone_surrogates_are_escapes() {
        let text = crate::text::from_utf16(&[0x61, 0xd800, 0x62]);
        assert_eq!(spelled(&text, Spelling::Exact), r#""a\ud800b""#);
    }

    #[test]
    fn terminals_obey_nothing() {
        let json = spelled(HOSTILE, Spelling::Exact);
        assert!(!json.chars().any(is_hazardous), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), HOSTILE);
    }

    proptest! {
        #[test]
        fn any_text_reads_back(text in "[^\u{100000}-\u{10ffff}]*") {
            for spelling in [Spelling::Exact, Spelling::InPage] {
                let json = spelled(&text, spelling);
                prop_assert!(!json.chars().any(is_hazardous));
                prop_assert_eq!(&serde_json::from_str::<String>(&json).unwrap(), &text);
            }
        }
    }
}
