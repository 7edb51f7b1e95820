//! Cells as text, column by column, in the notation of a format.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::query::{AnswerColumn, CellData, Kind, ValueRef};

use super::json_text::push_address;

/// How a format spells values. Each method appends one value.
pub(super) trait Notation: Sync {
    /// No value.
    fn null(&self, out: &mut Vec<u8>);
    /// Text.
    fn text(&self, text: &str, out: &mut Vec<u8>);
    /// A whole number.
    fn integer(&self, number: i128, out: &mut Vec<u8>);
    /// A real number.
    fn real(&self, number: f64, out: &mut Vec<u8>);
    /// An address.
    fn address(&self, address: Addr, out: &mut Vec<u8>) {
        push_address(address.0, out);
    }
    /// True or false.
    fn boolean(&self, value: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(if value { b"true" } else { b"false" });
    }
    /// A list of values.
    fn list(&self, items: &[ValueRef<'_>], out: &mut Vec<u8>);

    /// A value of a column whose sort differs from row to row.
    fn mixed(&self, value: &ValueRef<'_>, out: &mut Vec<u8>) {
        self.value(value, out);
    }

    /// Any value.
    fn value(&self, value: &ValueRef<'_>, out: &mut Vec<u8>) {
        match value {
            ValueRef::Null => self.null(out),
            ValueRef::Text(text) => self.text(text, out),
            ValueRef::Integer(number) => self.integer(*number, out),
            ValueRef::Real(number) => self.real(*number, out),
            ValueRef::Bytes(bytes) => self.integer(i128::from(*bytes), out),
            ValueRef::Address(address) => self.address(*address, out),
            ValueRef::Boolean(value) => self.boolean(*value, out),
            ValueRef::List(items) => self.list(items, out),
        }
    }
}

/// A column of text as it is stored: a list of texts and, a row, a place in it (which means nothing
/// where the row is null).
pub(super) struct Texts<'a> {
    pub(super) values: &'a [Arc<str>],
    pub(super) codes: &'a [u32],
}

/// The stored texts of a column, or `None` when it holds something else.
///
/// The one place in this layer that looks behind [`AnswerColumn::value`].
pub(super) fn texts(column: &AnswerColumn) -> Option<Texts<'_>> {
    match column.cells.data() {
        CellData::Text(texts) => Some(Texts { values: &texts.values, codes: &texts.codes }),
        _ => None,
    }
}

/// A text column is spelled once a distinct text when each text stands in so many rows on average:
/// below that, the spelled texts would cost more memory than they save time.
const ROWS_PER_TEXT: usize = 4;

/// Spelled texts and, a row, a place among them.
type Spelled<'a> = (Vec<Box<[u8]>>, &'a [u32]);

/// Spells the cells of one column.
pub(super) struct CellWriter<'a, N> {
    column: &'a AnswerColumn,
    notation: &'a N,
    /// The distinct texts of the column, already spelled, and the place of each row's among them.
    spelled: Option<Spelled<'a>>,
}

impl<'a, N: Notation> CellWriter<'a, N> {
    pub(super) fn new(column: &'a AnswerColumn, notation: &'a N) -> Self {
        let repeating = texts(column).filter(|t| t.values.len() <= t.codes.len() / ROWS_PER_TEXT);
        let spell = |text: &Arc<str>| {
            let mut out = Vec::with_capacity(text.len() + 2);
            notation.text(text, &mut out);
            out.into_boxed_slice()
        };
        let spelled = repeating.map(|t| (t.values.iter().map(spell).collect(), t.codes));
        CellWriter { column, notation, spelled }
    }

    /// Appends the cell in row `row`.
    pub(super) fn push(&self, row: usize, out: &mut Vec<u8>) {
        match (self.column.value(row), &self.spelled) {
            (ValueRef::Text(_), Some((spelled, codes))) => {
                out.extend_from_slice(&spelled[codes[row] as usize]);
            }
            (value, _) if self.column.kind == Kind::Value => self.notation.mixed(&value, out),
            (value, _) => self.notation.value(&value, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::json::Json;
    use crate::output::samples;

    #[test]
    fn repeating_texts_and_nulls_keep_their_rows() {
        let rows: Vec<_> = (0..30).map(|i| [Some("a\"b"), None, Some("Zoo.Dog")][i % 3]).collect();
        let column = samples::text_column("t", &rows);
        let writer = CellWriter::new(&column, &Json);
        assert!(writer.spelled.is_some());
        let spelled: Vec<_> = (0..30)
            .map(|row| {
                let mut out = Vec::new();
                writer.push(row, &mut out);
                String::from_utf8(out).unwrap()
            })
            .collect();
        assert_eq!(spelled[..3], [r#""a\"b""#, "null", r#""Zoo.Dog""#]);
        assert_eq!(spelled[27..], spelled[..3]);
    }
}
