//! The table `exception_frames`.

use rustc_hash::FxHashMap;

use super::code_places::{CodePlace, CodePlaces};
use super::table::Table;
use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::graph::Heap;
use crate::problem::Problem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::state::{TraceFrame, exception_traces};
use crate::values::{ExceptionFrame, Values};

/// Reads the columns `used` of the table, and tells what it lacks.
pub fn exception_frames(values: &Values, heap: &Heap, used: &[usize]) -> (Table, Vec<Problem>) {
    let (frames, problems) = exception_traces(values, heap);
    let rows = Rows::of(values.types(), &frames);
    let columns = TableId::ExceptionFrames.doc().columns;
    (Table::of_catalog(columns, frames.len(), used, |name| rows.column(name)), problems)
}

/// The rows, and the places in code that they show: many traces pass the same ones.
struct Rows<'a> {
    frames: &'a [TraceFrame],
    places: CodePlaces<'a>,
    /// For each row its place.
    place_of_row: Vec<usize>,
}

impl<'a> Rows<'a> {
    fn of(types: &'a TypeSystem, frames: &'a [TraceFrame]) -> Rows<'a> {
        let mut known: FxHashMap<(Addr, Addr), usize> = FxHashMap::default();
        let mut places = Vec::new();
        let place_of_row = frames.iter().map(|TraceFrame { frame, .. }| {
            *known.entry((frame.ip, frame.method_desc)).or_insert_with(|| {
                places.push(place(types, frame));
                places.len() - 1
            })
        });
        let place_of_row = place_of_row.collect();
        Rows { frames, places: CodePlaces::new(types, places), place_of_row }
    }

    /// A column, or `None` when there is no such column.
    fn column(&self, name: &str) -> Option<Cells> {
        let addresses = |of: fn(&TraceFrame) -> Addr| {
            Cells::optional(self.frames.iter().map(|row| Some(of(row).0).filter(|&address| address != 0)))
        };
        Some(match name {
            "exception" => addresses(|row| row.exception),
            "level" => Cells::unsigned(self.frames.iter().map(|row| row.level.into()).collect()),
            "ip" => addresses(|row| row.frame.ip),
            "sp" => addresses(|row| row.frame.sp),
            name => self.places.column(name)?.gather(self.place_of_row.iter().copied()),
        })
    }
}

/// The place of a frame. What a trace holds lies within the call already.
fn place(types: &TypeSystem, frame: &ExceptionFrame) -> CodePlace {
    let start = types.code_info(frame.ip).ok().flatten().map(|info| info.start);
    CodePlace {
        method: Some(frame.method_desc).filter(|desc| !desc.is_null()),
        code: Some(frame.ip),
        offset: start.and_then(|start| frame.ip.since(start)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::synthetic::{kennel, values};

    #[test]
    fn every_column_of_the_catalog_is_read() {
        let values = values(kennel().process);
        let rows = Rows::of(values.types(), &[]);
        for doc in TableId::ExceptionFrames.doc().columns {
            assert!(rows.column(doc.name).is_some(), "{}", doc.name);
        }
        assert!(rows.column("nothing").is_none());
    }
}
