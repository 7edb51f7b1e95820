//! The table `duplicates`: texts that several strings hold.
//!
//! Every string is read once and leaves a hash of its text and the number of its object, 16 bytes whatever
//! the length of the text. Strings with one hash are then held against each other byte by byte. A text itself is
//! made when a row is shown.

use std::borrow::Cow;
use std::hash::Hasher;
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHasher;

use super::{Batch, Morsel, ObjectScan, Rows, Scan, cut};
use crate::graph::{Heap, ObjectId, Snapshot};
use crate::query::QueryError;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::query::exec::Execution;
use crate::query::exec::vector::Vector;
use crate::query::exec::workers::fold_morsels;
use crate::text::from_utf16_le;
use crate::values::Values;

/// The columns, in the order of the catalog.
#[derive(Clone, Copy, Debug)]
enum Column {
    Value,
    Count,
    Size,
    Wasted,
}

const COLUMNS: [(&str, Column); 4] =
    [("value", Column::Value), ("count", Column::Count), ("size", Column::Size), ("wasted", Column::Wasted)];

/// Strings that are compared at a time by one thread, as long as they have different hashes.
const CHUNK: usize = 1 << 14;

/// A string: the hash of its text and the number of its object.
type Hashed = (u64, u32);

/// Strings that hold the same text.
#[derive(Clone, Copy, Debug)]
struct Group {
    /// The one with the smallest number.
    first: u32,
    count: u32,
    /// Bytes of each.
    size: u64,
}

impl Group {
    fn wasted(&self) -> u64 {
        self.size * u64::from(self.count - 1)
    }
}

/// Texts that several strings hold, most wasteful first.
#[derive(Debug)]
pub struct DuplicateScan<'a> {
    strings: Strings<'a>,
    groups: Vec<Group>,
    morsels: Vec<Morsel>,
}

impl<'a> DuplicateScan<'a> {
    /// Reads all strings of `heap`, which is that of the snapshot at position `dump`.
    ///
    /// # Errors
    /// [`QueryError::Cancelled`].
    pub fn new(
        snapshot: &'a Snapshot,
        heap: &'a Heap,
        values: &'a Values,
        dump: usize,
        execution: &Execution<'_>,
    ) -> Result<DuplicateScan<'a>, QueryError> {
        let strings = Strings { heap, values };
        let objects = ObjectScan::new(snapshot, heap, dump, TableId::Strings);
        let hashed = strings.hashed(&objects, dump, execution)?;
        let mut groups: Vec<Group> =
            chunks(&hashed).into_par_iter().flat_map_iter(|chunk| strings.groups(&hashed[chunk])).collect();
        groups.par_sort_unstable_by_key(|group| (std::cmp::Reverse(group.wasted()), group.first));
        let mut morsels = Vec::new();
        cut(0, 0..groups.len(), 0, 0, &mut morsels);
        Ok(DuplicateScan { strings, groups, morsels })
    }
}

/// The strings of a heap.
#[derive(Clone, Copy, Debug)]
struct Strings<'a> {
    heap: &'a Heap,
    values: &'a Values,
}

