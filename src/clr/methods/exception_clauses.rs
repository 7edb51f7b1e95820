//! Exception clauses of methods: which of a method's funclets are filters.
//!
//! Source: `EE_ILEXCEPTION_CLAUSE` in `src/coreclr/inc/corhdr.h` and `EEJitManager::InitializeEHEnumeration` in
//! `src/coreclr/vm/codeman.cpp` for what the JIT made; for ReadyToRun code `CORCOMPILE_EXCEPTION_CLAUSE` in
//! `src/coreclr/inc/readytorun.h`, `READYTORUN_SECTION_EXCEPTION_INFO`, and `ReadyToRunJitManager::InitializeEHEnumeration`.

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::code_info::{CodeInfo, CodeOrigin};
use super::runtime_functions::last_of;
use super::sections::{self, section};

/// In a clause's flags: it has a filter (`COR_ILEXCEPTION_CLAUSE_FILTER`).
const FILTER: u32 = 1;
/// Bytes of an entry of the section of exception clauses: the RVAs of a method and of its clauses.
const ENTRY_SIZE: u64 = 8;

/// Clauses of a method that lie one behind the other.
struct Clauses {
    first: Addr,
    count: u64,
    size: u64,
    /// Where a clause says where its filter begins, counted from the method's start.
    filter: u64,
}

impl TypeSystem {
    /// Whether the code is in a filter: a funclet that decides in the first pass whether an exception is to be handled. `None` where
    /// the dump does not hold what tells it.
    pub fn is_filter(&self, code: &CodeInfo) -> Option<bool> {
        let Some(function) = code.function.filter(|function| function.funclet > 0) else {
            return Some(false);
        };
        let clauses = match code.origin {
            CodeOrigin::Jit { header } => self.clauses_of_jit(header).ok()?,
            CodeOrigin::ReadyToRun { module, image } => {
                self.clauses_of_image(module, image, code.start).ok()?
            }
            CodeOrigin::NativeImage { .. } => None,
        }?;
        let offset = function.begin.since(code.start)?;
        clauses.any_filter_at(self.memory(), offset).ok()
    }

    /// The number of clauses stands before them, and a word of flags between.
    fn clauses_of_jit(&self, header: Addr) -> Result<Option<Clauses>, Fault> {
        let memory = self.memory();
        let Some(offset) = self.runtime().located.layout.optional_field("RealCodeHeader", "EHInfo") else {
            return Ok(None);
        };
        let info = memory.pointer(header.offset(offset))?;
        if info.is_null() {
            return Ok(None);
        }
        let count = memory.u64(Addr(info.0.wrapping_sub(8)))?;
        Ok(Some(Clauses { first: info.offset(8), count, size: 32, filter: 24 }))
    }

    /// The clauses of a method end where those of the next one begin.
    fn clauses_of_image(&self, module: Addr, image: Addr, start: Addr) -> Result<Option<Clauses>, Fault> {
        let memory = self.memory();
        let Some(images) = &self.methods().ready_to_run else { return Ok(None) };
        let Some(header) = images.header(memory, module)? else { return Ok(None) };
        let Some(table) = section(memory, header, image, sections::EXCEPTION_INFO)? else { return Ok(None) };
        let Some(method) = start.since(image).and_then(|rva| u32::try_from(rva).ok()) else {
            return Ok(None);
        };
        let entry = |index: u32| table.start.offset(ENTRY_SIZE * u64::from(index));
        let count = table.size / ENTRY_SIZE as u32;
        let Some(index) = last_of(count, |index| Ok(memory.u32(entry(index))? <= method))? else {
            return Ok(None);
        };
        if memory.u32(entry(index))? != method || index + 1 >= count {
            return Ok(None);
        }
        let (first, end) = (memory.u32(entry(index).offset(4))?, memory.u32(entry(index + 1).offset(4))?);
        let count = u64::from(end.saturating_sub(first)) / 24;
        Ok(Some(Clauses { first: image.offset(first.into()), count, size: 24, filter: 20 }))
    }
}

impl Clauses {
    /// Whether a filter begins that far behind the method's start.
    fn any_filter_at(&self, memory: &AddressSpace, offset: u64) -> Result<bool, Fault> {
        for number in 0..self.count.min(limits::MAX_FUNCLETS.into()) {
            let clause = self.first.offset(self.size * number);
            let has_filter = memory.u32(clause)? & FILTER != 0;
            if has_filter && u64::from(memory.u32(clause.offset(self.filter))?) == offset {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests;
