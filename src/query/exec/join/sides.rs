//! The sources of a join: which of their rows take part, and what is asked of these.

use super::rows::NONE;
use crate::query::QueryError;
use crate::query::cells::{Bitmap, Cells};
use crate::query::exec::Execution;
use crate::query::exec::eval::eval;
use crate::query::exec::filter::Filter;
use crate::query::exec::measures::Clock;
use crate::query::exec::notes::Notes;
use crate::query::exec::scan::{Batch, Morsel, Rows, Scan};
use crate::query::exec::source::open;
use crate::query::exec::workers::map_morsels;
use crate::query::plan::{Plan, Stage, Typed};

/// The numbers of rows.
#[derive(Clone, Debug)]
pub enum Numbers {
    /// All of so many.
    All(usize),
    /// These.
    List(Vec<u32>),
}

impl Numbers {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Numbers::All(len) => *len,
            Numbers::List(list) => list.len(),
        }
    }

    /// The number at a position.
    pub fn at(&self, position: usize) -> u32 {
        match self {
            Numbers::All(_) => position as u32,
            Numbers::List(list) => list.get(position).copied().unwrap_or(NONE),
        }
    }
}

/// A source of a join.
pub struct Side<'a> {
    scan: Box<dyn Scan + 'a>,
    items: Vec<Typed>,
}

impl<'a> Side<'a> {
    /// Opens the source of a plan, and finds the rows that pass its conditions.
    ///
    /// # Errors
    /// Those of the source.
    pub fn open(plan: &Plan, execution: &Execution<'a>) -> Result<(Side<'a>, Numbers), QueryError> {
        let scan = open(plan, execution)?;
        let clock = execution.clock();
        let mut filter = Filter::new(&plan.filter, &*scan, execution)?;
        filter.counts = execution.is_measured();
        let numbers = passing(&*scan, &filter, execution)?;
        let (looked_at, passed) = (filter.counted().0, numbers.len() as u64);
        let looked_at = if filter.is_always() { passed } else { looked_at };
        execution.note(plan, Stage::Source, Some(looked_at), &Clock::start(false), None);
        execution.note(plan, Stage::Filter, Some(passed), &clock, None);
        let items = execution.prepare_all(plan.items.iter().map(|item| &item.expr), &*scan)?;
        Ok((Side { scan, items }, numbers))
    }

    /// What an item is in the rows with these numbers, null for [`NONE`].
    pub fn values(&self, item: usize, numbers: &[u32], notes: &Notes) -> Cells {
        let Some(expr) = self.items.get(item) else { return Cells::null(numbers.len()) };
        if is_ascending(numbers) && numbers.last().is_none_or(|&last| last != NONE) {
            return self.of_ascending(expr, numbers, notes);
        }
        let mut wanted: Vec<u32> = numbers.iter().copied().filter(|&number| number != NONE).collect();
        if wanted.is_empty() {
            return Cells::null(numbers.len());
        }
        wanted.sort_unstable();
        wanted.dedup();
        let cells = self.of_ascending(expr, &wanted, notes);
        let at = |number: &u32| wanted.binary_search(number).unwrap_or(0);
        let picked = cells.gather(numbers.iter().map(at));
        with_nulls(picked, numbers)
    }

    /// What an expression is in the rows with these numbers, each of which is greater than the one before.
    fn of_ascending(&self, expr: &Typed, numbers: &[u32], notes: &Notes) -> Cells {
        let mut parts = Vec::new();
        let mut rest = numbers;
        let mut morsels = self.scan.morsels();
        let end = |morsel: &Morsel| morsel.first as usize + morsel.len();
        while let Some(&first) = rest.first() {
            morsels = &morsels[morsels.partition_point(|morsel| end(morsel) <= first as usize)..];
            let Some(morsel) = morsels.first() else { break };
            let (now, later) = rest.split_at(rest.partition_point(|&number| (number as usize) < end(morsel)));
            rest = later;
            parts.push(self.of_morsel(expr, morsel, now, notes));
        }
        // Numbers come from the scan itself: none is left.
        if !rest.is_empty() {
            parts.push(Cells::null(rest.len()));
        }
        Cells::concat(parts)
    }

    fn of_morsel(&self, expr: &Typed, morsel: &Morsel, numbers: &[u32], notes: &Notes) -> Cells {
        let (first, len) = (numbers.first().copied().unwrap_or(0), numbers.len());
        let row = |number: u32| morsel.start + (number - morsel.first);
        let is_run = numbers.last().is_some_and(|last| (last - first) as usize + 1 == len);
        let run = Morsel { start: row(first), end: row(first) + len as u32, first, ..*morsel };
        let picked: Vec<u32>;
        let rows = if is_run {
            Rows::Of(&run, None)
        } else {
            picked = numbers.iter().map(|&number| row(number)).collect();
            Rows::Of(morsel, Some(&picked))
        };
        let batch = Batch { scan: &*self.scan, rows, notes };
        eval(expr, &batch).into_cells(len, expr.kind_or_text())
    }
}

/// Whether each number is greater than the one before.
fn is_ascending(numbers: &[u32]) -> bool {
    numbers.windows(2).all(|pair| pair[0] < pair[1])
}

/// The same values, null where there is no row.
fn with_nulls(cells: Cells, numbers: &[u32]) -> Cells {
    if !numbers.contains(&NONE) {
        return cells;
    }
    let mut nulls = Bitmap::default();
    for (row, &number) in numbers.iter().enumerate() {
        nulls.push(number == NONE || cells.is_null(row));
    }
    Cells::new(cells.data().clone(), Some(nulls))
}

/// The numbers of the rows that pass.
fn passing(scan: &dyn Scan, filter: &Filter, execution: &Execution<'_>) -> Result<Numbers, QueryError> {
    if let Some(all) = all_of(scan, filter) {
        return Ok(Numbers::All(all));
    }
    let narrowed = scan.narrowed(filter.row_conditions());
    let scan = narrowed.as_deref().unwrap_or(scan);
    let notes = &execution.notes;
    let parts = map_morsels(scan.morsels(), execution.cancel, |morsel| {
        let selection = filter.select(scan, morsel, notes);
        selection.batch(scan, morsel, notes).map(|batch| batch.numbers()).unwrap_or_default()
    })?;
    Ok(Numbers::List(parts.concat()))
}

/// How many rows there are, where all of them pass and are numbered from 0 without gaps.
fn all_of(scan: &dyn Scan, filter: &Filter) -> Option<usize> {
    let mut len = 0;
    for morsel in scan.morsels() {
        if morsel.first as usize != len {
            return None;
        }
        len += morsel.len();
    }
    (filter.is_always() && scan.row_set().is_none()).then_some(len)
}
