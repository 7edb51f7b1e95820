//! From the address of an object to its id, in a few steps whatever the number of objects.
//!
//! For every block a bitmap with a bit for each place at which an object may begin, and for each word of it the id of
//! the first object in it: the id is that and the bits below (a rank bitmap: Jacobson 1989, "Space-efficient static
//! trees and graphs"). Blocks are found by a directory of equal pages of the address space.

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::graph::{ObjectBlock, ObjectId, ObjectTable};

/// Objects begin at multiples of so many bytes.
const ALIGNMENT: u64 = 8;
/// Places that one word of a bitmap covers.
const PLACES: u64 = u32::BITS as u64;
/// Bytes of a block an object has on average, from which on its bitmap would take more than 8 bytes an object:
/// its objects are searched for instead. Such blocks have large objects, to which few references lead.
const SPARSE: u64 = 256;
/// Pages of the directory at most, and bytes of a page at least: with regions of 4 MiB most pages hold one block.
const MAX_PAGES: u64 = 1 << 20;
const MIN_PAGE_BITS: u32 = 20;

/// The ids of all objects by their addresses.
#[derive(Debug)]
pub(super) struct AddressIndex<'a> {
    /// By address.
    blocks: Vec<IndexedBlock<'a>>,
    /// Where the first block begins.
    base: u64,
    page_bits: u32,
    /// For every page the first block that ends behind the page's start; one more at the end.
    pages: Vec<u32>,
}

#[derive(Debug)]
struct IndexedBlock<'a> {
    /// Where the first object begins.
    start: u64,
    /// Behind the place where the last one begins.
    end: u64,
    ids: Ids<'a>,
}

#[derive(Debug)]
enum Ids<'a> {
    Bitmap(Box<[Word]>),
    Sparse { block: &'a ObjectBlock, first: u32 },
}

/// A word of a bitmap.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    /// Where objects begin.
    bits: u32,
    /// The id of the first one.
    first: u32,
}

