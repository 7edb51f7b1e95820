//! Text in and out: a line cut into pieces, and what is written into statements.

use super::line::Piece;

/// The pieces of a line that begins at `start` of a text: between blanks, or in quotes of either sort. A comment of the
/// language (`--` and a blank) ends the line; a semicolon at its end belongs to no piece.
pub(super) fn pieces(line: &str, start: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let line = line.trim_end().trim_end_matches(';');
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let (text, length) = piece(&line[at..]);
        if text == "--" {
            break;
        }
        pieces.push(Piece { text, span: start + at..start + at + length });
        at += length;
    }
    pieces
}

/// The piece that a text begins with, and how many bytes it takes. A quote that is not closed goes to the end.
fn piece(text: &str) -> (String, usize) {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let inner = &text[1..];
        return match inner.find(quote) {
            Some(end) => (inner[..end].to_owned(), end + 2),
            None => (inner.to_owned(), text.len()),
        };
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (text[..end].to_owned(), end)
}

/// A text as a literal of the language.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// An address as a literal of the language.
pub(super) fn address(address: u64) -> String {
    format!("{address:#x}")
}

/// Conditions as a clause, or nothing.
pub(super) fn where_all(conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) }
}
