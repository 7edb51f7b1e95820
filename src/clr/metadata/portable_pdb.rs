//! Portable PDBs: which lines of source the IL of methods was compiled from.
//!
//! A portable PDB has the physical layout of metadata with tables of its own behind those of the standard. Two of them are
//! read: the documents, and of each method its sequence points.
//!
//! Source: dotnet/runtime `docs/design/specs/PortablePdb-Metadata.md`.

use crate::image::SparseBytes;
use crate::limits::MAX_DOCUMENT_NAME_PARTS;

use super::compressed::{split, split_signed};
use super::root::Root;
use super::{Metadata, MetadataError};

/// Numbers of the tables that are read; all others of a PDB are behind them.
const DOCUMENT: u32 = 0x30;
const METHOD_DEBUG_INFORMATION: u32 = 0x31;
/// Tables of the standard, which a PDB has none of.
const STANDARD_TABLES: u64 = (1 << DOCUMENT) - 1;
/// In front of the row counts of the stream of tables.
const TABLES_HEADER: usize = 24;
/// HeapSizes: indexes into the heap take four bytes.
const WIDE_GUIDS: u8 = 0x02;
const WIDE_BLOBS: u8 = 0x04;

/// A place in a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequencePoint {
    /// Where the IL of the statement begins.
    pub il_offset: u32,
    /// The row of its source file.
    pub document: u32,
    /// Counted from 1; `None` for IL that no line of source stands for.
    pub place: Option<(u32, u32)>,
}

/// A portable PDB.
#[derive(Debug)]
pub struct PortablePdb {
    bytes: SparseBytes<'static>,
    root: Root,
    documents: Rows,
    methods: Rows,
    wide_blobs: bool,
}

/// Where the rows of a table lie.
#[derive(Clone, Copy, Debug)]
struct Rows {
    start: usize,
    count: u32,
    size: usize,
}

impl PortablePdb {
    /// Reads the headers.
    ///
    /// # Errors
    /// When the bytes are no portable PDB, or when streams and tables lead out of them.
    pub fn parse(bytes: Vec<u8>) -> Result<PortablePdb, MetadataError> {
        let bytes = SparseBytes::from(std::borrow::Cow::Owned(bytes));
        let root = Root::read(&bytes)?;
        let malformed = |what| MetadataError::Malformed { offset: root.tables.start, what };
        if root.pdb.len() < 20 {
            return Err(malformed("there is no stream #Pdb: this is no portable PDB"));
        }
        let start = root.tables.start;
        let heap_sizes = bytes.u8(start.saturating_add(6))?;
        let valid = bytes.u64(start.saturating_add(8))?;
        if valid & STANDARD_TABLES != 0 {
            return Err(malformed("a PDB with tables of an assembly"));
        }
        let has = |table: u32| valid >> table & 1 == 1;
        let counts_at = start + TABLES_HEADER;
        let document_count = if has(DOCUMENT) { bytes.u32(counts_at)? } else { 0 };
        let behind = counts_at + if has(DOCUMENT) { 4 } else { 0 };
        let method_count = if has(METHOD_DEBUG_INFORMATION) { bytes.u32(behind)? } else { 0 };
        let (blob, guid) =
            (index_size(heap_sizes & WIDE_BLOBS != 0), index_size(heap_sizes & WIDE_GUIDS != 0));
        let rows_at = counts_at + 4 * valid.count_ones() as usize;
        let documents = Rows { start: rows_at, count: document_count, size: 2 * blob + 2 * guid };
        let document_index = index_size(document_count > u32::from(u16::MAX));
        let methods = Rows { start: documents.end(), count: method_count, size: document_index + blob };
        if methods.end() > root.tables.end {
            return Err(malformed("the tables lead out of their stream"));
        }
        Ok(PortablePdb { bytes, documents, methods, wide_blobs: blob == 4, root })
    }

    /// What ties the PDB to the one build of a module that it describes: a GUID and a stamp.
    ///
    /// # Errors
    /// When it is cut off.
    pub fn id(&self) -> Result<[u8; 20], MetadataError> {
        let bytes = self.bytes.get(self.root.pdb.start, 20)?;
        let short = MetadataError::Malformed { offset: self.root.pdb.start, what: "the id is cut off" };
        bytes.first_chunk().copied().ok_or(short)
    }

