//! Number and size of the objects of each group, without evaluating any expression: the most
//! frequent queries ask for nothing else.

use rustc_hash::FxHashMap;

use super::Prepared;
use super::keys::GroupKeys;
use crate::graph::{ObjectBlock, RowSize, TypeId};
use crate::query::QueryError;
use crate::query::catalog::Aggregate;
use crate::query::cells::Cells;
use crate::query::exec::Execution;
use crate::query::exec::filter::Filter;
use crate::query::exec::notes::Notes;
use crate::query::exec::scan::{Morsel, ObjectScan, Scan};
use crate::query::exec::workers::fold_morsels;
use crate::query::plan::{AggregateCall, Node, Typed};

/// So many pairs of type and place each thread may hold numbers for: 16 MB of them. Beyond that
/// hashing costs less than clearing and joining arrays that are mostly empty.
pub const MAX_DENSE: usize = 1 << 20;

/// Number and size of the objects of each pair of combinations.
#[derive(Debug)]
pub struct Totals {
    /// How many objects.
    pub counts: Vec<u64>,
    /// Their bytes. 2^32 objects of nearly 2^64 bytes each fit.
    sizes: Vec<u128>,
}

impl Totals {
    fn new(keys: &GroupKeys) -> Totals {
        Totals { counts: vec![0; keys.dense_len()], sizes: vec![0; keys.dense_len()] }
    }

    fn add(&mut self, id: u32, count: u64, size: u128) {
        self.counts[id as usize] += count;
        self.sizes[id as usize] += size;
    }

    /// The column of an aggregate for groups that are these pairs.
    pub fn column(&self, call: &AggregateCall, ids: &[u32], notes: &Notes) -> Cells {
        if call.function == Aggregate::Count {
            return Cells::unsigned(ids.iter().map(|&id| self.counts[id as usize]).collect());
        }
        Cells::optional(ids.iter().map(|&id| {
            // The sum of nothing is null.
            let size = Some(self.sizes[id as usize]).filter(|_| self.counts[id as usize] > 0)?;
            u64::try_from(size).inspect_err(|_| notes.overflow()).ok()
        }))
    }
}

/// Whether totals answer: no key or condition depends on the row, and nothing else is asked for.
pub fn suffice(keys: &GroupKeys, calls: &[Prepared<'_>], scan: &dyn Scan, filter: &Filter) -> bool {
    let asked = |c: &Prepared<'_>| match (c.call.function, &c.argument) {
        (Aggregate::Sum, Some(Typed { node: Node::Column(column), .. })) => {
            scan.objects().is_some_and(|objects| objects.is_size(*column))
        }
        _ => c.counts_rows(),
    };
    let pairs = scan.type_count().saturating_mul(keys.places.len());
    scan.row_set().is_none()
        && filter.row_conditions().is_empty()
        && keys.is_dense()
        && pairs <= MAX_DENSE
        && keys.dense_len() <= MAX_DENSE
        && calls.iter().all(asked)
}

/// Totals out of those that each type holds. Keys and conditions must not depend on the place.
pub fn of_types(keys: &GroupKeys, objects: &ObjectScan<'_>, filter: &Filter) -> Totals {
    let mut totals = Totals::new(keys);
    if filter.is_never() {
        return totals;
    }
    for (at, of) in objects.types().iter().enumerate() {
        if filter.types().is_none_or(|types| types[at]) {
            totals.add(keys.dense_id(keys.types.of[at], 0), of.count, of.size.into());
        }
    }
    totals
}

/// What one thread counts: for each place, numbers for each type, or one for all.
struct Tally {
    cells: Vec<Cell>,
    /// What sizes of 4 GiB and more have beyond the mark that stands for them.
    large: FxHashMap<usize, u128>,
}

/// Number and size side by side, so that an object touches one line of the cache.
#[derive(Clone, Copy, Default)]
struct Cell {
    count: u64,
    /// At most 2^32 objects of less than 2^32 bytes each.
    size: u64,
}

/// Totals out of the columns of types and sizes.
///
/// # Errors
/// [`QueryError::Cancelled`].
pub fn of_objects(
    keys: &GroupKeys,
    objects: &ObjectScan<'_>,
    filter: &Filter,
    execution: &Execution<'_>,
) -> Result<Totals, QueryError> {
    let by_type = keys.by_type() || filter.types().is_some();
    let width = if by_type { objects.type_count() } else { 1 };
    let start =
        || Tally { cells: vec![Cell::default(); width * keys.places.len()], large: FxHashMap::default() };
    let add = |tally: &mut Tally, morsel: &Morsel| {
        if !filter.has_place(morsel.place) {
            return;
        }
        let first = keys.places.of[morsel.place as usize] as usize * width;
        tally.add(objects.block(morsel), morsel, first, by_type.then_some(width));
    };
    let tallies = fold_morsels(objects.morsels(), execution.cancel, start, add)?;
    let mut totals = Totals::new(keys);
    let mut fold = |at: usize, count: u64, size: u128| {
        let (place, of) = (at / width, at % width);
        if by_type && filter.types().is_some_and(|types| !types[of]) {
            return;
        }
        let type_code = if by_type { keys.types.of[of] } else { 0 };
        totals.add(keys.dense_id(type_code, place as u32), count, size);
    };
    for tally in &tallies {
        for (at, cell) in tally.cells.iter().enumerate().filter(|(_, cell)| cell.count > 0) {
            fold(at, cell.count, cell.size.into());
        }
        tally.large.iter().for_each(|(&at, &more)| fold(at, 0, more));
    }
    Ok(totals)
}

impl Tally {
    fn add(&mut self, block: &ObjectBlock, morsel: &Morsel, first: usize, types: Option<usize>) {
        let rows = morsel.range();
        let sizes = &block.sizes[rows.clone()];
        match types {
            Some(width) => {
                add_by_type(&mut self.cells[first..first + width], &block.types[rows.clone()], sizes)
            }
            None => {
                let cell = &mut self.cells[first];
                cell.count += sizes.len() as u64;
                cell.size += sizes.iter().map(|s| u64::from(s.0)).sum::<u64>();
            }
        }
        for &(row, size) in block.large.iter().filter(|(row, _)| rows.contains(&(*row as usize))) {
            let at = first + types.map_or(0, |_| block.types[row as usize].0 as usize);
            *self.large.entry(at).or_default() +=
                u128::from(size.saturating_sub(u64::from(RowSize::LARGE.0)));
        }
    }
}

/// The loop that most queries spend their time in.
fn add_by_type(cells: &mut [Cell], types: &[TypeId], sizes: &[RowSize]) {
    for (of, size) in types.iter().zip(sizes) {
        let cell = &mut cells[of.0 as usize];
        cell.count += 1;
        cell.size += u64::from(size.0);
    }
}
