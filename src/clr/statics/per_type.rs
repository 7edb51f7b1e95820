//! Statics since 9.0: each type leads to its own, from the words before its MethodTableAuxiliaryData.
//!
//! Source: `DynamicStaticsInfo` and `ThreadStaticsInfo` in `src/coreclr/vm/methodtable.h`, `ThreadLocalData`,
//! `TLSIndex` and `InFlightTLSData` in `src/coreclr/vm/threadstatics.h` of dotnet/runtime v9.0 and v10.0.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::{Bases, NoSlot, allocated};

/// Set in the pointer to a type's statics until its constructor has run.
const NOT_INITIALIZED: u64 = 1;
/// A type without such thread statics.
const NO_INDEX: u32 = u32::MAX;
/// Where an index leads (`TLSIndexType`): its top byte.
const NON_COLLECTIBLE: u32 = 0;
const COLLECTIBLE: u32 = 1;
const IN_THREAD_LOCAL_DATA: u32 = 2;
/// Words of the array of non-collectible statics that are no elements: its MethodTable and count. Indexes count them.
const ARRAY_HEADER_WORDS: u64 = 2;

/// Offsets of the structures, resolved once.
#[derive(Debug)]
pub(super) struct PerType {
    auxiliary: u64,
    /// The structures end where the MethodTableAuxiliaryData begins.
    statics_size: u64,
    references: u64,
    others: u64,
    statics_owner: u64,
    thread_statics_size: u64,
    references_index: u64,
    others_index: u64,
    thread_data: u64,
    count: u64,
    array: u64,
    collectible_count: u64,
    collectible_array: u64,
    in_flight: u64,
    in_flight_next: u64,
    in_flight_index: u64,
    in_flight_handle: u64,
}

impl PerType {
    /// `None` where the layout has no such structures.
    pub(super) fn of(layout: &Descriptor) -> Option<PerType> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        Some(PerType {
            auxiliary: of("MethodTable", "AuxiliaryData")?,
            statics_size: of("DynamicStaticsInfo", Descriptor::SIZE)?,
            references: of("DynamicStaticsInfo", "GCStatics")?,
            others: of("DynamicStaticsInfo", "NonGCStatics")?,
            statics_owner: of("DynamicStaticsInfo", "MethodTable")?,
            thread_statics_size: of("ThreadStaticsInfo", Descriptor::SIZE)?,
            references_index: of("ThreadStaticsInfo", "GCTlsIndex")?,
            others_index: of("ThreadStaticsInfo", "NonGCTlsIndex")?,
            thread_data: of("Thread", "ThreadLocalDataPtr")?,
            count: of("ThreadLocalData", "NonCollectibleTlsDataCount")?,
            array: of("ThreadLocalData", "NonCollectibleTlsArrayData")?,
            collectible_count: of("ThreadLocalData", "CollectibleTlsDataCount")?,
            collectible_array: of("ThreadLocalData", "CollectibleTlsArrayData")?,
            in_flight: of("ThreadLocalData", "InFlightData")?,
            in_flight_next: of("InFlightTLSData", "Next")?,
            in_flight_index: of("InFlightTLSData", "TlsIndex")?,
            in_flight_handle: of("InFlightTLSData", "TLSData")?,
        })
    }

    /// Of a collectible type, too, the words point at the statics themselves: the GC keeps them up to date.
    pub(super) fn bases(&self, memory: &AddressSpace, mt: Addr) -> Bases {
        let info = match self.statics_info(memory, mt) {
            Ok(info) => info,
            Err(why) => return Bases::none(why),
        };
        let base = |offset: u64| match memory.pointer(info.offset(offset))?.without(NOT_INITIALIZED) {
            Addr::NULL => Err(NoSlot::NotAllocated),
            base => Ok(base),
        };
        Bases { references: base(self.references), others: base(self.others) }
    }

    /// The DynamicStaticsInfo of a type, which names it; what does not is none.
    fn statics_info(&self, memory: &AddressSpace, mt: Addr) -> Result<Addr, NoSlot> {
        let auxiliary = memory.pointer(mt.offset(self.auxiliary))?;
        let info = Addr(auxiliary.0.wrapping_sub(self.statics_size));
        let owner = memory.pointer(info.offset(self.statics_owner))?;
        if owner == mt { Ok(info) } else { Err(NoSlot::UnknownLayout) }
    }

    /// The ThreadLocalData of a thread; null for one without statics.
    pub(super) fn thread_block(&self, memory: &AddressSpace, thread: Addr) -> Result<Addr, Fault> {
        memory.pointer(thread.offset(self.thread_data))
    }

    /// Where the ThreadLocalData at `block` refers to the array of objects that hold the thread's statics.
    pub(super) fn array_place(&self, block: Addr) -> Addr {
        block.offset(self.array)
    }

    /// Offsets of thread statics count from the start of the object that holds them.
    pub(super) fn thread_bases(&self, memory: &AddressSpace, mt: Addr, data: Addr) -> Bases {
        let info = match self.statics_info(memory, mt) {
            Ok(info) => Addr(info.offset(self.statics_size).0.wrapping_sub(self.thread_statics_size)),
            Err(why) => return Bases::none(why),
        };
        let base = |offset: u64| self.by_index(memory, data, memory.u32(info.offset(offset))?);
        Bases { references: base(self.references_index), others: base(self.others_index) }
    }

    fn by_index(&self, memory: &AddressSpace, data: Addr, raw: u32) -> Result<Addr, NoSlot> {
        if raw == NO_INDEX {
            return Err(NoSlot::NotAllocated);
        }
        let index = raw & 0x00ff_ffff;
        let holder = match raw >> 24 {
            NON_COLLECTIBLE if u64::from(index) < ARRAY_HEADER_WORDS => Err(NoSlot::UnknownLayout),
            NON_COLLECTIBLE => self.element(memory, data, (self.count, self.array), index),
            COLLECTIBLE => {
                let handle =
                    self.element(memory, data, (self.collectible_count, self.collectible_array), index);
                handle.and_then(|handle| allocated(memory, handle))
            }
            IN_THREAD_LOCAL_DATA => return Ok(data.offset(index.into())),
            _ => Err(NoSlot::UnknownLayout),
        };
        match holder {
            Err(NoSlot::NotAllocated) => self.in_flight(memory, data, raw),
            holder => holder,
        }
    }

    /// Word `index` of an array of the ThreadLocalData, given by where its length and its address stand.
    fn element(
        &self,
        memory: &AddressSpace,
        data: Addr,
        (count, array): (u64, u64),
        index: u32,
    ) -> Result<Addr, NoSlot> {
        if index >= memory.u32(data.offset(count))? {
            return Err(NoSlot::NotAllocated);
        }
        let array = allocated(memory, data.offset(array))?;
        allocated(memory, array.offset(8 * u64::from(index)))
    }

    /// The statics of a type whose constructor has not ended on this thread: they stand in a list until then.
    fn in_flight(&self, memory: &AddressSpace, data: Addr, raw: u32) -> Result<Addr, NoSlot> {
        let mut node = memory.pointer(data.offset(self.in_flight))?;
        for _ in 0..limits::MAX_IN_FLIGHT_STATICS {
            if node.is_null() {
                break;
            }
            if memory.u32(node.offset(self.in_flight_index))? == raw {
                let handle = allocated(memory, node.offset(self.in_flight_handle))?;
                return allocated(memory, handle);
            }
            node = memory.pointer(node.offset(self.in_flight_next))?;
        }
        Err(NoSlot::NotAllocated)
    }
}

#[cfg(test)]
mod tests;
