//! Tables of RUNTIME_FUNCTIONs, by which code that was compiled ahead is found: entries in ascending order, each beginning
//! with the RVA of its code.
//!
//! Source: `RUNTIME_FUNCTION` in `src/coreclr/inc/clrnt.h` of dotnet/runtime v8.0 to v10.0; the same in dotnet/coreclr
//! v2.0 and v3.1.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};

/// Offsets of an entry.
#[derive(Debug)]
pub(super) struct RuntimeFunctionFields {
    begin: u64,
    size: u64,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub(super) struct RuntimeFunctions {
    /// Where its first entry lies.
    pub table: Addr,
    /// How many entries it has.
    pub count: u32,
}

impl RuntimeFunctionFields {
    /// `None` where the layout does not describe entries.
    pub(super) fn of(layout: &Descriptor) -> Option<RuntimeFunctionFields> {
        let of = |field: &str| layout.optional_field("RuntimeFunction", field);
        Some(RuntimeFunctionFields { begin: of("BeginAddress")?, size: of(Descriptor::SIZE)? })
    }

    /// The RVA at which an entry's code begins.
    pub(super) fn begin(
        &self,
        memory: &AddressSpace,
        functions: RuntimeFunctions,
        index: u32,
    ) -> Result<u32, Fault> {
        memory.u32(functions.table.offset(self.size * u64::from(index) + self.begin))
    }

    /// The index of the entry that lies at `place`; `None` for what is not in the table.
    pub(super) fn index_at(&self, functions: RuntimeFunctions, place: Addr) -> Option<u32> {
        let index = place.since(functions.table)? / self.size.max(1);
        (index < functions.count.into()).then_some(index as u32)
    }

    /// The last entry whose code begins no later than `address` in the image at `image`.
    pub(super) fn last_begun(
        &self,
        memory: &AddressSpace,
        functions: RuntimeFunctions,
        image: Addr,
        address: Addr,
    ) -> Result<Option<u32>, Fault> {
        let rva = address.since(image).and_then(|rva| u32::try_from(rva).ok());
        let Some(rva) = rva else { return Ok(None) };
        last_of(functions.count, |index| Ok(self.begin(memory, functions, index)? <= rva))
    }
}

/// The last of `count` entries for which `holds`: it holds for the first ones and for none behind.
pub(super) fn last_of(count: u32, holds: impl Fn(u32) -> Result<bool, Fault>) -> Result<Option<u32>, Fault> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle)? { low = middle + 1 } else { high = middle }
    }
    Ok(low.checked_sub(1))
}
