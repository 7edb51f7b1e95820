//! Functions over windows: rows are sorted by partition and order once, then each partition is walked through once.

use super::scan::Table;
use super::sort::{self, SortColumn, sorted};
use super::{Execution, QueryError};
use crate::query::Kind;
use crate::query::cells::{Cells, Data};
use crate::query::plan::{WindowCall, WindowFunction, Windows};
use crate::query::scalar::Scalar;

/// The rows of the input with a column behind them for each function.
///
/// # Errors
/// [`QueryError::Cancelled`]; the rows would take more memory than may be used.
pub fn windows(windows: &Windows, input: Table, execution: &Execution<'_>) -> Result<Table, QueryError> {
    let rows = input.rows();
    let mut columns = input.into_columns();
    let mut sorts: Vec<Sorted<'_>> = Vec::new();
    let mut results = Vec::with_capacity(windows.calls.len());
    let budget = &execution.budget;
    let (mut sorting, mut held) = (budget.account(ROWS), budget.account(ROWS));
    for call in &windows.calls {
        execution.check()?;
        let at = match sorts.iter().position(|sorted| sorted.suits(call)) {
            Some(known) => known,
            None => {
                budget.expect(ROWS, rows as u64, sort_bytes(call))?;
                let sorted = Sorted::new(call, &columns, rows);
                sorting.add(sorted.bytes())?;
                sorts.push(sorted);
                sorts.len() - 1
            }
        };
        let value_bytes = if is_number(call) { size_of::<u64>() } else { size_of::<Scalar>() };
        budget.expect(ROWS, rows as u64, value_bytes as u64)?;
        let result = compute(call, &columns, &sorts[at], execution);
        held.add(result.bytes())?;
        results.push(result);
    }
    held.keep();
    columns.extend(results);
    Ok(Table::new(columns, rows))
}

/// What holds the memory, in messages.
const ROWS: &str = "the rows of the windows";

/// The bytes that bringing rows into the order of a window takes a row: the values, a second time while they are sorted.
fn sort_bytes(call: &WindowCall) -> u64 {
    let columns = call.partition.len() + call.order.len();
    sort::ROW_BYTES + 2 * (columns * size_of::<u64>()) as u64
}

/// Whether a function gives a number of rows, whatever it is computed over.
fn is_number(call: &WindowCall) -> bool {
    matches!(
        call.function,
        WindowFunction::RowNumber | WindowFunction::Rank | WindowFunction::DenseRank | WindowFunction::Count
    )
}

/// The rows in the order of a window.
struct Sorted<'c> {
    call: &'c WindowCall,
    rows: Vec<u32>,
    /// Where partitions begin in that order, and behind the last one.
    partitions: Vec<usize>,
    /// The same of rows that are equal in partition and order.
    peers: Vec<usize>,
}

