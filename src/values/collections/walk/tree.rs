//! A binary tree, in order: SortedSet, the immutable collections.

use std::ops::ControlFlow;

use crate::bytes::Addr;
use crate::values::collections::Damage;
use crate::values::collections::path::{Path, Spot};

use super::trail::Trail;
use super::{Element, Taker};

/// A walk over the nodes of a tree, each after those on its left.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::values::collections) struct TreeWalk {
    /// The root.
    pub root: Path,
    /// From a node to the one on its left.
    pub left: Path,
    /// From a node to the one on its right.
    pub right: Path,
    /// What a node holds.
    pub element: Element,
}

impl TreeWalk {
    pub(super) fn run(&self, taker: &mut Taker<'_>, spot: Spot<'_>) -> Result<ControlFlow<()>, Damage> {
        let mut trail = Trail::default();
        // The nodes whose left side is being walked: a list of its own, so that a degenerate tree cannot exhaust the stack.
        let mut open: Vec<Spot<'_>> = Vec::new();
        let mut next = self.root.object(taker.process, spot)?;
        loop {
            while let Some(node) = next {
                next = self.descend(taker, node, &mut trail, &mut open);
            }
            let Some(node) = open.pop() else { return Ok(ControlFlow::Continue(())) };
            if self.element.give_live(taker, node).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            next = self.child(taker, &self.right, node);
        }
    }

    /// Opens a node and tells the one on its left. A node that cannot be read is lost with all that hangs on it; one for
    /// which the conditions do not hold marks an end, and may do so at many places.
    fn descend(
        &self,
        taker: &mut Taker<'_>,
        node: Addr,
        trail: &mut Trail,
        open: &mut Vec<Spot<'_>>,
    ) -> Option<Addr> {
        let process = taker.process;
        let visited = Spot::object(process, node).and_then(|spot| {
            let live = self.element.is_live(process, spot, None)?;
            if live { trail.visit(node).map(|()| Some(spot)) } else { Ok(None) }
        });
        match visited {
            Ok(Some(spot)) => {
                open.push(spot);
                self.child(taker, &self.left, spot)
            }
            Ok(None) => None,
            Err(damage @ Damage::Cycle(_)) => {
                taker.lost(0, damage);
                None
            }
            Err(damage) => {
                taker.lost(1, damage);
                None
            }
        }
    }

    fn child(&self, taker: &mut Taker<'_>, side: &Path, node: Spot<'_>) -> Option<Addr> {
        side.object(taker.process, node).unwrap_or_else(|damage| {
            taker.lost(0, damage);
            None
        })
    }
}
