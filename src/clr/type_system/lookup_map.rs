//! Lookup maps of a module: from the row of a TypeDef or TypeRef to the MethodTable that was loaded for it.
//!
//! Source: `LookupMap` in `src/coreclr/vm/ceeload.h` of dotnet/runtime v8.0 to v10.0 and `src/vm/ceeload.h` of
//! dotnet/coreclr v2.0 and v3.1. A map is a chain of parts; the lowest bits of an element are flags.

use rustc_hash::FxHashSet;

use super::compressed_map::{CompressedMap, CompressedMapFields};
use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::types::Encoding;
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;
use crate::limits::MAX_LOOKUP_MAP_PARTS;

/// MethodTables are 8 bytes aligned: what lies below is a flag in every version.
const ELEMENT_FLAGS: u64 = 7;

/// Where the maps lie in a Module, and their members.
#[derive(Debug)]
pub(super) struct LookupMapFields {
    definitions: u64,
    definitions_encoding: Encoding,
    references: u64,
    references_encoding: Encoding,
    next: u64,
    table: u64,
    count: u64,
    compressed: Option<CompressedMapFields>,
}

impl LookupMapFields {
    pub(super) fn new(layout: &Descriptor) -> Result<LookupMapFields> {
        Ok(LookupMapFields {
            definitions: layout.field("Module", "TypeDefToMethodTableMap")?,
            definitions_encoding: Encoding::of(layout, "LookupMap.TypeDef")?,
            references: layout.field("Module", "TypeRefToMethodTableMap")?,
            references_encoding: Encoding::of(layout, "LookupMap.TypeRef")?,
            next: layout.field("LookupMap", "Next")?,
            table: layout.field("LookupMap", "TableData")?,
            count: layout.field("LookupMap", "Count")?,
            compressed: CompressedMapFields::new(layout),
        })
    }

    /// The map of the types that a module defines.
    pub(super) fn definitions(&self, memory: &AddressSpace, module: Addr) -> LookupMap {
        self.read(memory, module.offset(self.definitions), self.definitions_encoding)
    }

    /// The map of the types of other modules that a module refers to.
    pub(super) fn references(&self, memory: &AddressSpace, module: Addr) -> LookupMap {
        self.read(memory, module.offset(self.references), self.references_encoding)
    }

    fn read(&self, memory: &AddressSpace, map: Addr, encoding: Encoding) -> LookupMap {
        let mut parts = Vec::new();
        let (mut at, mut seen, mut fault) = (map, FxHashSet::default(), None);
        while !at.is_null() && seen.insert(at) && parts.len() < MAX_LOOKUP_MAP_PARTS {
            match self.part(memory, at) {
                Ok((part, next)) => {
                    parts.push(part);
                    at = next;
                }
                Err(missing) => {
                    fault = Some(missing);
                    break;
                }
            }
        }
        LookupMap { parts, encoding, fault }
    }

    fn part(&self, memory: &AddressSpace, at: Addr) -> Result<(Part, Addr), Fault> {
        let count = memory.u32(at.offset(self.count))?;
        let table = memory.pointer(at.offset(self.table))?;
        let next = memory.pointer(at.offset(self.next))?;
        let compressed = self.compressed.as_ref().map(|fields| fields.read(memory, at, table)).transpose()?;
        let elements = match compressed.flatten() {
            Some(map) => Elements::Compressed(map),
            None => Elements::Plain(table),
        };
        Ok((Part { count, elements }, next))
    }
}

/// A map from rows to MethodTables.
#[derive(Debug)]
pub(super) struct LookupMap {
    parts: Vec<Part>,
    encoding: Encoding,
    /// Why the chain of parts breaks off.
    fault: Option<Fault>,
}

#[derive(Debug)]
struct Part {
    count: u32,
    elements: Elements,
}

#[derive(Debug)]
enum Elements {
    Plain(Addr),
    Compressed(CompressedMap),
}

