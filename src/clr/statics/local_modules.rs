//! Statics before 9.0: a module's types keep theirs in its DomainLocalModule, threads in ThreadLocalModules.
//!
//! Both hold ordinary classes in one block and classes that came later (generic instances, Reflection.Emit,
//! collectible ones) in a table of entries of their own.
//!
//! Source: `DomainLocalModule` in `src/coreclr/vm/appdomain.hpp`, `ThreadLocalModule` in
//! `src/coreclr/vm/threadstatics.h` of dotnet/runtime v8.0; the same in dotnet/coreclr v2.0 and v3.1.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::types::MethodTables;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::class_id::{ClassId, ClassIds};
use super::loader_handle::LoaderHandles;
use super::{ARRAY_HEADER, Bases, NoSlot, allocated};

/// Flags of a class in a local module (`ClassInitFlags`): its constructor ran, its statics were allocated, they hang
/// on LOADERHANDLEs.
const INITIALIZED: u32 = 1;
const ALLOCATED: u32 = 4;
const COLLECTIBLE: u32 = 8;

/// Where the handle lies from which a collectible type's other statics count: the offsets are those of an entry whose
/// data begin 8 bytes in, the array's data begin 16 bytes in.
const COLLECTIBLE_OTHERS: u64 = ARRAY_HEADER - 8;

/// Offsets of a DomainLocalModule or a ThreadLocalModule.
#[derive(Debug)]
struct Block {
    class_table: u64,
    class_count: u64,
    /// In a DomainLocalModule the first reference's slot, in a ThreadLocalModule a handle to an `Object[]`.
    references: u64,
    /// A byte of flags for each class of the module.
    flags: u64,
}

/// Offsets of the structures, resolved once.
#[derive(Debug)]
pub(super) struct LocalModules {
    local_module: u64,
    module_index: u64,
    of_module: Block,
    of_thread: Block,
    entry: u64,
    entry_flags: u64,
    entry_size: u64,
    collectible_references: u64,
    collectible_others: u64,
    handles: LoaderHandles,
    class_ids: ClassIds,
    /// Whether the Thread holds the block itself or a pointer to it.
    thread_block: (u64, bool),
    /// Where it may be: servicing moved it in some versions.
    thread_blocks: Vec<(u64, bool)>,
    thread_table: u64,
    thread_table_size: u64,
}

