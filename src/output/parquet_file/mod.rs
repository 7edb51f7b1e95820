//! Rows as a Parquet file (parquet.apache.org/docs/file-format), which warehouses load: DuckDB, Spark and others.
//!
//! | kind of a column | Parquet |
//! | --- | --- |
//! | text | BYTE_ARRAY, STRING |
//! | integer, bytes | INT64 |
//! | address | INT64, INTEGER(64, unsigned) |
//! | real | DOUBLE |
//! | boolean | BOOLEAN |
//! | list, value | BYTE_ARRAY, STRING: the value as JSON |
//!
//! Every column may be null. Texts are written as numbers into a dictionary as long as that pays, pages are compressed
//! with zstd. A row group has [`GROUP_ROWS`] rows; one is held at a time, so memory does not grow with the rows.
//! What no column of a file can hold, a number beyond 64 bits, is null and counted.

mod columns;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use rayon::prelude::*;

use columns::ColumnValues;

use crate::error::{Error, ErrorKind};
use crate::query::{Answer, AnswerColumn, Kind, Rows};

use super::format::{AnswerWriter, Screen};
use super::ndjson::unique_names;

/// Rows of a row group: what other writers choose, so that readers find enough of them to share out among threads.
const GROUP_ROWS: usize = 1 << 18;

/// Rows of an answer at hand that are turned into values at a time.
const CHUNK: usize = 8192;

/// Writes an answer to a query as a file.
#[derive(Debug)]
pub(super) struct ParquetWriter {
    screen: Screen,
    written: bool,
}

impl ParquetWriter {
    pub(super) fn new(screen: Screen) -> Self {
        ParquetWriter { screen, written: false }
    }
}

impl AnswerWriter for ParquetWriter {
    fn refusal(&self, answer: &Answer) -> Option<Error> {
        let refuse = |message: &str, hint: &str| Some(Error::new(ErrorKind::Usage, message).hint(hint));
        if self.screen.terminal {
            refuse("a Parquet file cannot be shown", "write it to a file with -o FILE")
        } else if self.written {
            refuse("a Parquet file holds one answer", "write each answer to a file of its own")
        } else if answer.columns.is_empty() {
            refuse("an answer without columns cannot be a Parquet file", "--format json can hold it")
        } else {
            None
        }
    }

    fn write_rows(&mut self, rows: &Rows<'_>, _prose: bool, out: &mut dyn Write) -> io::Result<()> {
        self.written = true;
        write_parquet(rows, &[], &[("heapql.query", &rows.head().query)], out).map(drop)
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParquetTotals {
    /// Rows.
    pub rows: u64,
    /// Numbers that are null because they have more than 64 bits.
    pub too_wide: u64,
}

/// Writes rows as a Parquet file with the first value of each of `constants` in columns before those of the rows, and
/// `metadata` as its key-value metadata.
///
/// # Errors
/// Those of `out` and of finding the rows.
pub fn write_parquet(
    rows: &Rows<'_>,
    constants: &[AnswerColumn],
    metadata: &[(&str, &str)],
    out: &mut dyn Write,
) -> io::Result<ParquetTotals> {
    let all: Vec<&AnswerColumn> = constants.iter().chain(&rows.head().columns).collect();
    let pending = Pending::default();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("heapql ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(
            metadata
                .iter()
                .map(|(key, value)| KeyValue::new((*key).to_owned(), (*value).to_owned()))
                .collect(),
        ));
    let schema = Arc::new(schema(&all).map_err(io::Error::other)?);
    let file = SerializedFileWriter::new(pending.clone(), schema, Arc::new(properties.build()));
    let columns = rows.head().columns.iter().map(|column| ColumnValues::new(column.kind)).collect();
    let mut group = Group { constants, columns, rows: 0 };
    let mut file = file.map_err(io::Error::other)?;
    let mut totals = ParquetTotals::default();
    let make = |columns: &[AnswerColumn]| {
        let count = columns.first().map_or(0, AnswerColumn::len);
        let starts: Vec<usize> = (0..count).step_by(CHUNK).collect();
        let chunk = |start: usize| {
            let range = start..count.min(start + CHUNK);
            let values = columns.iter().map(|column| ColumnValues::of(column, range.clone()));
            (range.len(), values.collect::<Vec<_>>())
        };
        starts.into_par_iter().map(chunk).collect::<Vec<_>>()
    };
    rows.for_each(make, |chunks| {
        for (len, values) in chunks {
            group.add(len, values);
            if group.rows >= GROUP_ROWS {
                group.write(&mut file, &mut totals).map_err(io::Error::other)?;
                pending.hand_on(out)?;
            }
        }
        Ok(true)
    })?;
    if group.rows > 0 {
        group.write(&mut file, &mut totals).map_err(io::Error::other)?;
    }
    file.close().map_err(io::Error::other)?;
    pending.hand_on(out)?;
    Ok(totals)
}

/// The key-value metadata of a Parquet file that [`write_parquet`] may have written: the value of `key`, `None` for
/// what is no Parquet file or has no such key.
pub fn parquet_metadata(file: std::fs::File, key: &str) -> Option<String> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let reader = SerializedFileReader::new(file).ok()?;
    let metadata = reader.metadata().file_metadata().key_value_metadata()?;
    metadata.iter().find(|entry| entry.key == key)?.value.clone()
}

