//! The first few rows of an order, without sorting all.

use std::sync::Arc;

use super::notes::Notes;
use super::scan::{Batch, Morsel, Scan};
use super::sort::{SortColumn, sorted};
use super::workers::try_fold_morsels;
use super::{Account, Execution, eval::eval, filter::Filter};
use crate::query::cells::{Cells, Data};
use crate::query::plan::{Node, OrderKey, Typed};
use crate::query::{Kind, QueryError};

/// Candidates are thinned out when there are so many of them beyond the wanted number.
const SLACK: usize = 16 * 1024;

/// The best rows that one thread has seen.
struct Best<'a> {
    order: &'a [(Typed, bool)],
    wanted: usize,
    /// The sort columns, each in parts, and the numbers of the rows.
    keys: Vec<Vec<Cells>>,
    numbers: Vec<u32>,
    /// The first sort column of the worst row that is still wanted, when there are enough rows:
    /// what is beyond it need not be looked at.
    bound: Option<u64>,
    account: Account<'a>,
}

impl Best<'_> {
    fn add(&mut self, batch: &Batch<'_>) -> Result<(), QueryError> {
        let len = batch.len();
        let mut keys: Vec<Cells> = self
            .order
            .iter()
            .map(|(expr, _)| eval(expr, batch).into_cells(len, expr.kind_or_text()))
            .collect();
        let mut numbers = batch.numbers();
        if let (Some(bound), Some((_, descending))) = (self.bound, self.order.first())
            && let (Data::Unsigned(values), None) = (keys[0].data(), keys[0].nulls())
        {
            let better = |v: u64| if *descending { v >= bound } else { v <= bound };
            let rows: Vec<usize> = (0..len).filter(|&row| better(values[row])).collect();
            if rows.len() < len {
                keys = keys.iter().map(|k| k.gather(rows.iter().copied())).collect();
                numbers = rows.iter().map(|&row| numbers[row]).collect();
            }
        }
        self.account.add(keys.iter().map(Cells::bytes).sum::<u64>() + size_of_val(&numbers[..]) as u64)?;
        self.numbers.extend(numbers);
        self.keys.iter_mut().zip(keys).for_each(|(all, part)| all.push(part));
        if self.numbers.len() > self.wanted.saturating_add(SLACK) {
            self.thin_out();
            self.account.hold(self.bytes())?;
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.keys.iter().flatten().map(Cells::bytes).sum::<u64>() + size_of_val(&self.numbers[..]) as u64
    }

    /// Keeps the wanted rows only.
    fn thin_out(&mut self) {
        let columns: Vec<SortColumn> = self
            .keys
            .iter_mut()
            .zip(self.order)
            .map(|(parts, (_, descending))| SortColumn {
                cells: Cells::concat(std::mem::take(parts)),
                descending: *descending,
            })
            .collect();
        // A thread's rows do not all come in ascending order once they were thinned out: the
        // number is the last column, so that rows that are equal keep the table's order.
        let number = Cells::unsigned(self.numbers.iter().map(|&n| u64::from(n)).collect());
        let with_number = columns.iter().cloned().chain([SortColumn { cells: number, descending: false }]);
        let mut order = sorted(with_number.collect(), self.numbers.len());
        order.truncate(self.wanted);
        self.numbers = order.iter().map(|&at| self.numbers[at as usize]).collect();
        let kept = |cells: &Cells| cells.gather(order.iter().map(|&at| at as usize));
        for (parts, column) in self.keys.iter_mut().zip(&columns) {
            parts.push(kept(&column.cells));
        }
        self.bound = match self.keys.first().and_then(|parts| parts.first()) {
            Some(first)
                if self.numbers.len() == self.wanted && self.wanted > 0 && first.nulls().is_none() =>
            {
                match first.data() {
                    Data::Unsigned(values) => values.last().copied(),
                    _ => None,
                }
            }
            _ => None,
        };
    }
}

/// The numbers of the first `wanted` rows of those that pass `filter`, in the order of `order`.
///
/// # Errors
/// [`QueryError::Cancelled`].
pub fn top(
    scan: &dyn Scan,
    filter: &Filter,
    order: &[OrderKey],
    wanted: usize,
    execution: &Execution<'_>,
) -> Result<Vec<u32>, QueryError> {
    let prepared = order.iter().map(|key| Ok((ranked(execution.prepare(&key.expr, scan)?), key.descending)));
    let order = prepared.collect::<Result<Vec<_>, QueryError>>()?;
    let notes: &Notes = &execution.notes;
    let start = || Best {
        order: &order,
        wanted,
        keys: vec![Vec::new(); order.len()],
        numbers: Vec::new(),
        bound: None,
        account: execution.budget.account("the first rows in their order"),
    };
    let add = |best: &mut Best<'_>, morsel: &Morsel| {
        let selection = filter.select(scan, morsel, notes);
        selection.batch(scan, morsel, notes).map_or(Ok(()), |batch| best.add(&batch))
    };
    let mut all = start();
    for mut best in try_fold_morsels(scan.morsels(), execution.cancel, start, add)? {
        best.thin_out();
        all.account.add(best.bytes())?;
        all.numbers.append(&mut best.numbers);
        all.keys.iter_mut().zip(best.keys).for_each(|(all, parts)| all.extend(parts));
    }
    all.thin_out();
    Ok(all.numbers)
}

/// A text of each type or place is replaced by its rank, which sorts in the same way and faster.
fn ranked(expr: Typed) -> Typed {
    let rank = |cells: &Cells| {
        let Data::Text(_) = cells.data() else { return None };
        let column = SortColumn { cells: cells.clone(), descending: false };
        let order = sorted(vec![column], cells.len());
        let mut ranks = vec![0; cells.len()];
        for pair in order.windows(2) {
            let (before, row) = (pair[0] as usize, pair[1] as usize);
            ranks[row] = ranks[before] + u64::from(cells.order(before, row).is_ne());
        }
        Some(Arc::new(Cells::new(Data::Unsigned(ranks), cells.nulls().cloned())))
    };
    let node = match &expr.node {
        Node::ByType(cells) => rank(cells).map(Node::ByType),
        Node::ByPlace(cells) => rank(cells).map(Node::ByPlace),
        _ => None,
    };
    match node {
        Some(node) => Typed { node, kind: Some(Kind::Integer), ..expr },
        None => expr,
    }
}