impl<'a> Strings<'a> {
    /// The bytes of a string's text; `None` where they are not in the dump.
    fn bytes(&self, number: u32) -> Option<Cow<'a, [u8]>> {
        self.values.string_bytes(self.heap.objects.address(ObjectId(number))?).ok()
    }

    fn size(&self, number: u32) -> u64 {
        self.heap.objects.size(ObjectId(number)).unwrap_or(0)
    }

    /// All strings whose text is in the dump, in the order of hashes and numbers.
    fn hashed(
        &self,
        objects: &ObjectScan<'_>,
        dump: usize,
        execution: &Execution<'_>,
    ) -> Result<Vec<Hashed>, QueryError> {
        let of_types = objects.row_types().unwrap_or_default();
        let add = |all: &mut Vec<Hashed>, morsel: &Morsel| {
            let block = objects.block(morsel);
            let mut missing = Vec::new();
            for row in morsel.range().filter(|&row| of_types[block.types[row].0 as usize]) {
                let number = morsel.number(row as u32);
                match self.values.string_bytes(block.address(row)) {
                    Ok(bytes) => all.push((hash(&bytes), number)),
                    Err(_) => missing.push(number),
                }
            }
            execution.notes.unreadable(dump, "texts", &missing, self.heap.objects.len());
        };
        let mut parts = fold_morsels(objects.morsels(), execution.cancel, Vec::new, add)?.into_iter();
        let mut all = parts.next().unwrap_or_default();
        parts.for_each(|part| all.extend(part));
        all.par_sort_unstable();
        Ok(all)
    }

    /// The groups of strings that are sorted by their hashes.
    fn groups(&self, hashed: &[Hashed]) -> Vec<Group> {
        let mut groups = Vec::new();
        for run in hashed.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            let first = self.bytes(run[0].1);
            if run[1..].iter().all(|&(_, number)| self.bytes(number) == first) {
                groups.push(self.group(run.iter().map(|of| of.1)));
            } else {
                self.add_different(run, &mut groups);
            }
        }
        groups
    }

    /// Adds the groups among strings of one hash that are not all equal.
    fn add_different(&self, run: &[Hashed], groups: &mut Vec<Group>) {
        let mut texts: Vec<_> = run.iter().map(|&(_, number)| (self.bytes(number), number)).collect();
        texts.sort_unstable();
        for equal in texts.chunk_by(|a, b| a.0 == b.0).filter(|equal| equal.len() > 1) {
            groups.push(self.group(equal.iter().map(|of| of.1)));
        }
    }

    /// The group of strings with these numbers, in ascending order.
    fn group(&self, mut numbers: impl ExactSizeIterator<Item = u32>) -> Group {
        let count = numbers.len() as u32;
        let first = numbers.next().unwrap_or_default();
        Group { first, count, size: self.size(first) }
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// Parts of about [`CHUNK`] strings that do not part equal hashes.
fn chunks(hashed: &[Hashed]) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    while start < hashed.len() {
        let mut end = (start + CHUNK).min(hashed.len());
        let last = hashed[end - 1].0;
        end += hashed[end..].partition_point(|of| of.0 == last);
        chunks.push(start..end);
        start = end;
    }
    chunks
}

impl Scan for DuplicateScan<'_> {
    fn morsels(&self) -> &[Morsel] {
        &self.morsels
    }

    fn load(&self, column: usize, batch: &Batch<'_>) -> Vector {
        let groups: Vec<Group> = match batch.rows {
            Rows::Of(..) => batch.pick(&self.groups),
            _ => return Vector::Cells(Cells::null(batch.len())),
        };
        let numbers = |of: fn(&Group) -> u64| Cells::unsigned(groups.iter().map(of).collect());
        Vector::Cells(match COLUMNS[column].1 {
            Column::Count => numbers(|group| group.count.into()),
            Column::Size => numbers(|group| group.size * u64::from(group.count)),
            Column::Wasted => numbers(Group::wasted),
            Column::Value => {
                let texts = groups.iter().map(|group| self.strings.bytes(group.first));
                let texts: Vec<_> = texts.map(|bytes| bytes.map(|bytes| from_utf16_le(&bytes))).collect();
                Cells::texts(texts.iter().map(Option::as_deref))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_those_of_the_catalog() {
        let names: Vec<_> = TableId::Duplicates.doc().columns.iter().map(|c| c.name).collect();
        assert_eq!(names, COLUMNS.map(|c| c.0));
    }

    #[test]
    fn chunks_do_not_part_equal_hashes() {
        let hashed: Vec<Hashed> = (0..3 * CHUNK as u32).map(|n| (u64::from(n) / 5, n)).collect();
        let chunks = chunks(&hashed);
        assert!(chunks.len() > 2 && chunks[0].start == 0 && chunks[chunks.len() - 1].end == hashed.len());
        assert!(chunks.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert!(chunks.windows(2).all(|pair| hashed[pair[0].end - 1].0 != hashed[pair[1].start].0));
    }
}
