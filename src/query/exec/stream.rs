//! Rows that are handed on while the scan goes on: selects without groups and without an order.
//!
//! The scan is cut into waves of morsels. All threads work on the batches of a wave while the wave before it is taken,
//! batch by batch in the order of the scan, by whoever asked. So what is held is two waves, however many rows there
//! are, and what is taken does not depend on the number of threads.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::filter::{Filter, Selection};
use super::project::values;
use super::scan::{Morsel, Scan};
use super::workers::{map_morsels, try_map_morsels};
use super::{Execution, source};
use crate::query::ast::Limit;
use crate::query::plan::{Plan, Typed};
use crate::query::{AnswerColumn, Cells, QueryError, RunError};

/// Morsels of the first wave; twice as many in each that follows. A limit is often reached with few.
pub const FIRST_WAVE: usize = 4;

/// Morsels of a wave at most: a few hundred thousand rows, some ten megabytes of text.
const MAX_WAVE: usize = 32;

/// Bytes of a batch that are not accounted for: twenty columns of numbers take less.
const USUAL_BATCH: u64 = 2 << 20;

/// How many morsels come after a wave of `wave`.
pub fn next_wave(wave: usize) -> usize {
    (wave * 2).min(MAX_WAVE)
}

/// The rows of a select whose scan is prepared. They can be scanned as often as wanted.
pub struct Scanned<'a> {
    columns: Vec<AnswerColumn>,
    scan: &'a dyn Scan,
    filter: &'a Filter,
    items: Vec<Typed>,
    limit: Option<Limit>,
    execution: &'a Execution<'a>,
    rows: AtomicUsize,
}

impl std::fmt::Debug for Scanned<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scanned").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// Prepares the scan of a plan without groups and order and lets `take` have its rows.
///
/// # Errors
/// [`RunError::Query`] as for [`super::execute`], [`RunError::Output`] of `take`.
pub fn stream(
    plan: &Plan,
    execution: &Execution<'_>,
    take: &mut dyn FnMut(&Scanned<'_>) -> io::Result<()>,
) -> Result<usize, RunError> {
    let scan = source::open(plan, execution)?;
    let filter = Filter::new(&plan.filter, &*scan, execution)?;
    let narrowed = scan.narrowed(filter.row_conditions());
    let scan = narrowed.as_deref().unwrap_or(&*scan);
    let items = execution.prepare_all(plan.items.iter().map(|item| &item.expr), scan)?;
    let columns = plan.items.iter().map(|item| AnswerColumn {
        name: item.name.clone(),
        kind: item.expr.kind_or_text(),
        cells: Cells::null(0),
    });
    let scanned = Scanned {
        columns: columns.collect(),
        scan,
        filter: &filter,
        items,
        limit: plan.limit,
        execution,
        rows: AtomicUsize::new(0),
    };
    take(&scanned).map_err(RunError::of_output)?;
    if execution.cancel.load(Ordering::Relaxed) {
        return Err(QueryError::Cancelled.into());
    }
    Ok(scanned.rows.load(Ordering::Relaxed))
}

/// Which of the rows that pass are wanted, as far as they were not met yet.
#[derive(Debug)]
struct Wanted {
    skip: usize,
    left: usize,
}

impl Wanted {
    fn of(limit: Limit) -> Wanted {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Wanted { skip: number(limit.offset), left: number(limit.count) }
    }

    /// Those of the next selected rows that are wanted.
    fn cut(&mut self, selection: Selection, morsel: &Morsel) -> Selection {
        let rows = match &selection {
            Selection::None => return selection,
            Selection::All => morsel.len(),
            Selection::Some(rows) => rows.len(),
        };
        let from = self.skip.min(rows);
        let to = from + self.left.min(rows - from);
        (self.skip, self.left) = (self.skip - from, self.left - (to - from));
        match selection {
            _ if from == to => Selection::None,
            _ if to - from == rows => selection,
            Selection::Some(rows) => Selection::Some(rows[from..to].to_vec()),
            _ => Selection::Some((morsel.start + from as u32..morsel.start + to as u32).collect()),
        }
    }
}

/// What is left of the scan.
struct Waves<'s> {
    rest: &'s [Morsel],
    wave: usize,
    wanted: Option<Wanted>,
}

