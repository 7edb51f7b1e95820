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
    try_map_morsels(morsels, cancel, |morsel| Ok(make(morsel)))
}

/// Makes one value of each morsel, which may fail; the values come in the order of the morsels.
///
/// # Errors
/// Those of `make`, soon after the first; [`QueryError::Cancelled`] soon after `cancel` is set.
pub fn try_map_morsels<T: Send>(
    morsels: &[Morsel],
    cancel: &AtomicBool,
    make: impl Fn(&Morsel) -> Result<T, QueryError> + Sync,
) -> Result<Vec<T>, QueryError> {
    let one = |morsel| if cancel.load(Ordering::Relaxed) { Err(QueryError::Cancelled) } else { make(morsel) };
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
    let add = |value: &mut T, morsel: &Morsel| {
        add(value, morsel);
        Ok(())
    };
    try_fold_morsels(morsels, cancel, start, add)
}

/// The same for work that may fail.
///
/// # Errors
/// Those of `add`, one of them, soon after the first; [`QueryError::Cancelled`] soon after `cancel` is set.
pub fn try_fold_morsels<T: Send>(
    morsels: &[Morsel],
    cancel: &AtomicBool,
    start: impl Fn() -> T + Sync,
    add: impl Fn(&mut T, &Morsel) -> Result<(), QueryError> + Sync,
) -> Result<Vec<T>, QueryError> {
    let next = AtomicUsize::new(0);
    let worker = |_| {
        let mut value = start();
        while let Some(morsel) = morsels.get(next.fetch_add(1, Ordering::Relaxed)) {
            if cancel.load(Ordering::Relaxed) {
                return Err(QueryError::Cancelled);
            }
            // Nothing is left to do for the others once one has failed.
            add(&mut value, morsel).inspect_err(|_| next.store(morsels.len(), Ordering::Relaxed))?;
        }
        Ok(value)
    };
    let workers = rayon::current_num_threads().clamp(1, morsels.len().max(1));
    (0..workers).into_par_iter().with_max_len(1).map(worker).collect()
}
