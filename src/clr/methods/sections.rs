//! The sections of a ReadyToRun image, which its header lists by kind.
//!
//! Source: `READYTORUN_HEADER` and `ReadyToRunSectionType` in `src/coreclr/inc/readytorun.h`, the same since v2.0.

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

/// In a header: its first word ("RTR"), how many sections it lists, where, and bytes of an entry: kind, RVA, size.
const SIGNATURE: u32 = 0x0052_5452;
const COUNT: u64 = 12;
const ENTRIES: u64 = 16;
const ENTRY_SIZE: u64 = 12;

/// `READYTORUN_SECTION_DEBUG_INFO`.
pub(super) const DEBUG_INFO: u32 = 105;

/// Where the section of that kind begins in the image at `image`; `None` when its header, at `header`, lists none or is none.
///
/// # Errors
/// The header is not in the dump.
pub(super) fn section(
    memory: &AddressSpace,
    header: Addr,
    image: Addr,
    kind: u32,
) -> Result<Option<Addr>, Fault> {
    if memory.u32(header)? != SIGNATURE {
        return Ok(None);
    }
    let count = memory.u32(header.offset(COUNT))?.min(limits::MAX_READY_TO_RUN_SECTIONS);
    for index in 0..u64::from(count) {
        let entry = header.offset(ENTRIES + ENTRY_SIZE * index);
        if memory.u32(entry)? == kind {
            return Ok(Some(image.offset(memory.u32(entry.offset(4))?.into())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::synthetic::{space, zeros};

    const HEADER: u64 = 0x1000;
    const IMAGE: Addr = Addr(0x10_0000);

    #[test]
    fn sections_are_found_by_kind() {
        let mut memory = zeros(HEADER, HEADER + 0x100);
        // "RTR", version, flags, two sections.
        let header: [u32; 10] = [0x0052_5452, 16, 0, 2, 102, 0x700, 48, DEBUG_INFO, 0x800, 64];
        for (index, word) in header.into_iter().enumerate() {
            memory.write(HEADER + 4 * index as u64, &word.to_le_bytes());
        }
        let found = |memory: &AddressSpace, kind| section(memory, Addr(HEADER), IMAGE, kind);
        let whole = space(memory.clone());
        assert_eq!(found(&whole, DEBUG_INFO), Ok(Some(IMAGE.offset(0x800))));
        assert_eq!(found(&whole, 104), Ok(None));
        memory.write(HEADER, b"no");
        assert_eq!(found(&space(memory.clone()), DEBUG_INFO), Ok(None), "no header");
        memory.write(HEADER, b"RTR");
        memory.forget(HEADER + 0x10, HEADER + 0x100);
        assert!(found(&space(memory), DEBUG_INFO).is_err());
    }
}
