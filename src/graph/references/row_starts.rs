//! Where rows begin: the start of every eleventh, and a byte for where each one ends behind it.
//!
//! Sixteen bytes hold eleven rows, so a row costs less than a byte and a half, and finding it touches one place in
//! memory. Eleven rows that have 255 members or more together are marked; where they end stands aside, and takes less
//! than a tenth of what their members take.

use std::ops::Range;

use bytemuck::{Pod, Zeroable};
use rayon::prelude::*;

use crate::bytes::{Column, zeros};

/// Rows of a group.
pub(super) const ROWS: usize = 11;
/// Bytes of a group's start: 2^40 members are more than any machine has memory for.
const START_BYTES: usize = 5;
const START_MASK: u64 = (1 << (8 * START_BYTES)) - 1;
/// Marks, as the end of a group's last row, that the ends of its rows stand aside.
const ASIDE: u8 = u8::MAX;
/// A length that no byte can tell.
pub(super) const LONG: u8 = u8::MAX;
/// Groups that are made by one task.
const GROUPS_OF_TASK: usize = 1 << 13;

/// Eleven rows: 40 bits for where the first of them begins, and a byte each for how far behind that they end. Or, where
/// that is too far, 40 bits for which of the ends aside are theirs, and [`u8::MAX`] in the last byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(transparent)]
pub struct RowGroup([u8; 16]);

/// Where eleven rows end that have many members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct WideGroup {
    start: u64,
    ends: [u64; ROWS],
}

/// A row whose length does not fit into a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LongRow {
    /// Its number.
    pub row: u64,
    /// How many members it has.
    pub length: u64,
}

/// Where each of a number of rows begins and ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RowStarts {
    rows: usize,
    groups: Column<RowGroup>,
    wide: Column<WideGroup>,
}

impl RowGroup {
    fn new(number: u64, ends: [u8; ROWS]) -> RowGroup {
        let mut bytes = [0; 16];
        bytes[..START_BYTES].copy_from_slice(&number.to_le_bytes()[..START_BYTES]);
        bytes[START_BYTES..].copy_from_slice(&ends);
        RowGroup(bytes)
    }

    /// Where the first row begins; which of the ends aside, where the group has such.
    #[inline]
    fn number(&self) -> u64 {
        let [b0, b1, b2, b3, b4, b5, b6, b7, ..] = self.0;
        u64::from_le_bytes([b0, b1, b2, b3, b4, b5, b6, b7]) & START_MASK
    }

    #[inline]
    fn is_aside(&self) -> bool {
        self.0[15] == ASIDE
    }

    /// Where row `index` of the group begins and ends, of a group that is not aside.
    #[inline]
    fn range(&self, index: usize) -> Range<usize> {
        let number = self.number();
        let end = self.0[START_BYTES + index];
        let before = if index == 0 { 0 } else { self.0[START_BYTES + index - 1] };
        (number + u64::from(before)) as usize..(number + u64::from(end)) as usize
    }
}

impl WideGroup {
    fn range(&self, index: usize) -> Range<usize> {
        let start = if index == 0 { self.start } else { self.ends[index - 1] };
        start as usize..self.ends[index] as usize
    }
}

/// A stretch of rows that one task makes groups of.
struct Task<'a> {
    lengths: &'a [u8],
    /// The long ones among them.
    long: &'a [LongRow],
}

impl<'a> Task<'a> {
    fn cut(lengths: &'a [u8], long: &'a [LongRow]) -> Vec<Task<'a>> {
        let rows = GROUPS_OF_TASK * ROWS;
        let bound = |row: usize| long.partition_point(|long| long.row < row as u64);
        let tasks = lengths.chunks(rows).enumerate();
        tasks
            .map(|(task, lengths)| Task {
                lengths,
                long: &long[bound(task * rows)..bound((task + 1) * rows)],
            })
            .collect()
    }

    /// Calls `group` with where each group of rows ends, if it begins at `start`. Behind the last row none has members.
    fn for_each_group(&self, start: u64, mut group: impl FnMut(u64, [u64; ROWS])) -> u64 {
        let mut long = self.long.iter();
        let mut end = start;
        for lengths in self.lengths.chunks(ROWS) {
            let (start, mut ends) = (end, [0; ROWS]);
            for (index, row_end) in ends.iter_mut().enumerate() {
                end += match lengths.get(index) {
                    Some(&LONG) => long.next().map_or(0, |long| long.length),
                    Some(&length) => length.into(),
                    None => 0,
                };
                *row_end = end;
            }
            group(start, ends);
        }
        end
    }
}

