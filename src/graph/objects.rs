//! All objects of the heap in columns of u32: address, type id, size.
//!
//! Objects are kept in blocks, each a run of neighbouring objects of one segment. A block stores
//! addresses as distances from its base in units of 8 bytes (the object alignment of every 64-bit
//! runtime), so an object costs 12 bytes whatever the size of the heap. Blocks are also the unit
//! of parallel work for whoever scans the table.

use bytemuck::{Pod, Zeroable};

use crate::bytes::{Addr, Column};
use crate::limits::MAX_OBJECTS;

use super::{ObjectId, SegmentId, TypeId};

/// A size as a block stores it; sizes that need more than 32 bits are kept aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(transparent)]
pub struct RowSize(pub u32);

impl RowSize {
    /// Marks a row whose size stands in [`ObjectBlock::large`].
    pub const LARGE: RowSize = RowSize(u32::MAX);
}

/// A run of neighbouring objects of one segment.
#[derive(Clone, Debug)]
pub struct ObjectBlock {
    /// The segment that all objects of the block lie in.
    pub segment: SegmentId,
    /// What [`ObjectBlock::offsets`] count from.
    pub base: Addr,
    /// (address - base) / 8, ascending.
    pub offsets: Column<u32>,
    /// The type of each object.
    pub types: Column<TypeId>,
    /// The size of each object in bytes, before rounding up to the alignment.
    pub sizes: Column<RowSize>,
    /// Row and size in bytes of the objects of 4 GiB and more, by row.
    pub large: Vec<(u32, u64)>,
}

impl ObjectBlock {
    /// How many objects the block holds.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether the block holds no object.
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// The address of the object in row `row` of this block. Panics when there is no such row.
    #[inline]
    pub fn address(&self, row: usize) -> Addr {
        Addr(self.base.0 + u64::from(self.offsets[row]) * 8)
    }

    /// The size in bytes of the object in row `row` of this block. Panics when there is no such row.
    #[inline]
    pub fn size(&self, row: usize) -> u64 {
        match self.sizes[row] {
            RowSize::LARGE => self.large_size(row),
            RowSize(size) => u64::from(size),
        }
    }

    #[cold]
    fn large_size(&self, row: usize) -> u64 {
        let found = self.large.binary_search_by_key(&row, |&(r, _)| r as usize);
        found.map_or(u64::from(u32::MAX), |i| self.large[i].1)
    }
}

/// All objects, free ones included, segment by segment in the order of the snapshot's segments.
#[derive(Clone, Debug, Default)]
pub struct ObjectTable {
    blocks: Vec<ObjectBlock>,
    /// The id of the first object of each block, and the number of all objects at the end.
    firsts: Vec<u32>,
    /// The blocks in the order of their addresses: segments are in the order of heaps and generations.
    by_address: Vec<u32>,
}

impl ObjectTable {
    /// Makes a table of `blocks`, which must be in the order of segments and addresses and hold
    /// at most [`MAX_OBJECTS`] objects together: blocks from which on that would be exceeded are dropped,
    /// and their number is returned beside the table.
    pub fn new(mut blocks: Vec<ObjectBlock>) -> (ObjectTable, usize) {
        blocks.retain(|b| !b.is_empty());
        let mut firsts = Vec::with_capacity(blocks.len() + 1);
        let mut next = 0_u32;
        firsts.push(0);
        for block in &blocks {
            let end = u32::try_from(block.len()).ok().and_then(|n| next.checked_add(n));
            let Some(end) = end.filter(|&end| end <= MAX_OBJECTS) else { break };
            next = end;
            firsts.push(next);
        }
        let dropped = blocks.len() + 1 - firsts.len();
        blocks.truncate(firsts.len() - 1);
        let mut by_address: Vec<u32> = (0..blocks.len() as u32).collect();
        by_address.sort_unstable_by_key(|&block| blocks[block as usize].address(0));
        (ObjectTable { blocks, firsts, by_address }, dropped)
    }

    /// How many objects there are, free ones included.
    pub fn len(&self) -> usize {
        self.firsts.last().map_or(0, |&n| n as usize)
    }

    /// Whether there is no object.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The blocks, in order.
    pub fn blocks(&self) -> &[ObjectBlock] {
        &self.blocks
    }

    /// The id of the first object of block `block`. Panics when there is no such block.
    pub fn first_of(&self, block: usize) -> ObjectId {
        ObjectId(self.firsts[block])
    }

    /// The block of an object and its row there, or `None` for an id past the end.
    #[inline]
    pub fn row(&self, id: ObjectId) -> Option<(&ObjectBlock, usize)> {
        let (block, row) = self.locate(id)?;
        Some((self.blocks.get(block)?, row))
    }

