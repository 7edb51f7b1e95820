//! The grey text behind the cursor: what a word of SOS takes, how the open function is called, the columns of a table just named, or the rest of
//! what was entered before and begins so. Says nothing where it has nothing to say.

use crate::output::sanitize::is_hazardous;
use crate::output::shorten_middle;
use crate::query::catalog;
use crate::query::cursor::{Cursor, Rows, cursor};
use crate::sos;

/// A hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    /// What is shown.
    pub shown: String,
    /// Whether it can be taken over into the line.
    pub is_rest: bool,
}

impl rustyline::hint::Hint for Hint {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.is_rest.then_some(&self.shown)
    }
}

/// Characters from which on what was entered before is offered again: one says too little.
const TYPED: usize = 2;

/// The hint for a line with the cursor at its end. `before` finds the latest entry that begins with a text, and `room`
/// columns are left on the screen.
pub(super) fn hint(line: &str, before: impl FnOnce(&str) -> Option<String>, room: usize) -> Option<Hint> {
    if line.trim().is_empty() {
        return None;
    }
    if line.chars().count() >= TYPED
        && let Some(rest) = before(line).as_deref().and_then(|entry| entry.strip_prefix(line))
        && !rest.is_empty()
        && !rest.chars().any(is_hazardous)
    {
        // One that is cut would not be what the right arrow takes over.
        let fits = rest.chars().count() <= room;
        return fits.then(|| Hint { shown: rest.to_owned(), is_rest: true });
    }
    let at = cursor(line, line.len());
    let text = of_word(line).or_else(|| usage(&at)).or_else(|| columns(line))?;
    let shown = shorten_middle(&text, room.saturating_sub(2)).into_owned();
    (!shown.is_empty()).then(|| Hint { shown: format!("  {shown}"), is_rest: false })
}

/// What stands behind a word of SOS that was just written.
fn of_word(line: &str) -> Option<String> {
    let (word, rest) = line.trim_start().split_once(' ')?;
    let doc = sos::word(word.trim_start_matches('!'))
        .filter(|_| sos::is_command(line) && rest.trim().is_empty())?;
    let behind = doc.usage.split_once(' ').map_or("", |(_, behind)| behind);
    (!behind.is_empty()).then(|| behind.to_owned())
}

/// How the function whose parentheses are open is called.
fn usage(at: &Cursor) -> Option<String> {
    let call = at.call.as_ref()?;
    let source = catalog::source_functions().iter().find(|f| f.name == call.name).map(|f| f.usage);
    Some(catalog::function(&call.name).map(|f| f.usage).or(source)?.to_owned())
}

/// The columns of a table whose name ends the line.
fn columns(line: &str) -> Option<String> {
    // Behind the word: while the cursor is in it, it may become another.
    let behind = format!("{line} ");
    let at = cursor(&behind, behind.len());
    let last = at.sources.last()?;
    let Rows::Named(name) = &last.rows else { return None };
    let ends = line.strip_suffix(name.as_str()).is_some_and(|before| before.ends_with([' ', '.']));
    let table = catalog::table(name).filter(|_| ends && at.quote.is_none() && at.path.is_none())?;
    let columns: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    Some(columns.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> Option<String> {
        hint(line, |_| None, 60).map(|hint| hint.shown)
    }

    fn with_past(line: &str, entry: &str) -> Option<Hint> {
        hint(line, |_| Some(entry.to_owned()), 60)
    }

    #[test]
    fn the_rest_of_what_was_entered_can_be_taken_over() {
        let hint = with_past("select co", "select count from modules").unwrap();
        assert_eq!((hint.shown.as_str(), hint.is_rest), ("unt from modules", true));
        assert_eq!(with_past("select count", "select count"), None, "there is no rest");
        assert_eq!(with_past("s", "select count"), None);
        assert_eq!(with_past("sel", "select\ncount"), None, "one line only");
        assert_eq!(with_past("se", &format!("se{}", "x".repeat(61))), None, "what does not fit");
    }

    #[test]
    fn the_open_function_is_explained() {
        assert_eq!(shown("select substr(value, ").as_deref(), Some("  substr(text, start [, count])"));
        assert!(shown("select count from reachable(").unwrap().contains("reachable("));
        assert_eq!(shown("select lower(value) "), None);
    }

    #[test]
    fn a_word_just_written_shows_what_it_takes() {
        assert_eq!(shown("gcroot ").as_deref(), Some("  ADDRESS [-all] [-nostacks]"));
        assert_eq!(shown("!dso ").as_deref(), Some("  [THREAD]"));
        for line in ["gcroot", "gcroot 7f", "dumplocks ", "select dumpheap "] {
            assert_eq!(shown(line), None, "{line}");
        }
    }

    #[test]
    fn a_table_just_named_shows_its_columns() {
        assert!(shown("select * from segments").unwrap().starts_with("  address, heap, kind"));
        assert_eq!(shown("select * from segments "), None);
        assert_eq!(shown("select * from Zoo.segments").map(|_| ()), None);
    }

    #[test]
    fn silence_is_the_rule() {
        for line in ["", "  ", "select ", "select type where ", "\\format ", "nonsense"] {
            assert_eq!(shown(line), None, "{line}");
        }
    }

    #[test]
    fn a_hint_stays_on_its_line() {
        let hint = hint("select * from objects", |_| None, 20).unwrap();
        assert!(hint.shown.chars().count() <= 20, "{}", hint.shown);
    }
}
