//! Statements of several lines: when the next line belongs to the last, and how they become one.

use crate::cli::engine::is_incomplete;

use super::setting;

/// Whether the next line belongs to the text: a parenthesis or quote is open, or the line ends in
/// a backslash.
pub(super) fn go_on(text: &str) -> bool {
    !setting::is_setting(text) && (text.ends_with('\\') || is_incomplete(text))
}

/// The text without the backslashes that joined its lines.
pub(super) fn join(text: &str) -> String {
    text.replace("\\\n", " \n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_quotes_parentheses_and_a_backslash_go_on() {
        for text in ["select count where type = 'Zoo", "select (1", "select type, \\", "select \"Zoo<"] {
            assert!(go_on(text), "{text}");
        }
        for text in ["select count", "", "select (1)", "\\format json"] {
            assert!(!go_on(text), "{text}");
        }
    }

    #[test]
    fn joined_lines_keep_their_lengths() {
        // A diagnostic on the joined text then points to the right place of what was typed.
        assert_eq!(join("select \\\n count"), "select  \n count");
    }
}
