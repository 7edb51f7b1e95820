//! The table `damage`: what is broken on the heap.

use std::sync::Arc;

use super::table::Table;
use crate::bytes::Addr;
use crate::clr::finalizer_queue::finalizer_queue;
use crate::clr::handles::handles;
use crate::clr::walk::Gap;
use crate::graph::{
    Heap, ObjectId, Segment, SlotReader, Snapshot, gaps, missing_contents, references_to_free,
};
use crate::limits::MAX_DAMAGED_REFERENCES;
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

    let mut rows: Vec<Row> = gaps.iter().take(MAX_DAMAGED_REFERENCES).map(gap).collect();
    let reader = Reader { snapshot, heap };
    rows.extend(missing_contents(runtime, &gaps).into_iter().map(|(at, bytes)| reader.missing(at, bytes)));
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
    // Objects that a handle or the queue refers to begin where the walk found one, and nowhere else.
    let held =
        handles(runtime).all.into_iter().map(|handle| ("dangling_handle", handle.address, handle.object));
    let queued = finalizer_queue(runtime).objects.into_iter();
    let queued = queued.map(|queued| ("dangling_finalizer", queued.address, queued.object));
    let leads_nowhere =
        |&(_, _, target): &(_, _, Addr)| !target.is_null() && heap.objects.find(target).is_none();
    rows.extend(
        held.chain(queued).filter(leads_nowhere).map(|(kind, at, target)| reader.root(kind, at, target)),
    );
    let table = Table::of_catalog(TableId::Damage.doc().columns, rows.len(), used, |name| {
        column(&rows, name, &snapshot.segments)
    });
    let mut problems = dangling.problems.clone();
    if cut {
        problems.push(Problem::loss("there are more references to free space than are listed"));
    }
    Ok((table, problems))
}

fn gap(gap: &Gap) -> Row {
    Row {
        kind: gap.why.kind(),
        address: gap.from,
        bytes: Some(gap.bytes()),
        reason: gap.why.to_string(),
        ..Row::default()
    }
}

struct Reader<'a> {
    snapshot: &'a Snapshot,
    heap: &'a Heap,
}

impl Reader<'_> {
    /// Memory that an object should have.
    fn missing(&self, address: Addr, bytes: u64) -> Row {
        let objects = &self.heap.objects;
        let inside = objects.containing(address);
        let of = inside.and_then(|id| self.heap.types.get(objects.type_of(id)?));
        let start = inside.and_then(|id| objects.address(id));
        let reason = match start {
            Some(start) => format!("a part of the object at {start} is not in the dump"),
            None => "a part of the segment where no object was found is not in the dump".to_owned(),
        };
        let type_name = of.map(|of| Arc::clone(&of.name));
        Row { kind: "missing_contents", address, type_name, bytes: Some(bytes), reason, ..Row::default() }
    }

    /// What keeps or watches an object from outside of the heap, and leads to none.
    fn root(&self, kind: &'static str, address: Addr, target: Addr) -> Row {
        let reason = place::no_object(self.snapshot, self.heap, target, &(0..0)).message;
        Row { kind, address, target: Some(target), reason, ..Row::default() }
    }

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
