//! What looks like a leak: as text for people, and as the document of programs.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::format::{AnswerWriter, Document, Screen};
use super::json::JsonWriter;
use super::sanitize::sanitize;
use crate::diff::leaks::{Suspect, nothing_found};
use crate::diff::{Way, WayStep};
use crate::units::grouped;

/// Columns of a line where nothing tells how many there are.
const WIDTH: usize = 110;

/// Blanks before what belongs to a suspect.
const INDENT: &str = "     ";

/// Ways of a suspect that are shown.
const WAYS: usize = 2;

/// Writes suspects for people: a headline each, why, what the score is made of, who holds them, and what to ask next.
///
/// # Errors
/// Those of `out`.
pub fn write_suspects(suspects: &[Suspect], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let width = screen.width.unwrap_or(WIDTH);
    if suspects.is_empty() {
        return out.write_all(wrapped(&nothing_found(), "", "", width).as_bytes());
    }
    for (at, suspect) in suspects.iter().enumerate() {
        if at > 0 {
            out.write_all(b"\n")?;
        }
        out.write_all(told(suspect, width).as_bytes())?;
    }
    Ok(())
}

/// Writes the document of an answer with the suspects themselves behind its columns, as `suspects`.
///
/// # Errors
/// Those of `out`.
pub fn write_suspects_json(
    document: &Document<'_>,
    suspects: &[Suspect],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = Vec::new();
    JsonWriter.write(document, &mut text)?;
    // The document is one object on one line: what is added stands before its last brace.
    let end = text.iter().rposition(|&byte| byte == b'}').unwrap_or(text.len());
    text.truncate(end);
    text.extend_from_slice(b",\"suspects\":");
    serde_json::to_writer(&mut text, suspects)?;
    text.extend_from_slice(b"}\n");
    out.write_all(&text)
}

fn told(suspect: &Suspect, width: usize) -> String {
    let mut text = wrapped(&suspect.subject, &format!("{:>3}  ", suspect.score), INDENT, width);
    text.push_str(&wrapped(&suspect.reason, INDENT, INDENT, width));
    for way in suspect.ways.iter().take(WAYS) {
        text.push_str(&wrapped(
            &way_text(way),
            &format!("{INDENT}held by "),
            &format!("{INDENT}        "),
            width,
        ));
    }
    let rest = suspect.ways.len().saturating_sub(WAYS);
    if rest > 0 {
        text.push_str(&format!("{INDENT}        and by {rest} other ways\n"));
    }
    for evidence in &suspect.evidence {
        let points = format!("{INDENT}{:>+4}  ", evidence.points);
        text.push_str(&wrapped(&evidence.what, &points, &format!("{INDENT}      "), width));
    }
    if let Some(next) = &suspect.next {
        // A statement is to be copied: it is never broken.
        text.push_str(&format!("{INDENT}next: {}\n", sanitize(next)));
    }
    text
}

/// A way in one line: the root, then types and fields with arrows, and how many objects hang on it.
fn way_text(way: &Way) -> String {
    let kind = way.root_kind.replace('_', " ");
    let root = way.root_name.as_ref().map_or_else(|| kind.clone(), |name| format!("{kind} {name}"));
    let step = |step: &WayStep| {
        let again = if step.repeats { " ..." } else { "" };
        match step.field.as_deref() {
            Some(field) if field.starts_with(['[', '(', '+']) => format!("{}{again} {field}", step.type_name),
            Some(field) => format!("{}{again} .{field}", step.type_name),
            None => format!("{}{again}", step.type_name),
        }
    };
    let steps: Vec<String> = std::iter::once(root).chain(way.steps.iter().map(step)).collect();
    let counts: Vec<String> = way.counts.iter().map(|&count| grouped(count)).collect();
    format!("{} ({})", steps.join(" -> "), counts.join(", "))
}

/// Text broken into lines at blanks, each but a single long word within `width`; `first` stands before the first line,
/// `others` before all others.
fn wrapped(text: &str, first: &str, others: &str, width: usize) -> String {
    let text = sanitize(text);
    let mut lines = String::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && line.width() + 1 + word.width() > width {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line = others.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push_str(line.trim_end());
    lines.push('\n');
    lines
}
