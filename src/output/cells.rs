//! Cells as text, column by column, in the notation of a format.

use std::sync::{Arc, Mutex, OnceLock};

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

/// The texts of a list as a format spells them, each spelled when it is first met.
#[derive(Debug)]
struct SpelledList {
    list: Arc<Vec<Arc<str>>>,
    spelled: Vec<OnceLock<Box<[u8]>>>,
}

impl SpelledList {
    fn new(list: &Arc<Vec<Arc<str>>>) -> SpelledList {
        SpelledList { list: Arc::clone(list), spelled: (0..list.len()).map(|_| OnceLock::new()).collect() }
    }
}

/// The spelled texts of one column of an answer that comes in batches, which mostly share one list: that of the
/// types' names, for example.
#[derive(Debug, Default)]
pub(super) struct SpelledTexts(Mutex<Option<Arc<SpelledList>>>);

impl SpelledTexts {
    /// The spelled texts of a list that others hold too; a list of this batch alone is not worth the while.
    fn of(&self, list: &Arc<Vec<Arc<str>>>) -> Option<Arc<SpelledList>> {
        // Nothing can be left half-done behind a lock that a panic broke.
        let mut known = self.0.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = known.as_ref().filter(|known| Arc::ptr_eq(&known.list, list)) {
            return Some(Arc::clone(known));
        }
        let spelled = (Arc::strong_count(list) > 1).then(|| Arc::new(SpelledList::new(list)))?;
        *known = Some(Arc::clone(&spelled));
        Some(spelled)
    }
}

/// Spells the cells of one column.
pub(super) struct CellWriter<'a, N> {
    column: &'a AnswerColumn,
    notation: &'a N,
    /// The distinct texts of the column, where spelling each once saves time.
    spelled: Option<Arc<SpelledList>>,
}

impl<'a, N: Notation> CellWriter<'a, N> {
    /// For a column that is at hand whole.
    pub(super) fn new(column: &'a AnswerColumn, notation: &'a N) -> Self {
        let spelled = match column.cells.data() {
            CellData::Text(texts) if texts.values.len() <= texts.codes.len() / ROWS_PER_TEXT => {
                Some(Arc::new(SpelledList::new(&texts.values)))
            }
            _ => None,
        };
        CellWriter { column, notation, spelled }
    }

    /// For a batch of a column, of which `texts` are known from the batches before it.
    pub(super) fn of_batch(column: &'a AnswerColumn, notation: &'a N, texts: &SpelledTexts) -> Self {
        let spelled = match column.cells.data() {
            CellData::Text(batch) => texts.of(&batch.values),
            _ => None,
        };
        CellWriter { column, notation, spelled }
    }

    /// Appends the cell in row `row`.
    pub(super) fn push(&self, row: usize, out: &mut Vec<u8>) {
        let (cells, notation) = (&self.column.cells, self.notation);
        if cells.is_null(row) {
            return notation.null(out);
        }
        match (cells.data(), self.column.kind) {
            (CellData::Text(texts), Kind::Text) => match &self.spelled {
                Some(list) => {
                    let code = texts.codes[row] as usize;
                    let spell = || {
                        let mut text = Vec::with_capacity(list.list[code].len() + 2);
                        notation.text(&list.list[code], &mut text);
                        text.into_boxed_slice()
                    };
                    out.extend_from_slice(list.spelled[code].get_or_init(spell));
                }
                None => notation.text(texts.get(row), out),
            },
            (CellData::Unsigned(numbers), Kind::Address) => notation.address(Addr(numbers[row]), out),
            (CellData::Unsigned(numbers), Kind::Bytes | Kind::Integer) => {
                notation.integer(i128::from(numbers[row]), out);
            }
            (_, Kind::Value) => notation.mixed(&self.column.value(row), out),
            _ => notation.value(&self.column.value(row), out),
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
