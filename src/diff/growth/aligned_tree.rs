//! The merged dominator trees of several dumps as one: nodes that the same path of names leads to are one node.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::diff::compare::names::{key, module_key};
use crate::diff::profile::OwnerTree;

/// What the labels of threads begin with. Their ids are others in every run, and what one thread holds in one dump another may
/// hold in the next.
const THREAD: &str = "thread";

/// Trees side by side.
#[derive(Debug, Default)]
pub(super) struct AlignedTree {
    /// The nodes, parents before their children.
    pub nodes: Vec<AlignedNode>,
}

/// A node in all dumps.
#[derive(Debug, Default)]
pub(super) struct AlignedNode {
    /// The position of its parent; `None` for roots.
    pub parent: Option<u32>,
    /// The positions of what hangs on it, ascending.
    pub children: Vec<u32>,
    /// Its name in the last dump that has it.
    pub name: String,
    /// The file name of its type's module, as in that dump.
    pub module: Option<String>,
    /// Objects, in each dump.
    pub counts: Vec<u64>,
    /// Their bytes.
    pub sizes: Vec<u64>,
    /// The bytes that hang on them.
    pub retained: Vec<u64>,
}

/// What tells a node from the others that hang on the same one.
type NodeKey<'t> = (Option<u32>, Cow<'t, str>, Option<Cow<'t, str>>);

impl AlignedTree {
    /// The trees of dumps, oldest first.
    pub fn new(trees: &[&OwnerTree]) -> AlignedTree {
        let mut aligned = AlignedTree::default();
        let mut known: FxHashMap<NodeKey<'_>, u32> = FxHashMap::default();
        for (dump, tree) in trees.iter().enumerate() {
            let mut positions: Vec<u32> = Vec::with_capacity(tree.nodes.len());
            for node in &tree.nodes {
                // Parents come first; one that does not is from a file that was written by hand.
                let parent = node.parent.and_then(|parent| positions.get(parent as usize).copied());
                let name = match node.parent {
                    None if node.name.starts_with(THREAD) => Cow::Borrowed(THREAD),
                    _ => key(&node.name),
                };
                let next = aligned.nodes.len() as u32;
                let position =
                    *known.entry((parent, name, node.module.as_deref().map(module_key))).or_insert(next);
                if position == next {
                    aligned.push(parent, trees.len());
                }
                positions.push(position);
                let into = &mut aligned.nodes[position as usize];
                into.name.clone_from(&node.name);
                into.module.clone_from(&node.module);
                into.counts[dump] += node.count;
                into.sizes[dump] = into.sizes[dump].saturating_add(node.size);
                into.retained[dump] = into.retained[dump].saturating_add(node.retained);
            }
        }
        aligned
    }

    fn push(&mut self, parent: Option<u32>, dumps: usize) {
        let position = self.nodes.len() as u32;
        if let Some(parent) = parent {
            self.nodes[parent as usize].children.push(position);
        }
        let zeros = || vec![0; dumps];
        self.nodes.push(AlignedNode {
            parent,
            counts: zeros(),
            sizes: zeros(),
            retained: zeros(),
            ..AlignedNode::default()
        });
    }

    /// The names of the nodes above one, the nearest first, roots included.
    pub fn names_above(&self, node: u32) -> impl Iterator<Item = &str> {
        let parent = |node: &AlignedNode| node.parent.and_then(|parent| self.nodes.get(parent as usize));
        let first = self.nodes.get(node as usize).and_then(parent);
        std::iter::successors(first, move |node| parent(node)).map(|node| &*node.name)
    }
}
