//! Text of a dump in Markdown of GitHub's flavour: it formats nothing, links nowhere and notifies nobody.
//!
//! Names stand in code spans, in which GitHub looks for neither mentions nor references. Sentences that contain names are
//! escaped character by character.

use crate::output::report::names::shown;
use crate::output::sanitize::sanitize;

/// Columns that a name may take.
const NAME_WIDTH: usize = 120;

/// Columns that a sentence may take.
const SENTENCE_WIDTH: usize = 400;

/// A name as a code span, also within a table.
pub(super) fn code(name: &str) -> String {
    span(&shown(name, NAME_WIDTH))
}

/// A whole text as a code span, also within a table.
pub(in crate::output) fn whole_code(text: &str) -> String {
    span(&sanitize(text))
}

fn span(name: &str) -> String {
    // A pipe ends a cell even inside a code span, and its escape is only understood there. A character that looks alike is
    // the same in both places.
    let name = name.replace('|', "¦");
    let fence = "`".repeat(longest_run_of_backticks(&name) + 1);
    let pad =
        if name.is_empty() || name.starts_with(['`', ' ']) || name.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{name}{pad}{fence}")
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// A sentence as plain text, also within a table.
pub(in crate::output) fn prose(sentence: &str) -> String {
    let sentence = shown(sentence, SENTENCE_WIDTH);
    let mut out = String::with_capacity(sentence.len() + 16);
    let mut before = ' ';
    for c in sentence.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // As entities these begin no address and no emoji.
            ':' => out.push_str("&#58;"),
            // A space of no width keeps the sign from what would make it a mention or a reference; the renderer's own
            // escapes are gone by the time GitHub looks for these.
            '@' | '#' => {
                out.push(c);
                out.push_str("&#8203;");
            }
            '-' if matches!(before, 'h' | 'H') => out.push_str("&#8203;-&#8203;"),
            '.' if before == 'w' || before == 'W' => out.push_str("&#46;"),
            // Other signs mean something at the start of a line only, where no sentence stands.
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sanitize::is_hazardous;
    use proptest::prelude::*;

    #[test]
    fn code_holds_backticks_and_pipes() {
        assert_eq!(code("List`1"), "``List`1``");
        assert_eq!(code("`a``b"), "``` `a``b ```");
        assert_eq!(code("a|b"), "`a¦b`");
        assert_eq!(code(""), "`  `");
    }

    #[test]
    fn prose_notifies_and_links_nobody() {
        assert_eq!(prose("by @octocat in #12"), "by @&#8203;octocat in #&#8203;12");
        assert_eq!(prose("http://x.test www.x.test"), "http&#58;//x.test www&#46;x.test");
        assert_eq!(prose("GH-1"), "GH&#8203;-&#8203;1");
        assert_eq!(prose("<img> a|b *c* [d](e)"), r"&lt;img&gt; a\|b \*c\* \[d\](e)");
        assert_eq!(prose("- +1 :+1:"), "- +1 &#58;+1&#58;");
    }

    proptest! {
        #[test]
        fn a_code_span_ends_where_it_should(name in "[a`| \\n<]{0,12}") {
            let span = code(&name);
            let fence = span.len() - span.trim_start_matches('`').len();
            let inside = &span[fence..span.len() - fence];
            prop_assert!(longest_run_of_backticks(inside) < fence);
            prop_assert!(!span.contains(['|', '\n']));
        }

        #[test]
        fn prose_is_one_harmless_line(text in any::<String>()) {
            let prose = prose(&text);
            prop_assert!(!prose.chars().any(is_hazardous));
            prop_assert!(!prose.contains(['<', '>']));
            prop_assert!(!prose.replace("@&#8203;", "").contains('@'));
        }
    }
}
