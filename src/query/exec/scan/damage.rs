//! The table `damage`: what is broken on the heap.

use std::sync::Arc;

use super::table::Table;
use crate::bytes::Addr;
use crate::clr::walk::Gap;
use crate::graph::{Heap, ObjectId, Segment, SlotReader, Snapshot, gaps, references_to_free};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::query::QueryError;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::query::place;
use crate::values::Values;

/// Something that is broken.
#[derive(Debug, Default)]
struct Row {
    kind: &'static str,
    address: Addr,
    type_name: Option<Arc<str>>,
    offset: Option<u64>,
    target: Option<Addr>,
    bytes: Option<u64>,
    reason: String,
}

/// Reads the columns `used` of the table, and tells what it does not list.
///
/// # Errors
/// As for [`Snapshot::references`].
pub fn damage(
    snapshot: &Snapshot,
    heap: &Heap,
    values: &Values,
    used: &[usize],
    progress: &dyn Progress,
) -> Result<(Table, Vec<Problem>), QueryError> {
    let runtime = values.types().runtime();
    let references = snapshot.references(progress)?;
    let dangling = snapshot.dangling_references(progress)?;
    let slots = SlotReader::new(runtime, &heap.objects, &heap.types);
    let (to_free, cut) = references_to_free(&slots, heap, &references);
    let gaps = gaps(runtime).map_err(|error| QueryError::Data(Arc::new(error)))?;

    let mut rows: Vec<Row> = gaps.iter().map(gap).collect();
    let reader = Reader { heap };
    rows.extend(dangling.all.iter().map(|at| {
        let reason = place::no_object(snapshot, heap, at.target, &(0..0)).message;
        reader.reference("dangling_reference", at.source, Some(at.offset), Some(at.target), reason)
    }));
    rows.extend(to_free.iter().map(|at| {
        let reason = format!("{} is free space", at.target);
        reader.reference("free_reference", at.source, Some(at.offset), Some(at.target), reason)
    }));
    // A handle that attaches nothing yet is no damage.
    rows.extend(dangling.unattached.iter().filter_map(|&(source, target)| {
        let target = target?;
        let reason = place::no_object(snapshot, heap, target, &(0..0)).message;
        Some(reader.reference("unattached_dependent", source, None, Some(target), reason))
    }));
    let columns = TableId::Damage.doc().columns.iter().enumerate().map(|(at, doc)| {
        let cells = used.contains(&at).then(|| column(&rows, doc.name, &snapshot.segments)).flatten();
        cells.unwrap_or_else(|| Cells::null(0))
    });
    let mut problems = dangling.problems.clone();
    if cut {
        problems.push(Problem::loss("there are more references to free space than are listed"));
    }
    Ok((Table::new(columns.collect(), rows.len()), problems))
}

fn gap(gap: &Gap) -> Row {
    Row {
        kind: "gap",
        address: gap.from,
        bytes: gap.to.since(gap.from),
        reason: gap.why.to_string(),
        ..Row::default()
    }
}

struct Reader<'a> {
    heap: &'a Heap,
}

impl Reader<'_> {
    fn reference(
        &self,
        kind: &'static str,
        source: ObjectId,
        offset: Option<u64>,
        target: Option<Addr>,
        reason: String,
    ) -> Row {
        let of = self.heap.objects.type_of(source).and_then(|id| self.heap.types.get(id));
        Row {
            kind,
            address: self.heap.objects.address(source).unwrap_or(Addr::NULL),
            type_name: of.map(|of| Arc::clone(&of.name)),
            offset,
            target,
            bytes: None,
            reason,
        }
    }
}

/// A column, or `None` when there is no such column.
fn column(rows: &[Row], name: &str, segments: &[Segment]) -> Option<Cells> {
    let segment = |row: &Row| {
        let inside = segments.iter().find(|s| s.start <= row.address && row.address < s.end);
        inside.map(|segment| segment.address.0)
    };
    match name {
        "kind" => Some(Cells::texts(rows.iter().map(|row| Some(row.kind)))),
        "address" => Some(Cells::unsigned(rows.iter().map(|row| row.address.0).collect())),
        "type" => Some(Cells::texts(rows.iter().map(|row| row.type_name.as_deref()))),
        "offset" => Some(Cells::optional(rows.iter().map(|row| row.offset))),
        "target" => Some(Cells::optional(rows.iter().map(|row| row.target.map(|at| at.0)))),
        "bytes" => Some(Cells::optional(rows.iter().map(|row| row.bytes))),
        "segment" => Some(Cells::optional(rows.iter().map(segment))),
        "reason" => Some(Cells::texts(rows.iter().map(|row| Some(row.reason.as_str())))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_catalog_is_read() {
        for doc in TableId::Damage.doc().columns {
            assert!(column(&[], doc.name, &[]).is_some(), "{}", doc.name);
        }
        assert!(column(&[], "nothing", &[]).is_none());
    }
}
