//! Plans to answers: over columns, in parallel, one operator a file.
//!
//! Rows are scanned in morsels. What depends on the type or the place of an object only is computed
//! before, once a type or place. The answer is the same for every number of threads: threads
//! share out morsels as they come, and what they found is joined in ways that do not depend on it.

mod aggregate;
mod budget;
mod eval;
mod filter;
mod limit;
mod notes;
mod operand;
mod paths;
mod prepare;
mod project;
mod reader;
mod related;
mod scan;
mod sort;
mod stream;
mod top;
mod unknown_types;
mod vector;
mod workers;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::catalog::TableId;
use super::cells::Cells;
use super::plan::{Plan, Source, Typed};
use super::{QueryError, RunOptions};
use crate::graph::Snapshot;
use crate::problem::Problem;
use crate::progress::Progress;
use crate::values::Values;
pub use budget::{Account, Budget};
use filter::Filter;
use notes::Notes;
pub use operand::objects;
use scan::{DuplicateScan, ObjectScan, RefScan, Scan, Table};
use sort::{SortColumn, sorted};
pub use stream::{Scanned, stream};

use super::ast::Limit;

/// What the execution of a statement has at hand.
pub struct Execution<'a> {
    /// The dumps.
    pub snapshots: &'a [Snapshot],
    /// Who is told of progress.
    pub progress: &'a dyn Progress,
    /// Set when nobody wants the answer any more.
    pub cancel: &'a AtomicBool,
    /// What the statement may take of memory.
    pub budget: Budget,
    notes: Notes,
}

impl<'a> Execution<'a> {
    /// An execution that has not left out anything yet.
    pub fn new(snapshots: &'a [Snapshot], options: &RunOptions<'a>) -> Self {
        let budget = Budget::new(options.memory);
        let RunOptions { progress, cancel, .. } = *options;
        Execution { snapshots, progress, cancel, budget, notes: Notes::default() }
    }

    /// What had to be left out.
    pub fn problems(&self) -> Vec<Problem> {
        self.notes.problems()
    }

    /// Notes what the answer is to tell.
    pub fn tell(&self, problems: Vec<Problem>) {
        self.notes.tell(problems);
    }

    fn prepare(&self, expr: &Typed, scan: &dyn Scan) -> Result<Typed, QueryError> {
        prepare::prepare(expr, scan, self)
    }

    fn prepare_all<'e>(
        &self,
        exprs: impl IntoIterator<Item = &'e Typed>,
        scan: &dyn Scan,
    ) -> Result<Vec<Typed>, QueryError> {
        exprs.into_iter().map(|e| self.prepare(e, scan)).collect()
    }
}

/// Answers a plan: a table of its items.
///
/// # Errors
/// [`QueryError::Data`] when a dump cannot answer, [`QueryError::Cancelled`].
pub fn execute(plan: &Plan, execution: &Execution<'_>) -> Result<Table, QueryError> {
    scan_source(plan, execution, &mut over)
}

/// Answers a plan over the rows of its source, which is ready.
type Over<'o> = dyn FnMut(&Plan, &dyn Scan, &Execution<'_>) -> Result<Table, QueryError> + 'o;

/// Makes the source of a plan ready and has `over` answer the plan over its rows.
fn scan_source(plan: &Plan, execution: &Execution<'_>, over: &mut Over<'_>) -> Result<Table, QueryError> {
    let table = match &plan.source {
        Source::Select(inner) => {
            let table = execute(inner, execution)?;
            over(plan, &table, execution)?
        }
        Source::Given(columns) => {
            let rows = columns.first().map_or(0, Cells::len);
            over(plan, &Table::new(columns.to_vec(), rows), execution)?
        }
        Source::Items { snapshot, of, used } => {
            let from = execution.snapshots.get(*snapshot).ok_or_else(no_dump)?;
            let collections = operand::addresses(of, from, execution)?;
            let values = values_of(from, execution.progress)?;
            over(plan, &scan::items(values, &collections, used, execution)?, execution)?
        }
        Source::Related { snapshot, relation, of, used } => {
            let from = execution.snapshots.get(*snapshot).ok_or_else(no_dump)?;
            let heap = from.heap(execution.progress)?;
            execution.notes.tell(unknown_types::unknown_types(plan, TableId::Objects, &heap.types));
            let objects = related::related(*relation, of, from, execution)?;
            let scan = ObjectScan::new(from, heap, *snapshot, TableId::Objects);
            over(plan, &scan.with_graph(used, execution.progress)?.among(objects), execution)?
        }
        Source::Table { snapshot, table, used } => {
            let from = execution.snapshots.get(*snapshot).ok_or_else(no_dump)?;
            let heap = if plan.needs_heap() { Some(from.heap(execution.progress)?) } else { None };
            if let Some(heap) = heap {
                execution.notes.tell(unknown_types::unknown_types(plan, *table, &heap.types));
            }
            match (table, heap) {
                (table, Some(heap)) if table.lists_objects() => {
                    let scan = ObjectScan::new(from, heap, *snapshot, *table);
                    let scan = scan.with_graph(used, execution.progress)?;
                    execution.notes.tell(scan.unknown_types().into_iter().collect());
                    over(plan, &scan, execution)?
                }
                (TableId::Refs, Some(heap)) => {
                    let scan = RefScan::new(from, heap, execution.progress)?;
                    execution.notes.tell(scan.problems());
                    over(plan, &scan, execution)?
                }
                (TableId::Duplicates, Some(heap)) => {
                    let values = values_of(from, execution.progress)?;
                    over(plan, &DuplicateScan::new(from, heap, values, *snapshot, execution)?, execution)?
                }
                (TableId::Roots, Some(heap)) => {
                    let roots = from.roots(execution.progress)?;
                    execution.notes.tell(roots.problems.clone());
                    let takes_dominators = scan::roots_take_dominators(used);
                    let dominators =
                        takes_dominators.then(|| from.dominators(execution.progress)).transpose()?;
                    over(plan, &scan::roots(&roots, heap, dominators.as_deref(), used), execution)?
                }
                (TableId::Handles | TableId::Finalizers, _) => {
                    let values = values_of(from, execution.progress)?;
                    let (table, problems) = match table {
                        TableId::Handles => scan::handles(values, used),
                        _ => scan::finalizers(from, values, used),
                    };
                    execution.notes.tell(problems);
                    over(plan, &table, execution)?
                }
                (TableId::Fields | TableId::Statics, _) => {
                    let values = values_of(from, execution.progress)?;
                    let (table, problems) = match heap {
                        Some(heap) => scan::fields(values.types(), heap.types.all(), used),
                        None => scan::statics(from, values, used),
                    };
                    execution.notes.tell(problems);
                    over(plan, &table, execution)?
                }
                _ => over(plan, &scan::read_table(from, heap, *table, used), execution)?,
            }
        }
    };
    if execution.cancel.load(Ordering::Relaxed) { Err(QueryError::Cancelled) } else { Ok(table) }
}

