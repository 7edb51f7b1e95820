//! Which rows of a morsel satisfy all conditions.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Execution;
use super::eval::{eval, is_true};
use super::notes::Notes;
use super::prepare::prepare;
use super::scan::{Batch, Morsel, Rows, Scan};
use super::vector::Vector;
use super::workers::map_morsels;
use crate::graph::ObjectId;
use crate::query::QueryError;
use crate::query::plan::{Conjunct, Node, Typed};

/// Conditions, sorted by how often they must be decided.
#[derive(Debug, Default)]
pub struct Filter {
    /// A condition that is the same for all rows does not hold.
    never: bool,
    /// For each place, whether its conditions hold; `None` when there are none.
    places: Option<Vec<bool>>,
    /// For each type, whether its conditions hold; `None` when there are none.
    types: Option<Vec<bool>>,
    /// Conditions to decide for each row.
    rows: Vec<Typed>,
    /// Whether rows are counted.
    pub counts: bool,
    /// How many rows were looked at, and how many passed.
    seen: AtomicU64,
    passed: AtomicU64,
}

/// The rows of a morsel that a filter lets through.
#[derive(Debug)]
pub enum Selection {
    /// No row.
    None,
    /// All rows.
    All,
    /// These rows of the morsel's block, at least one.
    Some(Vec<u32>),
}

impl Selection {
    /// The batch of the selected rows; `None` when there is none.
    pub fn batch<'a>(
        &'a self,
        scan: &'a dyn Scan,
        morsel: &'a Morsel,
        notes: &'a Notes,
    ) -> Option<Batch<'a>> {
        let picked = match self {
            Selection::None => return None,
            Selection::All => None,
            Selection::Some(rows) => Some(rows.as_slice()),
        };
        Some(Batch { scan, rows: Rows::Of(morsel, picked), notes })
    }
}

impl Filter {
    /// Prepares conditions for a scan: decides what can be decided for a type or a place.
    ///
    /// # Errors
    /// Those of selects within the conditions.
    pub fn new(
        conjuncts: &[Conjunct],
        scan: &dyn Scan,
        execution: &Execution<'_>,
    ) -> Result<Filter, QueryError> {
        let mut filter = Filter { types: scan.row_types().map(<[bool]>::to_vec), ..Filter::default() };
        for conjunct in conjuncts {
            let condition = prepare(&conjunct.expr, scan, execution)?;
            match &condition.node {
                Node::Literal(value) => filter.never |= !is_true(&Vector::Same(value.clone()), 1)[0],
                Node::ByType(cells) => {
                    restrict(&mut filter.types, &is_true(&Vector::Cells((**cells).clone()), cells.len()));
                }
                Node::ByPlace(cells) => {
                    restrict(&mut filter.places, &is_true(&Vector::Cells((**cells).clone()), cells.len()));
                }
                _ => filter.rows.push(condition),
            }
        }
        filter.never |= filter.types.as_ref().is_some_and(|types| !types.contains(&true));
        filter.types = filter.types.take().filter(|types| types.contains(&false));
        Ok(filter)
    }

    /// Whether no row can satisfy the conditions.
    pub fn is_never(&self) -> bool {
        self.never
    }

    /// Whether all rows satisfy the conditions.
    pub fn is_always(&self) -> bool {
        !self.never && self.places.is_none() && self.types.is_none() && self.rows.is_empty()
    }

    /// The conditions that are decided for each row, prepared.
    pub fn row_conditions(&self) -> &[Typed] {
        &self.rows
    }

    /// For each type, whether its conditions hold; `None` when they hold for all.
    pub fn types(&self) -> Option<&[bool]> {
        self.types.as_deref()
    }

    /// Whether the conditions on a place hold.
    pub fn has_place(&self, place: u32) -> bool {
        !self.never && self.places.as_ref().is_none_or(|places| places[place as usize])
    }

