//! Where the rows of every table lie: the header of the tables stream (ECMA-335 II.24.2.6).

use super::root::Root;
use super::table::{Column, MAX_COLUMNS};
use super::{MetadataError, Table};
use crate::bytes::OutOfBounds;
use crate::image::SparseBytes;

/// Rows are counted in 24 bits: a token has no more for them.
const MAX_ROWS: u32 = 0x00ff_ffff;
const HEADER_SIZE: usize = 24;
/// HeapSizes: indexes into the heap take four bytes.
const WIDE_STRINGS: u8 = 0x01;
const WIDE_GUIDS: u8 = 0x02;
const WIDE_BLOBS: u8 = 0x04;
/// HeapSizes: four more bytes follow the row counts (`CMiniMdSchemaBase::EXTRA_DATA` of the runtime).
const EXTRA_DATA: u8 = 0x40;

/// Where a column lies in its row.
#[derive(Clone, Copy, Debug)]
pub(super) struct ColumnPlace {
    pub(super) offset: u8,
    pub(super) wide: bool,
}

/// Where the rows of one table lie.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TablePlace {
    /// Offset of the first row from the start of the metadata.
    pub(super) start: usize,
    pub(super) rows: u32,
    pub(super) row_size: u8,
    /// `None` behind the table's last column.
    pub(super) columns: [Option<ColumnPlace>; MAX_COLUMNS],
}

/// Where the rows of all tables lie.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    places: [TablePlace; Table::COUNT],
}

impl Tables {
    /// Reads the header. Tables that are not known (those of portable PDBs) are behind all others.
    pub(super) fn read(bytes: &SparseBytes<'_>, root: &Root) -> Result<Tables, MetadataError> {
        let start = root.tables.start;
        let heap_sizes = bytes.u8(start.saturating_add(6))?;
        let valid = bytes.u64(start.saturating_add(8))?;
        let mut counts = [0_u32; 64];
        let mut at = start + HEADER_SIZE;
        for (number, count) in counts.iter_mut().enumerate() {
            if valid >> number & 1 == 1 {
                *count = bytes.u32(at)?;
                if *count > MAX_ROWS {
                    return Err(MetadataError::Malformed {
                        offset: at,
                        what: "more rows than tokens can tell",
                    });
                }
                at += 4;
            }
        }
        if heap_sizes & EXTRA_DATA != 0 {
            at += 4;
        }
        let widths = Widths { heap_sizes, counts, all_wide: root.wide_indexes };
        let mut places = [TablePlace::default(); Table::COUNT];
        for (table, place) in Table::ALL.into_iter().zip(&mut places) {
            *place = widths.place(table, at);
            // At most 2^24 rows of 64 bytes in each of 45 tables: no overflow of 64 bits.
            at += place.rows as usize * usize::from(place.row_size);
        }
        if at > root.tables.end {
            let (wanted, available) = (at - start, root.tables.end);
            return Err(MetadataError::PastEnd(OutOfBounds { offset: start, wanted, available }));
        }
        Ok(Tables { places })
    }

    pub(super) fn place(&self, table: Table) -> Result<&TablePlace, MetadataError> {
        // Every table has its place; the error only keeps this free of a panic.
        let missing = MetadataError::NoSuchRow { table, rid: 0 };
        self.places.get(usize::from(table.number())).ok_or(missing)
    }

    pub(super) fn rows(&self, table: Table) -> u32 {
        self.place(table).map_or(0, |place| place.rows)
    }
}

/// What the widths of columns follow from.
struct Widths {
    heap_sizes: u8,
    counts: [u32; 64],
    all_wide: bool,
}

impl Widths {
    fn rows(&self, table: Table) -> u32 {
        self.counts.get(usize::from(table.number())).copied().unwrap_or(0)
    }

    /// Lays the columns of a table out; its first row lies at `start`.
    fn place(&self, table: Table, start: usize) -> TablePlace {
        let mut place = TablePlace { start, rows: self.rows(table), ..TablePlace::default() };
        for (column, slot) in table.columns().iter().zip(&mut place.columns) {
            let wide = self.is_wide(*column);
            *slot = Some(ColumnPlace { offset: place.row_size, wide });
            place.row_size += if wide { 4 } else { 2 };
        }
        place
    }

    fn is_wide(&self, column: Column) -> bool {
        match column {
            Column::U16 => false,
            Column::U32 => true,
            Column::String => self.all_wide || self.heap_sizes & WIDE_STRINGS != 0,
            Column::Guid => self.all_wide || self.heap_sizes & WIDE_GUIDS != 0,
            Column::Blob => self.all_wide || self.heap_sizes & WIDE_BLOBS != 0,
            Column::Row(table) => {
                let through = table.pointer_table().map_or(0, |pointers| self.rows(pointers));
                self.all_wide || self.rows(table).max(through) > u32::from(u16::MAX)
            }
            Column::Coded(coded) => {
                let most = coded.tables().iter().flatten().map(|&table| self.rows(table)).max();
                self.all_wide || most.unwrap_or(0) > u32::from(u16::MAX >> coded.tag_bits())
            }
        }
    }
}
