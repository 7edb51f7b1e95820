//! What goes with a set of objects, each counted once.

use super::{garbage_entries, reachable_around};
use crate::graph::{ObjectId, ObjectSet, Rows};

/// The objects that could be collected if those of `set` were let go all at once: they themselves and all that is
/// reached on no way around them. `free` are the free objects, which are in no such set.
///
/// Of unreachable objects in `set`, what goes with them is what other unreachable objects do not lead to. What is
/// reachable is never retained by what is not.
pub fn retained_by(rows: &Rows, entries: &[ObjectId], free: &ObjectSet, set: &ObjectSet) -> ObjectSet {
    let set = set.joined(free, |set, free| set & !free);
    let avoided = set.joined(free, |set, free| set | free);
    let alive = reachable_around(rows, entries.iter().copied(), free);
    let still_alive = reachable_around(rows, entries.iter().copied(), &avoided);
    let gone = alive.joined(&still_alive, |alive, still| alive & !still);
    let dead = set.joined(&alive, |set, alive| set & !alive);
    if dead.is_empty() {
        return gone;
    }
    let aside = alive.joined(free, |alive, free| alive | free);
    let others = garbage_entries(rows, &aside);
    let still_there = reachable_around(rows, others, &aside.joined(&dead, |aside, dead| aside | dead));
    let hung_on = reachable_around(rows, dead.iter(), &aside);
    gone.joined(&hung_on.joined(&still_there, |all, still| all & !still), |gone, more| gone | more)
}
