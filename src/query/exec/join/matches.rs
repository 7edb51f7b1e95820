//! The pairs of rows that belong together: by a table of the keys of the smaller side, or by looking at all pairs.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::assemble::{Order, links};
use super::candidates::{Conditions, Looked, Pair};
use super::keys::{Hand, KeyNumbers, Keys};
use super::rows::JoinedRows;
use super::sides::Numbers;
use super::table::HashTable;
use super::{Known, QueryError};
use crate::diagnostic::{Diagnostic, Span};
use crate::limits::{MAX_JOINED_ROWS, MAX_LOOPED_PAIRS};
use crate::query::exec::Account;
use crate::query::exec::scan::{Batch, MORSEL_ROWS, Morsel, Rows, cut};
use crate::query::exec::workers::map_morsels;
use crate::query::plan::JoinLink;

/// What holds the memory, in messages.
const ROWS: &str = "the rows of the join";
const KEYS: &str = "the keys of the join";

/// The bytes of a key of the side that is built: its number, once more in the table, the next row and two buckets.
const KEY_BYTES: u64 = (size_of::<Option<u64>>() + size_of::<u64>() + 3 * size_of::<u32>()) as u64;

/// The bytes of a pair: as it is found, and in order.
const PAIR_BYTES: u64 = 2 * size_of::<Pair>() as u64;

/// Pairs that are gathered before it is decided which of them belong together.
const GATHERED: usize = 1 << 16;

impl<'j, 'a> Known<'j, 'a> {
    /// The rows of `left` with those of one more source, which are at `right`.
    ///
    /// # Errors
    /// As for [`super::join`].
    pub fn joined(
        &self,
        left: &JoinedRows,
        right: Numbers,
        link: &JoinLink,
    ) -> Result<JoinedRows, QueryError> {
        let empty = JoinedRows::alone(0, Vec::new());
        let prepare = |expr: &_| self.execution.prepare(expr, &Looked::new(*self, &empty));
        let equalities =
            link.keys.iter().map(|key| prepare(&key.equal.expr)).collect::<Result<Vec<_>, _>>()?;
        let others = link.conditions.iter().map(|c| prepare(&c.expr)).collect::<Result<Vec<_>, _>>()?;
        let conditions = Conditions { known: *self, left, right: &right, equalities, others };
        let found = Found {
            count: AtomicU64::new(0),
            span: &link.span,
            account: Mutex::new(self.execution.budget.account(ROWS)),
            row_bytes: PAIR_BYTES + JoinedRows::row_bytes(left.sides() + 1),
        };
        let (order, pairs) = if link.keys.is_empty() {
            refuse_many_pairs(left.len(), right.len(), &link.span)?;
            (Order::Left, self.looped(&conditions, &found)?)
        } else {
            let prepared = link.keys.iter().map(|key| Ok((prepare(&key.left)?, prepare(&key.right)?)));
            let keys = Keys::new(&link.keys, prepared.collect::<Result<_, QueryError>>()?);
            self.hashed(&keys, &conditions, &found)?
        };
        if link.keeps_left {
            found.add(left.len())?;
        }
        let links = links(left.len(), link.keeps_left, order, pairs);
        Ok(left.with(&right, links))
    }

    /// Pairs with the same keys. The table is made of the smaller side.
    fn hashed(
        &self,
        keys: &Keys,
        conditions: &Conditions<'_, 'j, 'a>,
        found: &Found<'_>,
    ) -> Result<(Order, Vec<Vec<Pair>>), QueryError> {
        let (left, right) = (conditions.left, conditions.right);
        let (built, probed, order) = match left.len() <= right.len() {
            true => (Hand::Left, Hand::Right, Order::Right),
            false => (Hand::Right, Hand::Left, Order::Left),
        };
        self.execution.budget.expect(KEYS, left.len().min(right.len()) as u64, KEY_BYTES)?;
        let lookup = |hand| Lookup { known: *self, keys, hand, left, right };
        let of_built = lookup(built).all()?;
        let is_exact = of_built.iter().all(|part| part.is_exact);
        let table = HashTable::new(&of_built.into_iter().map(|part| part.numbers).collect::<Vec<_>>());
        let probe = lookup(probed);
        let of_morsel = |morsel: &Morsel| {
            let part = probe.of(morsel);
            let all = !(is_exact && part.is_exact);
            let (mut kept, mut pairs) = (Vec::new(), Vec::new());
            for (row, key) in (morsel.start..).zip(&part.numbers) {
                let Some(key) = *key else { continue };
                for other in table.rows(key) {
                    pairs.push(if built == Hand::Left { (other, row) } else { (row, other) });
                    if pairs.len() >= GATHERED {
                        found.keep(conditions, &mut pairs, all, &mut kept)?;
                    }
                }
            }
            found.keep(conditions, &mut pairs, all, &mut kept)?;
            Ok(kept)
        };
        let pairs = map_morsels(&probe.morsels(), self.execution.cancel, of_morsel)?;
        Ok((order, pairs.into_iter().collect::<Result<_, QueryError>>()?))
    }

