//! Joins: which rows of several sources belong together, and those rows as one scan.
//!
//! One source after the other is joined to the rows found so far. What is kept of a row are the numbers of its rows in
//! the sources, 4 bytes each; columns are read from the sources batch by batch. Rows are in the order of the first
//! source, then in that of the second, and so on, whatever was looked up in what and by how many threads.

mod assemble;
mod candidates;
mod keys;
mod matches;
mod rows;
mod sides;
mod table;

use super::scan::{Batch, Morsel, Rows, Scan, cut};
use super::vector::Vector;
use super::{Execution, QueryError};
use crate::query::cells::Cells;
use crate::query::plan::{Join, JoinColumn, JoinLink, Plan, Stage};
use rows::JoinedRows;
use sides::{Numbers, Side};

/// Sources that are joined.
pub struct JoinScan<'a> {
    sides: Vec<Side<'a>>,
    columns: Vec<JoinColumn>,
    rows: JoinedRows,
    morsels: Vec<Morsel>,
}

/// Finds the rows of a join.
///
/// # Errors
/// Those of its sources; there are more rows than can be held, or more pairs would have to be looked at than is sensible:
/// see [`crate::limits`].
pub fn join<'a>(join: &Join, execution: &Execution<'a>) -> Result<JoinScan<'a>, QueryError> {
    let mut sides = Vec::new();
    let mut links: Vec<(&Plan, &JoinLink)> = Vec::new();
    let mut numbers: Vec<Numbers> = Vec::new();
    for side in &join.sides {
        let (side_opened, rows) = Side::open(&side.plan, execution)?;
        sides.push(side_opened);
        numbers.push(rows);
        links.extend(side.link.as_ref().map(|link| (&side.plan, link)));
    }
    let mut numbers = numbers.into_iter();
    let mut rows = JoinedRows::first(numbers.next().unwrap_or(Numbers::All(0)));
    let mut held = execution.budget.account("the rows of the join");
    for ((plan, link), right) in links.into_iter().zip(numbers) {
        let clock = execution.clock();
        let known = Known { sides: &sides, columns: &join.columns, execution };
        rows = known.joined(&rows, right, link)?;
        held.hold(rows.bytes())?;
        execution.note(plan, Stage::Link, Some(rows.len() as u64), &clock, None);
    }
    held.keep();
    let mut morsels = Vec::new();
    cut(0, 0..rows.len(), 0, 0, &mut morsels);
    Ok(JoinScan { sides, columns: join.columns.clone(), rows, morsels })
}

/// What is known while rows are joined.
#[derive(Clone, Copy)]
struct Known<'j, 'a> {
    sides: &'j [Side<'a>],
    columns: &'j [JoinColumn],
    execution: &'j Execution<'a>,
}

impl Known<'_, '_> {
    /// The values of a column of the join in some of `rows`.
    fn load(&self, rows: &JoinedRows, column: usize, batch: &Batch<'_>) -> Vector {
        load(self.sides, self.columns, rows, column, batch)
    }
}

fn load(
    sides: &[Side<'_>],
    columns: &[JoinColumn],
    rows: &JoinedRows,
    column: usize,
    batch: &Batch<'_>,
) -> Vector {
    let Some(&JoinColumn { side, item }) = columns.get(column) else { return Vector::NULL };
    let of_side = |numbers: Vec<u32>| match sides.get(side) {
        Some(side) => side.values(item, &numbers, batch.notes),
        None => Cells::null(numbers.len()),
    };
    Vector::Cells(match batch.rows {
        Rows::Of(morsel, None) => of_side(rows.numbers(side, morsel.range())),
        Rows::Of(_, Some(picked)) => of_side(rows.numbers(side, picked.iter().map(|&row| row as usize))),
        Rows::One | Rows::Types | Rows::Places => Cells::null(batch.len()),
    })
}

impl Scan for JoinScan<'_> {
    fn morsels(&self) -> &[Morsel] {
        &self.morsels
    }

    fn load(&self, column: usize, batch: &Batch<'_>) -> Vector {
        load(&self.sides, &self.columns, &self.rows, column, batch)
    }
}