impl<'s> Waves<'s> {
    /// The morsels of the next wave; `None` when there are no more rows.
    fn next(&mut self) -> Option<&'s [Morsel]> {
        if self.rest.is_empty() || self.wanted.as_ref().is_some_and(|wanted| wanted.left == 0) {
            return None;
        }
        let (now, later) = self.rest.split_at(self.wave.min(self.rest.len()));
        (self.rest, self.wave) = (later, next_wave(self.wave));
        Some(now)
    }
}

/// What was made of a batch, and how many rows that has.
type Part<T> = (usize, T);

impl Scanned<'_> {
    /// The columns, without values.
    pub fn columns(&self) -> &[AnswerColumn] {
        &self.columns
    }

    /// Makes something of each batch of rows, on any thread, and hands it on in the order of the rows, until `take`
    /// says that it has enough.
    ///
    /// # Errors
    /// Those of `take`; a [`QueryError`] within an [`io::Error`] when the statement was stopped or a batch does not fit
    /// into memory.
    pub fn for_each<T: Send>(
        &self,
        make: impl Fn(&[AnswerColumn]) -> T + Sync,
        mut take: impl FnMut(T) -> io::Result<bool>,
    ) -> io::Result<()> {
        self.rows.store(0, Ordering::Relaxed);
        let rest = if self.filter.is_never() { &[] } else { self.scan.morsels() };
        let mut waves = Waves { rest, wave: FIRST_WAVE, wanted: self.limit.map(Wanted::of) };
        let mut ready = self.parts(&mut waves, &make).map_err(io::Error::other)?;
        while let Some(parts) = ready {
            let mut next = Ok(None);
            let goes_on = rayon::in_place_scope(|scope| {
                scope.spawn(|_| next = self.parts(&mut waves, &make));
                for (rows, part) in parts {
                    self.rows.fetch_add(rows, Ordering::Relaxed);
                    if !take(part)? {
                        return Ok(false);
                    }
                }
                Ok::<_, io::Error>(true)
            })?;
            if !goes_on {
                return Ok(());
            }
            ready = next.map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// The parts of the next wave, in order; `None` at the end.
    fn parts<T: Send>(
        &self,
        waves: &mut Waves<'_>,
        make: &(impl Fn(&[AnswerColumn]) -> T + Sync),
    ) -> Result<Option<Vec<Part<T>>>, QueryError> {
        let Some(morsels) = waves.next() else { return Ok(None) };
        let Execution { cancel, notes, .. } = self.execution;
        let select = |morsel: &Morsel| self.filter.select(self.scan, morsel, notes);
        let parts = match &mut waves.wanted {
            None => try_map_morsels(morsels, cancel, |morsel| self.part(morsel, &select(morsel), make))?,
            Some(wanted) => {
                // Which rows are wanted depends on how many pass before them.
                let selected = map_morsels(morsels, cancel, select)?;
                let selected =
                    selected.into_iter().zip(morsels).map(|(rows, morsel)| wanted.cut(rows, morsel));
                let selected: Vec<Selection> = selected.collect();
                let pairs = morsels.par_iter().zip(&selected);
                pairs.map(|(morsel, rows)| self.part(morsel, rows, make)).collect::<Result<Vec<_>, _>>()?
            }
        };
        Ok(Some(parts.into_iter().flatten().collect()))
    }

    fn part<T>(
        &self,
        morsel: &Morsel,
        selection: &Selection,
        make: impl Fn(&[AnswerColumn]) -> T,
    ) -> Result<Option<Part<T>>, QueryError> {
        let Some(batch) = selection.batch(self.scan, morsel, &self.execution.notes) else { return Ok(None) };
        let cells = values(&self.items, &batch);
        // Texts of their own can make even a batch too big.
        let mut account = self.execution.budget.account("the rows that are being written");
        account.hold(cells.iter().map(Cells::bytes).sum::<u64>().saturating_sub(USUAL_BATCH))?;
        let columns = self.columns.iter().zip(cells);
        let columns = columns.map(|(column, cells)| AnswerColumn {
            name: column.name.clone(),
            kind: column.kind,
            cells,
        });
        Ok(Some((batch.len(), make(&columns.collect::<Vec<_>>()))))
    }
}
