//! Clauses of exception handling of compiled methods: which funclets are filters.
//!
//! Source: `EE_ILEXCEPTION` in `src/coreclr/inc/corhdr.h` and `eexcp.h` for what the JIT made: in front of it the number of clauses;
//! `CORCOMPILE_EXCEPTION_LOOKUP_TABLE_ENTRY` and `CORCOMPILE_EXCEPTION_CLAUSE` in `src/coreclr/inc/readytorun.h` for what was compiled
//! ahead.

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::code_info::{CodeInfo, CodeOrigin};

/// `COR_ILEXCEPTION_CLAUSE_FILTER`.
const FILTER: u32 = 1;
/// Of the JIT's clauses: bytes of one, where in it the start of the filter stands, and where the first one lies.
const JIT_CLAUSES: (u64, u64, u64) = (32, 24, 8);
/// The same of clauses in images.
const IMAGE_CLAUSES: (u64, u64) = (24, 20);
/// `ReadyToRunSectionType::ExceptionInfo`.
const EXCEPTION_INFO: u32 = 104;
/// In a READYTORUN_HEADER: the number of sections, the first section, and the bytes of one.
const SECTION_COUNT: u64 = 12;
const FIRST_SECTION: u64 = 16;
const SECTION_SIZE: u64 = 12;
/// Bytes of an entry of the table of methods with clauses: the RVA of the method, that of its clauses.
const ENTRY_SIZE: u64 = 8;

impl TypeSystem {
    /// Whether the funclet that `code` tells of is a filter, and no handler; `None` where the clauses are not in the dump.
    pub fn is_filter(&self, code: &CodeInfo) -> Option<bool> {
        let start = u32::try_from(code.function?.begin.since(code.start)?).ok()?;
        let filters = match code.origin {
            CodeOrigin::Jit { header } => self.jit_filters(header).ok()??,
            CodeOrigin::ReadyToRun { module, image } => {
                self.image_filters(module, image, code.start).ok()??
            }
            CodeOrigin::NativeImage { .. } => return None,
        };
        Some(filters.contains(&start))
    }

    /// Where the filters begin of code that the JIT made, counted from its start.
    fn jit_filters(&self, header: Addr) -> Result<Option<Vec<u32>>, Fault> {
        let memory = self.memory();
        let field = self.runtime().located.layout.optional_field("RealCodeHeader", "EHInfo");
        let Some(field) = field else { return Ok(None) };
        let info = memory.pointer(header.offset(field))?;
        if info.0 < 8 {
            return Ok(Some(Vec::new()));
        }
        let (size, filter, first) = JIT_CLAUSES;
        let count = memory.u64(Addr(info.0 - 8))?.min(limits::MAX_FUNCLETS.into());
        filters(memory, info.offset(first), count, size, filter).map(Some)
    }

    /// The same of code in an image.
    fn image_filters(&self, module: Addr, image: Addr, method: Addr) -> Result<Option<Vec<u32>>, Fault> {
        let memory = self.memory();
        let Some(images) = &self.methods().ready_to_run else { return Ok(None) };
        let Some(header) = images.header(memory, module)? else { return Ok(None) };
        let Some((table, length)) = section(memory, header, EXCEPTION_INFO)? else {
            return Ok(Some(Vec::new()));
        };
        let Some(rva) = method.since(image).and_then(|rva| u32::try_from(rva).ok()) else { return Ok(None) };
        let entry = |number: u64| image.offset(u64::from(table) + ENTRY_SIZE * number);
        let (mut low, mut high) = (0, u64::from(length) / ENTRY_SIZE);
        while low < high {
            let middle = low + (high - low) / 2;
            match memory.u32(entry(middle))?.cmp(&rva) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    // The last entry is none: it says where the clauses of the one before it end.
                    let (from, to) =
                        (memory.u32(entry(middle).offset(4))?, memory.u32(entry(middle + 1).offset(4))?);
                    let (size, filter) = IMAGE_CLAUSES;
                    let count = (u64::from(to.saturating_sub(from)) / size).min(limits::MAX_FUNCLETS.into());
                    return filters(memory, image.offset(from.into()), count, size, filter).map(Some);
                }
            }
        }
        Ok(Some(Vec::new()))
    }
}

/// The offsets at which the filters of `count` clauses from `first` on begin.
fn filters(
    memory: &AddressSpace,
    first: Addr,
    count: u64,
    size: u64,
    filter: u64,
) -> Result<Vec<u32>, Fault> {
    let mut starts = Vec::new();
    for number in 0..count {
        let clause = first.offset(size * number);
        if memory.u32(clause)? & FILTER != 0 {
            starts.push(memory.u32(clause.offset(filter))?);
        }
    }
    Ok(starts)
}

/// RVA and length of a section of a ReadyToRun image.
fn section(memory: &AddressSpace, header: Addr, kind: u32) -> Result<Option<(u32, u32)>, Fault> {
    let count = memory.u32(header.offset(SECTION_COUNT))?.min(limits::MAX_READY_TO_RUN_SECTIONS);
    for number in 0..u64::from(count) {
        let entry = header.offset(FIRST_SECTION + SECTION_SIZE * number);
        if memory.u32(entry)? == kind {
            return Ok(Some((memory.u32(entry.offset(4))?, memory.u32(entry.offset(8))?)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::synthetic::{space, zeros};

    const AT: u64 = 0x5000_0000;

    #[test]
    fn only_filters_are_told() {
        let mut memory = zeros(AT, AT + 0x1000);
        for (number, (flags, filter)) in
            [(0_u32, 0x10_u32), (1, 0x40), (2, 0x50), (1, 0x60)].into_iter().enumerate()
        {
            memory.write(AT + 24 * number as u64, &flags.to_le_bytes());
            memory.write(AT + 24 * number as u64 + 20, &filter.to_le_bytes());
        }
        let memory = space(memory);
        assert_eq!(filters(&memory, Addr(AT), 4, 24, 20), Ok(vec![0x40, 0x60]));
        assert!(filters(&memory, Addr(AT + 0x2000), 1, 24, 20).is_err());
    }

    #[test]
    fn sections_are_found_by_their_kind() {
        let mut memory = zeros(AT, AT + 0x1000);
        let words = [0x0052_5452, 0x0003_0009, 0, 2, 101, 0x100, 0x10, EXCEPTION_INFO, 0x200, 0x20];
        for (word, value) in words.into_iter().enumerate() {
            memory.write(AT + 4 * word as u64, &u32::to_le_bytes(value));
        }
        let memory = space(memory);
        assert_eq!(section(&memory, Addr(AT), EXCEPTION_INFO), Ok(Some((0x200, 0x20))));
        assert_eq!(section(&memory, Addr(AT), 99), Ok(None));
    }
}