impl<'c> Sorted<'c> {
    fn new(call: &'c WindowCall, columns: &[Cells], rows: usize) -> Sorted<'c> {
        let column = |at: usize, descending| SortColumn { cells: columns[at].clone(), descending };
        let partition: Vec<_> = call.partition.iter().map(|&at| column(at, false)).collect();
        let order = call.order.iter().map(|&(at, descending)| column(at, descending));
        let all: Vec<SortColumn> = partition.iter().cloned().chain(order).collect();
        let numbers = if all.is_empty() { (0..rows as u32).collect() } else { sorted(all.clone(), rows) };
        Sorted {
            partitions: starts(&partition, &numbers),
            peers: starts(&all, &numbers),
            rows: numbers,
            call,
        }
    }

    /// The bytes that the order takes.
    fn bytes(&self) -> u64 {
        let starts = self.partitions.len() + self.peers.len();
        (self.rows.len() * size_of::<u32>() + starts * size_of::<usize>()) as u64
    }

    fn suits(&self, call: &WindowCall) -> bool {
        self.call.partition == call.partition && self.call.order == call.order
    }
}

/// Where runs of rows that are equal in `columns` begin, and behind the last one.
fn starts(columns: &[SortColumn], rows: &[u32]) -> Vec<usize> {
    let differ = |pair: &[u32]| columns.iter().any(|c| c.order(pair[0] as usize, pair[1] as usize).is_ne());
    let inner = rows.windows(2).enumerate().filter(|(_, pair)| differ(pair)).map(|(at, _)| at + 1);
    let first = (!rows.is_empty()).then_some(0);
    first.into_iter().chain(inner).chain([rows.len()]).collect()
}

/// One function for all rows.
fn compute(call: &WindowCall, columns: &[Cells], sorted: &Sorted<'_>, execution: &Execution<'_>) -> Cells {
    let rows = sorted.rows.len();
    let mut numbers = Vec::new();
    let mut values = Vec::new();
    let by_number = is_number(call);
    if by_number {
        numbers.resize(rows, 0)
    } else {
        values.resize(rows, Scalar::Null)
    }
    let argument = call.argument.map(|at| &columns[at]);
    let mut peers = sorted.peers.windows(2).map(|run| run[0]..run[1]).peekable();
    for partition in sorted.partitions.windows(2).map(|run| run[0]..run[1]) {
        let mut running = Running::new(call, argument);
        let mut dense = 0;
        while let Some(run) = peers.next_if(|run| run.start < partition.end) {
            dense += 1;
            sorted.rows[run.clone()].iter().for_each(|&row| running.add(row as usize));
            let value = if by_number { Scalar::Null } else { running.value() };
            for (&row, at) in sorted.rows[run.clone()].iter().zip(run.clone()) {
                let number = match call.function {
                    WindowFunction::RowNumber => at - partition.start + 1,
                    WindowFunction::Rank => run.start - partition.start + 1,
                    WindowFunction::DenseRank => dense,
                    WindowFunction::Count => running.count as usize,
                    _ => {
                        values[row as usize] = value.clone();
                        continue;
                    }
                };
                numbers[row as usize] = number as u64;
            }
        }
        if running.overflow {
            execution.notes.overflow();
        }
    }
    if by_number { Cells::unsigned(numbers) } else { Cells::scalars(call.kind, values) }
}

/// What a function holds while rows of a partition come in.
struct Running<'a> {
    call: &'a WindowCall,
    argument: Option<&'a Cells>,
    /// How many rows or, where there is an argument, values.
    count: u64,
    whole: i128,
    real: f64,
    /// The row of the smallest or biggest value.
    best: Option<usize>,
    overflow: bool,
}

impl<'a> Running<'a> {
    fn new(call: &'a WindowCall, argument: Option<&'a Cells>) -> Running<'a> {
        Running { call, argument, count: 0, whole: 0, real: 0.0, best: None, overflow: false }
    }

    fn add(&mut self, row: usize) {
        let Some(cells) = self.argument else {
            self.count += 1;
            return;
        };
        if cells.is_null(row) {
            return;
        }
        self.count += 1;
        match self.call.function {
            WindowFunction::Sum | WindowFunction::Avg => match cells.data() {
                Data::Unsigned(values) => self.add_whole(i128::from(values[row])),
                Data::Wide(values) => self.add_whole(values[row]),
                Data::Real(values) => self.real += values[row],
                _ => {}
            },
            WindowFunction::Min | WindowFunction::Max => {
                let smallest = self.call.function == WindowFunction::Min;
                let better = self.best.is_none_or(|best| {
                    let order = cells.order_values(row, best);
                    if smallest { order.is_lt() } else { order.is_gt() }
                });
                if better {
                    self.best = Some(row);
                }
            }
            _ => {}
        }
    }

    fn add_whole(&mut self, number: i128) {
        match self.whole.checked_add(number) {
            Some(sum) => self.whole = sum,
            None => self.overflow = true,
        }
    }

    /// The value for the rows so far.
    fn value(&mut self) -> Scalar {
        let Some(cells) = self.argument.filter(|_| self.count > 0) else { return Scalar::Null };
        let is_real = matches!(cells.data(), Data::Real(_));
        match self.call.function {
            WindowFunction::Sum if is_real => Scalar::Real(self.real),
            WindowFunction::Sum => self.sum(),
            WindowFunction::Avg => {
                let sum = if is_real { self.real } else { self.whole as f64 };
                Scalar::Real(sum / self.count as f64)
            }
            _ => self.best.map_or(Scalar::Null, |row| cells.scalar(row)),
        }
    }

    fn sum(&mut self) -> Scalar {
        let fits = self.call.kind != Kind::Bytes || u64::try_from(self.whole).is_ok();
        self.overflow |= !fits;
        if self.overflow { Scalar::Null } else { Scalar::Integer(self.whole) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_equal_rows_are_found() {
        let column = |values: Vec<u64>| SortColumn { cells: Cells::unsigned(values), descending: false };
        assert_eq!(starts(&[column(vec![5, 5, 7, 9])], &[0, 1, 2, 3]), [0, 2, 3, 4]);
        assert_eq!(starts(&[], &[0, 1, 2]), [0, 3]);
        assert_eq!(starts(&[column(Vec::new())], &[]), [0]);
    }
}
