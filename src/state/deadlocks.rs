//! Deadlocks: threads of which each waits for what the next one holds, and the last for what the first does.

use super::waits::Wait;

/// A circle of threads that wait for each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadlock {
    /// The positions of its waits: each one's holder is the thread of the next, and the last one's that of the first. It
    /// begins with the thread that comes first among the snapshot's.
    pub waits: Vec<usize>,
}

/// The circles among `waits`, in the order of their first threads. A thread waits for one thing at a time, so no two
/// circles have a thread in common. Linear in the waits.
pub fn deadlocks(waits: &[Wait]) -> Vec<Deadlock> {
    let of_thread: rustc_hash::FxHashMap<usize, usize> =
        waits.iter().enumerate().map(|(at, wait)| (wait.thread, at)).collect();
    let next = |at: usize| {
        let holder = waits.get(at)?.holder?.thread?;
        of_thread.get(&holder).copied()
    };
    // From which start each wait was first met.
    let mut met: Vec<Option<usize>> = vec![None; waits.len()];
    let mut circles = Vec::new();
    for start in 0..waits.len() {
        let mut at = Some(start);
        while let Some(here) = at
            && met[here].is_none()
        {
            met[here] = Some(start);
            at = next(here);
        }
        // A way that ends in what this same start has met has closed a circle there.
        if let Some(entry) = at.filter(|&entry| met[entry] == Some(start)) {
            circles.push(circle(entry, next));
        }
    }
    for circle in &mut circles {
        let first = (0..circle.len()).min_by_key(|&at| waits[circle[at]].thread).unwrap_or(0);
        circle.rotate_left(first);
    }
    circles.sort_by_key(|circle| circle.first().map(|&at| waits[at].thread));
    circles.into_iter().map(|waits| Deadlock { waits }).collect()
}

/// The circle that `entry` lies on.
fn circle(entry: usize, next: impl Fn(usize) -> Option<usize>) -> Vec<usize> {
    let mut circle = vec![entry];
    let mut at = next(entry);
    while let Some(here) = at
        && here != entry
    {
        circle.push(here);
        at = next(here);
    }
    circle
}

#[cfg(test)]
mod tests {
    use super::super::threads::Holder;
    use super::super::waits::WaitKind;
    use super::*;

    /// Waits of threads, each for what another holds.
    fn of(pairs: &[(usize, Option<usize>)]) -> Vec<Wait> {
        let wait = |&(thread, holder): &(usize, Option<usize>)| Wait {
            thread,
            kind: WaitKind::MonitorEnter,
            object: None,
            holder: holder.map(|thread| Holder { thread: Some(thread), managed_id: None }),
            timeout_ms: None,
            method: None,
        };
        pairs.iter().map(wait).collect()
    }

    fn circles(pairs: &[(usize, Option<usize>)]) -> Vec<Vec<usize>> {
        let waits = of(pairs);
        deadlocks(&waits).iter().map(|d| d.waits.iter().map(|&at| waits[at].thread).collect()).collect()
    }

    #[test]
    fn each_thread_of_a_circle_is_followed_by_who_holds_what_it_waits_for() {
        // Threads 7 and 8 wait too, but nobody waits for them.
        let pairs = [(7, Some(5)), (9, Some(3)), (5, Some(9)), (3, Some(5)), (8, Some(7))];
        assert_eq!(circles(&pairs), [[3, 5, 9]]);
    }

    #[test]
    fn circles_come_in_the_order_of_their_first_threads() {
        assert_eq!(circles(&[(8, Some(6)), (6, Some(8)), (2, Some(1)), (1, Some(2))]), [[1, 2], [6, 8]]);
        assert_eq!(circles(&[(4, Some(4))]), [[4]]);
    }

    #[test]
    fn who_waits_for_somebody_that_runs_is_in_no_deadlock() {
        assert_eq!(circles(&[(1, Some(2)), (2, Some(3)), (4, None)]), Vec::<Vec<usize>>::new());
        assert_eq!(circles(&[]), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn a_long_chain_is_followed_without_recursion() {
        let mut pairs: Vec<(usize, Option<usize>)> = (0..100_000).map(|n| (n, Some(n + 1))).collect();
        pairs.push((100_000, Some(99_999)));
        assert_eq!(circles(&pairs), [[99_999, 100_000]]);
    }
}
