//! Logical stacks: from what nobody waits for, through what each waits for, down to what does not wait.
//!
//! A call that awaits several (`WhenAll`) has a chain for each; a task that several await is on the chains of all of them, as
//! a function is on the stacks of all its callers. Chains whose frames are alike are numbered as one stack.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::graph::Waiting;
use crate::problem::Problem;

/// Chains, the most frequent stacks first.
#[derive(Debug, Default)]
pub(super) struct Chains {
    /// The numbers of those on all chains, each chain from what does not wait to what nobody waits for.
    frames: Vec<u32>,
    /// The chains.
    pub all: Vec<Chain>,
    /// What was left out, or is out of order in the program.
    pub problems: Vec<Problem>,
}

/// A chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    start: usize,
    end: usize,
    /// The number of its stack, from 0.
    pub stack: u32,
    /// How many chains are alike.
    pub alike: u32,
}

impl Chains {
    /// All chains of what waits, at most `max_frames` frames together, in the order of what nobody waits for.
    pub fn find(waiting: &Waiting, max_frames: usize) -> Chains {
        let mut search = Search {
            waiting,
            on_path: vec![false; waiting.len()],
            seen: vec![false; waiting.len()],
            max_frames,
            cut: false,
            circles: None,
            chains: Chains::default(),
        };
        let numbers = || 0..waiting.len() as u32;
        numbers().filter(|&number| search_from(waiting, number)).for_each(|number| search.from(number));
        // What is left waits in circles, which nothing outside of them waits for.
        for number in numbers().filter(|&number| is_pending_call(waiting, number)) {
            if !search.seen.get(number as usize).copied().unwrap_or(true) {
                search.from(number);
            }
        }
        search.finish()
    }

    /// The numbers of those on a chain, from what does not wait on.
    pub fn frames(&self, chain: &Chain) -> &[u32] {
        self.frames.get(chain.start..chain.end).unwrap_or_default()
    }

    /// The numbers of those that are on any chain, ascending.
    pub fn members(&self) -> Vec<u32> {
        let mut members = self.frames.clone();
        members.sort_unstable();
        members.dedup();
        members
    }

    /// Numbers chains that are alike as one stack, the most frequent first, and puts the chains in the order of their stacks.
    /// `label` is the same for frames that are alike.
    pub fn number(&mut self, label: impl Fn(u32) -> u32) {
        let alike = |chain: &Chain| -> Vec<u32> { self.frames(chain).iter().map(|&n| label(n)).collect() };
        // The first chain of each stack, and how many there are.
        let mut stacks: Vec<(usize, u32)> = Vec::new();
        let mut by_hash: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        let mut stack_of: Vec<u32> = Vec::with_capacity(self.all.len());
        for (at, chain) in self.all.iter().enumerate() {
            let own = alike(chain);
            let mut hasher = FxHasher::default();
            own.hash(&mut hasher);
            let same_hash = by_hash.entry(hasher.finish()).or_default();
            let is_same = |stack: &u32| alike(&self.all[stacks[*stack as usize].0]) == own;
            let stack = same_hash.iter().copied().find(is_same).unwrap_or_else(|| {
                same_hash.push(stacks.len() as u32);
                stacks.push((at, 0));
                stacks.len() as u32 - 1
            });
            stacks[stack as usize].1 += 1;
            stack_of.push(stack);
        }
        let mut order: Vec<u32> = (0..stacks.len() as u32).collect();
        order.sort_by_key(|&stack| std::cmp::Reverse(stacks[stack as usize].1));
        let mut numbers = vec![0; stacks.len()];
        order.iter().enumerate().for_each(|(number, &stack)| numbers[stack as usize] = number as u32);
        for (chain, &stack) in self.all.iter_mut().zip(&stack_of) {
            (chain.stack, chain.alike) = (numbers[stack as usize], stacks[stack as usize].1);
        }
        self.all.sort_by_key(|chain| chain.stack);
    }
}

/// Whether a chain ends there: something waits and nobody waits for it.
fn search_from(waiting: &Waiting, number: u32) -> bool {
    let waits = waiting.waits_for(number).len() > 0;
    match waiting.node(number) {
        Some(node) => {
            let is_call = node.method.is_some();
            !node.state.is_final() && (waits || is_call) && waiting.waited_by(number).len() == 0
        }
        None => waits,
    }
}

fn is_pending_call(waiting: &Waiting, number: u32) -> bool {
    waiting.node(number).is_some_and(|node| !node.state.is_final() && node.method.is_some())
}

/// A search in depth for chains, without recursion: chains of a million are possible.
struct Search<'a> {
    waiting: &'a Waiting,
    on_path: Vec<bool>,
    seen: Vec<bool>,
    max_frames: usize,
    cut: bool,
    /// The first call that waits for itself.
    circles: Option<u32>,
    chains: Chains,
}

impl Search<'_> {
    /// Adds all chains that end at `last`.
    fn from(&mut self, last: u32) {
        // Each step with those that it waits for and that are still to be gone to.
        let mut path: Vec<(u32, Vec<u32>)> = Vec::new();
        let mut next = Some(last);
        loop {
            match next.take() {
                Some(number) => {
                    let inner = self.enter(number);
                    path.push((number, inner));
                    if path.last().is_some_and(|(_, inner)| inner.is_empty()) {
                        self.emit(&path);
                    }
                }
                None if path.is_empty() => return,
                None => {}
            }
            let Some((number, inner)) = path.last_mut() else { return };
            match inner.pop() {
                Some(inner) if !self.cut => next = Some(inner),
                _ => {
                    self.on_path[*number as usize] = false;
                    path.pop();
                }
            }
        }
    }

    /// Notes that one is on the path; gives those that it waits for and that are not, the last first.
    fn enter(&mut self, number: u32) -> Vec<u32> {
        self.on_path[number as usize] = true;
        self.seen[number as usize] = true;
        let mut inner: Vec<u32> = Vec::new();
        for other in self.waiting.waits_for(number) {
            if self.on_path[other as usize] {
                self.circles.get_or_insert(other);
            } else {
                inner.push(other);
            }
        }
        inner.reverse();
        inner
    }

    fn emit(&mut self, path: &[(u32, Vec<u32>)]) {
        let start = self.chains.frames.len();
        if start + path.len() > self.max_frames {
            self.cut = true;
            return;
        }
        self.chains.frames.extend(path.iter().rev().map(|(number, _)| *number));
        self.chains.all.push(Chain { start, end: start + path.len(), stack: 0, alike: 0 });
    }

    fn finish(mut self) -> Chains {
        if let Some(node) = self.circles.and_then(|number| self.waiting.node(number)) {
            let message = format!(
                "async calls wait for each other in a circle, the one at {} among them",
                node.address
            );
            self.chains.problems.push(Problem::note(message));
        }
        if self.cut {
            let message = format!("there are more async frames than the {} that are listed", self.max_frames);
            self.chains.problems.push(Problem::loss(message));
        }
        self.chains
    }
}

#[cfg(test)]
mod tests;
