//! Morsels over all threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use super::scan::Morsel;
use crate::query::QueryError;

/// Makes one value of each morsel; the values come in the order of the morsels.
///
/// # Errors
/// [`QueryError::Cancelled`] soon after `cancel` is set.
pub fn map_morsels<T: Send>(
    morsels: &[Morsel],
    cancel: &AtomicBool,
    make: impl Fn(&Morsel) -> T + Sync,
) -> Result<Vec<T>, QueryError> {
    let one = |morsel| {
        if cancel.load(Ordering::Relaxed) { Err(QueryError::Cancelled) } else { Ok(make(morsel)) }
    };
    morsels.par_iter().map(one).collect()
}

/// Lets every thread work off morsels, each into a value of its own. A thread meets its morsels in
/// ascending order, but which it meets differs from run to run: whoever joins the values must
/// not depend on that.
///
/// # Errors
/// [`QueryError::Cancelled`] soon after `cancel` is set.
pub fn fold_morsels<T: Send>(
    morsels: &[Morsel],
    cancel: &AtomicBool,
    start: impl Fn() -> T + Sync,
    add: impl Fn(&mut T, &Morsel) + Sync,
) -> Result<Vec<T>, QueryError> {
    let next = AtomicUsize::new(0);
    let worker = |_| {
        let mut value = start();
        while let Some(morsel) = morsels.get(next.fetch_add(1, Ordering::Relaxed)) {
            if cancel.load(Ordering::Relaxed) {
                return Err(QueryError::Cancelled);
            }
            add(&mut value, morsel);
        }
        Ok(value)
    };
    let workers = rayon::current_num_threads().clamp(1, morsels.len().max(1));
    (0..workers).into_par_iter().with_max_len(1).map(worker).collect()
}