    /// Pairs for which the conditions hold, out of all.
    fn looped(
        &self,
        conditions: &Conditions<'_, 'j, 'a>,
        found: &Found<'_>,
    ) -> Result<Vec<Vec<Pair>>, QueryError> {
        let (left, right) = (conditions.left.len(), conditions.right.len());
        // So many rows of the left side at a time that their pairs are worth a thread's while.
        let share = (GATHERED / right.max(1)).clamp(1, MORSEL_ROWS);
        let morsels: Vec<Morsel> = (0..left)
            .step_by(share)
            .map(|start| {
                let end = (start + share).min(left) as u32;
                Morsel { block: 0, start: start as u32, end, place: 0, first: start as u32 }
            })
            .collect();
        let of_morsel = |morsel: &Morsel| {
            let (mut kept, mut pairs) = (Vec::new(), Vec::new());
            for row in morsel.start..morsel.end {
                for other in 0..right as u32 {
                    pairs.push((row, other));
                    if pairs.len() >= GATHERED {
                        found.keep(conditions, &mut pairs, true, &mut kept)?;
                    }
                }
            }
            found.keep(conditions, &mut pairs, true, &mut kept)?;
            Ok(kept)
        };
        let pairs = map_morsels(&morsels, self.execution.cancel, of_morsel)?;
        pairs.into_iter().collect()
    }
}

/// Reads the keys of one side.
struct Lookup<'l, 'j, 'a> {
    known: Known<'j, 'a>,
    keys: &'l Keys,
    hand: Hand,
    left: &'l JoinedRows,
    right: &'l Numbers,
}

impl Lookup<'_, '_, '_> {
    fn morsels(&self) -> Vec<Morsel> {
        let rows = if self.hand == Hand::Left { self.left.len() } else { self.right.len() };
        let mut morsels = Vec::new();
        cut(0, 0..rows, 0, 0, &mut morsels);
        morsels
    }

    fn of(&self, morsel: &Morsel) -> KeyNumbers {
        let notes = &self.known.execution.notes;
        match self.hand {
            Hand::Left => {
                let looked = Looked::new(self.known, self.left);
                self.keys.numbers(Hand::Left, &Batch { scan: &looked, rows: Rows::Of(morsel, None), notes })
            }
            Hand::Right => {
                let numbers = morsel.range().map(|at| self.right.at(at)).collect();
                let rows = JoinedRows::alone(self.left.sides(), numbers);
                let (looked, morsel) = (Looked::new(self.known, &rows), rows.morsel());
                self.keys.numbers(Hand::Right, &Batch { scan: &looked, rows: Rows::Of(&morsel, None), notes })
            }
        }
    }

    fn all(&self) -> Result<Vec<KeyNumbers>, QueryError> {
        map_morsels(&self.morsels(), self.known.execution.cancel, |morsel| self.of(morsel))
    }
}

/// How many pairs were found.
struct Found<'s> {
    count: AtomicU64,
    span: &'s Span,
    account: Mutex<Account<'s>>,
    /// What a pair takes until it is a row of the join.
    row_bytes: u64,
}

impl Found<'_> {
    /// Keeps those of `pairs` that belong together.
    fn keep(
        &self,
        conditions: &Conditions<'_, '_, '_>,
        pairs: &mut Vec<Pair>,
        all: bool,
        kept: &mut Vec<Pair>,
    ) -> Result<(), QueryError> {
        let mut more = conditions.keep(std::mem::take(pairs), all)?;
        self.add(more.len())?;
        kept.append(&mut more);
        Ok(())
    }

    fn add(&self, more: usize) -> Result<(), QueryError> {
        let count = self.count.fetch_add(more as u64, Ordering::Relaxed) + more as u64;
        if count <= MAX_JOINED_ROWS {
            let mut account = self.account.lock().unwrap_or_else(|e| e.into_inner());
            return account.add((more as u64).saturating_mul(self.row_bytes));
        }
        let message =
            format!("the join has more than {MAX_JOINED_ROWS} rows, which is the most that are held");
        Err(Diagnostic::new(self.span.clone(), message)
            .hint("more equalities in `on`, or conditions for each side in `where`, leave fewer")
            .into())
    }
}

/// Refuses to look at more pairs than is sensible.
fn refuse_many_pairs(left: usize, right: usize, span: &Span) -> Result<(), QueryError> {
    let pairs = left as u64 * right as u64;
    if pairs <= MAX_LOOPED_PAIRS {
        return Ok(());
    }
    let message = format!(
        "without an equality of both sides all {pairs} pairs would be looked at ({left} rows by {right}); at most \
         {MAX_LOOPED_PAIRS} are"
    );
    Err(Diagnostic::new(span.clone(), message)
        .expected("`a.x = b.y`, perhaps with further conditions")
        .hint("conditions for each side in `where` leave fewer rows")
        .into())
}