/// The error of a statement without a dump to ask.
pub fn no_dump() -> QueryError {
    let error = crate::Error::new(crate::ErrorKind::Usage, "no dump is open");
    QueryError::Data(Arc::new(error))
}

/// What reads the values of a dump's objects.
///
/// # Errors
/// The dump has no heap, or its runtime's layout does not tell fields.
pub fn values_of<'s>(snapshot: &'s Snapshot, progress: &dyn Progress) -> Result<&'s Arc<Values>, QueryError> {
    if let Some(values) = &snapshot.values {
        return Ok(values);
    }
    // A dump without a heap says why, and what to do about it.
    snapshot.heap(progress)?;
    let error =
        crate::Error::new(crate::ErrorKind::NoHeap, "the values of objects cannot be read from this dump")
            .hint("`heapql info` tells what it lacks");
    Err(QueryError::Data(Arc::new(error)))
}

/// Answers a plan over the rows of its source.
fn over(plan: &Plan, scan: &dyn Scan, execution: &Execution<'_>) -> Result<Table, QueryError> {
    let filter = Filter::new(&plan.filter, scan, execution)?;
    let narrowed = scan.narrowed(filter.row_conditions());
    let scan = narrowed.as_deref().unwrap_or(scan);
    match &plan.grouping {
        None => rows(plan, scan, &filter, execution),
        Some(grouping) => {
            let groups = aggregate::aggregate(grouping, scan, &filter, execution)?;
            let having = Filter::new(&plan.having, &groups, execution)?;
            rows(plan, &groups, &having, execution)
        }
    }
}

/// The items of a plan for rows or groups: ordered, limited.
fn rows(
    plan: &Plan,
    scan: &dyn Scan,
    filter: &Filter,
    execution: &Execution<'_>,
) -> Result<Table, QueryError> {
    let items = execution.prepare_all(plan.items.iter().map(|i| &i.expr), scan)?;
    let Some(Limit { count, offset }) = plan.limit else {
        return if plan.order.is_empty() {
            let (columns, rows) = project::project_all(scan, filter, &items, execution)?;
            Ok(Table::new(columns, rows))
        } else {
            all_sorted(plan, items, scan, filter, execution)
        };
    };
    let wanted = usize::try_from(count.saturating_add(offset)).unwrap_or(usize::MAX);
    let mut numbers = if plan.order.is_empty() {
        limit::first_rows(scan, filter, wanted, execution)?
    } else {
        top::top(scan, filter, &plan.order, wanted, execution)?
    };
    let skipped = usize::try_from(offset).unwrap_or(usize::MAX).min(numbers.len());
    numbers.drain(..skipped);
    let (columns, rows) = project::project_rows(scan, &numbers, &items, execution)?;
    Ok(Table::new(columns, rows))
}

fn all_sorted(
    plan: &Plan,
    mut columns: Vec<Typed>,
    scan: &dyn Scan,
    filter: &Filter,
    execution: &Execution<'_>,
) -> Result<Table, QueryError> {
    columns.extend(execution.prepare_all(plan.order.iter().map(|o| &o.expr), scan)?);
    let (mut cells, rows) = project::project_all(scan, filter, &columns, execution)?;
    // The order itself, and the columns once more in that order.
    let row_bytes = sort::ROW_BYTES + columns.iter().map(project::cell_bytes).sum::<u64>();
    execution.budget.expect("the rows in their order", rows as u64, row_bytes)?;
    let keys = cells.split_off(plan.items.len());
    let keys = keys.into_iter().zip(&plan.order);
    let keys = keys.map(|(cells, key)| SortColumn { cells, descending: key.descending }).collect();
    let order = sorted(keys, rows);
    if execution.cancel.load(Ordering::Relaxed) {
        return Err(QueryError::Cancelled);
    }
    let columns = cells.iter().map(|c| c.gather(order.iter().map(|&row| row as usize)));
    Ok(Table::new(columns.collect(), rows))
}
