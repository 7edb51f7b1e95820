//! The table `refs`: a row a reference, out of the rows of the graph without copying them.
//!
//! Row numbers are the places of references among those of all objects. Behind them come the references to no object,
//! which the graph does not have. Sources and targets are known by the graph; where a reference stands in its object is
//! read from the dump, and only for rows whose field or kind is asked for.

mod narrow;
mod places;

use std::ops::Range;
use std::sync::Arc;

use super::{Batch, Morsel, Rows, Scan, cut};
use crate::bytes::Addr;
use crate::graph::{
    DanglingReference, DanglingReferences, Heap, ObjectBlock, ObjectId, References, SlotReader, Snapshot,
};
use crate::problem::Problem;
use crate::query::cells::Cells;
use crate::query::exec::vector::Vector;
use crate::query::plan::Typed;
use crate::values::Values;
use places::LongRows;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Source,
    SourceType,
    Field,
    Target,
    TargetType,
    Kind,
}

/// The columns in the order of the catalog.
const COLUMNS: [(&str, Column); 6] = [
    ("source", Column::Source),
    ("source_type", Column::SourceType),
    ("field", Column::Field),
    ("target", Column::Target),
    ("target_type", Column::TargetType),
    ("kind", Column::Kind),
];

/// The block of the references of the graph, and that of those beside it, which lead to no object.
const GRAPH: u32 = 0;
const BESIDE: u32 = 1;

/// A reference that leads to no object.
struct Beside {
    source: ObjectId,
    /// Where it stands in the source; `None` for a dependent handle.
    slot: Option<u64>,
    /// Where it leads; `None` where nothing was attached by the handle.
    target: Option<Addr>,
}

/// What all scans of the references of a dump share.
struct Graph<'a> {
    snapshot: &'a Snapshot,
    heap: &'a Heap,
    references: Arc<References>,
    dangling: Arc<DanglingReferences>,
    /// The names of the types, by id.
    type_names: Cells,
    slots: Option<(&'a Values, SlotReader<'a>)>,
    long_rows: LongRows,
}

impl Graph<'_> {
    /// How many references lead to no object.
    fn beside_len(&self) -> usize {
        self.dangling.all.len() + self.dangling.unattached.len()
    }
}

/// The references between the objects of a dump, or some of them.
pub struct RefScan<'a> {
    graph: Arc<Graph<'a>>,
    morsels: Vec<Morsel>,
    /// Rows that have no number of 32 bits and are left out.
    left_out: u64,
}

impl<'a> RefScan<'a> {
    /// All references of `snapshot`, whose heap is `heap`.
    ///
    /// # Errors
    /// As for [`Snapshot::references`].
    pub fn new(
        snapshot: &'a Snapshot,
        heap: &'a Heap,
        progress: &dyn crate::progress::Progress,
    ) -> Result<RefScan<'a>, Arc<crate::Error>> {
        let references = snapshot.references(progress)?;
        let dangling = snapshot.dangling_references(progress)?;
        let type_names = Cells::texts(heap.types.all().iter().map(|of| Some(&*of.name)));
        let values = snapshot.values.as_deref();
        let reader = |values: &'a Values| {
            (values, SlotReader::new(values.types().runtime(), &heap.objects, &heap.types))
        };
        let slots = values.map(reader);
        let long_rows = LongRows::default();
        let graph = Graph { snapshot, heap, references, dangling, type_names, slots, long_rows };
        let count = graph.references.forward.member_count();
        let all = count + graph.beside_len();
        let mut scan = RefScan { graph: Arc::new(graph), morsels: Vec::new(), left_out: 0 };
        // Rows are numbered in 32 bits.
        let listed = count.min(u32::MAX as usize);
        scan.left_out = all.saturating_sub(u32::MAX as usize) as u64;
        cut(GRAPH, 0..listed, 0, 0, &mut scan.morsels);
        scan.add_beside();
        Ok(scan)
    }

    /// What the table does not list.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.graph.dangling.problems.clone();
        if self.left_out > 0 {
            let count = self.left_out;
            problems.push(Problem::loss(format!("{count} references beyond the first 2^32 are not listed")));
        }
        problems
    }

    fn add_beside(&mut self) {
        let first = self.graph.references.forward.member_count().min(u32::MAX as usize);
        let listed = self.graph.beside_len().min(u32::MAX as usize - first);
        cut(BESIDE, 0..listed, 0, first as u32, &mut self.morsels);
    }

    /// The objects that hold the references of a batch.
    fn sources(&self, morsel: &Morsel, batch: &Batch<'_>) -> Vec<ObjectId> {
        if morsel.block == BESIDE {
            return self.beside(batch).map(|reference| reference.source).collect();
        }
        let mut of_place = Sources::new(&self.graph.references.forward);
        places(morsel, batch).map(|place| of_place.at(place)).collect()
    }

    /// The objects that the references of a batch lead to.
    fn targets(&self, batch: &Batch<'_>) -> Vec<ObjectId> {
        batch.pick(self.graph.references.forward.members())
    }

    /// The references of a batch of those that lead to no object.
    fn beside<'b>(&'b self, batch: &'b Batch<'_>) -> impl Iterator<Item = Beside> + 'b {
        let DanglingReferences { all, unattached, .. } = &*self.graph.dangling;
        let rows: Box<dyn Iterator<Item = usize>> = match batch.rows {
            Rows::Of(_, Some(picked)) => Box::new(picked.iter().map(|&row| row as usize)),
            Rows::Of(morsel, None) => Box::new(morsel.range()),
            Rows::One | Rows::Types | Rows::Places => Box::new(0..0),
        };
        rows.filter_map(|row| match all.get(row) {
            Some(&DanglingReference { source, offset, target }) => {
                Some(Beside { source, slot: Some(offset), target: Some(target) })
            }
            None => {
                let &(source, target) = unattached.get(row - all.len())?;
                Some(Beside { source, slot: None, target })
            }
        })
    }

    fn addresses(&self, objects: &[ObjectId]) -> Cells {
        let mut lookup = Lookup::new(self.graph.heap);
        Cells::unsigned(
            objects.iter().map(|&id| lookup.at(id).map_or(0, |(block, row)| block.address(row).0)).collect(),
        )
    }

    /// The names of the types of objects.
    fn types(&self, objects: &[ObjectId]) -> Cells {
        let mut lookup = Lookup::new(self.graph.heap);
        let ids: Vec<u32> =
            objects.iter().map(|&id| lookup.at(id).map_or(0, |(block, row)| block.types[row].0)).collect();
        self.graph.type_names.gather(ids.iter().map(|&of| of as usize))
    }
}

