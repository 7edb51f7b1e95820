//! The tables whose rows are objects, read from the heap's blocks without being copied.
//!
//! `objects` has all of them; `strings`, `arrays`, `exceptions` and `collections` those of certain types. What
//! stands in the objects themselves is read for the rows that are asked for, batch by batch.

mod columns;
mod graph;
mod of_types;
mod thrown;
mod values;

use std::sync::Arc;

use super::{Batch, Morsel, Rows, Scan, cut};
use crate::bytes::Addr;
use crate::graph::{
    Generation, Heap, ObjectBlock, ObjectId, ObjectSet, Segment, SegmentKind, Snapshot, TypeId, TypeInfo,
};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::query::catalog::TableId;
use crate::query::cells::Cells;
use crate::query::exec::reader::Reader;
use crate::query::exec::vector::Vector;
use crate::state::HeldMonitors;
use columns::Column;
use graph::GraphParts;

/// The name of the type of free space.
const FREE: &str = "Free";
/// Offset of the component count in an array, a string or a free object.
const LENGTH_OFFSET: u64 = 8;

/// A segment and a generation in it: all that is known of where an object lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    segment: usize,
    generation: Generation,
}

/// The objects of a dump, or those of certain types.
#[derive(Debug)]
pub struct ObjectScan<'a> {
    snapshot: &'a Snapshot,
    heap: &'a Heap,
    /// The position of the dump among those that are open.
    dump: usize,
    table: TableId,
    columns: &'static [(&'static str, Column)],
    /// For each type, whether its objects are rows; `None` when all are.
    of_types: Option<Vec<bool>>,
    places: Vec<Place>,
    morsels: Vec<Morsel>,
    /// The objects that are rows; `None` when all are.
    only: Option<ObjectSet>,
    graph: GraphParts,
    /// What tells whether objects are locked; `None` where that is not asked for, or not known.
    held: Option<HeldMonitors>,
}

