//! ReadyToRun code: from an address to the MethodDesc of the precompiled method around it.
//!
//! The runtime notes the MethodDesc of each method it has prepared, by its entry point. An image's table of functions
//! tells where functions begin; funclets (handlers, filters) follow the function that they belong to and are no entry
//! points, so the last entry point that lies no later is the method's.
//!
//! Source: `ReadyToRunInfo` in `src/coreclr/vm/readytoruninfo.h`, `ReadyToRunJitManager::JitCodeToMethodInfo` in
//! `src/coreclr/vm/codeman.cpp`, `HashMap` in `src/coreclr/vm/hash.h`.

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::native_array;
use super::runtime_functions::{RuntimeFunctionFields, RuntimeFunctions, last_of};

/// Slots of a bucket of the map.
const SLOTS: u64 = 4;
/// Keys of the map that are none: empty and deleted.
const LAST_NO_KEY: u64 = 1;
/// A mark in values; what is left is half of the address.
const VALUE_MARK: u64 = 1 << 63;

/// `READYTORUN_SECTION_DEBUG_INFO`.
const DEBUG_INFO_SECTION: u32 = 105;
/// In a READYTORUN_HEADER: its first word ("RTR"), how many sections it lists, where, and bytes of an entry.
const HEADER_SIGNATURE: u32 = 0x0052_5452;
const SECTION_COUNT: u64 = 12;
const SECTIONS: u64 = 16;
const SECTION_SIZE: u64 = 12;

/// Entry points and MethodDescs of a module's prepared methods, in ascending order. Of a map that is not all in the
/// dump nothing is told: the last entry point before an address might be one that is missing.
type EntryPoints = Result<Arc<Vec<(Addr, Addr)>>, Fault>;