    /// The path of a source file, as the compiler was given it.
    ///
    /// # Errors
    /// When there is no such row, or it is damaged.
    pub fn document(&self, row: u32) -> Result<String, MetadataError> {
        let at = self.documents.row(row).ok_or(self.damaged("no such document"))?;
        let name = self.blob(self.blob_index(at)?)?;
        // A separator, then the parts: indexes of blobs, 0 for an empty one.
        let text = std::str::from_utf8(name.get(..1).unwrap_or_default());
        let separator = text.map_err(|_| self.damaged("a separator that is no character"))?;
        let separator = separator.trim_end_matches('\0');
        let mut rest = name.get(1..).unwrap_or_default();
        let mut parts = Vec::new();
        while !rest.is_empty() && parts.len() < MAX_DOCUMENT_NAME_PARTS {
            let (index, behind) = split(rest).ok_or(self.damaged("a name whose parts are cut off"))?;
            rest = behind;
            parts.push(match index {
                0 => String::new(),
                index => String::from_utf8_lossy(self.blob(index)?).into_owned(),
            });
        }
        Ok(parts.join(separator))
    }

    /// The sequence points of the method with that row in its module's table of methods, in the order of IL; empty for a
    /// method without source.
    ///
    /// # Errors
    /// When there is no such row, or it is damaged.
    pub fn sequence_points(&self, method: u32) -> Result<Vec<SequencePoint>, MetadataError> {
        let at = self.methods.row(method).ok_or(self.damaged("no such method"))?;
        let document_size = self.methods.size - index_size(self.wide_blobs);
        let document = self.number(at, document_size)?;
        let blob = self.blob_index(at + document_size)?;
        if blob == 0 {
            return Ok(Vec::new());
        }
        read_points(self.blob(blob)?, document).ok_or(self.damaged("sequence points that are cut off"))
    }

    fn damaged(&self, what: &'static str) -> MetadataError {
        MetadataError::Malformed { offset: self.root.tables.start, what }
    }

    fn number(&self, at: usize, size: usize) -> Result<u32, MetadataError> {
        Ok(if size == 4 { self.bytes.u32(at)? } else { self.bytes.u16(at)?.into() })
    }

    fn blob_index(&self, at: usize) -> Result<u32, MetadataError> {
        self.number(at, index_size(self.wide_blobs))
    }

    fn blob(&self, index: u32) -> Result<&[u8], MetadataError> {
        Metadata::counted_in(&self.bytes, &self.root.blobs, index)
    }
}

impl Rows {
    fn end(&self) -> usize {
        // 32 bits times at most 16: no overflow of 64 bits.
        self.start + self.count as usize * self.size
    }

    /// Where a row begins; rows are counted from 1.
    fn row(&self, row: u32) -> Option<usize> {
        let index = row.checked_sub(1).filter(|_| row <= self.count)?;
        Some(self.start + index as usize * self.size)
    }
}

fn index_size(wide: bool) -> usize {
    if wide { 4 } else { 2 }
}

/// Reads the records of a blob of sequence points; `None` when it is cut off. `document` is the method's source file, 0
/// where it has several and the blob names the first.
fn read_points(blob: &[u8], document: u32) -> Option<Vec<SequencePoint>> {
    let (_local_signature, mut rest) = split(blob)?;
    let mut document = document;
    if document == 0 {
        (document, rest) = split(rest)?;
    }
    let mut points: Vec<SequencePoint> = Vec::new();
    let mut il_offset: u32 = 0;
    let mut previous: Option<(u32, u32)> = None;
    while !rest.is_empty() {
        let (distance, behind) = split(rest)?;
        rest = behind;
        if distance == 0 && !points.is_empty() {
            (document, rest) = split(rest)?;
            continue;
        }
        il_offset = il_offset.checked_add(distance)?;
        let (lines, behind) = split(rest)?;
        let (columns, behind) = match lines {
            0 => split(behind).map(|(columns, behind)| (columns.cast_signed(), behind))?,
            _ => split_signed(behind)?,
        };
        rest = behind;
        if lines == 0 && columns == 0 {
            points.push(SequencePoint { il_offset, document, place: None });
            continue;
        }
        let place = match previous {
            None => {
                let (line, behind) = split(rest)?;
                let (column, behind) = split(behind)?;
                rest = behind;
                (line, column)
            }
            Some((line, column)) => {
                let (lines, behind) = split_signed(rest)?;
                let (columns, behind) = split_signed(behind)?;
                rest = behind;
                (line.checked_add_signed(lines)?, column.checked_add_signed(columns)?)
            }
        };
        previous = Some(place);
        points.push(SequencePoint { il_offset, document, place: Some(place) });
    }
    Some(points)
}

#[cfg(test)]
mod tests;