fn schema(columns: &[&AnswerColumn]) -> Result<Type, ParquetError> {
    let names = unique_names(columns.iter().map(|column| column.name.as_str()));
    let fields = columns.iter().zip(names).map(|(column, name)| {
        let (physical, logical) = parquet_type(column.kind);
        let field = Type::primitive_type_builder(&name, physical);
        field.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build().map(Arc::new)
    });
    Type::group_type_builder("heapql").with_fields(fields.collect::<Result<Vec<_>, _>>()?).build()
}

/// What a column of this kind is called in a schema.
pub fn parquet_type_word(kind: Kind) -> &'static str {
    match parquet_type(kind) {
        (Physical::BYTE_ARRAY, _) => "STRING",
        (Physical::INT64, Some(_)) => "UINT64",
        (Physical::INT64, None) => "INT64",
        (Physical::DOUBLE, _) => "DOUBLE",
        _ => "BOOLEAN",
    }
}

fn parquet_type(kind: Kind) -> (Physical, Option<LogicalType>) {
    match kind {
        Kind::Text | Kind::List | Kind::Value => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Integer | Kind::Bytes => (Physical::INT64, None),
        Kind::Address => (Physical::INT64, Some(LogicalType::integer(64, false))),
        Kind::Real => (Physical::DOUBLE, None),
        Kind::Boolean => (Physical::BOOLEAN, None),
    }
}

/// The rows of the next row group.
struct Group<'a> {
    constants: &'a [AnswerColumn],
    columns: Vec<ColumnValues>,
    rows: usize,
}

impl Group<'_> {
    fn add(&mut self, rows: usize, values: Vec<ColumnValues>) {
        self.rows += rows;
        self.columns.iter_mut().zip(values).for_each(|(all, more)| all.append(more));
    }

    /// Writes the group and begins the next.
    fn write(
        &mut self,
        file: &mut SerializedFileWriter<Pending>,
        totals: &mut ParquetTotals,
    ) -> Result<(), ParquetError> {
        let mut group = file.next_row_group()?;
        let mut write = |values: &ColumnValues| {
            let missing = || ParquetError::General("a column is missing".into());
            let mut writer = group.next_column()?.ok_or_else(missing)?;
            values.write(writer.untyped())?;
            writer.close()
        };
        for constant in self.constants {
            write(&ColumnValues::repeated(constant, self.rows))?;
        }
        for column in &mut self.columns {
            write(column)?;
            totals.too_wide += column.clear();
        }
        group.close()?;
        totals.rows += std::mem::take(&mut self.rows) as u64;
        Ok(())
    }
}

/// What the file's writer has written and nobody has taken: outputs need not be such that threads can share them, as
/// that writer wants.
#[derive(Clone, Debug, Default)]
struct Pending(Arc<Mutex<Vec<u8>>>);

impl Pending {
    fn hand_on(&self, out: &mut dyn Write) -> io::Result<()> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(|e| e.into_inner()));
        out.write_all(&bytes)
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
