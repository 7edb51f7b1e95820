//! What an object dominates, and what dominates it.

use super::{Dominator, Dominators, ObjectId};
use crate::graph::ObjectSet;

/// The dominators of an object, the nearest first, up to the roots or to garbage.
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    dominators: &'a Dominators,
    below: Option<ObjectId>,
    /// How many there may still be. Only a damaged file has circles, in which more would follow.
    left: usize,
}

impl Iterator for Chain<'_> {
    type Item = Dominator;

    fn next(&mut self) -> Option<Dominator> {
        self.left = self.left.checked_sub(1)?;
        let dominator = self.dominators.of(self.below?)?;
        self.below = match dominator {
            Dominator::Object(object) => Some(object),
            Dominator::Roots | Dominator::Garbage => None,
        };
        Some(dominator)
    }
}

impl Dominators {
    /// The dominators of an object, the nearest first, up to [`Dominator::Roots`] or [`Dominator::Garbage`]; none for a
    /// free object and for an id past the end.
    pub fn chain(&self, object: ObjectId) -> Chain<'_> {
        Chain { dominators: self, below: Some(object), left: self.len() }
    }

    /// The objects that `object` dominates, itself included: what would be free without it. None for a free object and
    /// for an id past the end. Takes linear time in the size of the heap, and no more memory than two sets.
    pub fn dominated_by(&self, object: ObjectId) -> ObjectSet {
        let ids = (0..self.len() as u32).map(ObjectId);
        let mut known = vec![0_u64; self.len().div_ceil(64)];
        let mut inside = known.clone();
        let has = |set: &[u64], ObjectId(id)| set[id as usize / 64] >> (id % 64) & 1 == 1;
        let add = |set: &mut [u64], ObjectId(id)| set[id as usize / 64] |= 1 << (id % 64);
        if self.of(object).is_some() {
            add(&mut known, object);
            add(&mut inside, object);
        }
        for start in ids {
            // Up to where it is known, which everything on the way is from now on; and once more if that is inside.
            let (mut at, mut steps) = (Some(start), 0);
            while let Some(unknown) = at.filter(|&at| !has(&known, at)) {
                add(&mut known, unknown);
                at = self.object_above(unknown);
                steps += 1;
            }
            if steps == 0 || !at.is_some_and(|at| has(&inside, at)) {
                continue;
            }
            let mut at = Some(start);
            for _ in 0..steps {
                let Some(found) = at else { break };
                add(&mut inside, found);
                at = self.object_above(found);
            }
        }
        ObjectSet::from_words(inside, self.len())
    }

    fn object_above(&self, object: ObjectId) -> Option<ObjectId> {
        match self.of(object)? {
            Dominator::Object(above) => Some(above),
            Dominator::Roots | Dominator::Garbage => None,
        }
    }
}
