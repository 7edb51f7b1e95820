//! The dominator tree with the objects of one type under one parent taken together: who holds how much of what.
//!
//! At the first level stand the roots by name, then the types that they hold, and so on down. A list of ten million nodes,
//! each of which dominates the next, is one node: an object of the type of the node that it would hang on joins it, and so
//! do types that repeat in twos and threes. The same rule as for [merged paths](super::paths::merge).
//!
//! What is merged is not split again: a node tells how many objects hang on all objects of its parent together, not how many
//! on each.

mod build;
mod of_snapshot;
#[cfg(test)]
mod tests;
mod tops;

pub use tops::TopLabel;

use super::{Dominators, Roots, Total, TypeId};
use build::Caps;
use tops::Tops;

/// The merged dominator tree of a heap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergedDominators {
    nodes: Vec<MergedNode>,
    labels: Vec<TopLabel>,
    left_out: Total,
}

/// What a node of the merged tree stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MergedOf {
    /// Roots of one label, by its number: see [`MergedDominators::label`].
    Roots(u32),
    /// Objects of a type. Of types that share name and module (of several load contexts) the first stands for all.
    Type(TypeId),
}

/// Objects of one type that the objects of one node dominate directly, or roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedNode {
    /// The position of the node that it hangs on; `None` for roots.
    pub parent: Option<u32>,
    /// Which objects, or which roots.
    pub of: MergedOf,
    /// How many of the last nodes, this one included, stand for any number of repetitions of them; 0 for a node that stands
    /// for itself.
    pub repeats: u32,
    /// Objects; of roots the roots.
    pub count: u64,
    /// The bytes of the objects themselves; 0 for roots.
    pub size: u64,
    /// The bytes that hang on them: the retained sizes of those of its objects that no other of its objects dominates.
    pub retained: u64,
}

impl MergedDominators {
    /// Merges the tree of `dominators`, which were entered at `roots`. `types` gives the number of each object's type, `sizes` its
    /// bytes, both in the order of the objects.
    pub fn new(
        dominators: &Dominators,
        types: Vec<u32>,
        sizes: impl Iterator<Item = u64>,
        roots: &Roots,
    ) -> MergedDominators {
        build::merge(dominators, types, sizes, &Tops::new(roots), Caps::default())
    }

    /// The nodes, parents before their children.
    pub fn nodes(&self) -> &[MergedNode] {
        &self.nodes
    }

    /// What the roots of a node have in common.
    pub fn label(&self, number: u32) -> Option<&TopLabel> {
        self.labels.get(number as usize)
    }

    /// Objects that have no node, because the tree is deeper or larger than it may be ([`MAX_MERGED_DEPTH`],
    /// [`MAX_MERGED_DOMINATORS`]). They count in the retained sizes of the nodes above them.
    ///
    /// [`MAX_MERGED_DEPTH`]: crate::limits::MAX_MERGED_DEPTH
    /// [`MAX_MERGED_DOMINATORS`]: crate::limits::MAX_MERGED_DOMINATORS
    pub fn left_out(&self) -> Total {
        self.left_out
    }
}
