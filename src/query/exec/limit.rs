//! The first rows in the order of the scan, without scanning all.

use super::Execution;
use super::filter::Filter;
use super::scan::Scan;
use super::stream::{FIRST_WAVE, next_wave};
use super::workers::map_morsels;
use crate::query::QueryError;

/// The numbers of the first `wanted` rows that pass `filter`. Waves do not depend on the threads, so neither does
/// what is read and noted.
///
/// # Errors
/// [`QueryError::Cancelled`].
pub fn first_rows(
    scan: &dyn Scan,
    filter: &Filter,
    wanted: usize,
    execution: &Execution<'_>,
) -> Result<Vec<u32>, QueryError> {
    let notes = &execution.notes;
    let mut numbers = Vec::new();
    let mut rest = scan.morsels();
    let mut wave = FIRST_WAVE;
    while numbers.len() < wanted && !rest.is_empty() && !filter.is_never() {
        let (now, later) = rest.split_at(wave.min(rest.len()));
        let found = map_morsels(now, execution.cancel, |morsel| {
            let selection = filter.select(scan, morsel, notes);
            selection.batch(scan, morsel, notes).map(|batch| batch.numbers()).unwrap_or_default()
        })?;
        numbers.extend(found.into_iter().flatten());
        (rest, wave) = (later, next_wave(wave));
    }
    numbers.truncate(wanted);
    Ok(numbers)
}
