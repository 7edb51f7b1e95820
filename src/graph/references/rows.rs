//! Compressed rows: for every object the objects that it is joined to, all in one array.

use crate::bytes::Column;
use crate::graph::ObjectId;

/// For every object a row of objects, in compressed sparse rows: where each row begins, and the members of all.
///
/// There may be 2^32 members and more though a start has 32 bits: the rows from which on the starts began again at 0
/// stand aside, and there are none in nearly all dumps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Where the row of each object begins, modulo 2^32; one more for the end of the last.
    starts: Column<u32>,
    /// The first row whose start is 2^32 or more, 2 * 2^32 or more and so on, ascending.
    wraps: Vec<u32>,
    /// The members of all rows, one row after the other.
    members: Column<ObjectId>,
}

/// Columns do not make rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the starts of rows do not ascend up to the number of members")]
pub struct NoRows;

impl Rows {
    /// The rows of these columns, as [`Rows::columns`] gives them.
    ///
    /// # Errors
    /// The starts do not ascend from 0 to the number of members.
    pub fn new(starts: Column<u32>, members: Column<ObjectId>) -> Result<Rows, NoRows> {
        let first_is_zero = starts.first().is_some_and(|&first| first == 0);
        let mut wraps = Vec::new();
        for (row, pair) in starts.windows(2).enumerate() {
            if pair[1] < pair[0] {
                wraps.push(row as u32 + 1);
            }
        }
        let end = starts.last().map_or(0, |&last| ((wraps.len() as u64) << 32) + u64::from(last));
        if !(first_is_zero || starts.is_empty() && members.is_empty()) || end != members.len() as u64 {
            return Err(NoRows);
        }
        Ok(Rows { starts, wraps, members })
    }

    /// The starts, modulo 2^32, and the members: what [`Rows::new`] takes.
    pub fn columns(&self) -> (&Column<u32>, &Column<ObjectId>) {
        (&self.starts, &self.members)
    }

    /// The row of an object; empty for an id past the end.
    #[inline]
    pub fn of(&self, object: ObjectId) -> &[ObjectId] {
        let row = object.0 as usize;
        let starts = &*self.starts;
        let (Some(&from), Some(&to)) = (starts.get(row), starts.get(row + 1)) else { return &[] };
        let (from, to) = match self.wraps[..] {
            [] => (from as usize, to as usize),
            _ => (self.wide(row, from), self.wide(row + 1, to)),
        };
        self.members.get(from..to).unwrap_or(&[])
    }

    /// Where the row of an object begins among the members of all rows; their number for an id past the end.
    pub fn start_of(&self, object: ObjectId) -> usize {
        let row = object.0 as usize;
        match (self.starts.get(row), &self.wraps[..]) {
            (None, _) => self.member_count(),
            (Some(&start), []) => start as usize,
            (Some(&start), _) => self.wide(row, start),
        }
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

    #[cold]
    fn wide(&self, row: usize, start: u32) -> usize {
        let wraps = self.wraps.partition_point(|&first| first as usize <= row);
        (wraps << 32) + start as usize
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
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
        self.starts.owned_bytes() + self.members.owned_bytes()
    }
}

impl<R: AsRef<[u32]>> FromIterator<R> for Rows {
    /// Rows of the ids of objects: for tests, and for graphs that are small.
    fn from_iter<I: IntoIterator<Item = R>>(rows: I) -> Rows {
        let (mut starts, mut members) = (vec![0], Vec::new());
        for row in rows {
            members.extend(row.as_ref().iter().map(|&id| ObjectId(id)));
            starts.push(members.len() as u32);
        }
        Rows { starts: starts.into(), wraps: Vec::new(), members: members.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_give_their_members() {
        let rows: Rows = [&[1, 2][..], &[], &[0]].into_iter().collect();
        assert_eq!((rows.len(), rows.member_count()), (3, 3));
        let of = |id| rows.of(ObjectId(id)).iter().map(|o| o.0).collect::<Vec<_>>();
        assert_eq!([of(0), of(1), of(2), of(3)], [vec![1, 2], vec![], vec![0], vec![]]);
        let (starts, members) = rows.columns();
        assert_eq!(Rows::new(starts.clone(), members.clone()).unwrap(), rows);
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
        let new = |starts: &[u32], members: usize| {
            Rows::new(starts.to_vec().into(), vec![ObjectId(0); members].into())
        };
        assert!(new(&[0, 2, 3], 3).is_ok() && new(&[], 0).is_ok());
        for (starts, members) in [(&[1, 2][..], 2), (&[0, 2], 3), (&[0, 2, 1], 1), (&[], 1)] {
            assert_eq!(new(starts, members), Err(NoRows), "{starts:?}");
        }
    }
}