impl LocalModules {
    /// `None` where the layout has no such structures.
    pub(super) fn of(layout: &Descriptor) -> Option<LocalModules> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        let block = |name: &str, references: &str| {
            Some(Block {
                class_table: of(name, "DynamicClassTable")?,
                class_count: of(name, "DynamicEntryCount")?,
                references: of(name, references)?,
                flags: of(name, "DataBlob")?,
            })
        };
        let place = |name: &str, inline: bool| of("Thread", name).map(|offset| (offset, inline));
        let places = [
            place("ThreadLocalBlock", true),
            // 3.1.13 put a pointer before it.
            place("ThreadLocalBlockServiced", true),
            place("ThreadLocalBlockPointer", false),
        ];
        let thread_blocks: Vec<_> = places.into_iter().flatten().collect();
        Some(LocalModules {
            local_module: of("Module", "DomainLocalModule")?,
            module_index: of("DomainLocalModule", "ModuleIndex")?,
            of_module: block("DomainLocalModule", "GCStatics")?,
            of_thread: block("ThreadLocalModule", "GCStaticsHandle")?,
            entry: of("DynamicClassInfo", "DynamicEntry")?,
            entry_flags: of("DynamicClassInfo", "Flags")?,
            entry_size: of("DynamicClassInfo", Descriptor::SIZE)?,
            collectible_references: of("CollectibleDynamicEntry", "GCStaticsLoaderHandle")?,
            collectible_others: of("CollectibleDynamicEntry", "NonGCStaticsLoaderHandle")?,
            handles: LoaderHandles::of(layout)?,
            class_ids: ClassIds::of(layout)?,
            thread_block: *thread_blocks.first()?,
            thread_blocks,
            thread_table: of("ThreadLocalBlock", "TLMTable")?,
            thread_table_size: of("ThreadLocalBlock", "TLMTableSize")?,
        })
    }

    pub(super) fn bases(&self, memory: &AddressSpace, method_tables: &MethodTables, mt: Addr) -> Bases {
        self.try_bases(memory, method_tables, mt).unwrap_or_else(Bases::none)
    }

    fn try_bases(
        &self,
        memory: &AddressSpace,
        method_tables: &MethodTables,
        mt: Addr,
    ) -> Result<Bases, NoSlot> {
        let (module, local) = self.local_module(memory, method_tables, mt)?;
        match self.class_ids.class_id(memory, method_tables, mt)? {
            ClassId::Ordinary => Ok(Bases {
                references: allocated(memory, local.offset(self.of_module.references)),
                others: Ok(local),
            }),
            ClassId::Entry(id) => {
                let (entry, flags) = self.class_entry(memory, local, &self.of_module, id)?;
                if flags & COLLECTIBLE != 0 {
                    return Ok(self.collectible(memory, module, entry));
                }
                Ok(Bases { references: allocated(memory, entry), others: Ok(entry) })
            }
        }
    }

    /// The same, with the place of the threads' blocks that proves right for most of `threads`.
    pub(super) fn proved_by(self, memory: &AddressSpace, threads: &[Addr]) -> LocalModules {
        let proofs = |place| {
            threads.iter().filter(|&&thread| self.is_table(memory, thread, place) == Ok(true)).count()
        };
        // Of several that are as good the first, which is the one that the layout names first.
        let best = self.thread_blocks.iter().rev().max_by_key(|&&place| proofs(place));
        LocalModules { thread_block: best.copied().unwrap_or(self.thread_block), ..self }
    }

    /// Whether a table of ThreadLocalModules hangs on a thread's block, should that be at `place`: entries are null or
    /// lead to memory.
    fn is_table(&self, memory: &AddressSpace, thread: Addr, place: (u64, bool)) -> Result<bool, Fault> {
        let block = Self::block_at(memory, thread, place)?;
        let table = memory.pointer(block.offset(self.thread_table))?;
        let size = memory.u32(block.offset(self.thread_table_size))?;
        if table.is_null() || table.0 % 8 != 0 || !(1..=limits::MAX_THREAD_LOCAL_MODULES).contains(&size) {
            return Ok(false);
        }
        for index in 0..u64::from(size) {
            let module = memory.pointer(table.offset(8 * index))?;
            if !module.is_null() {
                memory.pointer(module.offset(self.of_thread.references))?;
            }
        }
        Ok(true)
    }

    fn block_at(memory: &AddressSpace, thread: Addr, (offset, inline): (u64, bool)) -> Result<Addr, Fault> {
        let place = thread.offset(offset);
        if inline { Ok(place) } else { memory.pointer(place) }
    }

    /// The block of a thread that leads to its ThreadLocalModules; null for one without statics.
    pub(super) fn thread_block(&self, memory: &AddressSpace, thread: Addr) -> Result<Addr, Fault> {
        let block = Self::block_at(memory, thread, self.thread_block)?;
        if block.is_null() || memory.pointer(block.offset(self.thread_table))?.is_null() {
            return Ok(Addr::NULL);
        }
        Ok(block)
    }

    pub(super) fn thread_bases(
        &self,
        memory: &AddressSpace,
        method_tables: &MethodTables,
        mt: Addr,
        block: Addr,
    ) -> Bases {
        self.try_thread_bases(memory, method_tables, mt, block).unwrap_or_else(Bases::none)
    }

    fn try_thread_bases(
        &self,
        memory: &AddressSpace,
        method_tables: &MethodTables,
        mt: Addr,
        block: Addr,
    ) -> Result<Bases, NoSlot> {
        let (module, local) = self.local_module(memory, method_tables, mt)?;
        let index = memory.u64(local.offset(self.module_index))?;
        if index >= u64::from(memory.u32(block.offset(self.thread_table_size))?) {
            return Err(NoSlot::NotAllocated);
        }
        let table = allocated(memory, block.offset(self.thread_table))?;
        let of_thread = allocated(memory, table.offset(8 * index))?;
        // Here the references lie in an array of their own, behind a handle.
        let references = |place: Addr| {
            let array = allocated(memory, allocated(memory, place)?)?;
            Ok(array.offset(ARRAY_HEADER))
        };
        match self.class_ids.class_id(memory, method_tables, mt)? {
            ClassId::Ordinary => {
                // The block has room for all classes of the module: the flags tell which this thread has used.
                let row = method_tables.type_def_row(memory, mt)?.ok_or(NoSlot::UnknownLayout)?;
                let flags = of_thread.offset(self.of_thread.flags + u64::from(row.saturating_sub(1)));
                if u32::from(memory.u8(flags)?) & (INITIALIZED | ALLOCATED) == 0 {
                    return Err(NoSlot::NotAllocated);
                }
                let references = references(of_thread.offset(self.of_thread.references));
                Ok(Bases { references, others: Ok(of_thread) })
            }
            ClassId::Entry(id) => {
                let (entry, flags) = self.class_entry(memory, of_thread, &self.of_thread, id)?;
                if flags & COLLECTIBLE != 0 {
                    return Ok(self.collectible(memory, module, entry));
                }
                Ok(Bases { references: references(entry), others: Ok(entry) })
            }
        }
    }

    /// The module that loaded the type at `mt`, and its DomainLocalModule.
    fn local_module(
        &self,
        memory: &AddressSpace,
        method_tables: &MethodTables,
        mt: Addr,
    ) -> Result<(Addr, Addr), NoSlot> {
        let module = match method_tables.loader_module(memory, mt)? {
            Addr::NULL => return Err(NoSlot::NotAllocated),
            module => module,
        };
        Ok((module, allocated(memory, module.offset(self.local_module))?))
    }

    /// Entry `id` of a local module's table, and its flags.
    fn class_entry(
        &self,
        memory: &AddressSpace,
        local: Addr,
        block: &Block,
        id: u64,
    ) -> Result<(Addr, u32), NoSlot> {
        if id >= memory.u64(local.offset(block.class_count))? {
            return Err(NoSlot::NotAllocated);
        }
        let table = allocated(memory, local.offset(block.class_table))?;
        let info = table.offset(self.entry_size.wrapping_mul(id));
        let entry = allocated(memory, info.offset(self.entry))?;
        Ok((entry, memory.u32(info.offset(self.entry_flags))?))
    }

    fn collectible(&self, memory: &AddressSpace, module: Addr, entry: Addr) -> Bases {
        let array = |offset: u64| {
            let handle = allocated(memory, entry.offset(offset))?;
            self.handles.object(memory, module, handle)
        };
        Bases {
            references: array(self.collectible_references).map(|array| array.offset(ARRAY_HEADER)),
            others: array(self.collectible_others).map(|array| array.offset(COLLECTIBLE_OTHERS)),
        }
    }
}

#[cfg(test)]
mod tests;
