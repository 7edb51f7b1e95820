//! Entering again what was entered before: `!!`, `!12`, `!text`, as shells have it.

use crate::sos::is_command;

/// The text that `line` recalls out of `past`, the oldest first; `None` for a line that recalls nothing.
///
/// # Errors
/// Nothing was entered that it could mean.
pub(super) fn recall(line: &str, past: &[&str]) -> Option<Result<String, String>> {
    let line = line.trim();
    let wanted = line.strip_prefix('!')?;
    // `!=` begins no statement, but a slip should be told by the language; and `!dumpheap` is how WinDbg spells it.
    if wanted.is_empty() || wanted.starts_with('=') || is_command(line) {
        return None;
    }
    let found = match (wanted, wanted.parse::<usize>()) {
        ("!", _) => past.last(),
        (_, Ok(number)) => number.checked_sub(1).and_then(|at| past.get(at)),
        (text, Err(_)) => past.iter().rev().find(|entry| entry.starts_with(text)),
    };
    let missing = || format!("nothing was entered that `{line}` could mean; \\history lists what was");
    Some(found.map(|text| (*text).to_owned()).ok_or_else(missing))
}

/// The last `count` entries of `past` with their numbers, a line each.
pub(super) fn listing(past: &[&str], count: usize) -> String {
    let shown = past.iter().enumerate().skip(past.len().saturating_sub(count));
    shown.map(|(at, text)| format!("{:5}  {}\n", at + 1, text.replace('\n', "\n       "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAST: &[&str] = &["select count", "tables", "select 1"];

    fn recalled(line: &str) -> Option<String> {
        recall(line, PAST).map(|found| found.unwrap_or_else(|why| why))
    }

    #[test]
    fn the_last_by_number_and_by_its_beginning() {
        assert_eq!(recalled("!!").as_deref(), Some("select 1"));
        assert_eq!(recalled(" !2 ").as_deref(), Some("tables"));
        assert_eq!(recalled("!sel").as_deref(), Some("select 1"));
        assert_eq!(recalled("!select c").as_deref(), Some("select count"));
    }

    #[test]
    fn what_was_not_entered_is_told() {
        for line in ["!9", "!0", "!nothing"] {
            assert!(recall(line, PAST).unwrap().unwrap_err().contains(line));
        }
        assert!(recall("!!", &[]).unwrap().is_err());
    }

    #[test]
    fn other_lines_recall_nothing() {
        for line in ["select 1 != 2", "!", "!= 3", "", "!dumpheap -stat"] {
            assert_eq!(recall(line, PAST), None, "{line}");
        }
    }

    #[test]
    fn the_listing_has_the_numbers_that_recall() {
        assert_eq!(listing(PAST, 2), "    2  tables\n    3  select 1\n");
        assert_eq!(listing(&["a\nb"], 20), "    1  a\n       b\n");
    }
}