impl<'a> AddressIndex<'a> {
    /// The index of `objects`.
    pub(super) fn new(objects: &'a ObjectTable) -> AddressIndex<'a> {
        let mut blocks: Vec<IndexedBlock<'a>> = (0..objects.blocks().len())
            .into_par_iter()
            .map(|block| IndexedBlock::new(&objects.blocks()[block], objects.first_of(block)))
            .collect();
        blocks.sort_unstable_by_key(|block| block.start);
        let base = blocks.first().map_or(0, |block| block.start);
        let span = blocks.last().map_or(0, |block| block.end - base);
        let bits = |pages: u64| u64::BITS - (pages / MAX_PAGES).leading_zeros();
        let page_bits = bits(span).max(MIN_PAGE_BITS);
        let mut pages = Vec::new();
        let mut block = 0;
        for page in 0..=span >> page_bits {
            let start = base + (page << page_bits);
            block += blocks[block..].iter().take_while(|block| block.end <= start).count();
            pages.push(block as u32);
        }
        pages.push(blocks.len() as u32);
        AddressIndex { blocks, base, page_bits, pages }
    }

    /// The object that begins at `address`; `None` when none does.
    #[inline]
    pub(super) fn find(&self, address: Addr) -> Option<ObjectId> {
        let page = (address.0.checked_sub(self.base)? >> self.page_bits) as usize;
        let first = *self.pages.get(page)? as usize;
        let last = *self.pages.get(page + 1)? as usize;
        let block = self.blocks.get(first)?;
        // With regions the page's first block is nearly always the one.
        if address.0 < block.end || first == last {
            return block.find(address);
        }
        let rest = self.blocks.get(first + 1..=last.min(self.blocks.len() - 1))?;
        let next = rest.partition_point(|block| block.end <= address.0);
        rest.get(next)?.find(address)
    }
}

impl<'a> IndexedBlock<'a> {
    fn new(block: &'a ObjectBlock, first: ObjectId) -> IndexedBlock<'a> {
        let start = block.address(0).0;
        let end = block.address(block.len() - 1).0 + 1;
        let ids = match (end - start) / SPARSE > block.len() as u64 {
            true => Ids::Sparse { block, first: first.0 },
            false => Ids::Bitmap(bitmap(block, first)),
        };
        IndexedBlock { start, end, ids }
    }

    #[inline]
    fn find(&self, address: Addr) -> Option<ObjectId> {
        let distance = address.0.checked_sub(self.start)?;
        match &self.ids {
            Ids::Bitmap(words) => {
                let place = distance / ALIGNMENT;
                let word = words.get((place / PLACES) as usize)?;
                let bit = 1_u32 << (place % PLACES);
                let begins = word.bits & bit != 0 && distance.is_multiple_of(ALIGNMENT);
                begins.then(|| ObjectId(word.first + (word.bits & (bit - 1)).count_ones()))
            }
            Ids::Sparse { block, first } => {
                let distance = address.since(block.base).filter(|d| d.is_multiple_of(ALIGNMENT))?;
                let offset = u32::try_from(distance / ALIGNMENT).ok()?;
                block.offsets.binary_search(&offset).ok().map(|row| ObjectId(first + row as u32))
            }
        }
    }
}

fn bitmap(block: &ObjectBlock, first: ObjectId) -> Box<[Word]> {
    let offsets = &*block.offsets;
    let (Some(&begin), Some(&last)) = (offsets.first(), offsets.last()) else { return Box::default() };
    let mut words = vec![Word::default(); ((last - begin) / PLACES as u32) as usize + 1];
    for &offset in offsets {
        let place = offset - begin;
        words[(place / PLACES as u32) as usize].bits |= 1 << (place % PLACES as u32);
    }
    let mut id = first.0;
    for word in &mut words {
        word.first = id;
        id += word.bits.count_ones();
    }
    words.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{RowSize, SegmentId, TypeId};
    use crate::synth::Randomness;

    fn block(base: u64, offsets: Vec<u32>) -> ObjectBlock {
        let len = offsets.len();
        ObjectBlock {
            segment: SegmentId(0),
            base: Addr(base),
            offsets: offsets.into(),
            types: vec![TypeId(0); len].into(),
            sizes: vec![RowSize(24); len].into(),
            large: Vec::new(),
        }
    }

    /// Blocks of any density, side by side and far from each other, in no order.
    fn table() -> ObjectTable {
        let mut random = Randomness::new(3);
        let bases = [0x7000_0000_0000, 0x10_0000, 0x10_8000, 0x7000_0100_0000, 0x20_0000, 0x5000_0000_0008];
        let blocks = bases.iter().enumerate().map(|(number, &base)| {
            let step = [3, 9, 3, 400, 5000, 40][number];
            let mut at = 0;
            let mut next = || {
                at += 3 + random.below(step) as u32;
                at
            };
            block(base, (0..500).map(|_| next()).collect())
        });
        ObjectTable::new(blocks.collect()).0
    }

    #[test]
    fn exactly_the_places_where_objects_begin_are_found() {
        let table = table();
        let index = AddressIndex::new(&table);
        let sparse = index.blocks.iter().filter(|block| matches!(block.ids, Ids::Sparse { .. })).count();
        assert_eq!((index.blocks.len(), sparse), (6, 2));
        for (number, block) in table.blocks().iter().enumerate() {
            for row in 0..block.len() {
                let address = block.address(row);
                let id = ObjectId(table.first_of(number).0 + row as u32);
                assert_eq!(index.find(address), Some(id), "{address}");
                for near in [1, 7, 8, 12, 16].iter().flat_map(|d| [address.0 - d, address.0 + d]) {
                    assert_eq!(index.find(Addr(near)), table.find(Addr(near)), "{near:#x}");
                }
            }
        }
        for far in [0, 8, 0x3000_0000_0000, 0x7fff_ffff_ffff, u64::MAX - 7, u64::MAX] {
            assert_eq!(index.find(Addr(far)), None, "{far:#x}");
        }
    }

    #[test]
    fn an_index_of_no_objects_finds_none() {
        let table = ObjectTable::default();
        assert_eq!(AddressIndex::new(&table).find(Addr(0x1000)), None);
    }

    #[test]
    fn the_directory_has_no_more_pages_than_its_cap() {
        let (table, _) = ObjectTable::new(vec![block(0x1000, vec![0]), block(1 << 55, vec![0])]);
        let index = AddressIndex::new(&table);
        assert!(index.pages.len() as u64 <= MAX_PAGES + 2, "{}", index.pages.len());
        assert_eq!([0x1000, 1 << 55].map(|a| index.find(Addr(a)).map(|id| id.0)), [Some(0), Some(1)]);
    }
}
