//! Grouped answers of several dumps side by side.
//!
//! A comparison has the keys of the answers first, as they are in the last dump that has the group, then for each measure
//! its value in each dump (`size_1`, `size_2`), the change from the first to the last (`size_delta`), then `status` (new,
//! gone, grew, shrank, same) and, of three and more dumps, `steady`: whether it grew from every dump to the next. A group
//! that a dump does not have counts 0 there; an average or a maximum has no value. What is the same in all dumps is left
//! out, but where [`Thresholds::unchanged`] asks for it.

mod amount;
mod kept;
mod matching;
pub mod names;
mod select;
mod table;
mod types;

pub use kept::keep;
pub use select::{compare_kept, compare_select};
pub use types::compare_types;

use crate::query::Answer;

use super::growth::Side;

/// Which rows of a comparison are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Thresholds {
    /// Rows whose largest change in bytes is smaller are left out.
    pub min_bytes: u64,
    /// At most so many rows, those that grew most.
    pub limit: Option<usize>,
    /// Whether rows that are the same in all dumps are left in: sums over a comparison need them.
    pub unchanged: bool,
}

/// Keeps so many rows of an answer after so many others.
pub fn cut(answer: &mut Answer, count: usize, offset: usize) {
    let rows = answer.row_count();
    let start = offset.min(rows);
    let end = start.saturating_add(count).min(rows);
    for column in &mut answer.columns {
        column.cells = column.cells.gather(start..end);
    }
}

/// Whether all dumps are known to be of one run of a process, in which names of types do not change.
fn are_of_one_run(sides: &[Side<'_>]) -> bool {
    let run = |side: &Side<'_>| side.profile.dump.process_run.clone();
    let first = sides.first().and_then(run);
    first.is_some() && sides.iter().all(|side| run(side) == first)
}
