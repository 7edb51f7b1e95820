//! What is growth and what is noise.
//!
//! A heap breathes: caches warm up, threads come and go, a request is under way when the dump is taken. Growth is told from
//! that by three things together: the objects are many and multiply, what hangs on them weighs something, and where there are
//! three dumps and more, they became more from each to the next. What is steady may weigh less: chance does not go on in
//! one direction.

/// Fewer objects more are no growth: so many come and go with a thread, a connection, a request under way.
const FEW_OBJECTS: u64 = 8;

/// The objects must have become more by this part of what they were, unless they weigh a lot: a pool that has 1,000 objects has
/// 1,030 at another time of the day.
const LEAST_INCREASE: f64 = 0.05;

/// Less retained growth is no growth, however small the heap is: a page.
const FEW_BYTES: u64 = 4 << 10;

/// With three dumps and more: the retained growth of what grew in each step must be this part of the last heap.
const SHARE_OF_STEADY: f64 = 0.001;

/// With two dumps, of which nobody can tell whether it is steady: 150 KB of a heap of 30 MB.
const SHARE_OF_TWO: f64 = 0.005;

/// With three dumps and more, of what did not grow in each step: a leak that began in between is told only when it weighs.
const SHARE_OF_UNSTEADY: f64 = 0.05;

/// From this part of the last heap on it does not matter how many there were before.
const LARGE_SHARE: f64 = 0.02;

/// Of three dumps and more, a step counts as growth from this part of an average step on: warming up is one large step and
/// next to nothing behind.
const LEAST_STEP: f64 = 0.1;

/// The heaps of the dumps that are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heaps {
    /// Bytes of all objects of the last one.
    pub last_bytes: u64,
}

/// Numbers of one thing in each dump.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series<'a> {
    /// Objects.
    pub counts: &'a [u64],
    /// The bytes that hang on them.
    pub retained: &'a [u64],
}

impl Series<'_> {
    /// How many objects there are more in the last dump than in the first; 0 where there are fewer.
    pub fn more_objects(&self) -> u64 {
        increase(self.counts)
    }

    /// How many bytes hang on them more; 0 where there are fewer.
    pub fn more_retained(&self) -> u64 {
        increase(self.retained)
    }

    /// Whether there were more in every dump than in the one before; `None` for two dumps.
    pub fn steady(&self) -> Option<bool> {
        (self.counts.len() > 2).then(|| self.counts.is_sorted_by(|before, after| before < after))
    }

    /// Whether no step was next to nothing beside the others.
    fn steps_are_alike(&self) -> bool {
        let steps = self.counts.len().saturating_sub(1).max(1) as f64;
        let average = self.more_objects() as f64 / steps;
        let step = |pair: &[u64]| pair[1] as f64 - pair[0] as f64;
        self.counts.windows(2).all(|pair| step(pair) >= average * LEAST_STEP)
    }

    /// Whether that is growth, in heaps like these.
    pub fn is_growth(&self, heaps: Heaps) -> bool {
        let (objects, bytes) = (self.more_objects(), self.more_retained());
        let share = bytes as f64 / heaps.last_bytes.max(1) as f64;
        let first = self.counts.first().copied().unwrap_or(0);
        let multiplied = objects as f64 >= first as f64 * LEAST_INCREASE || share >= LARGE_SHARE;
        let least_share = match self.steady() {
            None => SHARE_OF_TWO,
            Some(true) if self.steps_are_alike() => SHARE_OF_STEADY,
            Some(_) => SHARE_OF_UNSTEADY,
        };
        objects >= FEW_OBJECTS && bytes >= FEW_BYTES && multiplied && share >= least_share
    }
}

/// How much more the last number is than the first; 0 where it is less.
pub(super) fn increase(numbers: &[u64]) -> u64 {
    let first = numbers.first().copied().unwrap_or(0);
    numbers.last().map_or(0, |last| last.saturating_sub(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1 << 20;

    fn is_growth(counts: &[u64], retained: &[u64]) -> bool {
        Series { counts, retained }.is_growth(Heaps { last_bytes: 30 * MB })
    }

    #[test]
    fn fifty_sessions_in_a_heap_of_thirty_megabytes_are_found() {
        let sessions = |count: u64| count * 4200;
        assert!(is_growth(&[1, 51, 101], &[1, 51, 101].map(sessions)), "steady");
        assert!(is_growth(&[1, 51], &[1, 51].map(sessions)), "in two dumps");
    }

    #[test]
    fn a_handful_of_objects_is_no_growth_whatever_they_weigh() {
        assert!(!is_growth(&[1, 4, 7], &[MB, 4 * MB, 7 * MB]));
        assert!(is_growth(&[1, 5, 9], &[MB, 4 * MB, 7 * MB]));
    }

    #[test]
    fn what_weighs_nothing_is_no_growth() {
        assert!(!is_growth(&[0, 60, 120], &[0, 1500, 3000]));
        assert!(!is_growth(&[0, 600], &[0, 100_000]), "of two dumps a smaller part of the heap");
        assert!(is_growth(&[0, 300, 600], &[0, 50_000, 100_000]), "steady");
    }

    #[test]
    fn warming_up_is_no_growth() {
        assert!(!is_growth(&[100, 3000, 3001], &[0, 500_000, 500_100]), "the last step is nothing");
        assert!(!is_growth(&[100, 3000, 2900], &[0, 500_000, 490_000]));
        assert!(is_growth(&[100, 100, 9000], &[0, 0, 3 * MB]), "began late, and weighs");
    }

    #[test]
    fn what_shrinks_or_stays_is_no_growth() {
        assert!(!is_growth(&[200_000, 100_000], &[20 * MB, 10 * MB]));
        assert!(!is_growth(&[200_000, 200_000], &[10 * MB, 20 * MB]));
        assert!(!is_growth(&[200_000, 203_000, 206_000], &[10 * MB, 10 * MB + 50_000, 10 * MB + 100_000]));
        assert!(is_growth(&[200_000, 203_000], &[10 * MB, 11 * MB]), "few for what there were, but heavy");
    }
}
