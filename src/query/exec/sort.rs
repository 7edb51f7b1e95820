//! The order of rows by several columns.

use std::cmp::Ordering;

use rayon::prelude::*;

use crate::query::cells::{Cells, Data};

/// The bytes that sorting takes a row beyond the columns: the number of the row, with a key beside it in the common case,
/// and the numbers in order.
pub const ROW_BYTES: u64 = (size_of::<(u64, u32)>() + size_of::<u32>()) as u64;

/// A column to sort by.
#[derive(Clone, Debug)]
pub struct SortColumn {
    /// Its values.
    pub cells: Cells,
    /// Whether the biggest comes first. Nulls come last either way.
    pub descending: bool,
}

impl SortColumn {
    /// The order of two rows.
    pub fn order(&self, a: usize, b: usize) -> Ordering {
        match (self.cells.is_null(a), self.cells.is_null(b)) {
            (false, false) if self.descending => self.cells.order_values(b, a),
            (false, false) => self.cells.order_values(a, b),
            (null_a, null_b) => null_a.cmp(&null_b),
        }
    }

    /// The same order by numbers instead of texts, which many rows may share.
    fn ranked(self) -> SortColumn {
        let Data::Text(texts) = self.cells.data() else { return self };
        if texts.values.len() > self.cells.len() {
            return self;
        }
        let ranks = ranks(&texts.values);
        let rows = texts.codes.iter().enumerate();
        let numbers = rows.map(|(row, &code)| if self.cells.is_null(row) { 0 } else { ranks[code as usize] });
        let numbers = Data::Unsigned(numbers.collect());
        SortColumn { cells: Cells::new(numbers, self.cells.nulls().cloned()), descending: self.descending }
    }
}

/// The position of each text among all in order; equal texts have the same.
fn ranks(values: &[std::sync::Arc<str>]) -> Vec<u64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].cmp(&values[b]));
    let mut ranks = vec![0; values.len()];
    for pair in order.windows(2) {
        ranks[pair[1]] = ranks[pair[0]] + u64::from(values[pair[0]] != values[pair[1]]);
    }
    ranks
}

/// The numbers of all `rows` rows in the order of `columns`; rows that are equal in all keep theirs.
pub fn sorted(columns: Vec<SortColumn>, rows: usize) -> Vec<u32> {
    let columns: Vec<SortColumn> = columns.into_iter().map(SortColumn::ranked).collect();
    if let [SortColumn { cells, descending }, rest @ ..] = &columns[..]
        && let (Data::Unsigned(values), None) = (cells.data(), cells.nulls())
    {
        return sorted_by_number(values, *descending, rest);
    }
    let mut order: Vec<u32> = (0..rows as u32).collect();
    let by = |a: usize, b: usize| compare(&columns, a, b);
    order.par_sort_unstable_by(|&a, &b| by(a as usize, b as usize).then(a.cmp(&b)));
    order
}

fn compare(columns: &[SortColumn], a: usize, b: usize) -> Ordering {
    columns.iter().map(|c| c.order(a, b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

/// The common case: the first column is made of plain numbers, which are then sorted where they
/// stand instead of being looked up for every comparison.
fn sorted_by_number(values: &[u64], descending: bool, rest: &[SortColumn]) -> Vec<u32> {
    let key = |v: u64| if descending { !v } else { v };
    let mut order: Vec<(u64, u32)> =
        values.iter().enumerate().map(|(row, &v)| (key(v), row as u32)).collect();
    let equal = |a: u32, b: u32| compare(rest, a as usize, b as usize).then(a.cmp(&b));
    order.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| equal(a.1, b.1)));
    order.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_come_last_and_equal_rows_keep_their_order() {
        let column = |descending| SortColumn {
            cells: Cells::optional([Some(2), None, Some(1), Some(2), None]),
            descending,
        };
        assert_eq!(sorted(vec![column(false)], 5), [2, 0, 3, 1, 4]);
        assert_eq!(sorted(vec![column(true)], 5), [0, 3, 2, 1, 4]);
        assert_eq!(sorted(Vec::new(), 3), [0, 1, 2]);
    }

    #[test]
    fn later_columns_decide_where_earlier_ones_are_equal() {
        let first = SortColumn { cells: Cells::unsigned(vec![1, 1, 0, 1]), descending: true };
        let texts = Cells::texts([Some("b"), Some("a"), Some("x"), None]);
        let second = SortColumn { cells: texts, descending: false };
        assert_eq!(sorted(vec![first, second.clone()], 4), [1, 0, 3, 2]);
        assert_eq!(sorted(vec![second], 4), [1, 0, 2, 3]);
    }
}