fn is_wide(start: u64, ends: &[u64; ROWS]) -> bool {
    ends[ROWS - 1] - start >= ASIDE.into()
}

impl RowStarts {
    /// The starts of rows of these lengths; [`LONG`] stands for the length that `long` has, by their numbers.
    pub(super) fn from_lengths(lengths: &[u8], long: &[LongRow]) -> RowStarts {
        let tasks = Task::cut(lengths, long);
        let count = |task: &Task<'_>| {
            let mut wide = 0;
            let end = task.for_each_group(0, |start, ends| wide += usize::from(is_wide(start, &ends)));
            (end, wide)
        };
        let mut firsts: Vec<(u64, usize)> = tasks.par_iter().map(count).collect();
        let mut sums = (0, 0);
        for (start, wide) in &mut firsts {
            let here = (*start, *wide);
            (*start, *wide) = sums;
            sums = (sums.0 + here.0, sums.1 + here.1);
        }
        let mut groups: Vec<RowGroup> = zeros(lengths.len().div_ceil(ROWS));
        let of_tasks = groups.par_chunks_mut(GROUPS_OF_TASK).zip(tasks).zip(firsts);
        let wide: Vec<Vec<WideGroup>> =
            of_tasks.map(|((groups, task), (start, wide))| task.fill(groups, start, wide)).collect();
        RowStarts { rows: lengths.len(), groups: groups.into(), wide: wide.concat().into() }
    }

    /// The starts that these columns hold, and where the last row ends; `None` when they do not make sense.
    pub(super) fn of_columns(
        rows: usize,
        groups: Column<RowGroup>,
        wide: Column<WideGroup>,
    ) -> Option<RowStarts> {
        if groups.len() != rows.div_ceil(ROWS) {
            return None;
        }
        let (mut end, mut wides) = (0, 0);
        for group in &*groups {
            let range = |index: usize| match group.is_aside() {
                true => {
                    wide.get(wides).filter(|_| group.number() == wides as u64).map(|wide| wide.range(index))
                }
                false => Some(group.range(index)),
            };
            for index in 0..ROWS {
                let range = range(index)?;
                if range.start != end || range.end < end || range.end as u64 > START_MASK {
                    return None;
                }
                end = range.end;
            }
            wides += usize::from(group.is_aside());
        }
        let starts = RowStarts { rows, groups, wide };
        let whole = wides == starts.wide.len() && starts.end() == end;
        whole.then_some(starts)
    }

    /// Where the last row ends.
    pub(super) fn end(&self) -> usize {
        self.rows.checked_sub(1).and_then(|last| self.range(last)).map_or(0, |last| last.end)
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// The columns, as [`Self::of_columns`] takes them.
    pub(super) fn columns(&self) -> (&Column<RowGroup>, &Column<WideGroup>) {
        (&self.groups, &self.wide)
    }

    /// Where a row begins and ends; `None` for a number past the end.
    #[inline]
    pub(super) fn range(&self, row: usize) -> Option<Range<usize>> {
        if row >= self.rows {
            return None;
        }
        let group = self.groups.get(row / ROWS)?;
        if group.is_aside() { self.wide_range(group, row % ROWS) } else { Some(group.range(row % ROWS)) }
    }

    #[cold]
    fn wide_range(&self, group: &RowGroup, index: usize) -> Option<Range<usize>> {
        self.wide.get(group.number() as usize).map(|wide| wide.range(index))
    }

    /// A row, the first of its group, that begins at or near this member.
    pub(super) fn row_near(&self, member: usize) -> usize {
        let start = |group: usize| self.range(group * ROWS).map_or(0, |first| first.start);
        let (mut low, mut high) = (0, self.groups.len());
        while low < high {
            let middle = low.midpoint(high);
            if start(middle) < member { low = middle + 1 } else { high = middle }
        }
        (low * ROWS).min(self.rows)
    }
}

