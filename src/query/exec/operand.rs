//! The objects that a function which gives rows is called with, or that a statement of the graph is about.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{Execution, execute};
use crate::bytes::Addr;
use crate::diagnostic::Span;
use crate::graph::{Heap, ObjectId, Snapshot};
use crate::problem::Problem;
use crate::query::QueryError;
use crate::query::cells::Cells;
use crate::query::place;
use crate::query::plan::{Addresses, Plan};

/// The addresses of these objects, each once; whether an object begins at one that was written or selected is not
/// looked at.
///
/// # Errors
/// Those of a select that gives them; the dump has no heap, where they are those of a type.
pub fn addresses(
    of: &Addresses,
    snapshot: &Snapshot,
    execution: &Execution<'_>,
) -> Result<Vec<Addr>, QueryError> {
    let mut addresses = match of {
        Addresses::List(list) => list.iter().map(|(address, _)| *address).collect(),
        Addresses::Select(plan) => selected(plan, execution)?,
        Addresses::Types { wanted, .. } => {
            let heap = snapshot.heap(execution.progress)?;
            of_types(heap, wanted).into_iter().filter_map(|id| heap.objects.address(id)).collect()
        }
    };
    let mut met = FxHashSet::default();
    addresses.retain(|address| !address.is_null() && met.insert(*address));
    Ok(addresses)
}

/// The ids of these objects, each once, ascending. What a select gives and is no object is left out and noted.
///
/// # Errors
/// The dump has no heap; an address that was written is not that of an object; those of a select that gives them.
pub fn objects(
    of: &Addresses,
    snapshot: &Snapshot,
    execution: &Execution<'_>,
) -> Result<Vec<ObjectId>, QueryError> {
    let heap = snapshot.heap(execution.progress)?;
    let mut ids = match of {
        Addresses::List(list) => {
            let find = |(address, span): &(Addr, Span)| {
                let found = heap.objects.find(*address);
                found.ok_or_else(|| place::no_object(snapshot, heap, *address, span).into())
            };
            list.iter().map(find).collect::<Result<Vec<_>, QueryError>>()?
        }
        Addresses::Select(plan) => {
            let addresses = selected(plan, execution)?;
            let found: Vec<_> = addresses.par_iter().map(|&address| heap.objects.find(address)).collect();
            let others = addresses.iter().zip(&found).filter(|(_, found)| found.is_none());
            execution.notes.tell(no_objects(snapshot, heap, others.map(|(&address, _)| address)));
            found.into_iter().flatten().collect()
        }
        Addresses::Types { wanted, .. } => of_types(heap, wanted),
    };
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// What a select of one column gives, nulls left out.
fn selected(plan: &Plan, execution: &Execution<'_>) -> Result<Vec<Addr>, QueryError> {
    let columns = execute(plan, execution)?.into_columns();
    let address = |cells: &Cells, row| u64::try_from(cells.scalar(row).as_whole()?).ok().map(Addr);
    let of = |cells: &Cells| (0..cells.len()).filter_map(|row| address(cells, row)).collect();
    Ok(columns.first().map(of).unwrap_or_default())
}

/// All objects of the types that are wanted, ascending.
fn of_types(heap: &Heap, wanted: &[bool]) -> Vec<ObjectId> {
    let blocks = 0..heap.objects.blocks().len();
    let of_block = |index: usize| {
        let first = heap.objects.first_of(index).0;
        let types = heap.objects.blocks()[index].types.iter().enumerate();
        let is_wanted = types.filter(|(_, of)| wanted.get(of.0 as usize).copied().unwrap_or(false));
        is_wanted.map(|(row, _)| ObjectId(first + row as u32)).collect::<Vec<_>>()
    };
    blocks.into_par_iter().map(of_block).collect::<Vec<_>>().concat()
}

/// What is said of addresses that a select gave and that are those of no objects. Null says nothing wrong: a field
/// that holds no object holds null.
fn no_objects(snapshot: &Snapshot, heap: &Heap, addresses: impl Iterator<Item = Addr>) -> Vec<Problem> {
    let mut addresses = addresses.filter(|address| !address.is_null());
    let Some(first) = addresses.next() else { return Vec::new() };
    let reason = place::no_object(snapshot, heap, first, &(0..0)).message;
    let message = match addresses.count() {
        0 => reason,
        others => format!("{} of the addresses are left out, the first because {reason}", others + 1),
    };
    vec![Problem::note(message)]
}
