//! What an execution had to leave out, collected from all threads.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::problem::Problem;
use crate::query::cells::Bitmap;

/// What an execution had to leave out. Which thread notes first makes no difference.
#[derive(Debug, Default)]
pub struct Notes {
    overflow: AtomicBool,
    /// For each dump and what was asked for the objects where that is not in it. A set, since it may be asked for
    /// twice.
    unreadable: Mutex<BTreeMap<(usize, &'static str), Bitmap>>,
    /// For each dump the objects of which a value is not in it, wherever they were met.
    missing_values: Mutex<BTreeMap<usize, FxHashSet<Addr>>>,
    /// What was found before a scan began.
    told: Mutex<Vec<Problem>>,
}

impl Notes {
    /// Notes that a result is null because no number of its kind can hold it.
    pub fn overflow(&self) {
        self.overflow.store(true, Ordering::Relaxed);
    }

    /// Notes what was found before a scan began; the same thing once.
    pub fn tell(&self, problems: Vec<Problem>) {
        let mut told = self.told.lock().unwrap_or_else(|e| e.into_inner());
        for problem in problems {
            if !told.contains(&problem) {
                told.push(problem);
            }
        }
    }

    /// Notes objects of a dump with `all` objects of which something could not be read: `what`, a plural.
    pub fn unreadable(&self, dump: usize, what: &'static str, objects: &[u32], all: usize) {
        if objects.is_empty() {
            return;
        }
        // A thread that panicked leaves nothing half-done here: bits are only ever set.
        let mut unreadable = self.unreadable.lock().unwrap_or_else(|e| e.into_inner());
        let bits = unreadable.entry((dump, what)).or_insert_with(|| Bitmap::clear(all));
        objects.iter().for_each(|&object| bits.set(object as usize));
    }

    /// Notes objects of a dump of which a value that was asked for is not in it.
    pub fn missing_values(&self, dump: usize, objects: Vec<Addr>) {
        if objects.is_empty() {
            return;
        }
        let mut missing = self.missing_values.lock().unwrap_or_else(|e| e.into_inner());
        missing.entry(dump).or_default().extend(objects);
    }

    /// All that was noted.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.told.lock().unwrap_or_else(|e| e.into_inner()).clone();
        let unreadable = self.unreadable.lock().unwrap_or_else(|e| e.into_inner());
        for ((dump, what), objects) in unreadable.iter() {
            let (count, dump) = (objects.count(), dump + 1);
            let message = format!(
                "the {what} of {count} objects of dump {dump} are missing or damaged and count as null"
            );
            problems.push(Problem::loss(message));
        }
        let missing = self.missing_values.lock().unwrap_or_else(|e| e.into_inner());
        for (dump, objects) in missing.iter() {
            let (count, dump) = (objects.len(), dump + 1);
            let message = format!("values of {count} objects of dump {dump} are not in it and count as null");
            problems.push(Problem::loss(message));
        }
        if self.overflow.load(Ordering::Relaxed) {
            let message = "some results are null because they are too big, or negative where that cannot be";
            problems.push(Problem::loss(message));
        }
        problems
    }
}