impl Task<'_> {
    /// Makes the groups, of which the first begins at `start`. Returns the wide ones, before which there are so many.
    fn fill(&self, groups: &mut [RowGroup], start: u64, wide_before: usize) -> Vec<WideGroup> {
        let (mut groups, mut wide) = (groups.iter_mut(), Vec::new());
        self.for_each_group(start, |start, ends| {
            let group = match is_wide(start, &ends) {
                true => {
                    wide.push(WideGroup { start, ends });
                    RowGroup::new((wide_before + wide.len() - 1) as u64, [ASIDE; ROWS])
                }
                false => RowGroup::new(start, ends.map(|end| (end - start) as u8)),
            };
            if let Some(place) = groups.next() {
                *place = group;
            }
        });
        wide
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::Randomness;

    /// Starts of rows of any lengths.
    fn of(lengths: &[u64]) -> RowStarts {
        let long = |&(_, length): &(usize, &u64)| *length >= u64::from(LONG);
        let aside = lengths.iter().enumerate().filter(long);
        let aside: Vec<_> = aside.map(|(row, &length)| LongRow { row: row as u64, length }).collect();
        let bytes: Vec<u8> = lengths.iter().map(|&length| length.min(LONG.into()) as u8).collect();
        RowStarts::from_lengths(&bytes, &aside)
    }

    fn assert_right(lengths: &[u64]) {
        let starts = of(lengths);
        let mut end = 0;
        for (row, &length) in lengths.iter().enumerate() {
            let range = end..end + length as usize;
            assert_eq!(starts.range(row), Some(range.clone()), "row {row}");
            end = range.end;
        }
        assert_eq!((starts.range(lengths.len()), starts.end()), (None, end));
        for member in [0, end / 3, end / 2, end] {
            let row = starts.row_near(member);
            let begins = |row| starts.range(row).map_or(end, |range| range.start);
            assert!(
                begins(row) >= member && (row == 0 || begins(row - ROWS.min(row)) <= member),
                "{member}: {row}"
            );
        }
        let (groups, wide) = starts.columns();
        assert_eq!(RowStarts::of_columns(lengths.len(), groups.clone(), wide.clone()), Some(starts.clone()));
    }

    #[test]
    fn rows_of_all_lengths_begin_where_the_one_before_ends() {
        let mut random = Randomness::new(1);
        for rows in [0, 1, 10, 11, 12, 22, 1000, 200_000] {
            let mut length = || random.one_of(&[0, 0, 1, 1, 2, 3, 7, 100, 253, 254]);
            assert_right(&(0..rows).map(|_| length()).collect::<Vec<_>>());
            let mut length = || random.one_of(&[0, 1, 2, 254, 255, 256, 511, 70_000]);
            assert_right(&(0..rows).map(|_| length()).collect::<Vec<_>>());
        }
        assert_right(&[254; 11]);
        assert_right(&[255; 33]);
    }

    #[test]
    fn starts_beyond_32_bits_are_exact() {
        let starts = of(&[5, 1 << 33, 2, 1 << 32, 1]);
        let ranges: Vec<_> = (0..5).map(|row| starts.range(row).unwrap()).collect();
        let at = 5 + (1 << 33);
        assert_eq!(
            ranges[2..],
            [at..at + 2, at + 2..at + 2 + (1 << 32), at + 2 + (1 << 32)..at + 3 + (1 << 32)]
        );
    }

    #[test]
    fn columns_that_contradict_each_other_are_no_starts() {
        let starts = of(&[3, 25, 1, 4, 1, 1, 1, 1, 1, 1, 1, 9, 400]);
        let (groups, wide) = starts.columns();
        let whole = |rows, groups: &[RowGroup], wide: &[WideGroup]| {
            RowStarts::of_columns(rows, groups.to_vec().into(), wide.to_vec().into()).is_some()
        };
        assert!(whole(13, groups, wide));
        // Other numbers of rows, of groups, of wide ones.
        assert!(!whole(12, groups, wide) && !whole(11, groups, wide) && !whole(23, groups, wide));
        assert!(
            !whole(13, groups, &[]) && !whole(13, &groups[..1], wide) && !whole(13, groups, &[wide[0]; 2])
        );
        // A start that is not where the rows before end, ends that do not ascend, ends beyond all bounds.
        let changed = |group: usize, byte: usize, value: u8| {
            let mut changed = groups.to_vec();
            changed[group].0[byte] = value;
            changed
        };
        assert!(!whole(13, &changed(0, 0, 1), wide) && !whole(13, &changed(0, 4, 1), wide));
        assert!(!whole(13, &changed(0, 6, 1), wide) && !whole(13, &changed(1, 0, 1), wide));
        assert!(!whole(13, &changed(0, 15, ASIDE), wide) && !whole(13, &changed(1, 15, 0), wide));
        for (index, end) in [(0, 0), (1, 41), (10, u64::MAX), (5, 1 << 41)] {
            let mut other = wide[0];
            other.ends[index] = end;
            assert!(!whole(13, groups, &[other]), "{index}: {end}");
        }
    }
}