    /// How many rows of a scan satisfy the conditions, where that is known without looking at their values.
    ///
    /// # Errors
    /// [`QueryError::Cancelled`].
    pub fn known_rows(&self, scan: &dyn Scan, execution: &Execution<'_>) -> Result<Option<u64>, QueryError> {
        if !self.rows.is_empty() {
            return Ok(None);
        }
        let rows = map_morsels(scan.morsels(), execution.cancel, |morsel| {
            // Not counted: they are looked at once more, when they are read.
            match self.selection(scan, morsel, &execution.notes) {
                Selection::None => 0,
                Selection::All => morsel.len() as u64,
                Selection::Some(rows) => rows.len() as u64,
            }
        })?;
        Ok(Some(rows.into_iter().sum()))
    }

    /// How many rows were looked at and how many passed, where they are counted.
    pub fn counted(&self) -> (u64, u64) {
        (self.seen.load(Ordering::Relaxed), self.passed.load(Ordering::Relaxed))
    }

    /// The rows of a morsel that satisfy all conditions.
    pub fn select(&self, scan: &dyn Scan, morsel: &Morsel, notes: &Notes) -> Selection {
        let selection = self.selection(scan, morsel, notes);
        if self.counts {
            let passed = match &selection {
                Selection::None => 0,
                Selection::All => morsel.len(),
                Selection::Some(rows) => rows.len(),
            };
            self.seen.fetch_add(morsel.len() as u64, Ordering::Relaxed);
            self.passed.fetch_add(passed as u64, Ordering::Relaxed);
        }
        selection
    }

    fn selection(&self, scan: &dyn Scan, morsel: &Morsel, notes: &Notes) -> Selection {
        if !self.has_place(morsel.place) {
            return Selection::None;
        }
        let rows = || morsel.start..morsel.end;
        let mut selection = Selection::All;
        if let Some(set) = scan.row_set() {
            selection = keep(rows(), |row| set.contains(ObjectId(morsel.number(row))), morsel.len());
        }
        if let Some(passing) = &self.types {
            let types = scan.block_types(morsel.block);
            let passes = |row: u32| passing[types[row as usize].0 as usize];
            selection = match selection {
                Selection::All => keep(rows(), passes, morsel.len()),
                Selection::Some(picked) => {
                    some(picked.into_iter().filter(|&row| passes(row)).collect(), morsel.len())
                }
                Selection::None => Selection::None,
            };
        }
        for condition in &self.rows {
            let Some(batch) = selection.batch(scan, morsel, notes) else { return Selection::None };
            let holds = is_true(&eval(condition, &batch), batch.len());
            selection = match &selection {
                Selection::Some(rows) => {
                    let kept = rows.iter().zip(holds).filter(|(_, holds)| *holds).map(|(&row, _)| row);
                    some(kept.collect(), morsel.len())
                }
                _ => keep(morsel.start..morsel.end, |row| holds[(row - morsel.start) as usize], morsel.len()),
            };
        }
        selection
    }
}

fn restrict(all: &mut Option<Vec<bool>>, more: &[bool]) {
    match all {
        Some(all) => all.iter_mut().zip(more).for_each(|(a, b)| *a &= b),
        None => *all = Some(more.to_vec()),
    }
}

/// The rows for which a test holds. Writes every row and moves on only past those that are kept:
/// a branch would be mispredicted too often.
fn keep(rows: std::ops::Range<u32>, holds: impl Fn(u32) -> bool, all: usize) -> Selection {
    let mut kept = vec![0; rows.len()];
    let mut count = 0;
    for row in rows {
        kept[count] = row;
        count += usize::from(holds(row));
    }
    kept.truncate(count);
    some(kept, all)
}

fn some(rows: Vec<u32>, all: usize) -> Selection {
    match rows.len() {
        0 => Selection::None,
        n if n == all => Selection::All,
        _ => Selection::Some(rows),
    }
}
