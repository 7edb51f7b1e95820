//! Makes text of a dump harmless to show: control, bidirectional and invisible characters become escapes.
//!
//! A type name or string may hold an escape sequence that recolours, retitles or answers on
//! behalf of the terminal, a line break that forges a row, an override that makes a name read
//! as another, or characters that nobody sees. None of these reaches a screen.

use std::borrow::Cow;
use std::fmt::Write;

use crate::text;

/// Whether a character must not be shown as it is:
/// - control characters (C0, DEL, C1), line and paragraph separators;
/// - what changes the direction of text (Unicode Standard Annex 9, section 2), and its deprecated relatives;
/// - what shows nothing: soft hyphen, zero width space and no-break space, word joiner, invisible operators,
///   annotation marks, the tags of plane 14, in which whole sentences can hide;
/// - the surrogates of .NET text (see [`crate::text`]), which are no characters.
///
/// The zero width joiner and non-joiner are shown: emoji and several scripts are not readable without them.
pub fn is_hazardous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || text::surrogate(c).is_some()
}

/// Appends the escapes of a character, one for each of its UTF-16 code units: `\u001b`, `\udb40\udc01`.
pub(super) fn push_unit_escapes(c: char, out: &mut impl Write) {
    for unit in text::to_utf16(c.encode_utf8(&mut [0; 4])) {
        write!(out, "\\u{unit:04x}").expect("writing to memory does not fail");
    }
}

/// The text on one line, with hazardous characters as `\n`, `\r`, `\t`, `\u001b` or, a lone surrogate, `\ud800`.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    replace(text, |_| false)
}

/// The same for text that has lines of its own, such as a rendered message: line breaks stay.
pub fn sanitize_lines(text: &str) -> Cow<'_, str> {
    replace(text, |c| c == '\n')
}

fn replace(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let hazardous = |c: char| is_hazardous(c) && !keep(c);
    let Some(first) = text.find(hazardous) else { return Cow::Borrowed(text) };
    let (clean, rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(clean);
    for c in rest.chars() {
        match c {
            c if !hazardous(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => push_unit_escapes(c, &mut out),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(sanitize("Zoo.Dog, ünïcode 犬 👩‍🚀"), Cow::Borrowed(_)));
    }

    #[test]
    fn escape_sequences_and_line_breaks_are_shown() {
        assert_eq!(sanitize("a\x1b[31mred\r\n\tb\u{9b}c\x7f"), r"a\u001b[31mred\r\n\tb\u009bc\u007f");
    }

    #[test]
    fn direction_overrides_are_shown() {
        assert_eq!(sanitize("exe\u{202e}txt\u{2066}\u{200f}"), r"exe\u202etxt\u2066\u200f");
    }

    #[test]
    fn invisible_characters_are_shown() {
        assert_eq!(sanitize("pay\u{200b}pal\u{ad}\u{feff}\u{2061}"), r"pay\u200bpal\u00ad\ufeff\u2061");
        assert_eq!(sanitize("a\u{e0041}"), r"a\udb40\udc41");
    }

    #[test]
    fn lone_surrogates_are_shown() {
        let text = text::from_utf16(&[0xd800, 0x78, 0xdbfe, 0xdc00]);
        assert_eq!(sanitize(&text), r"\ud800x\udbfe\udc00");
    }

    #[test]
    fn messages_keep_their_lines() {
        assert_eq!(sanitize_lines("one\ntwo\x07"), "one\ntwo\\u0007");
    }

    proptest! {
        #[test]
        fn nothing_hazardous_comes_out(text in any::<String>()) {
            prop_assert!(!sanitize(&text).chars().any(is_hazardous));
        }
    }
}
