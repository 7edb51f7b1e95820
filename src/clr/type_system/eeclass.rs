//! What the EEClass of a type says of its fields: how many, where their FieldDescs are.
//!
//! Source: `class EEClass` in `src/coreclr/vm/class.h` of dotnet/runtime v8.0 to v10.0 and `src/vm/class.h` of
//! dotnet/coreclr v2.0 and v3.1. Up to 8.0 the counts lie behind the class as numbers of 32 bits, or (2.x images) as
//! a stream of bits: for each five bits that tell its width, then the count.

use super::compressed_map::BitReader;
use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::types::{Encoding, MethodTables};
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;

/// Bits that tell the width of a packed count, less one.
const WIDTH_BITS: u32 = 5;

/// Where the counts of fields are.
#[derive(Debug)]
enum Counts {
    /// In the class, 16 bits each.
    InClass { instance: u64, statics: u64 },
    /// Behind the class: where it says how far, and whether they are packed; then the places of the two.
    Behind { distance: u64, packed: u64, instance: u64, statics: u64 },
}

/// Members of EEClass.
#[derive(Debug)]
pub(super) struct EEClassFields {
    counts: Counts,
    field_descs: u64,
    field_descs_encoding: Encoding,
    element_type: u64,
    padding: u64,
}

/// What a class says of its fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct EEClass {
    /// Instance fields, those of the base types included.
    pub(super) instance_fields: u32,
    /// Static fields that the type declares, thread statics included.
    pub(super) static_fields: u32,
    /// Its FieldDescs: those of the instance fields that the type declares itself, then those of the static ones.
    pub(super) field_descs: Addr,
    /// The element type: of an enum that of its numbers, of a primitive its own.
    pub(super) element_type: u8,
    /// Bytes of an instance that are no fields: header, MethodTable, and what rounds the size up.
    pub(super) padding: u8,
}

impl EEClassFields {
    pub(super) fn new(layout: &Descriptor) -> Result<EEClassFields> {
        let of = |field: &str| layout.field("EEClass", field);
        let packed = |field: &str| layout.field("EEClassPackedFields", field);
        Ok(EEClassFields {
            counts: match layout.optional_field("EEClass", "NumInstanceFields") {
                Some(instance) => Counts::InClass { instance, statics: of("NumStaticFields")? },
                None => Counts::Behind {
                    distance: of("FixedEEClassFields")?,
                    packed: of("FieldsArePacked")?,
                    instance: packed("NumInstanceFields")?,
                    statics: packed("NumStaticFields")?,
                },
            },
            field_descs: of("FieldDescList")?,
            field_descs_encoding: Encoding::of(layout, "EEClass.FieldDescList")?,
            element_type: of("InternalCorElementType")?,
            padding: of("BaseSizePadding")?,
        })
    }

    /// The class of the type at `mt`, which it may share with other instances of the same generic type.
    pub(super) fn of_type(
        &self,
        memory: &AddressSpace,
        method_tables: &MethodTables,
        mt: Addr,
    ) -> Result<EEClass, Fault> {
        let class = method_tables.class(memory, mt)?;
        let (instance_fields, static_fields) = self.counts(memory, class)?;
        Ok(EEClass {
            instance_fields,
            static_fields,
            field_descs: self.field_descs_encoding.read(memory, class.offset(self.field_descs))?,
            element_type: memory.u8(class.offset(self.element_type))?,
            padding: memory.u8(class.offset(self.padding))?,
        })
    }

    fn counts(&self, memory: &AddressSpace, class: Addr) -> Result<(u32, u32), Fault> {
        match self.counts {
            Counts::InClass { instance, statics } => {
                Ok((memory.u16(class.offset(instance))?.into(), memory.u16(class.offset(statics))?.into()))
            }
            Counts::Behind { distance, packed, instance, statics } => {
                let counts = class.offset(memory.u8(class.offset(distance))?.into());
                if memory.u8(class.offset(packed))? != 0 {
                    return Ok((
                        packed_count(memory, counts, instance)?,
                        packed_count(memory, counts, statics)?,
                    ));
                }
                Ok((memory.u32(counts.offset(instance))?, memory.u32(counts.offset(statics))?))
            }
        }
    }
}

