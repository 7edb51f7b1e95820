//! Builds the merged tree by one walk through the dominator tree.

use rustc_hash::FxHashMap;

use super::tops::Tops;
use super::{MergedDominators, MergedNode, MergedOf};
use crate::graph::dominators::{DominatorTree, Step};
use crate::graph::{Dominator, Dominators, ObjectId, Total, TypeId};
use crate::limits;

/// No node: that of free objects.
const NONE: u32 = u32::MAX;
/// No node, as the tree may not grow any more there; nor do objects below have one.
const CUT: u32 = u32::MAX - 1;
/// Marks an object that the walk has not met, beside its type. Numbers of nodes and types stay below it.
const UNMET: u32 = 1 << 31;

/// How many types may repeat together.
const MAX_PERIOD: u32 = 3;

/// How large the tree may grow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caps {
    /// Nodes on the way from a root.
    pub depth: u32,
    /// Nodes in all.
    pub nodes: usize,
}

impl Default for Caps {
    fn default() -> Caps {
        Caps { depth: limits::MAX_MERGED_DEPTH, nodes: limits::MAX_MERGED_DOMINATORS }
    }
}

/// A tree that grows.
struct Growing<'a> {
    dominators: &'a Dominators,
    tops: &'a Tops,
    caps: Caps,
    nodes: Vec<MergedNode>,
    /// What is needed of each node while the tree grows.
    states: Vec<State>,
    known: FxHashMap<(u32, MergedOf), u32>,
    /// The node of each label.
    top_nodes: Vec<u32>,
    /// The node of each object; before the walk meets it its type, marked.
    node_of: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    /// How many nodes are above.
    depth: u32,
    /// The child that was asked for last: the next object is mostly of the same type.
    last_child: u32,
    /// How many objects of the node are above the place that the walk is at.
    above: u32,
}

/// Merges the tree of `dominators`. `types` gives for each object its type; `sizes` its bytes, in the same order.
///
/// Takes linear time, and beside the tree 4 bytes an object for `types` and 8 for the walk.
pub(super) fn merge(
    dominators: &Dominators,
    mut types: Vec<u32>,
    sizes: impl Iterator<Item = u64>,
    tops: &Tops,
    caps: Caps,
) -> MergedDominators {
    for of in &mut types {
        *of |= UNMET;
    }
    types.resize(dominators.len(), NONE);
    let mut growing = Growing {
        dominators,
        tops,
        caps,
        nodes: Vec::new(),
        states: Vec::new(),
        known: FxHashMap::default(),
        top_nodes: vec![NONE; tops.labels.len()],
        node_of: types,
    };
    DominatorTree::new(dominators).walk(|step| match step {
        Step::Enter(object) => growing.enter(object),
        Step::Leave(object) => growing.leave(object),
    });
    growing.finish(sizes)
}

impl Growing<'_> {
    fn enter(&mut self, object: ObjectId) {
        let of = self.node_of[object.0 as usize] & !UNMET;
        let of = MergedOf::Type(TypeId(of));
        let node = match self.dominators.of(object) {
            Some(Dominator::Object(holder)) => match self.node_of[holder.0 as usize] {
                CUT => CUT,
                parent => self.below(parent, of),
            },
            Some(Dominator::Roots) => self.below_top(self.tops.of(object), object, of),
            Some(Dominator::Garbage) => self.below_top(self.tops.garbage(), object, of),
            None => NONE,
        };
        self.node_of[object.0 as usize] = node;
        if let Some(state) = self.states.get_mut(node as usize) {
            if state.above == 0 {
                let retained = &mut self.nodes[node as usize].retained;
                *retained = retained.saturating_add(self.dominators.retained(object));
            }
            state.above += 1;
        }
    }

    fn leave(&mut self, object: ObjectId) {
        if let Some(state) = self.states.get_mut(self.node_of[object.0 as usize] as usize) {
            state.above -= 1;
        }
    }

    /// The node of an object of type `of` below the roots of a label.
    fn below_top(&mut self, label: u32, object: ObjectId, of: MergedOf) -> u32 {
        let mut top = self.top_nodes[label as usize];
        if top == NONE {
            let count = self.tops.labels[label as usize].1;
            top = self.push(None, MergedOf::Roots(label), count);
            self.top_nodes[label as usize] = top;
        }
        let retained = &mut self.nodes[top as usize].retained;
        *retained = retained.saturating_add(self.dominators.retained(object));
        self.child(top, of)
    }

    /// The node of an object of type `of` that an object of `parent` dominates.
    fn below(&mut self, parent: u32, of: MergedOf) -> u32 {
        for period in 1..=MAX_PERIOD {
            if let Some(node) = self.repeated(parent, of, period) {
                let repeats = &mut self.nodes[node as usize].repeats;
                *repeats = (*repeats).max(period);
                return node;
            }
        }
        self.child(parent, of)
    }

    fn child(&mut self, parent: u32, of: MergedOf) -> u32 {
        let state = self.states[parent as usize];
        if self.nodes.get(state.last_child as usize).is_some_and(|last| last.of == of) {
            return state.last_child;
        }
        let child = match self.known.get(&(parent, of)) {
            Some(&child) => child,
            None if state.depth >= self.caps.depth || self.nodes.len() >= self.caps.nodes => return CUT,
            None => {
                let child = self.push(Some(parent), of, 0);
                self.known.insert((parent, of), child);
                child
            }
        };
        self.states[parent as usize].last_child = child;
        child
    }

    fn push(&mut self, parent: Option<u32>, of: MergedOf, count: u64) -> u32 {
        let depth = parent.map_or(0, |parent| self.states[parent as usize].depth + 1);
        let node = self.nodes.len() as u32;
        self.nodes.push(MergedNode { parent, of, repeats: 0, count, size: 0, retained: 0 });
        self.states.push(State { depth, last_child: NONE, above: 0 });
        node
    }

    /// The node `period - 1` above `parent` where `of` behind the last of so many nodes repeats those before them.
    fn repeated(&self, parent: u32, of: MergedOf, period: u32) -> Option<u32> {
        let node = |at: u32| self.nodes.get(at as usize);
        let above = |at: u32, count: u32| (0..count).try_fold(at, |at, _| node(at)?.parent);
        let first = above(parent, period - 1)?;
        if node(first)?.of != of {
            return None;
        }
        (0..period - 1).try_fold(parent, |at, _| {
            let same = node(at)?.of == node(above(at, period)?)?.of;
            same.then_some(node(at)?.parent)?
        })?;
        Some(first)
    }

    fn finish(self, sizes: impl Iterator<Item = u64>) -> MergedDominators {
        let mut tree = MergedDominators {
            nodes: self.nodes,
            labels: self.tops.labels.iter().map(|(label, _)| label.clone()).collect(),
            left_out: Total::default(),
        };
        for (&node, size) in self.node_of.iter().zip(sizes) {
            match tree.nodes.get_mut(node as usize) {
                Some(node) => {
                    node.count += 1;
                    node.size = node.size.saturating_add(size);
                }
                None if node == CUT => {
                    tree.left_out.objects += 1;
                    tree.left_out.bytes = tree.left_out.bytes.saturating_add(size);
                }
                // Free, or on a circle that a damaged file claims.
                None => {}
            }
        }
        tree
    }
}
