//! Who waits for whom.

use std::ops::ControlFlow;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::continuation::{Continuations, Successor};
use super::node::{Node, Nodes};
use crate::bytes::Addr;
use crate::graph::Heap;
use crate::limits::MAX_CONTINUATIONS;
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
    /// Whether there are more continuations than were looked at.
    pub cut: bool,
}

impl Waiting {
    /// Finds out who waits for whom on a heap.
    pub fn find(values: &Values, heap: &Heap) -> Waiting {
        let nodes = Nodes::read(values, heap);
        let (successors, cut) = successors(values, &nodes);
        let awaited = awaited(&nodes);
        let ends = successors.iter().filter_map(|(_, successor)| end(*successor));
        let mut ends: Vec<End> =
            ends.chain(awaited.iter().filter_map(|(_, awaited)| end(*awaited))).collect();
        ends.sort_unstable();
        ends.dedup();
        let first = nodes.all.len();
        let numbers: FxHashMap<End, u32> =
            ends.iter().enumerate().map(|(at, &end)| (end, (first + at) as u32)).collect();
        let number = |other: Other| match other {
            Other::Node(at) => Some(at as u32),
            Other::End(end) => numbers.get(&end).copied(),
        };
        let numbered = |pairs: Vec<(u32, Other)>| -> Vec<(u32, u32)> {
            let pairs = pairs.into_iter().filter_map(|(at, other)| Some((at, number(other)?)));
            pairs.filter(|(at, other)| at != other).collect()
        };
        let (waits_for, waited_by) = joined(numbered(awaited), numbered(successors));
        Waiting { nodes, ends, waits_for, waited_by, cut }
    }

    /// Nodes of which the first of each pair waits for the second.
    #[cfg(test)]
    pub fn of_pairs(nodes: Nodes, pairs: &[(u32, u32)]) -> Waiting {
        let mut waits_for = pairs.to_vec();
        let mut waited_by: Vec<(u32, u32)> = pairs.iter().map(|&(by, at)| (at, by)).collect();
        waits_for.sort_unstable();
        waited_by.sort_unstable();
        Waiting { nodes, ends: Vec::new(), waits_for, waited_by, cut: false }
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

/// The other side of waiting.
#[derive(Clone, Copy, Debug)]
enum Other {
    /// A task or state machine, by its position.
    Node(usize),
    /// What stands at an end.
    End(End),
}

/// Who goes on after each of the nodes that have not ended, as their continuations tell, in order; and whether there are more
/// than are looked at.
fn successors(values: &Values, nodes: &Nodes) -> (Vec<(u32, Other)>, bool) {
    let continuations = Continuations::new(values, nodes);
    let mut single: Vec<(u32, Addr)> = Vec::new();
    // A damaged dump may have a long list in each of many tasks.
    let mut room = MAX_CONTINUATIONS;
    for (at, node) in nodes.all.iter().enumerate().filter(|(_, node)| !node.state.is_final()) {
        let Some(continuation) = node.continuation else { continue };
        continuations.single(continuation, &mut |entry| {
            let Some(left) = room.checked_sub(1) else { return ControlFlow::Break(()) };
            room = left;
            if !entry.is_null() {
                single.push((at as u32, entry));
            }
            ControlFlow::Continue(())
        });
    }
    let other = |successor: Successor| match successor {
        // What a `WhenAny` lost interest in still has it as its continuation.
        Successor::Node(by) if nodes.all.get(by).is_none_or(|by| by.state.is_final()) => None,
        Successor::Node(by) => Some(Other::Node(by)),
        Successor::Callback(address) => Some(Other::End(End::Callback(address))),
        Successor::Thread(address) => Some(Other::End(End::Thread(address))),
        Successor::Other(address) => Some(Other::End(End::Other(address))),
    };
    let pairs =
        single.par_iter().filter_map(|&(at, entry)| Some((at, other(continuations.successor(entry)?)?)));
    (pairs.collect(), room == 0)
}

/// What each of the nodes that have not ended says itself that it waits for.
fn awaited(nodes: &Nodes) -> Vec<(u32, Other)> {
    let of_node = |(at, node): (usize, &Node)| {
        let awaited = node.awaited.filter(|_| !node.state.is_final())?;
        let other = nodes.position(awaited).map_or(Other::End(End::Source(awaited)), Other::Node);
        Some((at as u32, other))
    };
    nodes.all.par_iter().enumerate().filter_map(of_node).collect()
}

/// Edges between places of the graph.
type Pairs = Vec<(u32, u32)>;

/// Pairs of who waits and for whom, and of who is waited for and by whom, from what both sides told. An async iterator and
/// the box of a value task do not name who awaits them, a promise not what it waits for.
fn joined(awaited: Pairs, successors: Pairs) -> (Pairs, Pairs) {
    let turned = |pairs: &[(u32, u32)]| -> Pairs { pairs.iter().map(|&(a, b)| (b, a)).collect() };
    let mut told = turned(&successors);
    told.par_sort_unstable();
    let news = |pair: &(u32, u32)| told.binary_search(pair).is_err();
    let mut waited_by = successors;
    waited_by.extend(awaited.iter().filter(|pair| news(pair)).map(|&(by, at)| (at, by)));
    let mut waits_for = awaited;
    waits_for.append(&mut told);
    waits_for.par_sort_unstable();
    waits_for.dedup();
    waited_by.par_sort_by_key(|&(at, _)| at);
    (waits_for, waited_by)
}

fn of(pairs: &[(u32, u32)], number: u32) -> impl ExactSizeIterator<Item = u32> + '_ {
    let start = pairs.partition_point(|&(at, _)| at < number);
    let end = start + pairs[start..].partition_point(|&(at, _)| at == number);
    pairs[start..end].iter().map(|&(_, other)| other)
}

fn end(other: Other) -> Option<End> {
    match other {
        Other::Node(_) => None,
        Other::End(end) => Some(end),
    }
}
