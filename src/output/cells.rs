//! Cells as text, column by column, in the notation of a format.

use crate::bytes::Addr;
use crate::query::{AnswerColumn, Cells, ValueRef};

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
    fn address(&self, address: Addr, out: &mut Vec<u8>);
    /// True or false.
    fn boolean(&self, value: bool, out: &mut Vec<u8>);
    /// A list of values.
    fn list(&self, items: &[ValueRef<'_>], out: &mut Vec<u8>);

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

/// A text column is spelled once a distinct text when each text stands in so many rows on average:
/// below that, the spelled texts would cost more memory than they save time.
const ROWS_PER_TEXT: usize = 4;

/// Spells the cells of one column.
pub(super) struct CellWriter<'a, N> {
    column: &'a AnswerColumn,
    notation: &'a N,
    /// The distinct texts of the column, already spelled.
    spelled: Option<Vec<Box<[u8]>>>,
}

impl<'a, N: Notation> CellWriter<'a, N> {
    pub(super) fn new(column: &'a AnswerColumn, notation: &'a N) -> Self {
        let spelled = match &column.cells {
            Cells::Text { values, rows } if values.len() <= rows.len() / ROWS_PER_TEXT => {
                let spell = |text: &str| {
                    let mut out = Vec::with_capacity(text.len() + 2);
                    notation.text(text, &mut out);
                    out.into_boxed_slice()
                };
                Some(values.iter().map(|text| spell(text)).collect())
            }
            _ => None,
        };
        CellWriter { column, notation, spelled }
    }

    /// Appends the cell in row `row`.
    pub(super) fn push(&self, row: usize, out: &mut Vec<u8>) {
        if let (Cells::Text { rows, .. }, Some(spelled)) = (&self.column.cells, &self.spelled) {
            match rows.get(row).and_then(|&text| spelled.get(text as usize)) {
                Some(text) => out.extend_from_slice(text),
                None => self.notation.null(out),
            }
        } else {
            self.notation.value(&self.column.value(row), out);
        }
    }
}
