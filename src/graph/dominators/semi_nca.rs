//! Immediate dominators by SEMI-NCA, over numbers in preorder.
//!
//! L. Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems" (2005), section 2.4; L. Georgiadis, R. E.
//! Tarjan, R. F. Werneck, "Finding Dominators in Practice" (2006): semidominators as Lengauer and Tarjan compute them, by
//! paths that are compressed; then the immediate dominator of each vertex, from the root down, as the nearest ancestor of
//! its parent in the tree of dominators built so far whose number is not above its semidominator's.
//!
//! As published, the second part climbs that tree step by step, which takes quadratic time for shapes that heaps do
//! have: a long list whose values an array holds too. Here every vertex knows one ancestor further up (E. W. Myers, "An
//! applicative random-access stack", 1983), so that a climb takes a logarithmic number of steps, at no memory: the
//! arrays of the first part are free by then.

use super::predecessors::Predecessors;
use crate::bytes::room;

/// What the first part knows of a vertex: where the compressed path above it ends, and the smallest semidominator on it.
/// The second part keeps the ancestor that it may leap to and the depth in the same place. Side by side, as both are
/// always asked together.
#[derive(Clone, Copy, Debug)]
struct Link {
    up: u32,
    value: u32,
}

/// The immediate dominator of each number, of the `parents` in the tree of the search and the predecessors beside it.
pub(super) fn immediate_dominators(mut parents: Vec<u32>, predecessors: Predecessors) -> Vec<u32> {
    let Predecessors { starts, members } = predecessors;
    let mut links: Vec<Link> = room(parents.len());
    links.extend(parents.iter().map(|&parent| Link { up: parent, value: parent }));
    let semidominators = semidominators(&mut links, starts, &members);
    drop(members);
    climb(&mut parents, links, &semidominators);
    parents
}

/// The semidominator of number `n` at place `n + 1`.
///
/// Eval need not tell which vertex of a path has the smallest semidominator, only its number: SEMI-NCA uses no more.
fn semidominators(links: &mut [Link], mut starts: Vec<u32>, members: &[u32]) -> Vec<u32> {
    for vertex in (1..links.len() as u32).rev() {
        let at = vertex as usize;
        let mut semidominator = links[at].value;
        for &from in &members[starts[at] as usize..starts[at + 1] as usize] {
            // Who refers to a vertex and has a smaller number is an ancestor in the tree: no path leads up to it.
            let reached = if from < vertex { from } else { eval(links, from, vertex) };
            semidominator = semidominator.min(reached);
        }
        links[at].value = semidominator;
        // The end of this row is not needed any more: the rows are worked off from the last.
        starts[at + 1] = semidominator;
    }
    starts
}

/// The smallest semidominator on the path from `vertex` up to `linked`, exclusive: vertices above `linked` have theirs.
/// Compresses the path, by turning its links around on the way up and back on the way down: a path may have millions
/// of vertices, and this needs no room for them.
fn eval(links: &mut [Link], vertex: u32, linked: u32) -> u32 {
    let mut at = vertex as usize;
    let mut below = 0;
    while links[at].up > linked {
        let up = links[at].up;
        links[at].up = below;
        below = at as u32;
        at = up as usize;
    }
    let Link { up: end, value: mut smallest } = links[at];
    while below != 0 {
        let link = &mut links[below as usize];
        smallest = smallest.min(link.value);
        below = link.up;
        *link = Link { up: end, value: smallest };
    }
    smallest
}

/// Makes `dominators`, which begins as the parents in the tree of the search, the immediate dominators.
fn climb(dominators: &mut [u32], mut leaps: Vec<Link>, semidominators: &[u32]) {
    if let Some(root) = leaps.first_mut() {
        *root = Link { up: 0, value: 0 };
    }
    for vertex in 1..dominators.len() {
        let semidominator = semidominators[vertex + 1];
        let mut dominator = dominators[vertex];
        while dominator > semidominator {
            let leap = leaps[dominator as usize].up;
            dominator = if leap > semidominator { leap } else { dominators[dominator as usize] };
        }
        dominators[vertex] = dominator;
        // Leaves of the tree dominate nothing, so nobody climbs through them.
        if dominators.get(vertex + 1).is_some_and(|&parent| parent == vertex as u32) {
            leaps[vertex] = leap_above(dominator, &leaps);
        }
    }
}

/// The leap and the depth of a vertex whose dominator is `dominator`: over two leaps of the same length above it at
/// once, else to the dominator.
fn leap_above(dominator: u32, leaps: &[Link]) -> Link {
    let Link { up: first, value: depth } = leaps[dominator as usize];
    let Link { up: second, value: first_depth } = leaps[first as usize];
    let same = depth - first_depth == first_depth - leaps[second as usize].value;
    Link { up: if same { second } else { dominator }, value: depth + 1 }
}
