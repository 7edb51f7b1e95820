//! Fragile precompiled images, which only System.Private.CoreLib of 2.x is: from an address to the method around it.
//!
//! The image has tables of its functions by where they begin, one for the code that is run at start and one for the
//! rest, and beside each the RVAs of the MethodDescs. A function without one is a funclet of a function before it.
//! A third table, of cold parts, leads back to the two others.
//!
//! Source: `NGenLayoutInfo` in `src/vm/ceeload.h`, `NativeImageJitManager::JitCodeToMethodInfo` in `src/vm/codeman.cpp`
//! of dotnet/coreclr v2.0.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::compiled_code::{CompiledCode, Unwind};
use super::runtime_functions::{RuntimeFunctionFields, RuntimeFunctions};

/// Ranges of code: hot, unhot and cold.
const RANGES: u64 = 3;
const COLD: u64 = 2;
/// Bytes of a range: where it begins, how long it is.
const RANGE_SIZE: u64 = 16;
/// A mark in the table of MethodDescs: the function has exception clauses.
const MARK: u32 = 1;
/// Bytes of an entry of the map of cold code: the main function's place, the size of its hot part.
const COLD_ENTRY_SIZE: u64 = 8;

/// A method, and the function that it begins with.
struct Found {
    method_desc: Addr,
    /// In which range the main function is, and which it is there.
    kind: u64,
    main: u32,
    funclet: u32,
}

/// Reads fragile images by a layout.
#[derive(Debug)]
pub(super) struct NativeImages {
    info: u64,
    ranges: u64,
    functions: u64,
    function_counts: u64,
    method_descs: u64,
    cold_map: u64,
    function: RuntimeFunctionFields,
}

impl NativeImages {
    /// `None` where the layout has no such images.
    pub(super) fn of(layout: &Descriptor) -> Option<NativeImages> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        Some(NativeImages {
            info: of("Module", "NGenLayoutInfo")?,
            ranges: of("NGenLayoutInfo", "CodeSections")?,
            functions: of("NGenLayoutInfo", "RuntimeFunctions")?,
            function_counts: of("NGenLayoutInfo", "NumRuntimeFunctions")?,
            method_descs: of("NGenLayoutInfo", "MethodDescs")?,
            cold_map: of("NGenLayoutInfo", "ColdCodeMap")?,
            function: RuntimeFunctionFields::of(layout)?,
        })
    }

    /// The code around `address` in the image at `image` of the Module at `module`; `None` when there is none.
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn code(
        &self,
        memory: &AddressSpace,
        module: Addr,
        image: Addr,
        address: Addr,
    ) -> Result<Option<CompiledCode>, Fault> {
        let info = memory.pointer(module.offset(self.info))?;
        let Some(kind) = self.range(memory, info, address)? else { return Ok(None) };
        let functions = self.functions(memory, info, kind)?;
        let Some(index) = self.function.last_begun(memory, functions, image, address)? else {
            return Ok(None);
        };
        let found = match kind {
            COLD => self.of_cold_part(memory, info, image, index)?,
            _ => self.of_function(memory, info, image, kind, index)?,
        };
        let Some(found) = found else { return Ok(None) };
        let main = self.functions(memory, info, found.kind)?;
        let begin = |table, index| Ok(image.offset(self.function.begin(memory, table, index)?.into()));
        let own = self.function.unwind_rva(memory, functions, index)?;
        let unwind = match own.zip(self.function.unwind_rva(memory, main, found.main)?) {
            Some((own, of_main)) => Some(Unwind {
                begin: begin(functions, index)?,
                own: image.offset(own.into()),
                main: image.offset(of_main.into()),
                funclet: found.funclet,
            }),
            None => None,
        };
        Ok(Some(CompiledCode { method_desc: found.method_desc, start: begin(main, found.main)?, unwind }))
    }

    /// Which of the three ranges holds `address`.
    fn range(&self, memory: &AddressSpace, info: Addr, address: Addr) -> Result<Option<u64>, Fault> {
        for kind in 0..RANGES {
            let range = info.offset(self.ranges + RANGE_SIZE * kind);
            let (begin, size) = (memory.pointer(range)?, memory.u64(range.offset(8))?);
            if address.since(begin).is_some_and(|distance| distance < size) {
                return Ok(Some(kind));
            }
        }
        Ok(None)
    }

    fn functions(&self, memory: &AddressSpace, info: Addr, kind: u64) -> Result<RuntimeFunctions, Fault> {
        let table = memory.pointer(info.offset(self.functions + 8 * kind))?;
        Ok(RuntimeFunctions { table, count: memory.u32(info.offset(self.function_counts + 4 * kind))? })
    }

    /// The method of a function, or of the one before it that a funclet belongs to.
    fn of_function(
        &self,
        memory: &AddressSpace,
        info: Addr,
        image: Addr,
        kind: u64,
        index: u32,
    ) -> Result<Option<Found>, Fault> {
        let table = memory.pointer(info.offset(self.method_descs + 8 * kind))?;
        let first = index.saturating_sub(limits::MAX_FUNCLETS);
        for main in (first..=index).rev() {
            let rva = memory.u32(table.offset(4 * u64::from(main)))? & !MARK;
            if rva != 0 {
                let method_desc = image.offset(rva.into());
                return Ok(Some(Found { method_desc, kind, main, funclet: index - main }));
            }
        }
        Ok(None)
    }

    /// The method of a cold part: the map gives the place of its main function in a table, by RVA.
    fn of_cold_part(
        &self,
        memory: &AddressSpace,
        info: Addr,
        image: Addr,
        index: u32,
    ) -> Result<Option<Found>, Fault> {
        let map = memory.pointer(info.offset(self.cold_map))?;
        let first = index.saturating_sub(limits::MAX_FUNCLETS);
        for index in (first..=index).rev() {
            let rva = memory.u32(map.offset(COLD_ENTRY_SIZE * u64::from(index)))?;
            if rva == 0 {
                continue;
            }
            let place = image.offset(rva.into());
            for kind in 0..COLD {
                let functions = self.functions(memory, info, kind)?;
                if let Some(index) = self.function.index_at(functions, place) {
                    return self.of_function(memory, info, image, kind, index);
                }
            }
            return Ok(None);
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
