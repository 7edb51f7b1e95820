//! The values of a column as Parquet stores them: those that are not null, and for every row whether it is.

use std::collections::HashMap;
use std::ops::Range;

use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use rustc_hash::FxBuildHasher;

use crate::output::cells::Notation;
use crate::output::json::Json;
use crate::query::{AnswerColumn, CellData, Kind, ValueRef};
use crate::text::to_unicode;

/// The level of a row that has a value, and of one that has none (Parquet's definition levels).
const VALUE: i16 = 1;
const NULL: i16 = 0;

/// Values of rows.
#[derive(Debug)]
pub(super) struct ColumnValues {
    levels: Vec<i16>,
    values: Values,
    /// Numbers that have more than 64 bits, and are null.
    too_wide: u64,
}

#[derive(Debug)]
enum Values {
    Text(Vec<ByteArray>),
    Whole(Vec<i64>),
    Real(Vec<f64>),
    Boolean(Vec<bool>),
}

impl ColumnValues {
    /// No rows yet, of a kind.
    pub(super) fn new(kind: Kind) -> ColumnValues {
        let values = match kind {
            Kind::Text | Kind::List | Kind::Value => Values::Text(Vec::new()),
            Kind::Integer | Kind::Bytes | Kind::Address => Values::Whole(Vec::new()),
            Kind::Real => Values::Real(Vec::new()),
            Kind::Boolean => Values::Boolean(Vec::new()),
        };
        ColumnValues { levels: Vec::new(), values, too_wide: 0 }
    }

    /// The values of rows of a column.
    pub(super) fn of(column: &AnswerColumn, rows: Range<usize>) -> ColumnValues {
        let mut all = ColumnValues::new(column.kind);
        if let (CellData::Text(texts), Values::Text(_), Kind::Text) =
            (column.cells.data(), &all.values, column.kind)
        {
            // Each text of the list becomes bytes once.
            let mut known: HashMap<u32, ByteArray, FxBuildHasher> = HashMap::default();
            for row in rows {
                let text = (!column.cells.is_null(row)).then(|| {
                    let bytes = known.entry(texts.codes[row]).or_insert_with(|| bytes(texts.get(row)));
                    bytes.clone()
                });
                all.push_text(text);
            }
        } else {
            rows.for_each(|row| all.push(&column.value(row), column.kind));
        }
        all
    }

    /// The first value of a column, so many times.
    pub(super) fn repeated(column: &AnswerColumn, len: usize) -> ColumnValues {
        let mut one = ColumnValues::new(column.kind);
        one.push(&column.value(0), column.kind);
        one.levels = vec![one.levels[0]; len];
        let repeat = if one.levels.first() == Some(&VALUE) { len } else { 0 };
        match &mut one.values {
            Values::Text(values) => *values = vec![values.first().cloned().unwrap_or_default(); repeat],
            Values::Whole(values) => *values = vec![values.first().copied().unwrap_or_default(); repeat],
            Values::Real(values) => *values = vec![values.first().copied().unwrap_or_default(); repeat],
            Values::Boolean(values) => *values = vec![values.first().copied().unwrap_or_default(); repeat],
        }
        one
    }

    fn push_text(&mut self, text: Option<ByteArray>) {
        let Values::Text(values) = &mut self.values else { return };
        self.levels.push(if text.is_some() { VALUE } else { NULL });
        values.extend(text);
    }

    fn push(&mut self, value: &ValueRef<'_>, kind: Kind) {
        let is_null = *value == ValueRef::Null;
        let whole = match value {
            ValueRef::Integer(number) => i64::try_from(*number).ok(),
            ValueRef::Bytes(number) => i64::try_from(*number).ok(),
            // The bits are the same; the logical type says that there is no sign.
            ValueRef::Address(address) => Some(address.0 as i64),
            _ => None,
        };
        let is_written = match &mut self.values {
            _ if is_null => false,
            Values::Text(values) => {
                values.push(match value {
                    ValueRef::Text(text) if kind == Kind::Text => bytes(text),
                    value => {
                        let mut json = Vec::new();
                        Json.value(value, &mut json);
                        json.into()
                    }
                });
                true
            }
            Values::Whole(values) => {
                values.extend(whole);
                self.too_wide += u64::from(whole.is_none());
                whole.is_some()
            }
            Values::Real(values) => {
                values.push(if let ValueRef::Real(number) = value { *number } else { f64::NAN });
                true
            }
            Values::Boolean(values) => {
                values.push(*value == ValueRef::Boolean(true));
                true
            }
        };
        self.levels.push(if is_written { VALUE } else { NULL });
    }

    /// Adds rows of the same column behind these.
    pub(super) fn append(&mut self, mut more: ColumnValues) {
        self.levels.append(&mut more.levels);
        self.too_wide += more.too_wide;
        match (&mut self.values, &mut more.values) {
            (Values::Text(all), Values::Text(more)) => all.append(more),
            (Values::Whole(all), Values::Whole(more)) => all.append(more),
            (Values::Real(all), Values::Real(more)) => all.append(more),
            (Values::Boolean(all), Values::Boolean(more)) => all.append(more),
            // Parts of one column are of one kind.
            _ => {}
        }
    }

    /// Writes all rows.
    pub(super) fn write(&self, writer: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = Some(&self.levels[..]);
        match (writer, &self.values) {
            (ColumnWriter::ByteArrayColumnWriter(writer), Values::Text(values)) => {
                writer.write_batch(values, levels, None)
            }
            (ColumnWriter::Int64ColumnWriter(writer), Values::Whole(values)) => {
                writer.write_batch(values, levels, None)
            }
            (ColumnWriter::DoubleColumnWriter(writer), Values::Real(values)) => {
                writer.write_batch(values, levels, None)
            }
            (ColumnWriter::BoolColumnWriter(writer), Values::Boolean(values)) => {
                writer.write_batch(values, levels, None)
            }
            _ => Err(ParquetError::General("a column is not of the type that the schema says".into())),
        }
        .map(drop)
    }

    /// Forgets all rows; returns how many numbers were too wide.
    pub(super) fn clear(&mut self) -> u64 {
        self.levels.clear();
        match &mut self.values {
            Values::Text(values) => values.clear(),
            Values::Whole(values) => values.clear(),
            Values::Real(values) => values.clear(),
            Values::Boolean(values) => values.clear(),
        }
        std::mem::take(&mut self.too_wide)
    }
}

/// A text as UTF-8. A lone surrogate of a .NET string is U+FFFD.
fn bytes(text: &str) -> ByteArray {
    to_unicode(text).as_bytes().into()
}
