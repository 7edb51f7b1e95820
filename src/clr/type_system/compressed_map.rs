//! Compressed lookup maps of the precompiled images of 2.x: differences of distances, in bits.
//!
//! Source: `LookupMapBase::GetValueFromCompressedMap` in `src/vm/ceeload.cpp` of dotnet/coreclr v2.0. An index has an
//! entry for every 16th row: its distance from the map, and where in the stream the next rows' differences begin. A
//! difference is two bits that choose its length, one for its sign, and its bits; all lowest bit first.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};

/// Rows between two entries of the index.
const INDEX_STRIDE: u32 = 16;
/// Bits of a distance in the index.
const DISTANCE_BITS: u32 = 32;
/// Bits that choose the length of a difference.
const LENGTH_BITS: u32 = 2;

/// Members of a map that is compressed. Versions without compression lack them.
#[derive(Debug)]
pub(super) struct CompressedMapFields {
    index: u64,
    index_entry_bits: u64,
    encoding_lengths: u64,
}

impl CompressedMapFields {
    pub(super) fn new(layout: &Descriptor) -> Option<CompressedMapFields> {
        let of = |field: &str| layout.optional_field("LookupMap", field);
        Some(CompressedMapFields {
            index: of("Index")?,
            index_entry_bits: of("IndexEntryBits")?,
            encoding_lengths: of("EncodingLengths")?,
        })
    }

    /// The compressed map at `at`, whose stream of differences is `table`; `None` when it is not compressed.
    pub(super) fn read(
        &self,
        memory: &AddressSpace,
        at: Addr,
        table: Addr,
    ) -> Result<Option<CompressedMap>, Fault> {
        let index = memory.pointer(at.offset(self.index))?;
        if index.is_null() {
            return Ok(None);
        }
        let index_entry_bits = u32::from(memory.u8(at.offset(self.index_entry_bits))?);
        let mut encoding_lengths = [0; 4];
        memory.read(at.offset(self.encoding_lengths), &mut encoding_lengths)?;
        Ok(Some(CompressedMap { map: at, table, index, index_entry_bits, encoding_lengths }))
    }
}

/// A compressed map.
#[derive(Debug)]
pub(super) struct CompressedMap {
    /// Where the map lies: distances count from here.
    map: Addr,
    table: Addr,
    index: Addr,
    index_entry_bits: u32,
    encoding_lengths: [u8; 4],
}

impl CompressedMap {
    /// What the map has for a row; null for nothing. Flags are still in it.
    pub(super) fn get(&self, memory: &AddressSpace, row: u32) -> Result<Addr, Fault> {
        let entry = u64::from(row / INDEX_STRIDE) * u64::from(self.index_entry_bits);
        let mut index = BitReader { memory, start: self.index, at: entry };
        // Distances are signed, and their arithmetic wraps as the runtime's does.
        let mut distance = index.read(DISTANCE_BITS)? as u32 as i32;
        let differences = row % INDEX_STRIDE;
        if differences > 0 {
            let at = index.read(self.index_entry_bits.saturating_sub(DISTANCE_BITS))?;
            let mut table = BitReader { memory, start: self.table, at };
            for _ in 0..differences {
                let choice = table.read(LENGTH_BITS)? as usize;
                let length = u32::from(self.encoding_lengths.get(choice).copied().unwrap_or(0));
                let adds = table.read(1)? == 1;
                let difference = table.read(length)? as i32;
                distance = match adds {
                    true => distance.wrapping_add(difference),
                    false => distance.wrapping_sub(difference),
                };
            }
        }
        Ok(if distance == 0 { Addr::NULL } else { Addr(self.map.0.wrapping_add_signed(distance.into())) })
    }
}

/// Reads numbers of any width from memory, lowest bit first.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    pub(super) memory: &'a AddressSpace,
    pub(super) start: Addr,
    /// The bit from which the next read begins.
    pub(super) at: u64,
}

impl BitReader<'_> {
    /// The next `width` bits; of more than 56 only those.
    pub(super) fn read(&mut self, width: u32) -> Result<u64, Fault> {
        let width = width.min(56);
        let skipped = (self.at % 8) as u32;
        let mut bytes = [0; 8];
        let wanted = (skipped + width).div_ceil(8) as usize;
        self.memory.read(self.start.offset(self.at / 8), bytes.get_mut(..wanted).unwrap_or_default())?;
        self.at += u64::from(width);
        Ok(u64::from_le_bytes(bytes) >> skipped & ((1 << width) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers as bits, lowest first.
    #[derive(Default)]
    struct BitWriter {
        bits: Vec<bool>,
    }

    impl BitWriter {
        fn put(&mut self, value: u64, width: u32) {
            self.bits.extend((0..width).map(|bit| value >> bit & 1 == 1));
        }

        fn bytes(&self) -> Vec<u8> {
            let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
            self.bits.chunks(8).map(byte).collect()
        }
    }

    const MAP: u64 = 0x10000;
    const ENCODING_LENGTHS: [u8; 4] = [3, 9, 20, 31];

    /// A compressed map of these targets, `None` for an empty row.
    fn compressed(targets: &[Option<u64>]) -> (AddressSpace, CompressedMap) {
        let distance = |target: Option<u64>| target.map_or(0, |target| target as i64 - MAP as i64);
        let (mut index, mut table) = (BitWriter::default(), BitWriter::default());
        for (row, &target) in targets.iter().enumerate() {
            if row % INDEX_STRIDE as usize == 0 {
                index.put(distance(target) as u32 as u64, DISTANCE_BITS);
                index.put(table.bits.len() as u64, 14);
                continue;
            }
            let difference = distance(target) - distance(targets[row - 1]);
            let length = |length: &u8| difference.unsigned_abs() < 1 << length;
            let choice = ENCODING_LENGTHS.iter().position(length).unwrap();
            table.put(choice as u64, LENGTH_BITS);
            table.put(u64::from(difference >= 0), 1);
            table.put(difference.unsigned_abs(), ENCODING_LENGTHS[choice].into());
        }
        let memory =
            AddressSpace::from_memory(vec![(Addr(0x1000), index.bytes()), (Addr(0x2000), table.bytes())]);
        let map = CompressedMap {
            map: Addr(MAP),
            table: Addr(0x2000),
            index: Addr(0x1000),
            index_entry_bits: DISTANCE_BITS + 14,
            encoding_lengths: ENCODING_LENGTHS,
        };
        (memory, map)
    }

    #[test]
    fn every_row_of_a_compressed_map_leads_to_its_target() {
        // Near and far, forth and back, before the map and behind it, with gaps: 50 rows, four entries of the index.
        let target = |row: u64| match row % 7 {
            0 => None,
            1 => Some(0x8000 - 8 * row),
            n => Some(0x10_0000 + 0x1001 * n * row),
        };
        let targets: Vec<_> = (0..50).map(target).collect();
        let (memory, map) = compressed(&targets);
        for (row, target) in (0..).zip(targets) {
            assert_eq!(map.get(&memory, row), Ok(target.map_or(Addr::NULL, Addr)), "row {row}");
        }
    }

    #[test]
    fn a_row_behind_the_index_is_a_fault() {
        let (memory, map) = compressed(&[Some(0x8000); 20]);
        assert!(map.get(&memory, 16 * 4).is_err());
    }
}