    /// The address of an object, or `None` for an id past the end.
    #[inline]
    pub fn address(&self, id: ObjectId) -> Option<Addr> {
        self.row(id).map(|(block, row)| block.address(row))
    }

    /// The size of an object in bytes, or `None` for an id past the end.
    pub fn size(&self, id: ObjectId) -> Option<u64> {
        self.row(id).map(|(block, row)| block.size(row))
    }

    /// The type of an object, or `None` for an id past the end.
    #[inline]
    pub fn type_of(&self, id: ObjectId) -> Option<TypeId> {
        let (block, row) = self.row(id)?;
        block.types.get(row).copied()
    }

    /// The object that begins at `address`; `None` when none does.
    pub fn find(&self, address: Addr) -> Option<ObjectId> {
        self.last_up_to(address).filter(|&(_, begins)| begins == address).map(|(id, _)| id)
    }

    /// The object that `address` lies in, at its start or inside; `None` when it lies in none.
    pub fn containing(&self, address: Addr) -> Option<ObjectId> {
        let (id, begins) = self.last_up_to(address)?;
        (address.since(begins)? < self.size(id)?).then_some(id)
    }

    /// The last object that begins at `address` or below, and where it begins.
    fn last_up_to(&self, address: Addr) -> Option<(ObjectId, Addr)> {
        let blocks = &self.by_address;
        let after = blocks.partition_point(|&block| self.blocks[block as usize].address(0) <= address);
        let index = *blocks.get(after.checked_sub(1)?)?;
        let block = &self.blocks[index as usize];
        let distance = address.since(block.base)? / 8;
        let row = block.offsets.partition_point(|&offset| u64::from(offset) <= distance).checked_sub(1)?;
        Some((ObjectId(self.firsts[index as usize] + row as u32), block.address(row)))
    }

    /// The size in bytes of every object.
    pub fn sizes(&self) -> Vec<u64> {
        let mut sizes = Vec::with_capacity(self.len());
        for block in &self.blocks {
            sizes.extend((0..block.len()).map(|row| block.size(row)));
        }
        sizes
    }

    /// The block and the row in it of an object, or `None` for an id past the end.
    pub fn locate(&self, id: ObjectId) -> Option<(usize, usize)> {
        if id.0 as usize >= self.len() {
            return None;
        }
        let block = self.firsts.partition_point(|&first| first <= id.0) - 1;
        Some((block, (id.0 - self.firsts[block]) as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(base: u64, offsets: &[u32]) -> ObjectBlock {
        ObjectBlock {
            segment: SegmentId(0),
            base: Addr(base),
            offsets: offsets.to_vec().into(),
            types: vec![TypeId(0); offsets.len()].into(),
            sizes: vec![RowSize(24); offsets.len()].into(),
            large: Vec::new(),
        }
    }

    #[test]
    fn ids_run_through_the_blocks() {
        let (table, dropped) =
            ObjectTable::new(vec![block(0x1000, &[0, 3]), block(0x9000, &[]), block(0x8000, &[5])]);
        assert_eq!((table.len(), dropped, table.blocks().len()), (3, 0, 2));
        assert_eq!(table.locate(ObjectId(1)), Some((0, 1)));
        assert_eq!(table.locate(ObjectId(2)), Some((1, 0)));
        assert_eq!(table.locate(ObjectId(3)), None);
        assert_eq!(table.blocks()[1].address(0), Addr(0x8028));
    }

    #[test]
    fn objects_are_found_by_their_addresses_in_blocks_of_any_order() {
        let (table, _) = ObjectTable::new(vec![block(0x9000, &[0, 4]), block(0x1000, &[1, 4, 9])]);
        let find = |address| table.find(Addr(address)).map(|id| id.0);
        let containing = |address| table.containing(Addr(address)).map(|id| id.0);
        assert_eq!([0x1008, 0x1020, 0x1048, 0x9000, 0x9020].map(find), [2, 3, 4, 0, 1].map(Some));
        assert_eq!([0, 0x1000, 0x1010, 0x1028, 0x9001, 0x9028, u64::MAX].map(find), [None; 7]);
        assert_eq!([0x1008, 0x101f, 0x105f, 0x9017, 0x9037].map(containing), [2, 2, 4, 0, 1].map(Some));
        assert_eq!([0x1000, 0x1038, 0x1060, 0x8fff, 0x9018, 0x9038].map(containing), [None; 6]);
    }

    #[test]
    fn sizes_beyond_32_bits_stand_aside() {
        let mut b = block(0, &[0, 8]);
        b.sizes = vec![RowSize(24), RowSize::LARGE].into();
        b.large.push((1, 5 << 32));
        assert_eq!((b.size(0), b.size(1)), (24, 5 << 32));
    }
}
