//! What a plan scans: the rows of its source, opened.

use super::scan::{self, DuplicateScan, ObjectScan, RefScan, Scan, Table};
use super::{
    Execution, combined, execute, join, no_dump, operand, related, types_of, unknown_types, values_of,
    windows,
};
use crate::graph::{Heap, Snapshot};
use crate::query::QueryError;
use crate::query::catalog::TableId;
use crate::query::plan::{Plan, Source};

/// The rows of a plan's source.
///
/// # Errors
/// As for [`execute`].
pub fn open<'a>(plan: &Plan, execution: &Execution<'a>) -> Result<Box<dyn Scan + 'a>, QueryError> {
    if plan.gathers_rows() {
        return execution.timed(plan, || rows_of(plan, execution));
    }
    rows_of(plan, execution)
}

fn rows_of<'a>(plan: &Plan, execution: &Execution<'a>) -> Result<Box<dyn Scan + 'a>, QueryError> {
    Ok(match &plan.source {
        Source::Select(inner) => Box::new(execute(inner, execution)?),
        Source::Join(of) => Box::new(join::join(of, execution)?),
        // The plans within tell their own time.
        Source::Combined(both) => {
            let tables = (execute(&both.left, execution)?, execute(&both.right, execution)?);
            Box::new(execution.timed(plan, || combined::combined(both, tables, execution))?)
        }
        Source::Windows(windows) => {
            let input = execute(&windows.input, execution)?;
            Box::new(execution.timed(plan, || windows::windows(windows, input, execution))?)
        }
        Source::Named(named) => Box::new(execution.named(named)?),
        Source::Given { columns, .. } => Box::new(Table::shared(columns.clone(), columns.rows())),
        Source::Items { snapshot, of, used } => {
            let from = execution.snapshots.get(*snapshot).ok_or_else(no_dump)?;
            let collections = operand::addresses(of, from, execution)?;
            let values = values_of(from, execution.progress)?;
            Box::new(scan::items(values, &collections, used, execution)?)
        }
        Source::Memory { snapshot, range, used } => {
            let from = execution.snapshots.get(*snapshot).ok_or_else(no_dump)?;
            let (table, problems) = scan::memory(from, range, used);
            execution.notes.tell(problems);
            Box::new(table)
        }
        Source::Related { snapshot, relation, of, used } => {
            let from = execution.snapshots.get(*snapshot).ok_or_else(no_dump)?;
            let heap = from.heap(execution.progress)?;
            execution.notes.tell(unknown_types::unknown_types(plan, TableId::Objects, &heap.types));
            let objects = related::related(*relation, of, from, execution)?;
            let scan = ObjectScan::new(from, heap, *snapshot, TableId::Objects);
            let (scan, problems) = scan.with_graph(used, execution.progress)?.with_locks(used);
            execution.notes.tell(problems);
            Box::new(scan.among(objects))
        }
        Source::Table { snapshot, table, used } => {
            let from = execution.snapshots.get(*snapshot).ok_or_else(no_dump)?;
            open_table(plan, (*snapshot, from), *table, used, execution)?
        }
    })
}

