//! LOADERHANDLEs: how the runtime before 9.0 led to the statics of collectible types, which lie in arrays on the heap.
//!
//! Source: `LoaderAllocator::GetHandleValueFast` in `src/coreclr/vm/loaderallocator.inl`, `LoaderAllocatorObject` in
//! `src/coreclr/vm/object.h` of dotnet/runtime v8.0; the same in dotnet/coreclr v2.0 and v3.1.

use crate::bytes::Addr;
use crate::clr::LoaderAllocators;
use crate::clr::layout::Descriptor;
use crate::dump::AddressSpace;

use super::{ARRAY_HEADER, NoSlot, allocated};

/// Marks a handle that is a plain object handle.
const PLAIN: u64 = 1;

/// Offsets on the way from a module to the slots of its LoaderAllocator.
#[derive(Debug)]
pub(super) struct LoaderHandles {
    allocators: LoaderAllocators,
    slots: u64,
    array_length: u64,
}

impl LoaderHandles {
    /// `None` where the layout lacks a step of the way.
    pub(super) fn of(layout: &Descriptor) -> Option<LoaderHandles> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        Some(LoaderHandles {
            allocators: LoaderAllocators::of(layout)?,
            slots: of("LoaderAllocatorObject", "m_pSlots")?,
            array_length: of("Array", "m_NumComponents").unwrap_or(8),
        })
    }

    /// The object that the handle `handle` of a type of `module` stands for.
    pub(super) fn object(&self, memory: &AddressSpace, module: Addr, handle: Addr) -> Result<Addr, NoSlot> {
        if handle.0 & PLAIN != 0 {
            return allocated(memory, handle.without(PLAIN));
        }
        let index = (handle.0 >> 1).checked_sub(1).ok_or(NoSlot::NotAllocated)?;
        let object = self.allocators.object(memory, module)?;
        if object.is_null() {
            return Err(NoSlot::NotAllocated);
        }
        let slots = allocated(memory, object.offset(self.slots))?;
        if index >= u64::from(memory.u32(slots.offset(self.array_length))?) {
            return Err(NoSlot::NotAllocated);
        }
        allocated(memory, slots.offset(ARRAY_HEADER + 8 * index))
    }
}
