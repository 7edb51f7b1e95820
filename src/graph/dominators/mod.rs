//! Which object holds which alone, and how much would go with each: dominators and retained sizes.
//!
//! All objects are computed at once, under one virtual root that stands for what keeps objects alive. What is not
//! reachable, garbage that was not collected yet, hangs on a second one, entered as [`garbage_entries`] says.
//! Free objects are room, no objects: they have no dominator, retain nothing and are not reachable.
//!
//! [`garbage_entries`]: super::reachability::garbage_entries

mod build;
mod columns;
mod depth_first;
mod groups;
mod of_snapshot;
mod predecessors;
mod semi_nca;
mod subtree;
#[cfg(test)]
mod tests;
mod tree;

pub use build::{TooManyReferences, Unfinished};
pub use columns::{DominatorColumns, NoDominators};
pub use groups::NO_GROUP;
pub use subtree::Chain;
pub(in crate::graph) use tree::{DominatorTree, Step};

use super::{ObjectId, ObjectSet, Total};

/// What every way from the roots to an object goes through, at its nearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dominator {
    /// An object: without it, this one would go too.
    Object(ObjectId),
    /// Nothing but the roots themselves.
    Roots,
    /// The object is not reachable: garbage that was not collected yet, which no other garbage holds alone.
    Garbage,
}

/// The dominator tree of all objects and the sizes that hang on each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dominators {
    columns: DominatorColumns,
}

/// Stands for the roots among the ids of dominators. No object has it: there are at most [`MAX_OBJECTS`] of them.
///
/// [`MAX_OBJECTS`]: crate::limits::MAX_OBJECTS
pub const ROOTS: u32 = u32::MAX;
/// Stands for what nothing holds.
pub const GARBAGE: u32 = u32::MAX - 1;
/// Stands for the dominator that a free object has not.
pub const FREE: u32 = u32::MAX - 2;

impl Dominators {
    /// How many objects the heap has, free ones included.
    pub fn len(&self) -> usize {
        self.columns.dominators.len()
    }

    /// Whether the heap has no object.
    pub fn is_empty(&self) -> bool {
        self.columns.dominators.is_empty()
    }

    /// The nearest dominator of an object; `None` for a free object and for an id past the end.
    #[inline]
    pub fn of(&self, object: ObjectId) -> Option<Dominator> {
        match *self.columns.dominators.get(object.0 as usize)? {
            ROOTS => Some(Dominator::Roots),
            GARBAGE => Some(Dominator::Garbage),
            // A damaged file may name what is no object.
            id => ((id as usize) < self.len()).then_some(Dominator::Object(ObjectId(id))),
        }
    }

    /// The bytes that would be free without an object: its own and those of all that it dominates. Those of garbage
    /// would be free with it. 0 for free objects and for an id past the end.
    #[inline]
    pub fn retained(&self, object: ObjectId) -> u64 {
        self.columns.retained_of(object)
    }

    /// Whether an object can be reached from the roots; `false` for free objects and for an id past the end.
    #[inline]
    pub fn is_reachable(&self, object: ObjectId) -> bool {
        self.columns.reachable.contains(object)
    }

    /// The objects that can be reached from the roots.
    pub fn reachable(&self) -> &ObjectSet {
        &self.columns.reachable
    }

    /// Objects that can be reached from the roots, and their bytes.
    pub fn reachable_total(&self) -> Total {
        self.total(0)
    }

    /// Objects that cannot, garbage not collected yet, and their bytes. Free objects are not among them.
    pub fn unreachable_total(&self) -> Total {
        self.total(2)
    }

    fn total(&self, place: usize) -> Total {
        let number = |place: usize| self.columns.totals.get(place).copied().unwrap_or(0);
        Total { objects: number(place), bytes: number(place + 1) }
    }
}
