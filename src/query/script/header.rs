//! The comments of a script that mean something: `-- question: ...`, `-- dumps: 2+`, `-- param min = 1mb: ...`, `-- title: ...`.

use std::fmt;

use crate::diagnostic::{Diagnostic, Span};

/// How many dumps a script asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DumpCount {
    /// The fewest.
    pub least: usize,
    /// Whether more may be given.
    pub more: bool,
}

impl Default for DumpCount {
    /// Any number.
    fn default() -> Self {
        DumpCount { least: 1, more: true }
    }
}

impl DumpCount {
    /// Whether so many dumps are enough and not too many.
    pub fn allows(self, dumps: usize) -> bool {
        dumps == self.least || (self.more && dumps > self.least)
    }
}

impl fmt::Display for DumpCount {
    /// As the header has it: `1`, `2+`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.least, if self.more { "+" } else { "" })
    }
}

/// What a comment says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Remark {
    /// The question that the script answers.
    Question(String),
    /// How many dumps it asks.
    Dumps(DumpCount),
    /// A parameter: its name and where that stands, its default, what it is for.
    Parameter { name: String, span: Span, default: Option<String>, summary: String },
    /// What the answer to the next statement is called.
    Title(String),
}

/// What a comment says, given the text from its dashes to the end of its line and where that begins; `None` for one that
/// is there for people only.
pub(super) fn remark(comment: &str, at: usize) -> Option<Result<Remark, Diagnostic>> {
    let body = comment.trim_start_matches('-');
    let words = body.trim_start();
    let start = at + comment.len() - words.len();
    if let Some(rest) = words.strip_prefix("param ") {
        return Some(parameter(rest, start + "param ".len()));
    }
    let (key, value) = words.split_once(':')?;
    let value_at = start + key.len() + 1;
    let text = value.trim();
    Some(match key {
        "question" => Ok(Remark::Question(text.to_owned())),
        "title" => Ok(Remark::Title(text.to_owned())),
        "dumps" => dump_count(text).map(Remark::Dumps).ok_or_else(|| {
            let from = value_at + value.len() - value.trim_start().len();
            Diagnostic::new(from..from + text.len(), "not a number of dumps")
                .expected("`1`, `2`, `1+` or `2+`")
        }),
        _ => return None,
    })
}

fn dump_count(text: &str) -> Option<DumpCount> {
    let (digits, more) = match text.strip_suffix('+') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let least = digits.parse().ok().filter(|&least| least > 0)?;
    Some(DumpCount { least, more })
}

/// `min = 1mb: objects at least so big`, which stands at `at`.
fn parameter(text: &str, at: usize) -> Result<Remark, Diagnostic> {
    let whole = || at..at + text.trim_end().len();
    let form = "`-- param NAME = DEFAULT: what it is for`";
    let name: String = text.trim_start().chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_numeric()) {
        return Err(Diagnostic::new(whole(), "a parameter without a name").expected(form));
    }
    let start = at + text.len() - text.trim_start().len();
    let span = start..start + name.len();
    let rest = text.trim_start()[name.len()..].trim_start();
    let (default, summary) = match rest.strip_prefix('=') {
        None => (None, rest),
        Some(rest) => {
            let end = end_of_default(rest);
            (Some(rest[..end].trim().to_owned()), &rest[end..])
        }
    };
    match summary.strip_prefix(':') {
        Some(summary) if !summary.trim().is_empty() => {
            Ok(Remark::Parameter { name, span, default, summary: summary.trim().to_owned() })
        }
        _ => Err(Diagnostic::new(whole(), format!("it is not said what `{name}` is for")).expected(form)),
    }
}

/// Where a default ends: at the first colon outside of single quotes that a space or nothing stands behind.
fn end_of_default(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            ':' if !quoted && text[at + 1..].chars().next().is_none_or(char::is_whitespace) => return at,
            _ => {}
        }
    }
    text.len()
}
