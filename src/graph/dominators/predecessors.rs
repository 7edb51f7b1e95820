//! The references that the tree of the depth-first search leaves over, turned around.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use rayon::prelude::*;

use super::depth_first::Preorder;
use crate::graph::{ObjectId, Rows};

/// Objects that one thread takes at once.
const SHARE: usize = 16 << 10;

/// For every number in preorder those that refer to it, other than its parent in the tree and itself. In no order.
///
/// The references of the tree are two of three in ordinary heaps. What remains takes that much less room.
#[derive(Debug)]
pub(super) struct Predecessors {
    /// Where the row of each number begins; two more, of which the last is the end of all.
    pub starts: Vec<u32>,
    /// The members of all rows.
    pub members: Vec<u32>,
}

impl Predecessors {
    /// Turns the references around; `None` when 2^32 or more are left over.
    pub fn new(rows: &Rows, order: &Preorder, entries: &[ObjectId]) -> Option<Predecessors> {
        let left_over = LeftOver { rows, order, numbers: numbers(order, rows.len()), entries };
        let starts = zeros(order.objects.len() + 1);
        left_over.for_each(|_, to| {
            starts[to as usize].fetch_add(1, Relaxed);
        });
        let mut sum = 0_u64;
        for start in &starts {
            sum += u64::from(start.load(Relaxed));
            start.store(sum as u32, Relaxed);
        }
        let members = zeros(u32::try_from(sum).ok()? as usize);
        // Each start is the end of its row now, and comes down to its beginning as the row is filled.
        left_over.for_each(|from, to| {
            let place = starts[to as usize].fetch_sub(1, Relaxed) - 1;
            members[place as usize].store(from, Relaxed);
        });
        Some(Predecessors { starts: plain(starts), members: plain(members) })
    }
}

struct LeftOver<'a> {
    rows: &'a Rows,
    order: &'a Preorder,
    /// The number of each object, 0 for free ones.
    numbers: Vec<u32>,
    entries: &'a [ObjectId],
}

impl LeftOver<'_> {
    /// Calls `take` with the numbers of both ends of each reference, on all threads.
    fn for_each(&self, take: impl Fn(u32, u32) + Sync) {
        let parents = &self.order.parents;
        let last_reachable = self.order.last_reachable;
        self.numbers.par_chunks(SHARE).enumerate().for_each(|(share, numbers)| {
            for (at, &from) in numbers.iter().enumerate().filter(|&(_, &from)| from != 0) {
                for to in self.rows.of(ObjectId((share * SHARE + at) as u32)) {
                    let to = self.numbers.get(to.0 as usize).map_or(0, |&to| to);
                    // Garbage holds nothing that is reachable.
                    let holds = to > last_reachable || from <= last_reachable;
                    if to != 0 && to != from && parents[to as usize] != from && holds {
                        take(from, to);
                    }
                }
            }
        });
        for entry in self.entries {
            let number = self.numbers.get(entry.0 as usize).map_or(0, |&number| number);
            if parents[number as usize] != 0 {
                take(0, number);
            }
        }
    }
}

fn numbers(order: &Preorder, len: usize) -> Vec<u32> {
    let numbers = zeros(len);
    order.objects.par_iter().enumerate().skip(1).with_min_len(SHARE).for_each(|(number, &object)| {
        numbers[object as usize].store(number as u32, Relaxed);
    });
    plain(numbers)
}

fn zeros(len: usize) -> Vec<AtomicU32> {
    vec![0; len].into_iter().map(AtomicU32::new).collect()
}

/// The numbers themselves. Collected in place: no copy is made.
fn plain(numbers: Vec<AtomicU32>) -> Vec<u32> {
    numbers.into_iter().map(AtomicU32::into_inner).collect()
}