impl LookupMap {
    /// The MethodTable of a row; `None` for one that was not loaded, or not by way of this map.
    ///
    /// # Errors
    /// The element, or the part that would hold it, is not in the dump.
    pub(super) fn get(&self, memory: &AddressSpace, row: u32) -> Result<Option<Addr>, Fault> {
        let mut index = row;
        for part in &self.parts {
            if index < part.count {
                let target = match &part.elements {
                    Elements::Plain(table) => {
                        self.encoding.read(memory, table.offset(8 * u64::from(index)))?
                    }
                    Elements::Compressed(map) => map.get(memory, index)?,
                };
                let target = target.without(ELEMENT_FLAGS);
                return Ok((!target.is_null()).then_some(target));
            }
            index -= part.count;
        }
        self.fault.map_or(Ok(None), Err)
    }

    /// How many rows the map has room for.
    pub(super) fn rows(&self) -> u64 {
        self.parts.iter().map(|part| u64::from(part.count)).sum()
    }

    /// Why the map is not whole.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::layout;
    use crate::dump::Target;

    fn fields(version: &str) -> LookupMapFields {
        let bundled = layout::for_version(version.parse().unwrap(), Target::LINUX_X64).unwrap();
        LookupMapFields::new(&bundled.descriptor()).unwrap()
    }

    /// A part of a map: next, table, count, mask.
    fn part(next: u64, table: u64, count: u64) -> Vec<u8> {
        words(&[next, table, count, 3])
    }

    fn words(words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn rows_count_on_through_the_parts_and_flags_are_left_out() {
        let memory = AddressSpace::from_memory(vec![
            (Addr(0x1000), part(0x2000, 0x3000, 3)),
            (Addr(0x2000), part(0, 0x4000, 2)),
            (Addr(0x3000), words(&[0, 0x9001, 0x9102])),
            (Addr(0x4000), words(&[0x9200, 0])),
        ]);
        let map = fields("10.0.14").read(&memory, Addr(0x1000), Encoding::Plain);
        let got: Vec<_> = (0..6).map(|row| map.get(&memory, row).unwrap().map(|mt| mt.0)).collect();
        assert_eq!(got, [None, Some(0x9000), Some(0x9100), Some(0x9200), None, None]);
        assert_eq!((map.rows(), map.fault()), (5, None));
    }

    #[test]
    fn a_chain_that_leads_back_ends() {
        let memory = AddressSpace::from_memory(vec![
            (Addr(0x1000), part(0x1000, 0x3000, 1)),
            (Addr(0x3000), words(&[0x9000])),
        ]);
        let map = fields("9.0.22").read(&memory, Addr(0x1000), Encoding::Plain);
        assert_eq!(map.get(&memory, 7), Ok(None));
        assert_eq!(map.rows(), 1);
    }

    #[test]
    fn a_missing_part_is_a_fault_and_no_missing_type() {
        let memory = AddressSpace::from_memory(vec![(Addr(0x1000), part(0x7000, 0x3000, 1))]);
        let map = fields("8.0.33").read(&memory, Addr(0x1000), Encoding::Plain);
        assert_eq!(map.fault().map(Fault::address), Some(Addr(0x7010)));
        assert_eq!(map.get(&memory, 0), Err(Fault::Unmapped(Addr(0x3000))));
        assert_eq!(map.get(&memory, 1), Err(Fault::Unmapped(Addr(0x7010))));
    }

    #[test]
    fn elements_of_2_0_are_distances() {
        let back = 0_u64.wrapping_sub(0x800);
        let memory = AddressSpace::from_memory(vec![
            (Addr(0x1000), [part(0, 0x3000, 4), vec![0; 40]].concat()),
            (Addr(0x3000), words(&[0, 0x6001, back, 0x1009])),
            (Addr(0x4020), words(&[0x9000])),
        ]);
        let fields = fields("2.0.0");
        let map = |encoding| fields.read(&memory, Addr(0x1000), encoding);
        let got = |encoding, row| map(encoding).get(&memory, row).unwrap().map(|mt| mt.0);
        assert_eq!(got(fields.definitions_encoding, 0), None);
        assert_eq!(got(fields.definitions_encoding, 1), Some(0x9008));
        assert_eq!(got(fields.definitions_encoding, 2), Some(0x2810));
        // Of references the result may be the address of a cell.
        assert_eq!(got(fields.references_encoding, 3), Some(0x9000));
    }
}
