//! Plans to answers: over columns, in parallel, one operator a file.
//!
//! Rows are scanned in morsels. What depends on the type or the place of an object only is computed
//! before, once a type or place. The answer is the same for every number of threads: threads
//! share out morsels as they come, and what they found is joined in ways that do not depend on it.

mod aggregate;
mod budget;
mod combined;
mod eval;
mod filter;
mod join;
mod limit;
mod measures;
mod notes;
mod operand;
mod paths;
mod prepare;
mod project;
mod reader;
mod related;
mod scan;
mod sort;
mod source;
mod stream;
mod top;
mod unknown_types;
mod vector;
mod windows;
mod workers;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;

use super::cells::Columns;
use super::plan::{NamedPlan, Plan, Stage, Typed};
use super::{QueryError, RunOptions};
use crate::clr::type_system::TypeSystem;
use crate::graph::Snapshot;
use crate::problem::Problem;
use crate::progress::Progress;
use crate::values::Values;
pub use budget::{Account, Budget};
use filter::Filter;
use measures::Clock;
pub use measures::{Measure, Measures};
use notes::Notes;
pub use operand::objects;
use scan::{Scan, Table};
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
    /// The rows of the plans with names that were run, by the places of those in memory.
    named: Mutex<FxHashMap<usize, (Columns, usize)>>,
    /// What the stages of plans take, where that is asked for.
    measures: Option<&'a Measures>,
}

impl<'a> Execution<'a> {
    /// An execution that has not left out anything yet.
    pub fn new(snapshots: &'a [Snapshot], options: &RunOptions<'a>) -> Self {
        let budget = Budget::new(options.memory);
        let RunOptions { progress, cancel, .. } = *options;
        Execution {
            snapshots,
            progress,
            cancel,
            budget,
            notes: Notes::default(),
            named: Mutex::default(),
            measures: None,
        }
    }

    /// The same, measuring what the stages of plans take.
    pub fn measuring(self, measures: &'a Measures) -> Self {
        Execution { measures: Some(measures), ..self }
    }

    /// Whether it is asked for what the stages of plans give.
    fn is_measured(&self) -> bool {
        self.measures.is_some()
    }

    /// A clock for [`Execution::note`].
    fn clock(&self) -> Clock {
        Clock::start(self.is_measured())
    }

    /// Finds the rows of a plan's source, and notes how long that took.
    fn timed<T>(&self, plan: &Plan, find: impl FnOnce() -> Result<T, QueryError>) -> Result<T, QueryError> {
        let clock = self.clock();
        let found = find()?;
        self.note(plan, Stage::Source, None, &clock, None);
        Ok(found)
    }

    /// Notes what a stage of a plan gave, where that is asked for.
    fn note(&self, plan: &Plan, stage: Stage, rows: Option<u64>, clock: &Clock, table: Option<&Table>) {
        if let Some(measures) = self.measures {
            measures.note(plan, stage, Measure { rows, time: clock.read(), bytes: table.map(Table::bytes) });
        }
    }

    /// What had to be left out.
    pub fn problems(&self) -> Vec<Problem> {
        self.notes.problems()
    }

    /// Notes what the answer is to tell.
    pub fn tell(&self, problems: Vec<Problem>) {
        self.notes.tell(problems);
    }

    /// Whether it is to go on.
    ///
    /// # Errors
    /// [`QueryError::Cancelled`].
    fn check(&self) -> Result<(), QueryError> {
        if self.cancel.load(Ordering::Relaxed) { Err(QueryError::Cancelled) } else { Ok(()) }
    }

    /// The rows of a plan with a name, which is run when they are first asked for.
    fn named(&self, named: &Arc<NamedPlan>) -> Result<Table, QueryError> {
        let place = Arc::as_ptr(named) as usize;
        let known = || self.named.lock().unwrap_or_else(|e| e.into_inner());
        if let Some((columns, rows)) = known().get(&place).cloned() {
            return Ok(Table::shared(columns, rows));
        }
        let table = execute(&named.plan, self)?;
        let rows = table.rows();
        let columns = Columns::Computed(Arc::new(table.into_columns()));
        known().insert(place, (columns.clone(), rows));
        Ok(Table::shared(columns, rows))
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
    let scan = source::open(plan, execution)?;
    let table = over(plan, &*scan, execution)?;
    execution.check()?;
    Ok(table)
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

/// The runtime's types and methods of a dump, which take no heap.
///
/// # Errors
/// The dump holds no runtime whose structures are known.
pub fn types_of<'s>(snapshot: &'s Snapshot, progress: &dyn Progress) -> Result<&'s TypeSystem, QueryError> {
    if let Some(types) = &snapshot.types {
        return Ok(types);
    }
    values_of(snapshot, progress).map(|values| values.types())
}

/// Answers a plan over the rows of its source.
fn over(plan: &Plan, scan: &dyn Scan, execution: &Execution<'_>) -> Result<Table, QueryError> {
    let measured = execution.is_measured();
    let mut filter = Filter::new(&plan.filter, scan, execution)?;
    filter.counts = measured;
    let narrowed = scan.narrowed(filter.row_conditions());
    let scan = narrowed.as_deref().unwrap_or(scan);
    let clock = execution.clock();
    let (table, clock) = match &plan.grouping {
        None => (rows(plan, scan, &filter, execution)?, clock),
        Some(grouping) => {
            let groups = aggregate::aggregate(grouping, scan, &filter, execution)?;
            execution.note(plan, Stage::Group, Some(groups.rows() as u64), &clock, Some(&groups));
            let clock = execution.clock();
            let having = Filter::new(&plan.having, &groups, execution)?;
            (rows(plan, &groups, &having, execution)?, clock)
        }
    };
    if measured {
        execution.note(plan, Stage::Show, Some(table.rows() as u64), &clock, Some(&table));
        let unclocked = Clock::start(false);
        let (seen, passed) = filter.counted();
        let looked_at = (seen > 0).then_some(seen);
        execution.note(plan, Stage::Source, looked_at, &unclocked, None);
        execution.note(plan, Stage::Filter, looked_at.map(|_| passed), &unclocked, None);
    }
    Ok(table)
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
    execution.check()?;
    let columns = cells.iter().map(|c| c.gather(order.iter().map(|&row| row as usize)));
    Ok(Table::new(columns.collect(), rows))
}
