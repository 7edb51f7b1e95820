//! The heap's columns as sections.
//!
//! The blocks' columns stand one after the other, so that each of the three is one section; the list of blocks says
//! how many rows each has. Types are kept by MethodTable without their names: what can be named depends on the files
//! that are at hand when the dump is opened.

use bytemuck::{Pod, Zeroable};

use super::contents::Section;
use super::reading::Sections;
use super::section::SectionKind;
use super::{Unusable, problems};
use crate::bytes::{Addr, Column};
use crate::graph::{Heap, ObjectBlock, ObjectTable, RowSize, SegmentId, TypeId, TypeTotal};
use crate::problem::Problem;

/// The end of addresses that a block may begin at: an offset of 32 bits in units of 8 bytes behind it overflows nothing.
const BASES_END: u64 = 1 << 63;

/// A heap out of an index, its types without names.
#[derive(Debug)]
pub struct StoredHeap {
    /// All objects.
    pub objects: ObjectTable,
    /// Their types by id.
    pub types: Vec<TypeTotal>,
    /// Bytes of free objects in each of the snapshot's segments.
    pub free_bytes: Vec<u64>,
    /// What the walk had to leave out.
    pub problems: Vec<Problem>,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct RawBlock {
    base: u64,
    rows: u32,
    segment: u32,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct RawLarge {
    block: u32,
    row: u32,
    size: u64,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct RawTotal {
    method_table: u64,
    count: u64,
    size: u64,
}

/// The sections of a heap.
pub(super) fn sections(heap: &Heap) -> Vec<Section<'_>> {
    let blocks = heap.objects.blocks();
    let raw = |block: &ObjectBlock| RawBlock {
        base: block.base.0,
        rows: block.len() as u32,
        segment: block.segment.0,
    };
    let large = blocks.iter().enumerate().flat_map(|(index, block)| {
        block.large.iter().map(move |&(row, size)| RawLarge { block: index as u32, row, size })
    });
    let total = |t: &crate::graph::TypeInfo| RawTotal {
        method_table: t.method_table.0,
        count: t.count,
        size: t.size,
    };
    // What could not be named is told by whoever names the types.
    let unnamed = heap.types.unnamed();
    let walk = heap.problems.iter().filter(|problem| Some(*problem) != unnamed.as_ref());
    vec![
        Section::of_bytes(SectionKind::Blocks, bytes_of(blocks.iter().map(raw))),
        Section::of_columns(SectionKind::Offsets, blocks.iter().map(|b| b.offsets.as_bytes())),
        Section::of_columns(SectionKind::Types, blocks.iter().map(|b| b.types.as_bytes())),
        Section::of_columns(SectionKind::Sizes, blocks.iter().map(|b| b.sizes.as_bytes())),
        Section::of_bytes(SectionKind::Large, bytes_of(large)),
        Section::of_bytes(SectionKind::TypeTotals, bytes_of(heap.types.all().iter().map(total))),
        Section::of_columns(SectionKind::FreeBytes, [bytemuck::cast_slice(&heap.free_bytes)]),
        Section::of_bytes(SectionKind::HeapProblems, problems::to_bytes(walk)),
    ]
}

fn bytes_of<T: Pod>(rows: impl Iterator<Item = T>) -> Vec<u8> {
    bytemuck::cast_slice(&rows.collect::<Vec<T>>()).to_vec()
}

/// The heap of these sections, whose snapshot has so many segments.
pub(super) fn read(sections: &Sections<'_>, segments: usize) -> Result<StoredHeap, Unusable> {
    let below = |limit: usize| {
        move |numbers: &[RawBlock]| {
            numbers.iter().all(|block| (block.segment as usize) < limit && block.base < BASES_END)
        }
    };
    let blocks = sections.column(SectionKind::Blocks, below(segments))?;
    let totals: Column<RawTotal> = sections.column(SectionKind::TypeTotals, |_| true)?;
    let offsets: Column<u32> = sections.column(SectionKind::Offsets, |_| true)?;
    let sizes: Column<RowSize> = sections.column(SectionKind::Sizes, |_| true)?;
    let type_count = totals.len();
    let types: Column<TypeId> = sections.column(SectionKind::Types, |types: &[TypeId]| {
        types.iter().fold(0, |largest, id| largest.max(id.0 as usize)) < type_count
    })?;
    let free_bytes: Column<u64> = sections.column(SectionKind::FreeBytes, |_| true)?;
    let large: Column<RawLarge> = sections.column(SectionKind::Large, |_| true)?;
    let rows: u64 = blocks.iter().map(|block| u64::from(block.rows)).sum();
    let counts = [offsets.len(), sizes.len(), types.len()];
    if counts.iter().any(|&count| count as u64 != rows) || free_bytes.len() != segments {
        return Err(Unusable::Damaged(SectionKind::Blocks.name()));
    }
    let blocks = cut(&blocks, &offsets, &types, &sizes, &large)?;
    let (objects, dropped) = ObjectTable::new(blocks);
    if dropped > 0 || objects.is_empty() {
        return Err(Unusable::Damaged(SectionKind::Blocks.name()));
    }
    let total =
        |raw: &RawTotal| TypeTotal { method_table: Addr(raw.method_table), count: raw.count, size: raw.size };
    Ok(StoredHeap {
        objects,
        types: totals.iter().map(total).collect(),
        free_bytes: free_bytes.to_vec(),
        problems: sections.problems(SectionKind::HeapProblems)?,
    })
}

/// The blocks, their columns cut out of those of all: `offsets`, `types` and `sizes` have as many rows as all blocks.
fn cut(
    blocks: &[RawBlock],
    offsets: &Column<u32>,
    types: &Column<TypeId>,
    sizes: &Column<RowSize>,
    large: &[RawLarge],
) -> Result<Vec<ObjectBlock>, Unusable> {
    let mut large = large.iter().peekable();
    let mut from = 0;
    let mut cut = Vec::with_capacity(blocks.len());
    for (index, raw) in blocks.iter().enumerate() {
        let rows = from..from + raw.rows as usize;
        from = rows.end;
        let mut aside: Vec<(u32, u64)> = Vec::new();
        while let Some(large) = large.next_if(|large| large.block as usize == index) {
            aside.push((large.row, large.size));
        }
        let ascend = aside.is_sorted_by(|a, b| a.0 < b.0) && aside.last().is_none_or(|l| l.0 < raw.rows);
        let (true, Some(offsets), Some(types), Some(sizes)) =
            (ascend, offsets.part(rows.clone()), types.part(rows.clone()), sizes.part(rows))
        else {
            return Err(Unusable::Damaged(SectionKind::Large.name()));
        };
        cut.push(ObjectBlock {
            segment: SegmentId(raw.segment),
            base: Addr(raw.base),
            offsets,
            types,
            sizes,
            large: aside,
        });
    }
    // One that was not taken names a block that is not there, or stands out of order.
    if large.next().is_some() { Err(Unusable::Damaged(SectionKind::Large.name())) } else { Ok(cut) }
}
