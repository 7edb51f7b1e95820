//! Nodes that are linked: LinkedList, ConcurrentStack, the chains of a table's buckets, lists of segments.

use std::ops::ControlFlow;

use crate::bytes::Addr;
use crate::values::collections::Damage;
use crate::values::collections::path::{Path, Spot};
use crate::values::collections::process::Process;
use crate::values::collections::summary::Extent;

use super::trail::Trail;
use super::{Element, Taker};

/// A walk along linked nodes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::values::collections) struct ChainWalk {
    /// The first node.
    pub first: Path,
    /// From a node to the next.
    pub next: Path,
    /// Whether the last node leads back to the first.
    pub circular: bool,
    /// What a node holds.
    pub element: Element,
}

impl ChainWalk {
    /// Calls `visit` for every node. What cannot be followed is an error, after the nodes before it.
    fn nodes(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        visit: &mut dyn FnMut(Spot<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Damage> {
        let first = self.first.object(process, spot)?;
        let mut trail = Trail::default();
        let mut next: Option<Addr> = first;
        while let Some(node) = next {
            trail.visit(node)?;
            let node = Spot::object(process, node)?;
            if visit(node).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            next = self.next.object(process, node)?;
            if self.circular && next == first {
                break;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    pub(super) fn run(&self, taker: &mut Taker<'_>, spot: Spot<'_>) -> Result<ControlFlow<()>, Damage> {
        let process = taker.process;
        self.nodes(process, spot, &mut |node| self.element.give(taker, node, None))
    }

    pub(super) fn measure(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        depth: u32,
        extent: &mut Extent,
    ) -> Result<(), Damage> {
        let Some(each) = &self.element.each else { return Ok(()) };
        let mut result = Ok(());
        let _ = self.nodes(process, spot, &mut |node| {
            result = each.measure(process, node, depth, extent);
            if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        result
    }
}
