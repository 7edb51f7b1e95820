//! ReadyToRun code: from an address to the precompiled method around it.
//!
//! The runtime notes the MethodDesc of each method it has prepared, by its entry point (`entry_points`). An image's table
//! of functions tells where functions begin; funclets (handlers, filters) follow the function that they belong to and are no
//! entry points, so the last entry point that lies no later is the method's.
//!
//! Source: `ReadyToRunInfo` in `src/coreclr/vm/readytoruninfo.h`, `ReadyToRunJitManager::JitCodeToMethodInfo` and
//! `GetGCInfoToken` in `src/coreclr/vm/codeman.cpp`.

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::compiled_code::{CompiledCode, Unwind};
use super::entry_points::EntryPointMap;
use super::native_array;
use super::runtime_functions::{RuntimeFunctionFields, RuntimeFunctions, last_of};
use super::sections::{self, section};

/// Entry points and MethodDescs of a module's prepared methods, in ascending order.
type EntryPoints = Result<Arc<Vec<(Addr, Addr)>>, Fault>;

/// Reads ReadyToRun modules by a layout.
#[derive(Debug)]
pub(super) struct ReadyToRun {
    info: u64,
    composite: Option<u64>,
    functions: u64,
    function_count: u64,
    function: RuntimeFunctionFields,
    hot_cold: Option<(u64, u64)>,
    map: EntryPointMap,
    /// By the address of each ReadyToRunInfo; read when first asked for.
    entry_points: RwLock<FxHashMap<Addr, EntryPoints>>,
}

