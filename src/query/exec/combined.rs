//! The rows of two plans together: one after the other, or by a hash table of the rows of the second.

use super::aggregate::key_table::KeyTable;
use super::aggregate::words::Words;
use super::eval::as_kind;
use super::scan::Table;
use super::vector::Vector;
use super::{Execution, QueryError};
use crate::query::Kind;
use crate::query::ast::SetOp;
use crate::query::cells::Cells;
use crate::query::plan::Combined;

/// How many rows are turned into keys at a time.
const BATCH: usize = 1 << 16;

/// The rows of two plans together. Each row that is to occur once stands where it is first met, those of the first plan
/// before those of the second: the answer does not depend on threads.
///
/// # Errors
/// [`QueryError::Cancelled`]; the rows would take more memory than may be used.
pub fn combined(
    both: &Combined,
    (left, right): (Table, Table),
    execution: &Execution<'_>,
) -> Result<Table, QueryError> {
    let (rows, others) = (left.rows(), right.rows());
    let same_kind = |table: Table| -> Vec<Cells> {
        let columns = table.into_columns().into_iter().zip(&both.kinds);
        columns.map(|(cells, kind)| as_kind(cells, kind.unwrap_or(Kind::Text))).collect()
    };
    let (left, right) = (same_kind(left), same_kind(right));
    let mut rows_seen = Rows::new(&both.kinds);
    let (columns, kept) = match (both.op, both.all) {
        (SetOp::Union, all) => {
            let columns: Vec<Cells> =
                left.into_iter().zip(right).map(|(left, right)| Cells::concat(vec![left, right])).collect();
            if all {
                return Ok(Table::new(columns, rows + others));
            }
            let kept = rows_seen.first_of_each(&columns, rows + others, |_, new| new, execution)?;
            (columns, kept)
        }
        (SetOp::Except | SetOp::Intersect, _) => {
            rows_seen.first_of_each(&right, others, |_, _| false, execution)?;
            let theirs = rows_seen.count();
            let mut met = vec![false; theirs];
            // A row that is new is none of the others'; one of theirs is taken when it is first met.
            let kept = |number: usize, new: bool| match (both.op, met.get_mut(number)) {
                (SetOp::Intersect, Some(met)) => !std::mem::replace(met, true),
                (SetOp::Intersect, None) => false,
                _ => new,
            };
            let kept = rows_seen.first_of_each(&left, rows, kept, execution)?;
            (left, kept)
        }
    };
    let columns = columns.iter().map(|cells| cells.gather(kept.iter().map(|&row| row as usize)));
    Ok(Table::new(columns.collect(), kept.len()))
}

/// Different rows, numbered in the order in which they are met.
struct Rows {
    words: Words,
    stride: usize,
    table: KeyTable,
}

impl Rows {
    fn new(kinds: &[Option<Kind>]) -> Rows {
        let words = Words::new(kinds.iter().copied());
        let stride = words.stride();
        Rows { words, stride, table: KeyTable::new(stride) }
    }

    fn count(&self) -> usize {
        self.table.len()
    }

    /// The rows of `columns` for which `keep` says so: it is told the number of the row and whether that is new.
    fn first_of_each(
        &mut self,
        columns: &[Cells],
        rows: usize,
        mut keep: impl FnMut(usize, bool) -> bool,
        execution: &Execution<'_>,
    ) -> Result<Vec<u32>, QueryError> {
        let mut kept = Vec::new();
        let mut keys = Vec::new();
        let mut account = execution.budget.account("the different rows");
        for start in (0..rows).step_by(BATCH) {
            execution.check()?;
            let range = start..(start + BATCH).min(rows);
            let vectors: Vec<Vector> =
                columns.iter().map(|c| Vector::Cells(c.gather(range.clone()))).collect();
            keys.clear();
            keys.resize(range.len() * self.stride, 0);
            self.words.encode(&vectors, range.len(), self.stride, 0, &mut keys);
            for (row, key) in range.zip(keys.chunks(self.stride)) {
                let (number, new) = self.table.insert(key);
                if keep(number as usize, new) {
                    kept.push(row as u32);
                }
            }
            account.hold((self.table.bytes() + self.words.bytes() + size_of_val(&kept[..])) as u64)?;
        }
        Ok(kept)
    }
}
