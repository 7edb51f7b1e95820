//! Splits the text of a script into its parts: statements with their titles, includes, and what the header says.

use super::header::{Remark, remark};
use super::scan::comments;
use crate::diagnostic::{Diagnostic, Span};
use crate::query::lexer::{TokenKind, split_statements, tokens};

/// A part of a script, in the order of the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// What a comment before the first statement says.
    Remark(Remark),
    /// A statement and its title.
    Statement { range: Span, title: Option<String> },
    /// `include 'FILE'`, and where the name of the file stands.
    Include { file: String, span: Span },
}

/// The parts of a text.
///
/// # Errors
/// A comment of the header that is not as it should be, and one that comes too late.
pub(super) fn parts(text: &str) -> Result<Vec<Part>, Diagnostic> {
    let statements = split_statements(text);
    let mut remarks = comments(text).into_iter().filter_map(|range| {
        let said = remark(&text[range.clone()], range.start)?;
        Some((range, said))
    });
    let mut next = remarks.next();
    let mut parts = Vec::new();
    for (at, range) in statements.into_iter().enumerate() {
        let mut title = None;
        // Those within a statement, or behind it on its line, say nothing of the next one.
        while let Some((place, said)) = next.take_if(|(place, _)| place.start < range.start) {
            match said? {
                Remark::Title(said) => title = Some(said),
                _ if at > 0 => return Err(too_late(place)),
                said => parts.push(Part::Remark(said)),
            }
            next = remarks.next();
        }
        while next.take_if(|(place, _)| place.start < range.end).is_some() {
            next = remarks.next();
        }
        parts.push(match included(&text[range.clone()]) {
            Some((file, span)) => {
                Part::Include { file, span: range.start + span.start..range.start + span.end }
            }
            None => Part::Statement { range, title },
        });
    }
    let empty = parts.iter().all(|part| matches!(part, Part::Remark(_)));
    for (place, said) in next.into_iter().chain(remarks) {
        match said? {
            Remark::Title(_) => {}
            said if empty => parts.push(Part::Remark(said)),
            _ => return Err(too_late(place)),
        }
    }
    Ok(parts)
}

fn too_late(place: Span) -> Diagnostic {
    Diagnostic::new(place, "the header of a script stands before its first statement")
}

/// The file that `include 'FILE'` names, and where that name stands.
fn included(statement: &str) -> Option<(String, Span)> {
    let tokens = tokens(statement).ok()?;
    match tokens.as_slice() {
        [word, file] => match (&word.kind, &file.kind) {
            (TokenKind::Word(word), TokenKind::Text(name)) if word.eq_ignore_ascii_case("include") => {
                Some((name.clone(), file.span.clone()))
            }
            _ => None,
        },
        _ => None,
    }
}