impl ReadyToRun {
    /// `None` where the layout lacks a field.
    pub(super) fn of(layout: &Descriptor) -> Option<ReadyToRun> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        let info = |field: &str| of("ReadyToRunInfo", field);
        Some(ReadyToRun {
            info: of("Module", "ReadyToRunInfo")?,
            composite: info("CompositeInfo"),
            functions: info("RuntimeFunctions")?,
            function_count: info("NumRuntimeFunctions")?,
            function: RuntimeFunctionFields::of(layout)?,
            hot_cold: info("HotColdMap").zip(info("NumHotColdMap")),
            map: EntryPointMap::of(layout)?,
            entry_points: RwLock::default(),
        })
    }

    /// The code around `address` in the image at `image` of the Module at `module`; `None` when the runtime has prepared no
    /// method there.
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
        let info = self.info(memory, module)?;
        let Ok(functions) = self.functions(memory, info) else {
            return self.before(memory, info, image, address);
        };
        match self.function.last_begun(memory, functions, image, address) {
            Ok(Some(index)) => self.of_function(memory, info, image, functions, index),
            Ok(None) => Ok(None),
            // The table lies in the image's file.
            Err(_) => self.before(memory, info, image, address),
        }
    }

    /// Whether the table of functions of `image` in the memory of `file` is that of the Module at `module`: all methods that the runtime has
    /// prepared begin where functions begin there. Without any nothing is proved.
    pub(super) fn is_table_of(
        &self,
        memory: &AddressSpace,
        module: Addr,
        image: Addr,
        file: &AddressSpace,
    ) -> bool {
        let begins = |functions: RuntimeFunctions, entry: Addr| {
            let index = self.function.last_begun(file, functions, image, entry).ok()??;
            Some(image.offset(self.function.begin(file, functions, index).ok()?.into()) == entry)
        };
        let holds = || {
            let info = self.info(memory, module).ok()?;
            let functions = self.functions(memory, info).ok()?;
            let entry_points = self.entry_points(memory, info).ok()?;
            let all = entry_points.iter().all(|&(entry, _)| begins(functions, entry) == Some(true));
            Some(all && !entry_points.is_empty())
        };
        holds().unwrap_or(false)
    }

    /// The code of the function `index`: the method is that of the last entry point that is no later.
    fn of_function(
        &self,
        memory: &AddressSpace,
        info: Addr,
        image: Addr,
        functions: RuntimeFunctions,
        index: u32,
    ) -> Result<Option<CompiledCode>, Fault> {
        let hot = self.hot_part(memory, info, index);
        for main in (hot.saturating_sub(limits::MAX_FUNCLETS)..=hot).rev() {
            let start = image.offset(self.function.begin(memory, functions, main)?.into());
            let Some(method_desc) = self.map.find(memory, info, start)? else { continue };
            let rva = |index: u32| self.function.unwind_rva(memory, functions, index);
            let begin = image.offset(self.function.begin(memory, functions, index)?.into());
            let unwind = rva(index)?.zip(rva(main)?).map(|(own, main_rva)| Unwind {
                begin,
                own: image.offset(own.into()),
                main: image.offset(main_rva.into()),
                funclet: hot - main,
            });
            return Ok(Some(CompiledCode { method_desc, start, unwind }));
        }
        Ok(None)
    }

    /// The method of the last entry point no later than `address`, where the table of functions is not in the dump: an address
    /// on a stack or in a delegate is in a method that was prepared.
    fn before(
        &self,
        memory: &AddressSpace,
        info: Addr,
        image: Addr,
        address: Addr,
    ) -> Result<Option<CompiledCode>, Fault> {
        let entry_points = self.entry_points(memory, info)?;
        let behind = entry_points.partition_point(|&(entry, _)| entry <= address);
        let found = behind.checked_sub(1).and_then(|last| entry_points.get(last));
        let code = |&(start, method_desc): &(Addr, Addr)| CompiledCode { method_desc, start, unwind: None };
        Ok(found.filter(|&&(entry, _)| entry >= image).map(code))
    }

    /// The table of functions of a ReadyToRunInfo.
    fn functions(&self, memory: &AddressSpace, info: Addr) -> Result<RuntimeFunctions, Fault> {
        let table = memory.pointer(info.offset(self.functions))?;
        let count = memory.u32(info.offset(self.function_count))?;
        Ok(RuntimeFunctions { table, count: count.min(limits::MAX_RUNTIME_FUNCTIONS) })
    }

    /// Where the debug info of the method lies whose code begins at `start`; `None` when it has none.
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn debug_info(
        &self,
        memory: &AddressSpace,
        module: Addr,
        image: Addr,
        start: Addr,
    ) -> Result<Option<Addr>, Fault> {
        let Some(header) = self.header(memory, module)? else { return Ok(None) };
        let Some(infos) = section(memory, header, image, sections::DEBUG_INFO)? else { return Ok(None) };
        let functions = self.functions(memory, self.info(memory, module)?)?;
        let index = self.function.last_begun(memory, functions, image, start)?;
        let element = index.map(|index| native_array::element(memory, infos, index)).transpose()?.flatten();
        let Some(element) = element else { return Ok(None) };
        // What several methods have alike stands once: the others say how far back.
        let (back, behind) = native_array::unsigned(memory, element)?;
        Ok(Some(if back == 0 { behind } else { Addr(element.0.wrapping_sub(back.into())) }))
    }

    /// The READYTORUN_HEADER of the Module at `module`; `None` where the layout does not tell.
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn header(&self, memory: &AddressSpace, module: Addr) -> Result<Option<Addr>, Fault> {
        let info = self.info(memory, module)?;
        self.header.map(|offset| memory.pointer(info.offset(offset))).transpose()
    }

    /// The ReadyToRunInfo of a Module. Of a composite image all modules share one, which otherwise leads to itself.
    pub(super) fn info(&self, memory: &AddressSpace, module: Addr) -> Result<Addr, Fault> {
        let info = memory.pointer(module.offset(self.info))?;
        let Some(offset) = self.composite else { return Ok(info) };
        let composite = memory.pointer(info.offset(offset))?;
        Ok(if composite.is_null() { info } else { composite })
    }

    /// The index of the function whose cold part `index` is: the map has pairs of cold and hot indexes, in ascending
    /// order; a cold part with funclets takes several functions.
    fn hot_part(&self, memory: &AddressSpace, info: Addr, index: u32) -> u32 {
        let pair = || {
            let (map, count) = self.hot_cold?;
            let map = memory.pointer(info.offset(map)).ok().filter(|map| !map.is_null())?;
            let pairs = memory.u32(info.offset(count)).ok()? / 2;
            let cold = |pair: u32| memory.u32(map.offset(8 * u64::from(pair)));
            let last = last_of(pairs, |pair| Ok(cold(pair)? <= index)).ok()??;
            memory.u32(map.offset(8 * u64::from(last) + 4)).ok()
        };
        pair().unwrap_or(index)
    }

    fn entry_points(&self, memory: &AddressSpace, info: Addr) -> EntryPoints {
        let known = self.entry_points.read().unwrap_or_else(PoisonError::into_inner).get(&info).cloned();
        if let Some(known) = known {
            return known;
        }
        let read = self.map.all(memory, info).map(Arc::new);
        let mut cache = self.entry_points.write().unwrap_or_else(PoisonError::into_inner);
        cache.entry(info).or_insert(read).clone()
    }
}

#[cfg(test)]
mod tests;
