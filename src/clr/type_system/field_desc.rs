//! FieldDescs: what the runtime knows of a field.
//!
//! Source: `src/coreclr/vm/field.h` of dotnet/runtime v8.0 to v10.0, `src/vm/field.h` of dotnet/coreclr v2.0 and v3.1.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::types::Encoding;
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;

/// Bits of the first word.
const STATIC: u32 = 1 << 24;
const THREAD_STATIC: u32 = 1 << 25;
const IN_IMAGE: u32 = 1 << 26;
const WHOLE_ROW: u32 = 1 << 30;
const ROW: u32 = (1 << 24) - 1;
/// Bits of the second word.
const OFFSET: u32 = (1 << 27) - 1;
const ELEMENT_TYPE_SHIFT: u32 = 27;

/// Members of a FieldDesc.
#[derive(Debug)]
pub(super) struct FieldDescFields {
    size: u64,
    method_table: u64,
    method_table_encoding: Encoding,
    word1: u64,
    word2: u64,
    /// The bits that hold the row where a flag does not say that all of them do; the rest is a hash of the name.
    packed_row: u32,
}

/// What a FieldDesc says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FieldDesc {
    /// The field's row in the Field table.
    pub(super) row: u32,
    pub(super) is_static: bool,
    pub(super) is_thread_static: bool,
    /// Whether its value lies in the module's image.
    pub(super) is_in_image: bool,
    pub(super) offset: u32,
    /// What it is, roughly: of an enum its number, of every reference a class.
    pub(super) element_type: u8,
}

impl FieldDescFields {
    pub(super) fn new(layout: &Descriptor) -> Result<FieldDescFields> {
        let of = |field: &str| layout.field("FieldDesc", field);
        let packed_bits = layout.number("FieldDesc.PackedRowBits");
        Ok(FieldDescFields {
            size: of(Descriptor::SIZE)?,
            method_table: of("MTOfEnclosingClass")?,
            method_table_encoding: Encoding::of(layout, "FieldDesc.MTOfEnclosingClass")?,
            word1: of("DWord1")?,
            word2: of("DWord2")?,
            packed_row: packed_bits.map_or(ROW, |bits| (1 << bits.min(24)) - 1),
        })
    }

    /// The FieldDesc at place `index` of the list at `list`.
    pub(super) fn read(&self, memory: &AddressSpace, list: Addr, index: u32) -> Result<FieldDesc, Fault> {
        let at = self.place(list, index);
        let word1 = memory.u32(at.offset(self.word1))?;
        let word2 = memory.u32(at.offset(self.word2))?;
        Ok(FieldDesc {
            row: word1 & if word1 & WHOLE_ROW == 0 { self.packed_row } else { ROW },
            is_static: word1 & STATIC != 0,
            is_thread_static: word1 & THREAD_STATIC != 0,
            is_in_image: word1 & IN_IMAGE != 0,
            offset: word2 & OFFSET,
            element_type: (word2 >> ELEMENT_TYPE_SHIFT) as u8,
        })
    }

    /// The MethodTable whose field the FieldDesc describes: of shared code the canonical one.
    pub(super) fn method_table(&self, memory: &AddressSpace, list: Addr, index: u32) -> Result<Addr, Fault> {
        self.method_table_encoding.read(memory, self.place(list, index).offset(self.method_table))
    }

    fn place(&self, list: Addr, index: u32) -> Addr {
        list.offset(self.size * u64::from(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::layout;
    use crate::dump::Target;

    fn read(version: &str, word1: u32, word2: u32) -> FieldDesc {
        let layout = layout::for_version(version.parse().unwrap(), Target::LINUX_X64).unwrap().descriptor();
        let mut bytes = vec![0xee; 16];
        bytes.extend([[0; 8], (u64::from(word2) << 32 | u64::from(word1)).to_le_bytes()].concat());
        let memory = AddressSpace::from_memory(vec![(Addr(0x1000), bytes)]);
        FieldDescFields::new(&layout).unwrap().read(&memory, Addr(0x1000), 1).unwrap()
    }

    #[test]
    fn bits_are_told_apart() {
        let instance = read("10.0.14", 0x0012_3456, 0x11 << 27 | 0x123);
        let expected = FieldDesc {
            row: 0x0012_3456,
            is_static: false,
            is_thread_static: false,
            is_in_image: false,
            offset: 0x123,
            element_type: 0x11,
        };
        assert_eq!(instance, expected);
        let thread = read("9.0.22", STATIC | THREAD_STATIC | 7, 0x12 << 27 | OFFSET);
        let row = FieldDesc { row: 7, is_static: true, is_thread_static: true, offset: OFFSET, ..expected };
        assert_eq!(thread, FieldDesc { element_type: 0x12, ..row });
        let constant = read("10.0.14", STATIC | IN_IMAGE | 7, 0x11 << 27 | OFFSET);
        assert_eq!(constant, FieldDesc { is_thread_static: false, is_in_image: true, ..row });
    }

    #[test]
    fn up_to_8_0_a_hash_of_the_name_stands_above_a_row_of_17_bits() {
        for version in ["2.0.0", "3.1.3", "8.0.33"] {
            assert_eq!(read(version, 0x00fe_1234, 0).row, 0x1234, "{version}");
            assert_eq!(read(version, 0x00ff_1234, 0).row, 0x1_1234, "{version}");
            assert_eq!(read(version, WHOLE_ROW | 0x00fe_1234, 0).row, 0x00fe_1234, "{version}");
        }
        assert_eq!(read("10.0.14", 0x00fe_1234, 0).row, 0x00fe_1234);
    }

    #[test]
    fn a_missing_field_desc_is_a_fault() {
        let layout = layout::for_version("8.0.33".parse().unwrap(), Target::LINUX_X64).unwrap().descriptor();
        let memory = AddressSpace::from_memory(vec![(Addr(0x1000), vec![0; 20])]);
        let fields = FieldDescFields::new(&layout).unwrap();
        assert!(fields.read(&memory, Addr(0x1000), 0).is_ok());
        assert!(fields.read(&memory, Addr(0x1000), 1).is_err());
        assert_eq!(fields.method_table(&memory, Addr(0x1000), 0), Ok(Addr::NULL));
    }
}
