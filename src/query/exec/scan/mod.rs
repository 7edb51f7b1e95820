//! What operators scan: rows in morsels, columns loaded as they are needed.

mod async_frames;
mod code_places;
mod damage;
mod duplicates;
mod exception_frames;
mod fields;
mod finalizers;
mod frames;
mod gc;
mod handles;
mod items;
mod load_contexts;
mod loaded_types;
mod locks;
mod mappings;
mod memory;
mod objects;
mod pinned;
mod refs;
mod requests;
mod roots;
mod statics;
mod table;
mod tables;
mod tasks;
mod threads;
mod timers;
mod work_items;

use std::ops::Range;
use std::sync::Arc;

pub use async_frames::async_frames;
pub use damage::damage;
pub use duplicates::DuplicateScan;
pub use exception_frames::exception_frames;
pub use fields::fields;
pub use finalizers::finalizers;
pub use frames::frames;
pub use gc::gc;
pub use handles::handles;
pub use items::items;
pub use load_contexts::load_contexts;
pub use loaded_types::loaded_types;
pub use locks::locks;
pub use mappings::{mappings, memory_use};
pub use memory::memory;
pub use objects::ObjectScan;
pub use pinned::pinned;
pub use refs::RefScan;
pub use requests::requests;
pub use roots::{roots, takes_dominators as roots_take_dominators};
pub use statics::statics;
pub use table::Table;
pub use tables::read_table;
pub use tasks::tasks;
pub use threads::threads;
pub use timers::timers;
pub use work_items::work_items;

use super::notes::Notes;
use super::vector::Vector;
use crate::graph::{ObjectSet, TypeId};
use crate::query::cells::Cells;
use crate::query::plan::Typed;

/// How many rows are worked on at a time: few enough that the columns of a morsel stay in the
/// processor's cache, many enough that the work around them does not count.
pub const MORSEL_ROWS: usize = 8192;

/// A run of rows of one block and one place: the unit of parallel work.
#[derive(Clone, Copy, Debug)]
pub struct Morsel {
    /// The block, for scans that have such.
    pub block: u32,
    /// The first row in the block.
    pub start: u32,
    /// The row behind the last one in the block.
    pub end: u32,
    /// The place that all rows have.
    pub place: u32,
    /// The number of the first row in the whole scan.
    pub first: u32,
}

impl Morsel {
    /// The rows in the block.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.range().len()
    }

    /// The number in the whole scan of a row of the block.
    pub fn number(&self, row: u32) -> u32 {
        self.first + (row - self.start)
    }
}

/// Rows that can be scanned. Their numbers fit into 32 bits, as those of objects do.
pub trait Scan: Sync {
    /// The morsels, which together are all rows in order, and more where [`Scan::row_types`] says so.
    fn morsels(&self) -> &[Morsel];

    /// The values of a column in the rows of a batch, or for all types or places when it depends
    /// on nothing else.
    fn load(&self, column: usize, batch: &Batch<'_>) -> Vector;

    /// How many types there are; 0 for rows that have none.
    fn type_count(&self) -> usize {
        0
    }

    /// How many places there are; 0 for rows that have none.
    fn place_count(&self) -> usize {
        0
    }

    /// For each type, whether its objects are rows; `None` when all are. The morsels hold the others too.
    fn row_types(&self) -> Option<&[bool]> {
        None
    }

    /// The rows by their numbers, which then are ids of objects; `None` when all are. The morsels may hold others too.
    fn row_set(&self) -> Option<&ObjectSet> {
        None
    }

    /// The rows that can satisfy these conditions, which were prepared for this scan and must all hold, where that is
    /// known without looking at all rows. The conditions are still to be decided for them. Columns and numbers are
    /// the same.
    fn narrowed<'s>(&'s self, _conditions: &[Typed]) -> Option<Box<dyn Scan + 's>> {
        None
    }

    /// The types of all rows of a block; empty for rows that have none.
    fn block_types(&self, _block: u32) -> &[TypeId] {
        &[]
    }

    /// The objects, when that is what is scanned.
    fn objects(&self) -> Option<&ObjectScan<'_>> {
        None
    }
}

/// Which rows of a morsel.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'a> {
    /// None of them but one value, for constants.
    One,
    /// One value a type.
    Types,
    /// One value a place.
    Places,
    /// Rows of a morsel: all, or those in the list, which are rows of its block in ascending order.
    Of(&'a Morsel, Option<&'a [u32]>),
}

/// Rows on which expressions are evaluated.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// What is scanned.
    pub scan: &'a dyn Scan,
    /// Which rows.
    pub rows: Rows<'a>,
    /// Where to note what is left out.
    pub notes: &'a Notes,
}

impl Batch<'_> {
    /// How many values an expression has on these rows.
    pub fn len(&self) -> usize {
        match self.rows {
            Rows::One => 1,
            Rows::Types => self.scan.type_count(),
            Rows::Places => self.scan.place_count(),
            Rows::Of(morsel, None) => morsel.len(),
            Rows::Of(_, Some(picked)) => picked.len(),
        }
    }

    /// The rows of a column of a whole block that belong to the batch.
    pub fn pick<T: Copy>(&self, block: &[T]) -> Vec<T> {
        match self.rows {
            Rows::Of(morsel, None) => block[morsel.range()].to_vec(),
            Rows::Of(_, Some(picked)) => picked.iter().map(|&row| block[row as usize]).collect(),
            Rows::One | Rows::Types | Rows::Places => Vec::new(),
        }
    }

    /// Values that there is one of for each type, in the rows of the batch.
    pub fn by_type(&self, cells: &Arc<Cells>) -> Vector {
        let Rows::Of(morsel, picked) = self.rows else { return Vector::Cells((**cells).clone()) };
        let types = self.scan.block_types(morsel.block);
        Vector::Cells(match picked {
            None => cells.gather(types[morsel.range()].iter().map(|t| t.0 as usize)),
            Some(picked) => cells.gather(picked.iter().map(|&row| types[row as usize].0 as usize)),
        })
    }

    /// Values that there is one of for each place, in the rows of the batch.
    pub fn by_place(&self, cells: &Arc<Cells>) -> Vector {
        match self.rows {
            Rows::Of(morsel, _) => Vector::Same(cells.scalar(morsel.place as usize)),
            _ => Vector::Cells((**cells).clone()),
        }
    }

    /// The numbers of the rows in the whole scan.
    pub fn numbers(&self) -> Vec<u32> {
        match self.rows {
            Rows::Of(morsel, None) => (morsel.first..morsel.first + morsel.len() as u32).collect(),
            Rows::Of(morsel, Some(picked)) => picked.iter().map(|&row| morsel.number(row)).collect(),
            Rows::One | Rows::Types | Rows::Places => Vec::new(),
        }
    }
}

/// Morsels of a block of `rows` rows that all have the same place.
pub fn cut(block: u32, rows: Range<usize>, place: u32, first: u32, morsels: &mut Vec<Morsel>) {
    for start in rows.clone().step_by(MORSEL_ROWS) {
        let end = (start + MORSEL_ROWS).min(rows.end);
        let number = first + (start - rows.start) as u32;
        morsels.push(Morsel { block, start: start as u32, end: end as u32, place, first: number });
    }
}
