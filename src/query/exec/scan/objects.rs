//! The table `objects`, read from the heap's blocks without being copied.

use super::{Batch, Morsel, Rows, Scan, cut};
use crate::bytes::Addr;
use crate::dump::{AddressSpace, Run};
use crate::graph::{
    Generation, Heap, ObjectBlock, ObjectId, Segment, SegmentKind, Snapshot, TypeId, TypeInfo,
};
use crate::query::cells::Cells;
use crate::query::exec::vector::Vector;

/// Offset of the component count in an array, a string or a free object.
const LENGTH_OFFSET: u64 = 8;

/// The columns, in the order of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Address,
    Type,
    MethodTable,
    Size,
    Generation,
    Heap,
    Length,
    Finalizable,
}

const COLUMNS: [(&str, Column); 8] = [
    ("address", Column::Address),
    ("type", Column::Type),
    ("mt", Column::MethodTable),
    ("size", Column::Size),
    ("gen", Column::Generation),
    ("heap", Column::Heap),
    ("length", Column::Length),
    ("finalizable", Column::Finalizable),
];

/// A segment and a generation in it: all that is known of where an object lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    segment: usize,
    generation: Generation,
}

/// The objects of a dump.
#[derive(Debug)]
pub struct ObjectScan<'a> {
    snapshot: &'a Snapshot,
    heap: &'a Heap,
    /// The position of the dump among those that are open.
    dump: usize,
    places: Vec<Place>,
    morsels: Vec<Morsel>,
}

impl<'a> ObjectScan<'a> {
    /// The objects of `heap`, which is that of `snapshot`.
    pub fn new(snapshot: &'a Snapshot, heap: &'a Heap, dump: usize) -> ObjectScan<'a> {
        let mut scan = ObjectScan { snapshot, heap, dump, places: Vec::new(), morsels: Vec::new() };
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

    /// The block of a morsel.
    pub fn block(&self, morsel: &Morsel) -> &'a ObjectBlock {
        &self.heap.objects.blocks()[morsel.block as usize]
    }

    /// The types.
    pub fn types(&self) -> &'a [TypeInfo] {
        self.heap.types.all()
    }

    /// Whether a column, by its position, is the size.
    pub fn is_size(column: usize) -> bool {
        COLUMNS.get(column).is_some_and(|c| c.1 == Column::Size)
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

    /// Component counts, which stand in the objects themselves. Those that are not in the dump are
    /// null, and noted.
    fn lengths(&self, morsel: &Morsel, batch: &Batch<'_>) -> Cells {
        let block = self.block(morsel);
        let types = self.types();
        let mut memory = LengthReader { memory: &self.snapshot.memory, run: None };
        let mut missing = Vec::new();
        let mut length = |row: usize| {
            if !types[block.types[row].0 as usize].has_length {
                return None;
            }
            let length = memory.read(block.address(row));
            if length.is_none() {
                missing.push(morsel.number(row as u32));
            }
            length.map(u64::from)
        };
        let cells = match batch.rows {
            Rows::Of(_, Some(picked)) => Cells::optional(picked.iter().map(|&row| length(row as usize))),
            _ => Cells::optional(morsel.range().map(length)),
        };
        batch.notes.unreadable(self.dump, &missing, self.heap.objects.len());
        cells
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

/// Reads component counts. Objects are read in the order of their addresses, so the stretch of
/// memory that held the last one nearly always holds the next.
struct LengthReader<'a> {
    memory: &'a AddressSpace,
    run: Option<Run<'a>>,
}

impl LengthReader<'_> {
    fn read(&mut self, object: Addr) -> Option<u32> {
        let address = object.offset(LENGTH_OFFSET);
        let inside = self.run.is_some_and(|run| run.start <= address && address < run.end());
        if !inside {
            self.run = self.memory.run_at(address).ok();
        }
        let run = self.run?;
        let at = usize::try_from(address.since(run.start)?).ok()?;
        match run.bytes.get(at..).and_then(|b| b.first_chunk::<4>()) {
            Some(&bytes) => Some(u32::from_le_bytes(bytes)),
            // Across the end of the stretch.
            None => self.memory.u32(address).ok(),
        }
    }
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

    fn load(&self, column: usize, batch: &Batch<'_>) -> Vector {
        let types = self.types();
        let column = COLUMNS[column].1;
        Vector::Cells(match (column, batch.rows) {
            (Column::Type, _) => Cells::texts(types.iter().map(|t| Some(&*t.name))),
            (Column::MethodTable, _) => Cells::unsigned(types.iter().map(|t| t.method_table.0).collect()),
            (Column::Finalizable, _) => Cells::booleans(types.iter().map(|t| t.finalizable)),
            (Column::Generation, _) => {
                Cells::texts(self.places(|_, generation| generation.word()).into_iter().map(Some))
            }
            (Column::Heap, _) => Cells::optional(self.places(|segment, _| heap_number(segment))),
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
            (Column::Address | Column::Size | Column::Length, _) => Cells::null(batch.len()),
        })
    }
}

/// The number of the heap that owns a segment; frozen segments belong to none.
pub(super) fn heap_number(segment: &Segment) -> Option<u64> {
    (segment.kind != SegmentKind::Of(Generation::Frozen)).then_some(u64::from(segment.heap))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::catalog::TableId;

    #[test]
    fn the_columns_are_those_of_the_catalog() {
        let names: Vec<_> = TableId::Objects.doc().columns.iter().map(|c| c.name).collect();
        assert_eq!(names, COLUMNS.map(|c| c.0));
    }
}
