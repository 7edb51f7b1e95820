//! The table `async_frames`.

use super::table::Table;
use super::tasks::signed;
use crate::graph::Heap;
use crate::problem::Problem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::state::tasks::{AsyncFrame, AsyncFrames, FramePlace, Tasks};
use crate::values::Values;

/// Reads the columns `used` of the table, and tells what it lacks.
pub fn async_frames(values: &Values, heap: &Heap, used: &[usize]) -> (Table, Vec<Problem>) {
    let tasks = Tasks::find(values, heap);
    let mut rows = tasks.frames();
    let table = Table::of_catalog(TableId::AsyncFrames.doc().columns, rows.places.len(), used, |name| {
        column(&rows, name)
    });
    let mut problems = tasks.problems(heap);
    problems.append(&mut rows.problems);
    (table, problems)
}

/// A column, or `None` when there is no such column.
fn column(rows: &AsyncFrames, name: &str) -> Option<Cells> {
    let numbers = |of: fn(&FramePlace) -> u32| {
        Some(Cells::unsigned(rows.places.iter().map(|place| of(place).into()).collect()))
    };
    // What a frame is is told once, however many chains it is on.
    let of_frame = |cells: Cells| Some(cells.gather(rows.places.iter().map(|place| place.frame as usize)));
    let texts = |of: fn(&AsyncFrame) -> Option<&str>| of_frame(Cells::texts(rows.frames.iter().map(of)));
    match name {
        "chain" => numbers(|place| place.chain + 1),
        "level" => numbers(|place| place.level),
        "method" => texts(|frame| frame.method.as_deref()),
        "type" => texts(|frame| Some(&frame.type_name)),
        "async_state" => of_frame(signed(rows.frames.iter().map(|frame| frame.async_state))),
        "state" => texts(|frame| frame.state.map(|state| state.word())),
        "address" => of_frame(Cells::unsigned(rows.frames.iter().map(|frame| frame.address.0).collect())),
        "stack" => numbers(|place| place.stack + 1),
        "alike" => numbers(|place| place.alike),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for doc in TableId::AsyncFrames.doc().columns {
            assert!(column(&AsyncFrames::default(), doc.name).is_some(), "{}", doc.name);
        }
        assert!(column(&AsyncFrames::default(), "nothing").is_none());
    }
}
