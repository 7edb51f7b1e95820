//! The ways to walk over the items of a collection, each a file, and what they have in common.
//!
//! A walk reads what a hostile dump says, so each is bounded by what there is: arrays by the memory that the dump holds,
//! chains and trees by the nodes that they have not visited yet. What cannot be read is counted and named, not left out.

mod array;
mod bits;
mod chain;
mod element;
mod elements;
mod parallel;
mod ring;
mod trail;
mod tree;
mod wraps;

use std::ops::ControlFlow;

use super::path::Spot;
use super::process::Process;
use super::summary::Extent;
use super::{Damage, Item, ItemsEnd};

pub(super) use array::ArrayWalk;
pub(super) use bits::BitsWalk;
pub(super) use chain::ChainWalk;
pub(super) use element::{Element, Source};
pub(super) use elements::give_array;
pub(super) use parallel::ParallelWalk;
pub(super) use ring::{RingEnd, RingWalk};
pub(super) use tree::TreeWalk;
pub(super) use wraps::WrapsWalk;

/// A way to walk over items.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Walk {
    /// The slots of an array.
    Array(Box<ArrayWalk>),
    /// Two arrays, keys in one and values in the other.
    Parallel(ParallelWalk),
    /// A part of an array that may go on at its begin.
    Ring(Box<RingWalk>),
    /// Nodes that are linked.
    Chain(Box<ChainWalk>),
    /// A binary tree, in order.
    Tree(Box<TreeWalk>),
    /// What another collection holds.
    Wraps(Box<WrapsWalk>),
    /// The bits of numbers in an array.
    Bits(BitsWalk),
    /// One after the other.
    Sequence(Vec<Walk>),
}

impl Walk {
    /// Gives the items of `spot` to the taker. What is damaged is noted there.
    pub fn run(&self, taker: &mut Taker<'_>, spot: Spot<'_>) -> ControlFlow<()> {
        let result = match self {
            Walk::Array(walk) => walk.run(taker, spot),
            Walk::Parallel(walk) => walk.run(taker, spot),
            Walk::Ring(walk) => walk.run(taker, spot),
            Walk::Chain(walk) => walk.run(taker, spot),
            Walk::Tree(walk) => walk.run(taker, spot),
            Walk::Wraps(walk) => walk.run(taker, spot),
            Walk::Bits(walk) => walk.run(taker, spot),
            Walk::Sequence(walks) => Ok(walks.iter().try_for_each(|walk| walk.run(taker, spot))),
        };
        result.unwrap_or_else(|damage| {
            taker.lost(0, damage);
            ControlFlow::Continue(())
        })
    }

    /// Adds the arrays that hold the items of `spot` and the room in them.
    pub fn measure(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        depth: u32,
        extent: &mut Extent,
    ) -> Result<(), Damage> {
        match self {
            Walk::Array(walk) => walk.measure(process, spot, extent),
            Walk::Parallel(walk) => walk.measure(process, spot, extent),
            Walk::Ring(walk) => walk.measure(process, spot, extent),
            Walk::Chain(walk) => walk.measure(process, spot, depth, extent),
            Walk::Tree(_) => Ok(()),
            Walk::Wraps(walk) => walk.measure(process, spot, depth, extent),
            Walk::Bits(walk) => walk.measure(process, spot, extent),
            Walk::Sequence(walks) => {
                walks.iter().try_for_each(|walk| walk.measure(process, spot, depth, extent))
            }
        }
    }
}

/// Takes an item and says whether there shall be more.
type Give<'g> = dyn FnMut(Item<'_>) -> ControlFlow<()> + 'g;

/// Who takes the items of a walk, or only their number.
pub(super) struct Taker<'t> {
    /// The process.
    pub process: &'t dyn Process,
    /// How many collections are wrapped around this one.
    pub depth: u32,
    /// What was given and lost so far.
    pub end: ItemsEnd,
    give: Option<&'t mut Give<'t>>,
}

impl<'t> Taker<'t> {
    /// Gives the items to `give`.
    pub fn giving(process: &'t dyn Process, depth: u32, give: &'t mut Give<'t>) -> Taker<'t> {
        Taker { process, depth, end: ItemsEnd::default(), give: Some(give) }
    }

    /// Counts the items.
    pub fn counting(process: &'t dyn Process, depth: u32) -> Taker<'t> {
        Taker { process, depth, end: ItemsEnd::default(), give: None }
    }

    /// Whether the items themselves are wanted.
    pub fn wants_items(&self) -> bool {
        self.give.is_some()
    }

    /// Gives an item, whose number is set here.
    pub fn give(&mut self, item: Item<'_>) -> ControlFlow<()> {
        let index = self.end.given;
        self.end.given += 1;
        match &mut self.give {
            Some(give) => give(Item { index, ..item }),
            None => ControlFlow::Continue(()),
        }
    }

    /// Counts items that nobody wants to see.
    pub fn count(&mut self, items: u64) {
        self.end.given = self.end.given.saturating_add(items);
    }

    /// Notes that `items` more items there must be cannot be given.
    pub fn lost(&mut self, items: u64, damage: Damage) {
        self.end.missing = self.end.missing.saturating_add(items);
        self.end.damage.get_or_insert(damage);
    }
}
