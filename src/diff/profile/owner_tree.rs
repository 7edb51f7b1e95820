//! The dominator tree, objects of one type under one parent taken together, by names.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::graph::TypeTable;
use crate::graph::merged_dominators::{MergedDominators, MergedNode, MergedOf};

/// The merged dominator tree of a dump: who holds how much, as far down as it weighs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnerTree {
    /// The nodes, parents before their children, the biggest first.
    pub nodes: Vec<OwnerNode>,
    /// Nodes that were cut off because they weigh too little, and what they retain together (each under its parent: bytes
    /// of cut nodes below cut nodes count once).
    pub cut: (u64, u64),
}

/// Objects of one type that the same parent holds, or a root.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnerNode {
    /// The position of its parent; `None` for roots.
    pub parent: Option<u32>,
    /// For a node of objects the type's name; for a root its kind and name (`static Shop.Cache.all`), or `shared` for
    /// what several roots hold together, or `garbage`.
    pub name: String,
    /// The file name of the type's module; `None` for roots and where it is not known.
    pub module: Option<String>,
    /// Objects; for a root the roots of that name.
    pub count: u64,
    /// The bytes of the objects themselves; 0 for a root.
    pub size: u64,
    /// The bytes that hang on them.
    pub retained: u64,
}

/// What is left of a tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pruning {
    /// At most so many nodes, the biggest.
    pub most_nodes: usize,
    /// Nodes that retain a smaller part of all bytes are cut off.
    pub least_share: f64,
}

impl Pruning {
    /// What a profile keeps: more than any person unfolds, and some hundred kilobytes of JSON.
    pub const OF_PROFILES: Pruning = Pruning { most_nodes: 2500, least_share: 0.0002 };
}

impl OwnerTree {
    /// The biggest nodes of a merged tree; `types` are those of its dump.
    pub fn of(tree: &MergedDominators, types: &TypeTable, pruning: Pruning) -> OwnerTree {
        let nodes = tree.nodes();
        let tops = nodes.iter().filter(|node| node.parent.is_none());
        let all = tops.fold(0_u64, |sum, top| sum.saturating_add(top.retained));
        let least = (all as f64 * pruning.least_share) as u64;
        // No node retains more than its parent, and parents come first: those that are kept hang together.
        let mut kept: Vec<u32> = (0..nodes.len() as u32).collect();
        kept.retain(|&node| nodes[node as usize].retained >= least);
        kept.sort_by_key(|&node| Reverse(nodes[node as usize].retained));
        kept.truncate(pruning.most_nodes);
        let mut positions = vec![None; nodes.len()];
        for (position, &node) in kept.iter().enumerate() {
            positions[node as usize] = Some(position as u32);
        }
        let name = |node: &MergedNode| match node.of {
            MergedOf::Roots(label) => (tree.label(label).map(ToString::to_string), None),
            MergedOf::Type(of) => {
                let of = types.get(of);
                (of.map(|of| of.name.to_string()), of.and_then(|of| of.module.as_deref().map(str::to_owned)))
            }
        };
        let kept_nodes = kept.iter().map(|&node| {
            let node = &nodes[node as usize];
            let (name, module) = name(node);
            OwnerNode {
                parent: node.parent.and_then(|parent| positions[parent as usize]),
                name: name.unwrap_or_else(|| "?".to_owned()),
                module,
                count: node.count,
                size: node.size,
                retained: node.retained,
            }
        });
        OwnerTree { nodes: kept_nodes.collect(), cut: cut(nodes, &positions) }
    }
}

/// The nodes without a position, and what hangs on the topmost of them.
fn cut(nodes: &[MergedNode], positions: &[Option<u32>]) -> (u64, u64) {
    let is_kept = |node: u32| positions.get(node as usize).copied().flatten().is_some();
    let cut = nodes.iter().zip(0..).filter(|&(_, at)| !is_kept(at));
    cut.fold((0, 0), |(count, bytes), (node, _)| {
        let is_topmost = node.parent.is_none_or(is_kept);
        (count + 1, if is_topmost { bytes.saturating_add(node.retained) } else { bytes })
    })
}
