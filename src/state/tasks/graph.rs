//! Who waits for whom.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::continuation::{Continuations, Successor};
use super::node::{Node, Nodes};
use crate::bytes::Addr;
use crate::graph::Heap;
use crate::values::Values;

/// An end of a chain of waiting: what waits or is waited for without being a task or a state machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum End {
    /// A delegate that is called when what it waits for is done.
    Callback(Addr),
    /// A thread that blocks on this event.
    Thread(Addr),
    /// Something else that goes on.
    Other(Addr),
    /// An object that an awaiter waits for: of a socket, a pipe, a channel.
    Source(Addr),
}

impl End {
    /// The object.
    pub fn address(self) -> Addr {
        match self {
            End::Callback(address) | End::Thread(address) | End::Other(address) | End::Source(address) => {
                address
            }
        }
    }
}

/// Tasks, state machines and what stands at the ends, and who waits for whom. Those that take part are numbered: nodes
/// first, then ends.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Tasks and state machines.
    pub nodes: Nodes,
    /// What stands at the ends.
    pub ends: Vec<End>,
    /// Who waits, and for whom; sorted.
    waits_for: Vec<(u32, u32)>,
    /// Who is waited for, and by whom; sorted, but for those who wait for one, which are in the order in which they go on.
    waited_by: Vec<(u32, u32)>,
}

impl Waiting {
    /// Finds out who waits for whom on a heap.
    pub fn find(values: &Values, heap: &Heap) -> Waiting {
        let nodes = Nodes::read(values, heap);
        let continuations = Continuations::new(values, &nodes);
        let successors: Vec<(u32, Successor)> = nodes
            .all
            .par_iter()
            .enumerate()
            .filter(|(_, node)| !node.state.is_final())
            .flat_map_iter(|(at, node)| {
                let continuation = node.continuation.into_iter();
                let successors = continuation.flat_map(|continuation| continuations.successors(continuation));
                // What a `WhenAny` lost interest in still has it as its continuation.
                let waits = |successor: &Successor| match *successor {
                    Successor::Node(by) => nodes.all.get(by).is_some_and(|by| !by.state.is_final()),
                    _ => true,
                };
                successors.filter(waits).map(move |successor| (at as u32, successor)).collect::<Vec<_>>()
            })
            .collect();
        let mut ends: Vec<End> = successors.iter().filter_map(|(_, successor)| end(*successor)).collect();
        let foreign = |node: &Node| node.awaited.filter(|&awaited| nodes.position(awaited).is_none());
        ends.par_extend(nodes.all.par_iter().filter_map(|node| foreign(node).map(End::Source)));
        ends.sort_unstable();
        ends.dedup();
        let numbers: FxHashMap<End, u32> =
            ends.iter().enumerate().map(|(at, &end)| (end, (nodes.all.len() + at) as u32)).collect();
        let number = |successor: Successor| match (successor, end(successor)) {
            (Successor::Node(at), _) => Some(at as u32),
            (_, end) => numbers.get(&end?).copied(),
        };
        let mut waited_by: Vec<(u32, u32)> = successors
            .iter()
            .filter_map(|&(at, successor)| Some((at, number(successor)?)))
            .filter(|(at, by)| at != by)
            .collect();
        let mut waits_for: Vec<(u32, u32)> = waited_by.iter().map(|&(at, by)| (by, at)).collect();
        waits_for.par_extend(nodes.all.par_iter().enumerate().filter_map(|(at, node)| {
            let awaited = node.awaited?;
            let source = || numbers.get(&End::Source(awaited)).copied();
            let awaited = nodes.position(awaited).map(|at| at as u32).or_else(source)?;
            (awaited != at as u32).then_some((at as u32, awaited))
        }));
        waits_for.par_sort_unstable();
        waits_for.dedup();
        waited_by.par_sort_by_key(|&(at, _)| at);
        Waiting { nodes, ends, waits_for, waited_by }
    }

    /// How many take part.
    pub fn len(&self) -> usize {
        self.nodes.all.len() + self.ends.len()
    }

    /// A task or state machine by its number; `None` for an end.
    pub fn node(&self, number: u32) -> Option<&Node> {
        self.nodes.all.get(number as usize)
    }

    /// An end by its number; `None` for a node.
    pub fn end(&self, number: u32) -> Option<End> {
        self.ends.get((number as usize).checked_sub(self.nodes.all.len())?).copied()
    }

    /// What one waits for, in the order of addresses: several where any or all of them must end.
    pub fn waits_for(&self, number: u32) -> impl ExactSizeIterator<Item = u32> + '_ {
        of(&self.waits_for, number)
    }

    /// Who waits for one, in the order in which they go on.
    pub fn waited_by(&self, number: u32) -> impl ExactSizeIterator<Item = u32> + '_ {
        of(&self.waited_by, number)
    }
}

fn of(pairs: &[(u32, u32)], number: u32) -> impl ExactSizeIterator<Item = u32> + '_ {
    let start = pairs.partition_point(|&(at, _)| at < number);
    let end = start + pairs[start..].partition_point(|&(at, _)| at == number);
    pairs[start..end].iter().map(|&(_, other)| other)
}

fn end(successor: Successor) -> Option<End> {
    match successor {
        Successor::Node(_) => None,
        Successor::Callback(address) => Some(End::Callback(address)),
        Successor::Thread(address) => Some(End::Thread(address)),
        Successor::Other(address) => Some(End::Other(address)),
    }
}
