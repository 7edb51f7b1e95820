//! How many events the runtime dropped, told by gaps in the numbers that each thread gives its events.
//!
//! A thread numbers its events from 1 on, whether they reach the stream or not; blocks of sequence points say how far each
//! thread had come, and which threads there still are.

use std::collections::HashMap;

use crate::limits::MAX_NETTRACE_THREADS;

/// Counts dropped events.
#[derive(Debug, Default)]
pub(super) struct Losses {
    /// The last number seen of each thread.
    last: HashMap<u64, u32>,
    lost: u64,
}

impl Losses {
    /// How many events were dropped, as far as is known.
    pub(super) fn count(&self) -> u64 {
        self.lost
    }

    /// An event arrived.
    pub(super) fn event(&mut self, thread: u64, number: u32) {
        let Some(before) = self.before(thread) else { return };
        // A number of 1 is a new thread with an old thread's number.
        if number != 1 {
            self.lost += u64::from(gap(before.wrapping_add(1), number));
        }
        self.last.insert(thread, number);
    }

    /// A sequence point says how far a thread had come.
    pub(super) fn reached(&mut self, thread: u64, number: u32) {
        let Some(before) = self.before(thread) else { return };
        let lost = gap(before, number);
        self.lost += u64::from(lost);
        self.last.insert(thread, before.wrapping_add(lost));
    }

    /// The last number of a thread, 0 for a new one; `None` for a thread beyond the limit, which is not followed.
    fn before(&self, thread: u64) -> Option<u32> {
        let known = self.last.get(&thread).copied();
        known.or_else(|| (self.last.len() < MAX_NETTRACE_THREADS).then_some(0))
    }

    /// Only these threads are left; the numbers of others may be given to new ones.
    pub(super) fn keep(&mut self, threads: impl Fn(u64) -> bool) {
        self.last.retain(|&thread, _| threads(thread));
    }
}

/// How far `to` lies behind `from` in numbers that wrap; 0 where it lies before.
fn gap(from: u32, to: u32) -> u32 {
    let distance = to.wrapping_sub(from);
    if distance.cast_signed() < 0 { 0 } else { distance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_count_once() {
        let mut losses = Losses::default();
        for number in [1, 2, 5, 6] {
            losses.event(7, number);
        }
        assert_eq!(losses.count(), 2, "3 and 4");
        losses.reached(7, 6);
        assert_eq!(losses.count(), 2);
        losses.reached(7, 9);
        losses.event(7, 10);
        assert_eq!(losses.count(), 5, "7 to 9");
    }

    #[test]
    fn a_thread_that_lost_all_is_told_by_its_sequence_point() {
        let mut losses = Losses::default();
        losses.reached(3, 4);
        losses.event(3, 5);
        assert_eq!(losses.count(), 4);
    }

    #[test]
    fn a_new_thread_with_an_old_number_lost_nothing() {
        let mut losses = Losses::default();
        losses.event(3, 1);
        losses.event(3, 2);
        losses.event(3, 1);
        losses.keep(|thread| thread != 3);
        losses.event(3, 1);
        assert_eq!(losses.count(), 0);
    }

    #[test]
    fn numbers_wrap() {
        let mut losses = Losses::default();
        losses.last.insert(1, u32::MAX);
        losses.event(1, 0);
        assert_eq!(losses.count(), 0);
        losses.event(1, 2);
        assert_eq!(losses.count(), 1);
    }
}
