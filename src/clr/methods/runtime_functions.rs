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
    unwind: Option<u64>,
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
        Some(RuntimeFunctionFields {
            begin: of("BeginAddress")?,
            unwind: of("UnwindData"),
            size: of(Descriptor::SIZE)?,
        })
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

    /// The RVA of an entry's UNWIND_INFO; `None` where the layout does not tell it.
    pub(super) fn unwind_rva(
        &self,
        memory: &AddressSpace,
        functions: RuntimeFunctions,
        index: u32,
    ) -> Result<Option<u32>, Fault> {
        let entry = functions.table.offset(self.size * u64::from(index));
        self.unwind.map(|offset| memory.u32(entry.offset(offset))).transpose()
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

/// Up to so many entries the runtime looks at one after the other.
const LINEAR: u32 = 10;

/// The last of `count` entries for which `holds`: it holds for the first ones and for none behind.
///
/// Looks at the same entries as the runtime's own search (`NativeUnwindInfoLookupTable::LookupUnwindInfoForMethod` in
/// `src/coreclr/vm/codeman.cpp`): a dump without the pages of files still has those that were looked at when it was taken.
pub(super) fn last_of(count: u32, holds: impl Fn(u32) -> Result<bool, Fault>) -> Result<Option<u32>, Fault> {
    let Some(mut high) = count.checked_sub(1) else { return Ok(None) };
    let mut low = 0;
    while high - low > LINEAR {
        let middle = low + (high - low) / 2;
        if holds(middle)? { low = middle } else { high = middle - 1 }
    }
    let mut last = None;
    for index in low..=high {
        if !holds(index)? {
            break;
        }
        last = Some(index);
    }
    Ok(last)
}
