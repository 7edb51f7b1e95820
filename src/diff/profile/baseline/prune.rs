//! What of a profile is worth a place in a baseline: all that weighs, and enough of the rest that little seems new later.

use std::cmp::Reverse;

use crate::diff::profile::{OwnerTree, Profile};

/// Types that are kept. Large applications have some 10,000, most of them with a handful of objects.
const TYPES: usize = 4000;
/// Groups of roots that are kept: nearly all statics hold one small object each.
const ROOTS: usize = 800;
/// Nodes of the tree that are kept.
const TREE_NODES: usize = 2000;
/// Ways that are kept to the objects of one type.
const WAYS_OF_TYPE: usize = 6;
/// Sentences about what reading the dump left out.
const PROBLEMS: usize = 100;

/// The profile with only what a baseline keeps.
pub(super) fn pruned(profile: &Profile) -> Profile {
    let mut kept = profile.clone();
    // All lists begin with the biggest.
    kept.left_out.types += cut(&mut kept.types, TYPES);
    kept.left_out.roots += cut(&mut kept.roots, ROOTS);
    for of_type in &mut kept.ways {
        kept.left_out.ways += cut(&mut of_type.ways, WAYS_OF_TYPE);
    }
    kept.ways.retain(|of_type| !of_type.ways.is_empty());
    kept.tree = smaller(&kept.tree, TREE_NODES);
    kept.problems.truncate(PROBLEMS);
    kept
}

/// Keeps the first `most` rows; how many others there were.
fn cut<T>(rows: &mut Vec<T>, most: usize) -> u64 {
    let more = rows.len().saturating_sub(most);
    rows.truncate(most);
    more as u64
}

/// The biggest nodes of a tree. No node retains more than its parent, so they hang together.
fn smaller(tree: &OwnerTree, most: usize) -> OwnerTree {
    let mut order: Vec<usize> = (0..tree.nodes.len()).collect();
    // Where a child retains as much as its parent, the parent has the lower position: the sort keeps it first.
    order.sort_by_key(|&at| Reverse(tree.nodes[at].retained));
    let rest = order.split_off(order.len().min(most));
    let mut positions = vec![None; tree.nodes.len()];
    for (position, &at) in (0..).zip(&order) {
        positions[at] = Some(position);
    }
    let parent = |at: usize| tree.nodes[at].parent.and_then(|parent| positions[parent as usize]);
    let (mut nodes, mut cut) = (Vec::with_capacity(order.len()), tree.cut);
    for &at in &order {
        nodes.push(crate::diff::profile::OwnerNode { parent: parent(at), ..tree.nodes[at].clone() });
    }
    for at in rest {
        cut.0 += 1;
        if tree.nodes[at].parent.is_none() || parent(at).is_some() {
            cut.1 = cut.1.saturating_add(tree.nodes[at].retained);
        }
    }
    OwnerTree { nodes, cut }
}
