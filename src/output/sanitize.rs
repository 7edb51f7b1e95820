//! Makes text of a dump harmless to show: control and bidirectional characters become escapes.
//!
//! A type name or string may hold an escape sequence that recolours, retitles or answers on
//! behalf of the terminal, a line break that forges a row, or an override that makes a name read
//! as another. None of these reaches a screen.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character must not be shown as it is: control characters (C0, DEL, C1), line and
/// paragraph separators, and the characters that change the direction of text (Unicode
/// Standard Annex 9, section 2).
pub fn is_hazardous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text on one line, with hazardous characters as `\n`, `\r`, `\t` or `\u001b`.
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
            c => write!(out, "\\u{:04x}", u32::from(c)).expect("writing to a String does not fail"),
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