/// The count that would lie `place` bytes on if each took 32 bits.
fn packed_count(memory: &AddressSpace, counts: Addr, place: u64) -> Result<u32, Fault> {
    let mut bits = BitReader { memory, start: counts, at: 0 };
    for _ in 0..place / 4 {
        let width = bits.read(WIDTH_BITS)? + 1;
        bits.at += width;
    }
    let width = bits.read(WIDTH_BITS)? as u32 + 1;
    bits.read(width).map(|count| count as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::layout;
    use crate::dump::Target;

    const CLASS: u64 = 0x1000;
    const METHOD_TABLE: u64 = 0x2000;

    /// What a class whose bytes are these says, read by the layout of a version.
    fn read(version: &str, class: Vec<u8>) -> Result<EEClass, Fault> {
        let layout = layout::for_version(version.parse().unwrap(), Target::LINUX_X64).unwrap().descriptor();
        let mut mt = vec![0; 64];
        mt[40..48].copy_from_slice(&CLASS.to_le_bytes());
        let memory = AddressSpace::from_memory(vec![(Addr(CLASS), class), (Addr(METHOD_TABLE), mt)]);
        let tables = MethodTables::new(&layout, Addr::NULL).unwrap();
        EEClassFields::new(&layout).unwrap().of_type(&memory, &tables, Addr(METHOD_TABLE))
    }

    fn with(size: usize, bytes: &[(usize, &[u8])]) -> Vec<u8> {
        let mut class = vec![0; size];
        for &(at, bytes) in bytes {
            class[at..at + bytes.len()].copy_from_slice(bytes);
        }
        class
    }

    #[test]
    fn counts_of_16_bits_stand_in_the_class() {
        let list = 0x3000_u64.to_le_bytes();
        let parts: [(usize, &[u8]); 5] =
            [(24, &list), (48, &[0x11]), (49, &[20]), (50, &[3, 1]), (54, &[2, 0])];
        for version in ["9.0.22", "10.0.14"] {
            let class = read(version, with(64, &parts)).unwrap();
            assert_eq!((class.instance_fields, class.static_fields), (0x103, 2));
            assert_eq!((class.field_descs, class.element_type, class.padding), (Addr(0x3000), 0x11, 20));
        }
    }

    #[test]
    fn counts_of_32_bits_stand_behind_the_class() {
        // The class says how far behind: it is larger for arrays and delegates.
        for (version, distance, element) in [("8.0.33", 50, 48), ("3.1.3", 54, 52), ("2.0.0", 54, 52)] {
            let parts: [(usize, &[u8]); 4] =
                [(distance, &[72]), (element, &[0x08]), (72, &[5, 0, 1, 0]), (80, &[7, 0, 0, 0])];
            let class = read(version, with(120, &parts)).unwrap();
            assert_eq!((class.instance_fields, class.static_fields), (0x1_0005, 7), "{version}");
            assert_eq!(class.element_type, 0x08);
        }
    }

    #[test]
    fn packed_counts_have_each_its_own_width() {
        // 5 in three bits, 300 in nine, 2 in two: instance fields, methods, static fields.
        let bits: u64 = [(2, 5), (5, 3), (8, 5), (300, 9), (1, 5), (2, 2)]
            .iter()
            .fold((0, 0), |(bits, at), &(value, width)| (bits | value << at, at + width))
            .0;
        let parts: [(usize, &[u8]); 3] = [(54, &[56]), (53, &[1]), (56, &bits.to_le_bytes())];
        let class = read("2.0.0", with(72, &parts)).unwrap();
        assert_eq!((class.instance_fields, class.static_fields), (5, 2));
    }

    #[test]
    fn the_list_of_2_0_is_a_distance() {
        let parts: [(usize, &[u8]); 2] = [(54, &[56]), (24, &0x100_u64.to_le_bytes())];
        assert_eq!(read("2.0.0", with(100, &parts)).unwrap().field_descs, Addr(CLASS + 24 + 0x100));
    }

    #[test]
    fn counts_that_are_missing_are_a_fault() {
        let error = read("8.0.33", with(56, &[(50, &[200])])).unwrap_err();
        assert_eq!(error, Fault::Unmapped(Addr(CLASS + 200)));
    }
}