impl<'a> ObjectScan<'a> {
    /// The rows of `table`, which is one of objects, in `heap`, which is that of `snapshot`.
    pub fn new(snapshot: &'a Snapshot, heap: &'a Heap, dump: usize, table: TableId) -> ObjectScan<'a> {
        let mut scan = ObjectScan {
            snapshot,
            heap,
            dump,
            table,
            columns: columns::columns(table),
            of_types: of_types::of_types(table, heap.types.all(), snapshot.values.as_deref()),
            places: Vec::new(),
            morsels: Vec::new(),
            only: None,
            graph: GraphParts::default(),
            held: None,
        };
        let mut first_places = Vec::new();
        for (segment, of) in snapshot.segments.iter().enumerate() {
            first_places.push(scan.places.len());
            let place = |generation| Place { segment, generation };
            match of.kind {
                SegmentKind::Of(generation) => scan.places.push(place(generation)),
                SegmentKind::Ephemeral { .. } => scan.places.extend(EPHEMERAL.map(place)),
            }
        }
        for (index, block) in heap.objects.blocks().iter().enumerate() {
            let segment = block.segment.0 as usize;
            let (Some(of), Some(&place)) = (snapshot.segments.get(segment), first_places.get(segment)) else {
                continue;
            };
            let ObjectId(first) = heap.objects.first_of(index);
            for (at, rows) in by_generation(of, block) {
                let number = first + rows.start as u32;
                cut(index as u32, rows, (place + at) as u32, number, &mut scan.morsels);
            }
        }
        scan
    }

    /// The same rows, with what the columns `used` need of the graph.
    ///
    /// # Errors
    /// It cannot be built: see [`Snapshot::dominators`].
    pub fn with_graph(
        mut self,
        used: &[usize],
        progress: &dyn Progress,
    ) -> Result<ObjectScan<'a>, Arc<crate::Error>> {
        let columns = used.iter().filter_map(|&at| self.columns.get(at)).map(|&(_, column)| column);
        self.graph = GraphParts::load(columns, self.snapshot, progress)?;
        Ok(self)
    }

    /// The same rows, with what the columns `used` need of the runtime's locks, and what could not be read of those.
    #[must_use]
    pub fn with_locks(mut self, used: &[usize]) -> (ObjectScan<'a>, Vec<Problem>) {
        let is_locked = |&at: &usize| self.columns.get(at).is_some_and(|column| column.1 == Column::Locked);
        let values = self.snapshot.values.as_ref().filter(|_| used.iter().any(is_locked));
        let held = values.and_then(|values| HeldMonitors::of(values.types().runtime()));
        let (held, problems) = held.unzip();
        self.held = held;
        (self, problems.unwrap_or_default())
    }

    /// Those of the rows that are in a set.
    #[must_use]
    pub fn among(mut self, objects: ObjectSet) -> ObjectScan<'a> {
        // Most sets are small: parts of the heap that have none of their objects are not looked at.
        let has_rows =
            |m: &Morsel| (m.first..m.first + m.len() as u32).any(|id| objects.contains(ObjectId(id)));
        self.morsels.retain(has_rows);
        self.only = Some(objects);
        self
    }

    /// A table without rows because the types of its rows cannot be told: every runtime makes some exceptions when
    /// it starts, and every program has strings.
    pub fn unknown_types(&self) -> Option<Problem> {
        let has_rows = self.of_types.as_ref().is_none_or(|types| types.contains(&true));
        let always = matches!(self.table, TableId::Exceptions | TableId::Strings);
        (always && !has_rows && !self.heap.types.is_empty()).then(|| {
            let name = self.table.doc().name;
            Problem::loss(format!("no {name} are listed: which type is theirs cannot be told"))
                .hint("names may be found with --files and a folder that holds the program's assemblies")
        })
    }

    /// The block of a morsel.
    pub fn block(&self, morsel: &Morsel) -> &'a ObjectBlock {
        &self.heap.objects.blocks()[morsel.block as usize]
    }

    /// The types.
    pub fn types(&self) -> &'a [TypeInfo] {
        self.heap.types.all()
    }

    /// Whether a column, by its position, is the size.
    pub fn is_size(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|c| c.1 == Column::Size)
    }

    /// Whether a column, by its position, is what the object retains.
    pub fn is_retained(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|c| c.1 == Column::Retained)
    }

    fn places<T>(&self, of: impl Fn(&Segment, Generation) -> T) -> Vec<T> {
        let segments = &self.snapshot.segments;
        self.places.iter().map(|p| of(&segments[p.segment], p.generation)).collect()
    }

    fn sizes(&self, morsel: &Morsel, batch: &Batch<'_>) -> Vec<u64> {
        let block = self.block(morsel);
        match batch.rows {
            Rows::Of(_, Some(picked)) => picked.iter().map(|&row| block.size(row as usize)).collect(),
            _ if block.large.is_empty() => {
                block.sizes[morsel.range()].iter().map(|s| u64::from(s.0)).collect()
            }
            _ => morsel.range().map(|row| block.size(row)).collect(),
        }
    }

    /// Component counts.
    fn lengths(&self, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let types = self.types();
        let mut memory = Reader::new(&self.snapshot.memory);
        let lengths = self.read(morsel, batch, "lengths", |block, row| {
            let has_length = types[block.types[row].0 as usize].has_length;
            let length = || memory.u32(block.address(row).offset(LENGTH_OFFSET)).map(u64::from);
            has_length.then(length).transpose()
        });
        Cells::optional(lengths)
    }

    /// What `read` gives for each row of a batch: the row's block and its position there are handed over. What is
    /// missing from the dump or damaged is null, and noted as one of `what`.
    fn read<T, E>(
        &self,
        morsel: &Morsel,
        batch: &Batch<'_>,
        what: &'static str,
        mut read: impl FnMut(&ObjectBlock, usize) -> Result<Option<T>, E>,
    ) -> Vec<Option<T>> {
        let block = self.block(morsel);
        let mut missing = Vec::new();
        let mut one = |row: usize| {
            read(block, row).unwrap_or_else(|_| {
                missing.push(morsel.number(row as u32));
                None
            })
        };
        let values = match batch.rows {
            Rows::Of(_, Some(picked)) => picked.iter().map(|&row| one(row as usize)).collect(),
            _ => morsel.range().map(one).collect(),
        };
        batch.notes.unreadable(self.dump, what, &missing, self.heap.objects.len());
        values
    }
}

