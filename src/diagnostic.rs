//! What is wrong with a text that the user wrote, where, and what was meant perhaps: a statement, a condition, a list of counters.

use std::fmt::Write as _;
use std::ops::Range;

/// A part of such a text, in bytes.
pub type Span = Range<usize>;

/// Why a text cannot be understood as it is written. Examples are of statements; all others are shown alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong; lower case, no final full stop.
    pub message: String,
    /// The part of the text that is wrong; empty at its end when something is missing there.
    pub span: Span,
    /// What could stand there instead.
    pub expected: Option<String>,
    /// What was meant perhaps, or what to do.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A diagnostic on a part of the text.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Diagnostic { message: message.into(), span, expected: None, hint: None }
    }

    /// Adds what could stand there instead.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Adds what was meant perhaps, or what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the name of `names` that is nearest to `name`, if one is near enough to be meant.
    #[must_use]
    pub fn nearest<'a>(self, name: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(name, names) {
            Some(near) => self.hint(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    /// The message with the line of the statement that it is about and a mark below the part:
    ///
    /// ```text
    /// error: no column `sise` in objects
    ///   |
    /// 1 | select type, sise
    ///   |              ^^^^
    ///   = help: did you mean `size`?
    /// ```
    ///
    /// Plain text of several lines, without a final line break. `statement` is the text that was run;
    /// its control characters are shown as spaces, so nothing in it can move the mark.
    pub fn render(&self, statement: &str) -> String {
        self.render_with(statement, None)
    }

    /// The same of a text that is a file, with its name, the line and the column above the line.
    pub fn render_in(&self, file: &str, text: &str) -> String {
        self.render_with(text, Some(file))
    }

    fn render_with(&self, statement: &str, file: Option<&str>) -> String {
        let start = floor(statement, self.span.start);
        let end = floor(statement, self.span.end).max(start);
        let line_start = statement[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = statement[start..].find('\n').map_or(statement.len(), |at| start + at);
        let number = (statement[..line_start].matches('\n').count() + 1).to_string();
        let plain = |text: &str| text.replace(|c: char| c.is_control(), " ");
        let indent = statement[line_start..start].chars().count();
        let marked = statement[start..end.min(line_end)].chars().count().max(1);
        let margin = " ".repeat(number.len());

        let mut text = format!("error: {}\n", self.message);
        if let Some(file) = file {
            let _ = writeln!(text, "{margin}--> {}:{number}:{}", plain(file), indent + 1);
        }
        let _ = writeln!(text, "{margin} |");
        let _ = writeln!(text, "{number} | {}", plain(&statement[line_start..line_end]).trim_end());
        let _ = write!(text, "{margin} | {}{}", " ".repeat(indent), "^".repeat(marked));
        if let Some(expected) = &self.expected {
            let _ = write!(text, "\n{margin} = expected: {expected}");
        }
        if let Some(hint) = &self.hint {
            let _ = write!(text, "\n{margin} = help: {hint}");
        }
        text
    }
}

/// `index`, or the start of the character it falls into, or the end of the text.
fn floor(text: &str, index: usize) -> usize {
    (0..=index.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

/// The one of `names` that `name` is most likely a slip of: first one that differs in case only,
/// else the one with the fewest letters wrong, at most a third of them.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let allowed = (lower.chars().count() / 3).clamp(1, 3);
    let distances = names.into_iter().map(|n| (strsim::osa_distance(&lower, &n.to_lowercase()), n));
    distances
        .filter(|&(distance, _)| distance <= allowed)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, n)| n)
}

/// Up to three of `names` that `name` may have meant: the nearest as [`nearest`] has it, then those that contain it.
pub fn near_names<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let lower = name.to_lowercase();
    let mut left: Vec<&str> = names.into_iter().collect();
    let mut found = Vec::new();
    while let Some(near) = nearest(name, left.iter().copied()) {
        found.push(near);
        left.retain(|other| *other != near);
    }
    left.retain(|other| lower.chars().count() >= 3 && other.to_lowercase().contains(&lower));
    left.sort_unstable();
    left.dedup();
    found.extend(left);
    found.truncate(3);
    found
}

/// Words in a sentence: `a, b or c`.
pub fn one_of<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", first.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_the_part_in_its_line() {
        let text = "select type,\n\tsise\nfrom objects";
        let at = text.find("sise").unwrap();
        let d = Diagnostic::new(at..at + 4, "no column `sise`").nearest("sise", ["type", "size"]);
        let shown = "error: no column `sise`\n  |\n2 |  sise\n  |  ^^^^\n  = help: did you mean `size`?";
        assert_eq!(d.render(text), shown);
    }

    #[test]
    fn a_span_outside_of_the_text_or_within_a_character_does_no_harm() {
        let d = Diagnostic::new(1..90, "x");
        assert_eq!(d.render("ä"), "error: x\n  |\n1 | ä\n  | ^");
        assert_eq!(d.render(""), "error: x\n  |\n1 | \n  | ^");
    }

    #[test]
    fn a_far_name_is_not_offered() {
        assert_eq!(nearest("frm", ["from", "where"]), Some("from"));
        assert_eq!(nearest("gropu", ["from", "group"]), Some("group"));
        assert_eq!(nearest("TYPE", ["types", "type"]), Some("type"));
        assert_eq!(nearest("colour", ["count", "length"]), None);
    }
}
