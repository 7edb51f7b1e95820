//! Pairs of rows that may belong together, and the conditions that decide it.

use super::rows::{JoinedRows, Links};
use super::sides::Numbers;
use super::{Known, QueryError};
use crate::query::exec::eval::{eval, is_true};
use crate::query::exec::scan::{Batch, MORSEL_ROWS, Morsel, Rows, Scan};
use crate::query::exec::vector::Vector;
use crate::query::plan::Typed;

/// Pairs of positions: of a row before, and of one of the source that is joined.
pub type Pair = (u32, u32);

/// Rows of a join that are looked at while it is made.
pub struct Looked<'j, 'a> {
    known: Known<'j, 'a>,
    rows: &'j JoinedRows,
    morsels: [Morsel; 1],
}

impl<'j, 'a> Looked<'j, 'a> {
    /// Rows of a join.
    pub fn new(known: Known<'j, 'a>, rows: &'j JoinedRows) -> Looked<'j, 'a> {
        Looked { known, rows, morsels: [rows.morsel()] }
    }
}

impl Scan for Looked<'_, '_> {
    fn morsels(&self) -> &[Morsel] {
        &self.morsels
    }

    fn load(&self, column: usize, batch: &Batch<'_>) -> Vector {
        self.known.load(self.rows, column, batch)
    }
}

/// What must be true of a pair.
pub struct Conditions<'c, 'j, 'a> {
    /// What is known.
    pub known: Known<'j, 'a>,
    /// The rows before.
    pub left: &'c JoinedRows,
    /// The rows of the source that is joined.
    pub right: &'c Numbers,
    /// The equalities, which are left to be looked at where the numbers of keys do not tell them apart.
    pub equalities: Vec<Typed>,
    /// The conditions besides.
    pub others: Vec<Typed>,
}

impl Conditions<'_, '_, '_> {
    /// Keeps the pairs for which the conditions hold, the equalities too where `all` is set.
    ///
    /// # Errors
    /// [`QueryError::Cancelled`].
    pub fn keep(&self, pairs: Vec<Pair>, all: bool) -> Result<Vec<Pair>, QueryError> {
        let equalities = self.equalities.iter().filter(|_| all);
        let conditions: Vec<&Typed> = equalities.chain(&self.others).collect();
        if conditions.is_empty() {
            return Ok(pairs);
        }
        let mut kept = Vec::new();
        for chunk in pairs.chunks(MORSEL_ROWS) {
            if self.known.execution.cancel.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(QueryError::Cancelled);
            }
            self.add_kept(&conditions, chunk, &mut kept);
        }
        Ok(kept)
    }

    fn add_kept(&self, conditions: &[&Typed], pairs: &[Pair], kept: &mut Vec<Pair>) {
        let links = Links {
            left: pairs.iter().map(|pair| pair.0).collect(),
            right: pairs.iter().map(|pair| pair.1).collect(),
        };
        let rows = self.left.with(self.right, links);
        let looked = Looked::new(self.known, &rows);
        let morsel = rows.morsel();
        let mut passing: Vec<u32> = (0..pairs.len() as u32).collect();
        for condition in conditions {
            if passing.is_empty() {
                return;
            }
            let notes = &self.known.execution.notes;
            let batch = Batch { scan: &looked, rows: Rows::Of(&morsel, Some(&passing)), notes };
            let holds = is_true(&eval(condition, &batch), batch.len());
            let mut holds = holds.iter();
            passing.retain(|_| holds.next().copied().unwrap_or(false));
        }
        kept.extend(passing.iter().map(|&at| pairs[at as usize]));
    }
}
