//! The references that the tree of the depth-first search leaves over, turned around.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rayon::prelude::*;

use crate::bytes::{shared, zeros};

use super::depth_first::{LeftOver, Preorder};

/// References that one thread takes at once.
const SHARE: usize = 16 << 10;

/// For every number in preorder those that refer to it, other than its parent in the tree and itself. In no order.
#[derive(Debug)]
pub(super) struct Predecessors {
    /// Where the row of each number begins; two more, of which the last is the end of all.
    pub starts: Vec<u32>,
    /// The members of all rows.
    pub members: Vec<u32>,
}

impl Predecessors {
    /// Turns the references around; `None` when 2^32 or more are left over.
    pub fn new(order: &Preorder) -> Option<Predecessors> {
        let mut start_column: Vec<u32> = zeros(order.parents.len() + 1);
        let starts = shared(&mut start_column);
        let overflow = AtomicBool::new(false);
        for_each(order, |_, to| {
            if starts[to as usize].fetch_add(1, Relaxed) == u32::MAX {
                overflow.store(true, Relaxed);
            }
        });
        let mut sum = 0_u64;
        for start in starts {
            sum += u64::from(start.load(Relaxed));
            start.store(sum as u32, Relaxed);
        }
        let count = u32::try_from(sum).ok().filter(|_| !overflow.into_inner())?;
        let mut member_column: Vec<u32> = zeros(count as usize);
        let members = shared(&mut member_column);
        // Each start is the end of its row now, and comes down to its beginning as the row is filled.
        for_each(order, |from, to| {
            let place = starts[to as usize].fetch_sub(1, Relaxed) - 1;
            members[place as usize].store(from, Relaxed);
        });
        Some(Predecessors { starts: start_column, members: member_column })
    }
}

/// Calls `take` with the numbers of both ends of each reference that is left over, on all threads.
fn for_each(order: &Preorder, take: impl Fn(u32, u32) + Sync) {
    let Preorder { numbers, left_over, last_reachable, .. } = order;
    left_over.par_iter().with_min_len(SHARE).for_each(|&LeftOver { from, to }| {
        let to = numbers.get(to.0 as usize).map_or(0, |&to| to);
        // Garbage holds nothing that is reachable.
        let holds = to > *last_reachable || from <= *last_reachable;
        if to != 0 && holds {
            take(from, to);
        }
    });
}
