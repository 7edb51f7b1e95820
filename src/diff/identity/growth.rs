//! Who of the types that grow was there before.

use super::fate;
use crate::diff::growth::{Growth, Side};
use crate::graph::Snapshot;
use crate::query::{QueryError, RunOptions};

/// Objects that are read, over all types and dumps: some tenths of a second.
const BUDGET: u64 = 4 << 20;

/// Notes for types that grow how many of their objects survived from each dump to the next, and since when those of
/// the last dump are there: for the first of `growth`, until some millions of objects were read. Nothing is noted where a
/// side is a baseline, which has no objects.
///
/// # Errors
/// A dump has no heap; it was stopped.
pub fn of_growth(
    growth: &mut [Growth],
    sides: &[Side<'_>],
    options: &RunOptions<'_>,
) -> Result<(), QueryError> {
    let dumps: Option<Vec<&Snapshot>> = sides.iter().map(|side| side.snapshot).collect();
    let Some(dumps) = dumps else { return Ok(()) };
    let mut left = BUDGET;
    for of in growth {
        let objects = of.counts.iter().sum::<u64>();
        if objects > left {
            continue;
        }
        left -= objects;
        let fate = fate(&dumps, &of.type_name, of.module.as_deref(), options)?;
        of.survival = fate.steps;
        of.cohorts = fate.cohorts;
    }
    Ok(())
}