/// The rows of a table of a dump, which is given with its position.
fn open_table<'a>(
    plan: &Plan,
    (number, from): (usize, &'a Snapshot),
    table: TableId,
    used: &[usize],
    execution: &Execution<'a>,
) -> Result<Box<dyn Scan + 'a>, QueryError> {
    let heap = if plan.needs_heap() { Some(from.heap(execution.progress)?) } else { None };
    if let Some(heap) = heap {
        execution.notes.tell(unknown_types::unknown_types(plan, table, &heap.types));
    }
    Ok(match (table, heap) {
        (table, Some(heap)) if table.lists_objects() => {
            let scan = ObjectScan::new(from, heap, number, table);
            let (scan, problems) = scan.with_graph(used, execution.progress)?.with_locks(used);
            execution.notes.tell(problems);
            execution.notes.tell(scan.unknown_types().into_iter().collect());
            Box::new(scan)
        }
        (TableId::Refs, Some(heap)) => {
            let scan = RefScan::new(from, heap, execution.progress)?;
            execution.notes.tell(scan.problems());
            Box::new(scan)
        }
        (TableId::Duplicates, Some(heap)) => {
            let values = values_of(from, execution.progress)?;
            Box::new(DuplicateScan::new(from, heap, values, number, execution)?)
        }
        (TableId::Roots, Some(heap)) => {
            let roots = from.roots(execution.progress)?;
            execution.notes.tell(roots.problems.clone());
            let takes_dominators = scan::roots_take_dominators(used);
            let dominators = takes_dominators.then(|| from.dominators(execution.progress)).transpose()?;
            Box::new(scan::roots(&roots, heap, dominators.as_deref(), used))
        }
        (TableId::Pinned, Some(heap)) => {
            let roots = from.roots(execution.progress)?;
            execution.notes.tell(roots.problems.clone());
            Box::new(scan::pinned(heap, &from.segments, &roots, used))
        }
        (TableId::Handles | TableId::Finalizers, _) => {
            let values = values_of(from, execution.progress)?;
            let (table, problems) = match table {
                TableId::Handles => scan::handles(values, used),
                _ => scan::finalizers(from, values, used),
            };
            execution.notes.tell(problems);
            Box::new(table)
        }
        (TableId::Frames, _) => {
            let (table, problems) = scan::frames(types_of(from, execution.progress)?, used);
            execution.notes.tell(problems);
            Box::new(table)
        }
        (TableId::LoadContexts, Some(heap)) => {
            Box::new(scan::load_contexts(values_of(from, execution.progress)?, heap, used))
        }
        (TableId::ExceptionFrames, Some(heap)) => {
            let (table, problems) = scan::exception_frames(values_of(from, execution.progress)?, heap, used);
            execution.notes.tell(problems);
            Box::new(table)
        }
        (TableId::Gc, _) => Box::new(scan::gc(types_of(from, execution.progress)?, from.values.as_deref())),
        (TableId::Mappings, _) => Box::new(scan::mappings(types_of(from, execution.progress)?, used)),
        (TableId::MemoryUse, _) => Box::new(scan::memory_use(types_of(from, execution.progress)?)),
        (TableId::Damage, Some(heap)) => {
            let values = values_of(from, execution.progress)?;
            let (table, problems) = scan::damage(from, heap, values, used, execution.progress)?;
            execution.notes.tell(problems);
            Box::new(table)
        }
        (
            TableId::Tasks | TableId::AsyncFrames | TableId::Timers | TableId::WorkItems | TableId::Requests,
            Some(heap),
        ) => Box::new(open_pending(table, from, heap, used, execution)?),
        (TableId::Fields | TableId::Statics | TableId::LoadedTypes, _) => {
            let values = values_of(from, execution.progress)?;
            let (table, problems) = match (table, heap) {
                (TableId::LoadedTypes, _) => scan::loaded_types(values.types(), used),
                (_, Some(heap)) => scan::fields(values.types(), heap.types.all(), used),
                (_, None) => scan::statics(from, values, used),
            };
            execution.notes.tell(problems);
            Box::new(table)
        }
        (TableId::Locks | TableId::Waits | TableId::Deadlocks, Some(heap)) => {
            let values = values_of(from, execution.progress)?;
            let (table, problems) = scan::locks(from, heap, values, table, used);
            execution.notes.tell(problems);
            Box::new(table)
        }
        (TableId::Threads, _) => Box::new(scan::threads(from, used, execution.progress)),
        _ => Box::new(scan::read_table(from, heap, table, used)),
    })
}

/// The rows of a table of what the program had going on.
fn open_pending(
    table: TableId,
    from: &Snapshot,
    heap: &Heap,
    used: &[usize],
    execution: &Execution<'_>,
) -> Result<Table, QueryError> {
    let values = values_of(from, execution.progress)?;
    let (table, problems) = match table {
        TableId::Tasks => scan::tasks(values, heap, used),
        TableId::AsyncFrames => scan::async_frames(values, heap, used),
        TableId::Timers => scan::timers(values, heap, used),
        TableId::WorkItems => scan::work_items(from, values, heap, used),
        _ => scan::requests(values, heap, used),
    };
    execution.notes.tell(problems);
    Ok(table)
}
