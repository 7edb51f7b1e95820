//! Everything that can be reached, in no order, on all threads.

use rayon::Scope;

use crate::graph::object_set::SharedSet;
use crate::graph::{ObjectId, ObjectSet, Rows};

/// Objects that a thread keeps for itself before it hands half of them to others. A list of nodes stays with one
/// thread, which nothing could change; what is wide is spread after a few thousand objects.
const KEPT: usize = 4096;

/// All objects that can be reached from `starts`, those included.
pub fn reachable_from(rows: &Rows, starts: impl IntoIterator<Item = ObjectId>) -> ObjectSet {
    reachable_around(rows, starts, &ObjectSet::none(rows.len()))
}

/// All objects that can be reached from `starts`, those included, on ways that enter no object of `avoided`: neither
/// a start that is one of them nor anything that only they lead to.
pub fn reachable_around(
    rows: &Rows,
    starts: impl IntoIterator<Item = ObjectId>,
    avoided: &ObjectSet,
) -> ObjectSet {
    let met = SharedSet::from(avoided);
    let starts: Vec<ObjectId> = starts.into_iter().filter(|&start| met.add(start)).collect();
    let search = Search { rows, met: &met };
    rayon::scope(|scope| search.follow(scope, starts));
    met.into_set().joined(avoided, |met, avoided| met & !avoided)
}

#[derive(Clone, Copy)]
struct Search<'a> {
    rows: &'a Rows,
    /// What was reached so far or is avoided. Objects are added before they are handed on, so each is in at most one
    /// thread's list: all lists together never hold more than the heap has objects.
    met: &'a SharedSet,
}

impl<'a> Search<'a> {
    fn follow(self, scope: &Scope<'a>, mut open: Vec<ObjectId>) {
        while let Some(object) = open.pop() {
            for &to in self.rows.of(object) {
                if self.met.add(to) {
                    open.push(to);
                }
            }
            while open.len() >= 2 * KEPT {
                let others = open.split_off(open.len() - KEPT);
                scope.spawn(move |scope| self.follow(scope, others));
            }
        }
    }
}
