//! Compressed rows: for every object the objects that it is joined to, all in one array.

use crate::bytes::Column;
use crate::graph::ObjectId;

use super::row_starts::{LONG, LongRow, RowGroup, RowStarts, WideGroup};

/// For every object a row of objects, in compressed sparse rows: where each row begins, and the members of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    starts: RowStarts,
    /// The members of all rows, one row after the other.
    members: Column<ObjectId>,
}

/// The columns that rows consist of, to be kept in a file.
#[derive(Clone, Debug, Default)]
pub struct RowColumns {
    /// How many rows there are.
    pub rows: usize,
    /// Where rows begin and end.
    pub groups: Column<RowGroup>,
    /// Where those end that have too many members for that.
    pub wide: Column<WideGroup>,
    /// The members of all rows, one row after the other.
    pub members: Column<ObjectId>,
}

/// Columns do not make rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lengths of rows do not add up to the number of members")]
pub struct NoRows;

impl Rows {
    /// The rows of these columns. That the members are objects is not looked at.
    ///
    /// # Errors
    /// The starts and ends of the rows contradict each other, or are not those of the members.
    pub fn new(columns: RowColumns) -> Result<Rows, NoRows> {
        let RowColumns { rows, groups, wide, members } = columns;
        let starts = RowStarts::of_columns(rows, groups, wide).ok_or(NoRows)?;
        if starts.end() == members.len() { Ok(Rows { starts, members }) } else { Err(NoRows) }
    }

    /// Rows of which the starts are known to fit.
    pub(super) fn of_starts(starts: RowStarts, members: Column<ObjectId>) -> Rows {
        debug_assert_eq!(starts.end(), members.len());
        Rows { starts, members }
    }

    /// The columns of [`RowColumns`]: where rows begin and end, where the wide ones do, and the members.
    pub fn columns(&self) -> (&Column<RowGroup>, &Column<WideGroup>, &Column<ObjectId>) {
        let (groups, wide) = self.starts.columns();
        (groups, wide, &self.members)
    }

    /// The row of an object; empty for an id past the end.
    #[inline]
    pub fn of(&self, object: ObjectId) -> &[ObjectId] {
        let range = self.starts.range(object.0 as usize);
        range.and_then(|range| self.members.get(range)).unwrap_or(&[])
    }

    pub(super) fn starts(&self) -> &RowStarts {
        &self.starts
    }

    /// Where the row of an object begins among the members of all rows; their number for an id past the end.
    #[inline]
    pub fn start_of(&self, object: ObjectId) -> usize {
        self.starts.range(object.0 as usize).map_or(self.members.len(), |range| range.start)
    }

    /// The object in whose row the member at that place stands; `None` past the last member.
    pub fn row_at(&self, place: usize) -> Option<ObjectId> {
        if place >= self.member_count() {
            return None;
        }
        // The last row that begins there or before; of several that do, all but the last are empty.
        let (mut low, mut high) = (0, self.len());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.start_of(ObjectId(middle as u32)) <= place {
                true => low = middle,
                false => high = middle,
            }
        }
        Some(ObjectId(low as u32))
    }

    /// The members of all rows, one row after the other.
    pub fn members(&self) -> &[ObjectId] {
        &self.members
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many members all rows have together.
    pub fn member_count(&self) -> usize {
        self.members.len()
    }

    /// The bytes of memory that the rows take beside mapped files.
    pub fn owned_bytes(&self) -> usize {
        let (groups, wide, members) = self.columns();
        groups.owned_bytes() + wide.owned_bytes() + members.owned_bytes()
    }
}

impl<R: AsRef<[u32]>> FromIterator<R> for Rows {
    /// Rows of the ids of objects: for tests, and for graphs that are small.
    fn from_iter<I: IntoIterator<Item = R>>(rows: I) -> Rows {
        let (mut lengths, mut long, mut members) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            let row = row.as_ref();
            if row.len() >= usize::from(LONG) {
                long.push(LongRow { row: lengths.len() as u64, length: row.len() as u64 });
            }
            lengths.push(row.len().min(LONG.into()) as u8);
            members.extend(row.iter().map(|&id| ObjectId(id)));
        }
        members.shrink_to_fit();
        Rows::of_starts(RowStarts::from_lengths(&lengths, &long), members.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(rows: &Rows) -> RowColumns {
        let (groups, wide, members) = rows.columns();
        RowColumns { rows: rows.len(), groups: groups.clone(), wide: wide.clone(), members: members.clone() }
    }

    #[test]
    fn rows_give_their_members() {
        let rows: Rows = [&[1, 2][..], &[], &[0]].into_iter().collect();
        assert_eq!((rows.len(), rows.member_count()), (3, 3));
        let of = |id| rows.of(ObjectId(id)).iter().map(|o| o.0).collect::<Vec<_>>();
        assert_eq!([of(0), of(1), of(2), of(3)], [vec![1, 2], vec![], vec![0], vec![]]);
        assert_eq!(Rows::new(columns(&rows)).unwrap(), rows);
        assert!(Rows::default().is_empty() && Rows::new(RowColumns::default()).is_ok());
    }

    #[test]
    fn members_are_found_in_their_rows() {
        let rows: Rows = [&[][..], &[1, 2], &[], &[], &[0], &[]].into_iter().collect();
        let row_at = |place| rows.row_at(place).map(|row| row.0);
        assert_eq!([0, 1, 2, 3].map(row_at), [Some(1), Some(1), Some(4), None]);
        assert_eq!([0, 1, 2, 4, 5, 9].map(|id| rows.start_of(ObjectId(id))), [0, 0, 2, 2, 3, 3]);
        assert_eq!(Rows::default().row_at(0), None);
    }

    #[test]
    fn columns_that_contradict_each_other_are_no_rows() {
        let rows: Rows = [&[1, 2][..], &[], &[0]].into_iter().collect();
        let short = RowColumns { members: vec![ObjectId(1); 2].into(), ..columns(&rows) };
        assert_eq!(Rows::new(short), Err(NoRows));
        assert_eq!(Rows::new(RowColumns { rows: 2, ..columns(&rows) }), Err(NoRows));
        let no_rows = RowColumns { members: vec![ObjectId(1)].into(), ..RowColumns::default() };
        assert_eq!(Rows::new(no_rows), Err(NoRows));
    }

    #[test]
    fn rows_take_the_memory_of_their_members_and_little_more() {
        let rows: Rows = (0..11_000).map(|_| [0]).collect();
        assert_eq!(rows.owned_bytes(), 11_000 * 4 + 1000 * 16);
    }
}
