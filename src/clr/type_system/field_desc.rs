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