/// The generations of an ephemeral segment in the order of their addresses.
const EPHEMERAL: [Generation; 3] = [Generation::Gen2, Generation::Gen1, Generation::Gen0];

/// The rows of a block by the generation they are in: its position among the segment's, and the rows.
/// Addresses ascend within a block, so each generation is one run.
fn by_generation(segment: &Segment, block: &ObjectBlock) -> Vec<(usize, std::ops::Range<usize>)> {
    let SegmentKind::Ephemeral { gen1, gen0 } = segment.kind else { return vec![(0, 0..block.len())] };
    let below = |limit: Addr| block.offsets.partition_point(|&o| block.base.offset(u64::from(o) * 8) < limit);
    // The same rule as `Segment::generation_at`, which asks for generation 0 first.
    let young = below(gen0);
    let middle = below(gen1).min(young);
    let runs = [(0, 0..middle), (1, middle..young), (2, young..block.len())];
    runs.into_iter().filter(|(_, rows)| !rows.is_empty()).collect()
}

impl Scan for ObjectScan<'_> {
    fn morsels(&self) -> &[Morsel] {
        &self.morsels
    }

    fn type_count(&self) -> usize {
        self.heap.types.len()
    }

    fn place_count(&self) -> usize {
        self.places.len()
    }

    fn block_types(&self, block: u32) -> &[TypeId] {
        &self.heap.objects.blocks()[block as usize].types
    }

    fn objects(&self) -> Option<&ObjectScan<'_>> {
        Some(self)
    }

    fn row_set(&self) -> Option<&ObjectSet> {
        self.only.as_ref()
    }

    fn row_types(&self) -> Option<&[bool]> {
        self.of_types.as_deref()
    }

    fn load(&self, column: usize, batch: &Batch<'_>) -> Vector {
        let types = self.types();
        let column = self.columns[column].1;
        Vector::Cells(match (column, batch.rows) {
            (Column::Type, _) => Cells::texts(types.iter().map(|t| Some(&*t.name))),
            (Column::MethodTable, _) => Cells::unsigned(types.iter().map(|t| t.method_table.0).collect()),
            (Column::Finalizable, _) => Cells::booleans(types.iter().map(|t| t.finalizable)),
            (Column::Rank, _) => Cells::unsigned(types.iter().map(|t| t.rank.into()).collect()),
            (Column::ElementType, _) => self.element_types(),
            (Column::Shape, _) => self.shapes(),
            (Column::Generation, _) => {
                Cells::texts(self.places(|_, generation| generation.word()).into_iter().map(Some))
            }
            (Column::Heap, _) => Cells::optional(self.places(|segment, _| heap_number(segment))),
            (_, Rows::One | Rows::Types | Rows::Places) => Cells::null(batch.len()),
            (Column::Address, Rows::Of(morsel, picked)) => {
                let block = self.block(morsel);
                Cells::unsigned(match picked {
                    Some(picked) => picked.iter().map(|&row| block.address(row as usize).0).collect(),
                    None => {
                        let offsets = &block.offsets[morsel.range()];
                        offsets.iter().map(|&o| block.base.0 + u64::from(o) * 8).collect()
                    }
                })
            }
            (Column::Size, Rows::Of(morsel, _)) => Cells::unsigned(self.sizes(morsel, batch)),
            (Column::Length, Rows::Of(morsel, _)) => self.lengths(morsel, batch),
            (Column::Retained | Column::Dominator | Column::Reachable | Column::Depth, Rows::Of(..)) => {
                self.graph_column(column, batch)
            }
            (column, Rows::Of(morsel, _)) => self.values(column, morsel, batch),
        })
    }
}

/// The number of the heap that owns a segment; frozen segments belong to none.
pub(super) fn heap_number(segment: &Segment) -> Option<u64> {
    (segment.kind != SegmentKind::Of(Generation::Frozen)).then_some(u64::from(segment.heap))
}
