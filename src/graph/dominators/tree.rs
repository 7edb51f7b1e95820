//! The dominator tree from the top: what each object dominates directly.

use super::{Dominators, GARBAGE, ROOTS};
use crate::graph::ObjectId;

/// Stands for no object in the lists of children. Ids of objects stay below it.
const NONE: u32 = u32::MAX;

/// A step of a walk through the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::graph) enum Step {
    /// An object, before all that it dominates.
    Enter(ObjectId),
    /// The object again, behind all that it dominates.
    Leave(ObjectId),
}

/// For every object the first that it dominates directly, and the next that has the same dominator: 8 bytes an object
/// while it is there, and with the dominators themselves enough to walk without a stack.
pub(in crate::graph) struct DominatorTree<'a> {
    dominators: &'a [u32],
    first: Vec<u32>,
    next: Vec<u32>,
    /// The first that nothing but the roots dominate, and the first of garbage.
    tops: [u32; 2],
}

impl<'a> DominatorTree<'a> {
    pub fn new(dominators: &'a Dominators) -> DominatorTree<'a> {
        let dominators = &*dominators.columns.dominators;
        let mut tree = DominatorTree {
            dominators,
            first: vec![NONE; dominators.len()],
            next: vec![NONE; dominators.len()],
            tops: [NONE; 2],
        };
        // Backwards, so that lists ascend and the walk goes through memory in order.
        for (object, &dominator) in dominators.iter().enumerate().rev() {
            let list = match dominator {
                ROOTS => &mut tree.tops[0],
                GARBAGE => &mut tree.tops[1],
                dominator => match tree.first.get_mut(dominator as usize) {
                    Some(list) => list,
                    None => continue,
                },
            };
            tree.next[object] = std::mem::replace(list, object as u32);
        }
        tree
    }

    /// Walks through all of the tree, reachable objects first. Every object is entered and left at most once, whatever
    /// the dominators say: those of a damaged file that form a circle hang on neither top.
    pub fn walk(&self, mut step: impl FnMut(Step)) {
        for top in self.tops {
            let mut at = top;
            while at != NONE {
                step(Step::Enter(ObjectId(at)));
                at = match self.first[at as usize] {
                    NONE => self.leave(at, &mut step),
                    child => child,
                };
            }
        }
    }

    /// Leaves an object, and its dominators as long as it was the last of theirs; what comes next.
    fn leave(&self, mut at: u32, step: &mut impl FnMut(Step)) -> u32 {
        loop {
            step(Step::Leave(ObjectId(at)));
            let next = self.next[at as usize];
            let dominator = self.dominators[at as usize];
            if next != NONE || dominator as usize >= self.dominators.len() {
                return next;
            }
            at = dominator;
        }
    }
}
