//! The columns of an answer, for all rows or for chosen ones.

use super::Execution;
use super::eval::eval;
use super::filter::Filter;
use super::scan::{Batch, Morsel, Rows, Scan};
use super::workers::try_map_morsels;
use crate::query::cells::Cells;
use crate::query::plan::Typed;
use crate::query::scalar::Scalar;
use crate::query::{Kind, QueryError};

/// What holds the memory, in messages.
const ROWS: &str = "the rows of the answer";

/// The values of `columns` in all rows that pass `filter`, in the order of the scan.
///
/// # Errors
/// [`QueryError::Cancelled`]; they do not fit into memory.
pub fn project_all(
    scan: &dyn Scan,
    filter: &Filter,
    columns: &[Typed],
    execution: &Execution<'_>,
) -> Result<(Vec<Cells>, usize), QueryError> {
    let notes = &execution.notes;
    if let Some(rows) = filter.known_rows(scan, execution)? {
        execution.budget.expect(ROWS, rows, columns.iter().map(cell_bytes).sum())?;
    }
    let parts = try_map_morsels(scan.morsels(), execution.cancel, |morsel| {
        let selection = filter.select(scan, morsel, notes);
        let batch = selection.batch(scan, morsel, notes);
        batch.map(|batch| Ok((accounted(values(columns, &batch), execution)?, batch.len()))).transpose()
    })?;
    Ok(join(parts.into_iter().flatten(), columns.len()))
}

/// The values of `columns` in the rows with these numbers, in the order of `numbers`.
///
/// # Errors
/// [`QueryError::Cancelled`]; they do not fit into memory.
pub fn project_rows(
    scan: &dyn Scan,
    numbers: &[u32],
    columns: &[Typed],
    execution: &Execution<'_>,
) -> Result<(Vec<Cells>, usize), QueryError> {
    let mut order: Vec<u32> = (0..numbers.len() as u32).collect();
    order.sort_unstable_by_key(|&at| numbers[at as usize]);
    let ascending: Vec<u32> = order.iter().map(|&at| numbers[at as usize]).collect();
    let mut chosen: Vec<(Morsel, Vec<u32>)> = Vec::new();
    let mut rest = ascending.as_slice();
    for morsel in scan.morsels() {
        let end = rest.partition_point(|&number| (number as usize) < morsel.first as usize + morsel.len());
        let (now, later) = rest.split_at(end);
        rest = later;
        if !now.is_empty() {
            chosen.push((*morsel, now.iter().map(|number| number - morsel.first + morsel.start).collect()));
        }
    }
    let morsels: Vec<Morsel> =
        chosen.iter().enumerate().map(|(at, (m, _))| Morsel { first: at as u32, ..*m }).collect();
    execution.budget.expect(ROWS, numbers.len() as u64, columns.iter().map(cell_bytes).sum())?;
    let parts = try_map_morsels(&morsels, execution.cancel, |numbered| {
        // The copy of the morsel bears its position among the chosen ones in place of its first row.
        let (morsel, picked) = &chosen[numbered.first as usize];
        let batch = Batch { scan, rows: Rows::Of(morsel, Some(picked)), notes: &execution.notes };
        Ok((accounted(values(columns, &batch), execution)?, batch.len()))
    })?;
    let (cells, rows) = join(parts, columns.len());
    let mut back = vec![0; rows];
    order.iter().enumerate().for_each(|(from, &to)| back[to as usize] = from);
    Ok((cells.iter().map(|c| c.gather(back.iter().copied())).collect(), rows))
}

/// The bytes that a value takes at least: texts of its own come on top.
pub fn cell_bytes(column: &Typed) -> u64 {
    let bytes = match column.kind_or_text() {
        Kind::Text => size_of::<u32>(),
        Kind::Boolean => size_of::<bool>(),
        Kind::Integer | Kind::Real | Kind::Bytes | Kind::Address => size_of::<u64>(),
        Kind::List | Kind::Value => size_of::<Scalar>(),
    };
    bytes as u64
}

/// The same columns, once it is known that they fit.
fn accounted(columns: Vec<Cells>, execution: &Execution<'_>) -> Result<Vec<Cells>, QueryError> {
    let mut account = execution.budget.account(ROWS);
    account.hold(columns.iter().map(Cells::bytes).sum())?;
    account.keep();
    Ok(columns)
}

/// The values of `columns` in the rows of a batch.
pub fn values(columns: &[Typed], batch: &Batch<'_>) -> Vec<Cells> {
    columns.iter().map(|c| eval(c, batch).into_cells(batch.len(), c.kind_or_text())).collect()
}

/// The parts of each column one after the other, and how many rows they have together.
fn join(parts: impl IntoIterator<Item = (Vec<Cells>, usize)>, columns: usize) -> (Vec<Cells>, usize) {
    let mut all: Vec<Vec<Cells>> = vec![Vec::new(); columns];
    let mut rows = 0;
    for (part, len) in parts {
        rows += len;
        all.iter_mut().zip(part).for_each(|(all, cells)| all.push(cells));
    }
    (all.into_iter().map(Cells::concat).collect(), rows)
}
