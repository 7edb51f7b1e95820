//! Paths as far as they are shown: whole, or where they are very long their two ends.

use rustc_hash::FxHashMap;

use super::{Hops, Stop, Stopped};
use crate::graph::ObjectId;
use std::sync::atomic::AtomicBool;

/// So many objects are kept of each end of a path that is longer than both: what a person can follow, and what can be
/// told of many roots at once of a list of millions.
pub const ENDS: u32 = 100;

/// Objects between two of which the walk notes what it came to.
const STRIDE: u32 = 4096;

/// A path of objects, cut in the middle when it is very long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// The objects up to the cut; all of them where there is none.
    pub head: Vec<ObjectId>,
    /// How many are left out.
    pub left_out: u64,
    /// The objects behind the cut.
    pub tail: Vec<ObjectId>,
}

impl Trail {
    /// How many objects are on the path, those left out too.
    pub fn len(&self) -> u64 {
        (self.head.len() + self.tail.len()) as u64 + self.left_out
    }

    /// Whether there is no object.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A path that is known whole.
    pub fn of(path: &[ObjectId]) -> Trail {
        let ends = ENDS as usize;
        if path.len() <= 2 * ends {
            return Trail { head: path.to_vec(), ..Trail::default() };
        }
        let (head, rest) = path.split_at(ends);
        let (middle, tail) = rest.split_at(rest.len() - ends);
        Trail { head: head.to_vec(), left_out: middle.len() as u64, tail: tail.to_vec() }
    }
}

/// Walks the paths of a search. Paths that meet go on together, and what they have in common is walked once however many
/// they are.
#[derive(Debug)]
pub struct Trails<'a> {
    hops: &'a Hops,
    /// Where the last objects of a path begin, by objects on the way.
    tails: FxHashMap<ObjectId, ObjectId>,
    stop: Stop<'a>,
}

impl<'a> Trails<'a> {
    /// Walks along `hops`, until `stop` is set.
    pub fn new(hops: &'a Hops, stop: &'a AtomicBool) -> Trails<'a> {
        Trails { hops, tails: FxHashMap::default(), stop: Stop::new(stop) }
    }

    /// The path from an object that is `distance` references from where the search began.
    ///
    /// # Errors
    /// The walk was stopped.
    pub fn of(&mut self, from: ObjectId, distance: u32) -> Result<Trail, Stopped> {
        let count = u64::from(distance) + 1;
        let ends = u64::from(ENDS);
        if count <= 2 * ends {
            return Ok(Trail { head: self.hops.path(from).collect(), ..Trail::default() });
        }
        let head = self.hops.path(from).take(ENDS as usize).collect();
        let tail = self.tail(from, distance)?;
        Ok(Trail { head, left_out: count - 2 * ends, tail: self.hops.path(tail).collect() })
    }

    /// The object on the path from `from` that has [`ENDS`] objects to go, itself included.
    fn tail(&mut self, from: ObjectId, distance: u32) -> Result<ObjectId, Stopped> {
        let (mut object, mut left) = (from, distance);
        let mut passed = Vec::new();
        while left >= ENDS {
            self.stop.check()?;
            if left.is_multiple_of(STRIDE) {
                if let Some(&tail) = self.tails.get(&object) {
                    object = tail;
                    break;
                }
                passed.push(object);
            }
            object = self.hops.next(object).unwrap_or(object);
            left -= 1;
        }
        self.tails.extend(passed.into_iter().map(|passed| (passed, object)));
        Ok(object)
    }
}
