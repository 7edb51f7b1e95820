//! Which object holds which alone, and how much would go with each: dominators and retained sizes.

use crate::bytes::Column;

use super::ObjectId;

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
#[derive(Clone, Debug, Default)]
pub struct Dominators {
    /// The nearest dominator of each object; [`ROOTS`] and [`GARBAGE`] stand for the two that are no objects.
    dominators: Column<u32>,
    /// For every object whether it is reachable from the roots, 64 a word.
    reachable: Column<u64>,
}

/// Stands for the roots among the ids of dominators. No object has it: there are fewer than 2^32 - 2 of them.
pub const ROOTS: u32 = u32::MAX;
/// Stands for what nothing holds.
pub const GARBAGE: u32 = u32::MAX - 1;

impl Dominators {
    /// The nearest dominator of an object; `None` for an id past the end.
    pub fn of(&self, object: ObjectId) -> Option<Dominator> {
        Some(match *self.dominators.get(object.0 as usize)? {
            ROOTS => Dominator::Roots,
            GARBAGE => Dominator::Garbage,
            id => Dominator::Object(ObjectId(id)),
        })
    }

    /// Whether an object can be reached from the roots.
    pub fn is_reachable(&self, object: ObjectId) -> bool {
        let word = self.reachable.get(object.0 as usize / 64);
        word.is_some_and(|word| word >> (object.0 % 64) & 1 == 1)
    }
}
