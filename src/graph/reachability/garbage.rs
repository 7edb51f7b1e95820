//! Where unreachable objects are entered: what is not collected yet hangs on nothing, so something must stand for roots.

use rayon::prelude::*;

use super::reachable_around;
use crate::graph::object_set::SharedSet;
use crate::graph::{ObjectId, ObjectSet, Rows};

/// The fewest objects from which everything outside of `aside` is reached on ways outside of it, ascending. `aside` are
/// the objects that are reachable from the roots, and free ones.
///
/// They are the objects that no other object outside of `aside` refers to; and of each set of objects that all reach
/// each other and that nothing else outside of `aside` reaches, the one of the lowest id.
pub fn garbage_entries(rows: &Rows, aside: &ObjectSet) -> Vec<ObjectId> {
    let garbage = aside.complement();
    let mut entries: Vec<ObjectId> =
        garbage.joined(&referred(rows, &garbage), |a, b| a & !b).iter().collect();
    // What is left hangs on circles: nearly nothing, and this part cannot be spread over threads.
    let covered = reachable_around(rows, entries.iter().copied(), aside);
    let aside = aside.joined(&covered, |a, b| a | b);
    // By ascending ids: those that no lower one leads to. A higher one may, so again in the opposite order: what is left
    // now none of the others leads to, and in its circle it is the lowest, as that is what the first pass meets first.
    let candidates = leaders(rows, &aside, aside.complement().iter());
    entries.extend(leaders(rows, &aside, candidates.into_iter().rev()));
    entries.sort_unstable();
    entries
}

/// What an other object of `garbage` refers to; live objects may be among it.
fn referred(rows: &Rows, garbage: &ObjectSet) -> ObjectSet {
    let referred = SharedSet::from(&ObjectSet::none(garbage.heap_len()));
    garbage.words().par_iter().enumerate().with_min_len(1024).filter(|&(_, &word)| word != 0).for_each(
        |(at, &word)| {
            let ids = (0..64).filter(|bit| word >> bit & 1 == 1).map(|bit| ObjectId(at as u32 * 64 + bit));
            for from in ids {
                for &to in rows.of(from).iter().filter(|&&to| to != from) {
                    referred.add(to);
                }
            }
        },
    );
    referred.into_set()
}

/// Those of `starts` that are not reached from one before them, outside of `aside`.
fn leaders(rows: &Rows, aside: &ObjectSet, starts: impl Iterator<Item = ObjectId>) -> Vec<ObjectId> {
    let met = SharedSet::from(aside);
    let mut open = Vec::new();
    starts
        .filter(|&start| {
            let leads = met.add(start);
            open.extend(leads.then_some(start));
            while let Some(object) = open.pop() {
                open.extend(rows.of(object).iter().copied().filter(|&to| met.add(to)));
            }
            leads
        })
        .collect()
}
