//! Dominators as the columns of a file.

use super::Dominators;
use crate::bytes::Column;
use crate::graph::{ObjectId, ObjectSet};

/// Marks a retained size that stands aside.
const LARGE: u32 = u32::MAX;

/// Everything that dominators consist of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DominatorColumns {
    /// For every object the id of its dominator. The largest numbers stand for what is no object: `u32::MAX` for the roots,
    /// one less for garbage, two less for the dominator that a free object has not.
    pub dominators: Column<u32>,
    /// The objects that can be reached from the roots.
    pub reachable: ObjectSet,
    /// For every object the bytes that it retains. All bits are set for those of 4 GiB and more, which stand aside.
    pub retained: Column<u32>,
    /// The objects that retain 4 GiB and more, ascending.
    pub large_objects: Column<u32>,
    /// The bytes that each of them retains.
    pub large_sizes: Column<u64>,
    /// Reachable objects, their bytes, unreachable objects, their bytes.
    pub totals: Column<u64>,
}

/// Columns do not make dominators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lengths of the columns of dominators contradict each other")]
pub struct NoDominators;

impl Dominators {
    /// The dominators of these columns, as [`Dominators::columns`] gives them.
    ///
    /// Only lengths are looked at, as that takes no time. What the columns say is held against the number of objects when
    /// it is used: a damaged file gives wrong answers, but it ends nothing and nothing goes on forever.
    ///
    /// # Errors
    /// The columns have not the lengths that they have together.
    pub fn new(columns: DominatorColumns) -> Result<Dominators, NoDominators> {
        let objects = columns.dominators.len();
        let agree = columns.retained.len() == objects
            && columns.reachable.heap_len() == objects
            && columns.large_objects.len() == columns.large_sizes.len()
            && columns.totals.len() == 4;
        if agree { Ok(Dominators { columns }) } else { Err(NoDominators) }
    }

    /// The columns: what [`Dominators::new`] takes.
    pub fn columns(&self) -> &DominatorColumns {
        &self.columns
    }

    /// The bytes of memory that they take beside mapped files.
    pub fn owned_bytes(&self) -> usize {
        let DominatorColumns { dominators, reachable, retained, large_objects, large_sizes, totals } =
            &self.columns;
        let narrow = [dominators, retained, large_objects].map(Column::owned_bytes).iter().sum::<usize>();
        narrow + [reachable.words(), large_sizes, totals].map(Column::owned_bytes).iter().sum::<usize>()
    }
}

impl DominatorColumns {
    /// Keeps these retained sizes.
    pub(super) fn set_retained(&mut self, sizes: &[u64]) {
        let is_large = |size: u64| size >= u64::from(LARGE);
        self.retained = sizes.iter().map(|&size| if is_large(size) { LARGE } else { size as u32 }).collect();
        let large = sizes.iter().enumerate().filter(|&(_, &size)| is_large(size));
        let large: Vec<(u32, u64)> = large.map(|(object, &size)| (object as u32, size)).collect();
        self.large_objects = large.iter().map(|&(object, _)| object).collect();
        self.large_sizes = large.iter().map(|&(_, size)| size).collect();
    }

    /// The retained size of an object; 0 for an id past the end.
    #[inline]
    pub(super) fn retained_of(&self, object: ObjectId) -> u64 {
        match self.retained.get(object.0 as usize) {
            Some(&LARGE) => self.large(object),
            size => size.map_or(0, |&size| u64::from(size)),
        }
    }

    #[cold]
    fn large(&self, object: ObjectId) -> u64 {
        let place = self.large_objects.binary_search(&object.0).ok();
        place.and_then(|place| self.large_sizes.get(place)).map_or(u64::from(LARGE), |&size| size)
    }
}