/// Reads ReadyToRun modules by a layout.
#[derive(Debug)]
pub(super) struct ReadyToRun {
    info: u64,
    /// Where a ReadyToRunInfo has the address of its image's READYTORUN_HEADER.
    header: Option<u64>,
    composite: Option<u64>,
    functions: u64,
    function_count: u64,
    function: RuntimeFunctionFields,
    hot_cold: Option<(u64, u64)>,
    /// Where the map of entry points says where its buckets are.
    buckets: u64,
    bucket_keys: u64,
    bucket_values: u64,
    bucket_size: u64,
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
            header: info("ReadyToRunHeader"),
            composite: info("CompositeInfo"),
            functions: info("RuntimeFunctions")?,
            function_count: info("NumRuntimeFunctions")?,
            function: RuntimeFunctionFields::of(layout)?,
            hot_cold: info("HotColdMap").zip(info("NumHotColdMap")),
            buckets: info("EntryPointToMethodDescMap")? + of("HashMap", "Buckets")?,
            bucket_keys: of("Bucket", "Keys")?,
            bucket_values: of("Bucket", "Values")?,
            bucket_size: of("Bucket", Descriptor::SIZE)?,
            entry_points: RwLock::default(),
        })
    }

    /// The MethodDesc of the code around `address` in the image at `image` of the Module at `module`; `None` when
    /// the runtime has prepared no method there.
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn method_desc(
        &self,
        memory: &AddressSpace,
        module: Addr,
        image: Addr,
        address: Addr,
    ) -> Result<Option<Addr>, Fault> {
        Ok(self.entry_point(memory, module, image, address)?.map(|(_, method_desc)| method_desc))
    }

    /// Where the method around `address` begins; `None` as for [`Self::method_desc`].
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn method_start(
        &self,
        memory: &AddressSpace,
        module: Addr,
        image: Addr,
        address: Addr,
    ) -> Result<Option<Addr>, Fault> {
        Ok(self.entry_point(memory, module, image, address)?.map(|(start, _)| start))
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
        let Some(header) = self.header else { return Ok(None) };
        let header = memory.pointer(self.info(memory, module)?.offset(header))?;
        let Some(section) = section(memory, header, image, DEBUG_INFO_SECTION)? else { return Ok(None) };
        let functions = self.functions(memory, module)?;
        let index = self.function.last_begun(memory, functions, image, start)?;
        let Some(element) =
            index.map(|index| native_array::element(memory, section, index)).transpose()?.flatten()
        else {
            return Ok(None);
        };
        // What several methods have alike stands once: the others say how far back.
        let (back, behind) = native_array::unsigned(memory, element)?;
        Ok(Some(if back == 0 { behind } else { Addr(element.0.wrapping_sub(back.into())) }))
    }

    /// The entry point of the method around `address`, and its MethodDesc.
    fn entry_point(
        &self,
        memory: &AddressSpace,
        module: Addr,
        image: Addr,
        address: Addr,
    ) -> Result<Option<(Addr, Addr)>, Fault> {
        let info = self.info(memory, module)?;
        let entry_points = self.entry_points(memory, info)?;
        // Heap dumps of 3.1 lack the table of functions. An address on a stack or in a delegate is in a method
        // that was prepared, so that the last entry point before it must do.
        let begin = self.function_begin(memory, info, image, address).unwrap_or(address);
        let behind = entry_points.partition_point(|&(entry, _)| entry <= begin);
        let found = behind.checked_sub(1).and_then(|last| entry_points.get(last));
        Ok(found.copied().filter(|&(entry, _)| entry >= image))
    }

    /// The table of functions of the Module at `module`.
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn functions(&self, memory: &AddressSpace, module: Addr) -> Result<RuntimeFunctions, Fault> {
        let info = self.info(memory, module)?;
        let table = memory.pointer(info.offset(self.functions))?;
        Ok(RuntimeFunctions { table, count: memory.u32(info.offset(self.function_count))? })
    }

    /// The ReadyToRunInfo of a Module. Of a composite image all modules share one, which otherwise leads to itself.
    fn info(&self, memory: &AddressSpace, module: Addr) -> Result<Addr, Fault> {
        let info = memory.pointer(module.offset(self.info))?;
        let Some(offset) = self.composite else { return Ok(info) };
        let composite = memory.pointer(info.offset(offset))?;
        Ok(if composite.is_null() { info } else { composite })
    }

    /// Where the function around `address` begins: of a cold part, the function that it is the cold part of.
    fn function_begin(&self, memory: &AddressSpace, info: Addr, image: Addr, address: Addr) -> Option<Addr> {
        let table = memory.pointer(info.offset(self.functions)).ok()?;
        let functions = RuntimeFunctions { table, count: memory.u32(info.offset(self.function_count)).ok()? };
        let index = self.function.last_begun(memory, functions, image, address).ok()??;
        let index = self.hot_part(memory, info, index);
        let rva = self.function.begin(memory, functions, index).ok()?;
        Some(image.offset(rva.into()))
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
        let read = self.read_entry_points(memory, info).map(Arc::new);
        let mut cache = self.entry_points.write().unwrap_or_else(PoisonError::into_inner);
        cache.entry(info).or_insert(read).clone()
    }

    /// All entries of the map. The first bucket's first word is the number of buckets behind it.
    fn read_entry_points(&self, memory: &AddressSpace, info: Addr) -> Result<Vec<(Addr, Addr)>, Fault> {
        let first = memory.pointer(info.offset(self.buckets))?;
        let count = memory.u64(first)?.min(limits::MAX_ENTRY_POINT_BUCKETS);
        let mut entries = Vec::new();
        for bucket in 1..=count {
            let bucket = first.offset(self.bucket_size * bucket);
            for slot in 0..SLOTS {
                let key = memory.pointer(bucket.offset(self.bucket_keys + 8 * slot))?;
                if key.0 > LAST_NO_KEY {
                    let value = memory.u64(bucket.offset(self.bucket_values + 8 * slot))?;
                    entries.push((key, Addr((value & !VALUE_MARK) << 1)));
                }
            }
        }
        entries.sort_unstable();
        Ok(entries)
    }
}

/// Where the section of that kind of the image at `image` begins; `None` when its header, at `header`, lists none.
///
/// Source: `src/coreclr/inc/readytorun.h`, the same since v2.0.
fn section(memory: &AddressSpace, header: Addr, image: Addr, kind: u32) -> Result<Option<Addr>, Fault> {
    if memory.u32(header)? != HEADER_SIGNATURE {
        return Ok(None);
    }
    let count = memory.u32(header.offset(SECTION_COUNT))?.min(limits::MAX_READY_TO_RUN_SECTIONS);
    for index in 0..u64::from(count) {
        let entry = header.offset(SECTIONS + SECTION_SIZE * index);
        if memory.u32(entry)? == kind {
            return Ok(Some(image.offset(memory.u32(entry.offset(4))?.into())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
