//! The table `finalizers`.

use super::handles::{method_tables, sizes, type_names};
use super::table::Table;
use crate::bytes::Addr;
use crate::clr::finalizer_queue::{QueuedObject, finalizer_queue};
use crate::graph::{Generation, Segment, Snapshot};
use crate::problem::Problem;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::values::Values;

/// Reads the columns `used` of the table, and tells what of the queues is not in the dump.
pub fn finalizers(snapshot: &Snapshot, values: &Values, used: &[usize]) -> (Table, Vec<Problem>) {
    let queue = finalizer_queue(values.types().runtime());
    let rows = &queue.objects;
    (
        Table::of_catalog(TableId::Finalizers.doc().columns, rows.len(), used, |name| {
            column(rows, name, &snapshot.segments, values)
        }),
        queue.problems,
    )
}

/// A column, or `None` when there is no such column.
fn column(rows: &[QueuedObject], name: &str, segments: &[Segment], values: &Values) -> Option<Cells> {
    match name {
        "object" => Some(Cells::unsigned(rows.iter().map(|row| row.object.0).collect())),
        "type" => Some(type_names(values, rows.iter().map(|row| row.object).collect())),
        "mt" => Some(method_tables(values, rows.iter().map(|row| row.object))),
        "size" => Some(sizes(values, rows.iter().map(|row| row.object))),
        "state" => Some(Cells::texts(rows.iter().map(|row| Some(row.state.word())))),
        "gen" => {
            let generations = Generations::of(segments);
            Some(Cells::texts(rows.iter().map(|row| generations.at(row.object).map(Generation::word))))
        }
        _ => None,
    }
}

/// Segments by their addresses.
struct Generations<'a>(Vec<&'a Segment>);

impl<'a> Generations<'a> {
    fn of(segments: &'a [Segment]) -> Generations<'a> {
        let mut sorted: Vec<&Segment> = segments.iter().collect();
        sorted.sort_by_key(|segment| segment.start);
        Generations(sorted)
    }

    /// The generation of an object; `None` when it lies in no segment.
    fn at(&self, object: Addr) -> Option<Generation> {
        let behind = self.0.partition_point(|segment| segment.start <= object);
        let segment = self.0.get(behind.checked_sub(1)?)?;
        (object < segment.end).then(|| segment.generation_at(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::SegmentKind;
    use crate::values::synthetic::{kennel, values};

    #[test]
    fn every_column_of_the_catalog_is_read() {
        let values = values(kennel().process);
        for doc in TableId::Finalizers.doc().columns {
            assert!(column(&[], doc.name, &[], &values).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing", &[], &values).is_none());
    }

    #[test]
    fn the_generation_is_that_of_the_place() {
        let segment = |start, end, kind| Segment {
            address: Addr(0),
            heap: 0,
            kind,
            start: Addr(start),
            end: Addr(end),
            committed: Addr(end),
            reserved: Addr(end),
        };
        let ephemeral = SegmentKind::Ephemeral { gen1: Addr(0x120), gen0: Addr(0x140) };
        let segments =
            [segment(0x900, 0xa00, SegmentKind::Of(Generation::Loh)), segment(0x100, 0x180, ephemeral)];
        let generations = Generations::of(&segments);
        let words = [0x100, 0x120, 0x140, 0x180, 0x900, 0xa00, 0]
            .map(|at| generations.at(Addr(at)).map(Generation::word));
        assert_eq!(words, [Some("gen2"), Some("gen1"), Some("gen0"), None, Some("loh"), None, None]);
    }
}
