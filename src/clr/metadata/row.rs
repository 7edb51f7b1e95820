//! One row of any table, read column by column.

use super::heaps::{BlobIndex, GuidIndex, StringIndex};
use super::table::Column;
use super::tables::TablePlace;
use super::{Metadata, MetadataError, Table, Token};

/// A type that is read from the rows of one table.
pub trait TableRow: Sized {
    /// The table.
    const TABLE: Table;

    /// Reads the columns of one row.
    ///
    /// # Errors
    /// When a column holds what the format does not allow.
    fn read(row: Row<'_>) -> Result<Self, MetadataError>;
}

/// The bytes of one row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'m> {
    table: Table,
    /// Offset from the start of the metadata, for errors.
    offset: usize,
    place: &'m TablePlace,
    bytes: &'m [u8],
}

impl Row<'_> {
    /// The number, or the index, in a column counted from 0.
    ///
    /// # Errors
    /// When the table has no such column; a program's own error, not the metadata's.
    pub fn number(&self, column: usize) -> Result<u32, MetadataError> {
        let missing =
            MetadataError::Malformed { offset: self.offset, what: "a column that its table does not have" };
        let place = self.place.columns.get(column).copied().flatten().ok_or(missing)?;
        let rest = self.bytes.get(usize::from(place.offset)..).ok_or(missing)?;
        if place.wide {
            rest.first_chunk().map(|&bytes| u32::from_le_bytes(bytes)).ok_or(missing)
        } else {
            rest.first_chunk().map(|&bytes| u16::from_le_bytes(bytes).into()).ok_or(missing)
        }
    }

    /// The number in a column of two bytes.
    ///
    /// # Errors
    /// As for [`Self::number`].
    pub fn short(&self, column: usize) -> Result<u16, MetadataError> {
        let wide = MetadataError::Malformed { offset: self.offset, what: "a column that is no short number" };
        u16::try_from(self.number(column)?).map_err(|_| wide)
    }

    /// The name in a column.
    ///
    /// # Errors
    /// As for [`Self::number`].
    pub fn string(&self, column: usize) -> Result<StringIndex, MetadataError> {
        self.number(column).map(StringIndex)
    }

    /// The GUID in a column.
    ///
    /// # Errors
    /// As for [`Self::number`].
    pub fn guid(&self, column: usize) -> Result<GuidIndex, MetadataError> {
        self.number(column).map(GuidIndex)
    }

    /// The blob in a column.
    ///
    /// # Errors
    /// As for [`Self::number`].
    pub fn blob(&self, column: usize) -> Result<BlobIndex, MetadataError> {
        self.number(column).map(BlobIndex)
    }

    /// The row that a column points to; a nil token for none.
    ///
    /// # Errors
    /// For a coded index with a tag that no table has.
    pub fn token(&self, column: usize) -> Result<Token, MetadataError> {
        let rid = self.number(column)?;
        match self.table.columns().get(column) {
            Some(&Column::Row(table)) => Ok(Token { table, rid }),
            Some(&Column::Coded(coded)) => coded.decode(rid, self.offset),
            _ => Err(MetadataError::Malformed { offset: self.offset, what: "a column that is no token" }),
        }
    }
}

impl Metadata<'_> {
    /// How many rows a table has.
    pub fn row_count(&self, table: Table) -> u32 {
        self.tables.rows(table)
    }

    /// One row, counted from 1.
    ///
    /// # Errors
    /// When the table has no such row, when it is not in the dump, or when it is damaged.
    pub fn row<R: TableRow>(&self, rid: u32) -> Result<R, MetadataError> {
        self.raw_row(R::TABLE, rid).and_then(R::read)
    }

    /// All rows of a table with their numbers, in order.
    pub fn rows<R: TableRow>(&self) -> impl Iterator<Item = (u32, Result<R, MetadataError>)> {
        (1..=self.row_count(R::TABLE)).map(|rid| (rid, self.row(rid)))
    }

    /// One row of any table.
    pub(super) fn raw_row(&self, table: Table, rid: u32) -> Result<Row<'_>, MetadataError> {
        let place = self.tables.place(table)?;
        let index = rid.checked_sub(1).filter(|_| rid <= place.rows);
        let index = index.ok_or(MetadataError::NoSuchRow { table, rid })?;
        let size = usize::from(place.row_size);
        let offset = place.start + index as usize * size;
        Ok(Row { table, offset, place, bytes: self.bytes.get(offset, size)? })
    }
}