/// The places of the references of a batch, ascending.
fn places<'b>(morsel: &'b Morsel, batch: &'b Batch<'_>) -> impl Iterator<Item = usize> + 'b {
    let picked = match batch.rows {
        Rows::Of(_, Some(picked)) => Some(picked),
        _ => None,
    };
    let all = if picked.is_none() { morsel.range() } else { 0..0 };
    picked.into_iter().flatten().map(|&row| row as usize).chain(all)
}

/// Finds the rows that references stand in, for ascending places.
struct Sources<'r> {
    rows: &'r crate::graph::Rows,
    source: ObjectId,
    /// Where its row lies.
    row: Range<usize>,
}

/// Rows that are walked one by one before the next is searched for.
const NEAR: usize = 16;

impl<'r> Sources<'r> {
    fn new(rows: &'r crate::graph::Rows) -> Sources<'r> {
        Sources { rows, source: ObjectId(0), row: 0..rows.start_of(ObjectId(1)) }
    }

    /// The object in whose row a place lies: no lower than that of the last call.
    #[inline]
    fn at(&mut self, place: usize) -> ObjectId {
        if self.row.contains(&place) {
            return self.source;
        }
        for _ in 0..NEAR {
            let next = ObjectId(self.source.0.saturating_add(1));
            let end = self.rows.start_of(ObjectId(next.0.saturating_add(1)));
            (self.source, self.row) = (next, self.row.end..end);
            if self.row.contains(&place) {
                return self.source;
            }
        }
        self.search(place)
    }

    #[cold]
    fn search(&mut self, place: usize) -> ObjectId {
        self.source = self.rows.row_at(place).unwrap_or(ObjectId(0));
        let end = self.rows.start_of(ObjectId(self.source.0.saturating_add(1)));
        self.row = self.rows.start_of(self.source)..end;
        self.source
    }
}

/// Finds objects in their blocks: the next one is mostly in the block of the last.
struct Lookup<'a> {
    heap: &'a Heap,
    block: Option<&'a ObjectBlock>,
    ids: Range<u32>,
}

impl<'a> Lookup<'a> {
    fn new(heap: &'a Heap) -> Lookup<'a> {
        Lookup { heap, block: None, ids: 0..0 }
    }

    #[inline]
    fn at(&mut self, id: ObjectId) -> Option<(&'a ObjectBlock, usize)> {
        if !self.ids.contains(&id.0) {
            let objects = &self.heap.objects;
            let (block, _) = objects.locate(id)?;
            let ObjectId(first) = objects.first_of(block);
            self.block = Some(&objects.blocks()[block]);
            self.ids = first..first + objects.blocks()[block].len() as u32;
        }
        Some((self.block?, (id.0 - self.ids.start) as usize))
    }
}

impl Scan for RefScan<'_> {
    fn morsels(&self) -> &[Morsel] {
        &self.morsels
    }

    fn narrowed<'s>(&'s self, conditions: &[Typed]) -> Option<Box<dyn Scan + 's>> {
        narrow::narrowed(self, conditions)
    }

    fn load(&self, column: usize, batch: &Batch<'_>) -> Vector {
        let Rows::Of(morsel, _) = batch.rows else { return Vector::Cells(Cells::null(batch.len())) };
        let is_beside = morsel.block == BESIDE;
        Vector::Cells(match COLUMNS[column].1 {
            Column::Source => self.addresses(&self.sources(morsel, batch)),
            Column::SourceType => self.types(&self.sources(morsel, batch)),
            Column::Target if is_beside => {
                Cells::optional(self.beside(batch).map(|reference| reference.target.map(|at| at.0)))
            }
            Column::Target => self.addresses(&self.targets(batch)),
            Column::TargetType if is_beside => Cells::null(batch.len()),
            Column::TargetType => self.types(&self.targets(batch)),
            Column::Field => self.fields(morsel, batch),
            Column::Kind => self.kinds(morsel, batch),
        })
    }
}
