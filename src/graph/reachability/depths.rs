//! How far objects are from the roots.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use crate::bytes::Column;
use crate::graph::object_set::SharedSet;
use crate::graph::{ObjectId, ObjectSet, Rows};

/// Objects of one distance that are worth the other threads' while.
const WIDE: usize = 8192;
/// How many of them one thread takes at once.
const SHARE: usize = 1024;

/// How many references lead to every object from the nearest root.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Depths {
    /// 0 for what is not reachable.
    depths: Column<u32>,
}

impl Depths {
    /// The depths of all objects, entered at `entries`, on ways that enter no object of `avoided` (free ones).
    pub fn new(rows: &Rows, entries: &[ObjectId], avoided: &ObjectSet) -> Depths {
        let depths: Vec<AtomicU32> = vec![0; rows.len()].into_iter().map(AtomicU32::new).collect();
        let met = SharedSet::from(avoided);
        let mut nearest: Vec<ObjectId> = entries.iter().copied().filter(|&entry| met.add(entry)).collect();
        let mut depth = 0;
        // A distance is at most the number of objects, of which there are fewer than 2^32.
        while !nearest.is_empty() {
            depth += 1;
            let share = |nearest: &[ObjectId], next: &mut Vec<ObjectId>| {
                for &object in nearest {
                    depths[object.0 as usize].store(depth, Ordering::Relaxed);
                    next.extend(rows.of(object).iter().copied().filter(|&to| met.add(to)));
                }
            };
            let mut next = Vec::new();
            if nearest.len() < WIDE {
                share(&nearest, &mut next);
            } else {
                let parts = nearest.par_chunks(SHARE).map(|part| {
                    let mut next = Vec::new();
                    share(part, &mut next);
                    next
                });
                next = parts.collect::<Vec<_>>().concat();
            }
            nearest = next;
        }
        Depths { depths: depths.into_iter().map(AtomicU32::into_inner).collect() }
    }

    /// The shortest number of references that lead from a root to an object: 1 where a root holds it itself; `None` for
    /// what is not reachable and for an id past the end.
    #[inline]
    pub fn of(&self, object: ObjectId) -> Option<u32> {
        self.depths.get(object.0 as usize).copied().filter(|&depth| depth > 0)
    }

    /// The bytes of memory that they take.
    pub fn owned_bytes(&self) -> usize {
        self.depths.owned_bytes()
    }
}
