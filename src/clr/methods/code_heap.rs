//! Heaps of JIT-compiled code: from an address to the MethodDesc of the code around it.
//!
//! Source: `HeapList` and `RealCodeHeader` in `src/coreclr/vm/codeman.h`.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};

use super::nibble_map::NibbleMap;
use super::runtime_functions::RuntimeFunctions;

/// The word before code points at its RealCodeHeader; up to this number it is the kind of a stub instead
/// (`STUB_CODE_BLOCK_LAST`).
const LAST_STUB_KIND: u64 = 15;

/// Reads heaps of code by a layout.
#[derive(Debug)]
pub(super) struct CodeHeaps {
    map_base: u64,
    map: u64,
    method_desc: u64,
    /// Where a RealCodeHeader has its RUNTIME_FUNCTIONs, and how many.
    functions: Option<(u64, u64)>,
    map_has_pointers: bool,
}

impl CodeHeaps {
    /// `None` where the layout lacks a field.
    pub(super) fn of(layout: &Descriptor) -> Option<CodeHeaps> {
        Some(CodeHeaps {
            map_base: layout.optional_field("CodeHeapListNode", "MapBase")?,
            map: layout.optional_field("CodeHeapListNode", "HeaderMap")?,
            method_desc: layout.optional_field("RealCodeHeader", "MethodDesc")?,
            functions: layout
                .optional_field("RealCodeHeader", "UnwindInfos")
                .zip(layout.optional_field("RealCodeHeader", "NumUnwindInfos")),
            map_has_pointers: layout.number("NibbleMap.HasPointers") == Some(1),
        })
    }

    /// The MethodDesc of the code around `address` in the heap of the CodeHeapListNode at `heap`; `None` when there
    /// is no code, or only a stub.
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn method_desc(
        &self,
        memory: &AddressSpace,
        heap: Addr,
        address: Addr,
    ) -> Result<Option<Addr>, Fault> {
        let Some((_, header)) = self.code(memory, heap, address)? else { return Ok(None) };
        memory.pointer(header.offset(self.method_desc)).map(Some)
    }

    /// The RUNTIME_FUNCTIONs of the code around `address`: of the method, and behind it of its funclets.
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn functions(
        &self,
        memory: &AddressSpace,
        heap: Addr,
        address: Addr,
    ) -> Result<Option<RuntimeFunctions>, Fault> {
        let Some((functions, count)) = self.functions else { return Ok(None) };
        let Some((_, header)) = self.code(memory, heap, address)? else { return Ok(None) };
        let count = memory.u32(header.offset(count))?;
        Ok(Some(RuntimeFunctions { table: header.offset(functions), count }))
    }

    /// Where the code around `address` begins, and its RealCodeHeader; `None` when there is no code, or only a stub.
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn code(
        &self,
        memory: &AddressSpace,
        heap: Addr,
        address: Addr,
    ) -> Result<Option<(Addr, Addr)>, Fault> {
        let map = NibbleMap {
            words: memory.pointer(heap.offset(self.map))?,
            base: memory.pointer(heap.offset(self.map_base))?,
            has_pointers: self.map_has_pointers,
        };
        let Some(start) = map.method_start(memory, address)? else { return Ok(None) };
        let header = memory.pointer(Addr(start.0.wrapping_sub(8)))?;
        Ok((header.0 > LAST_STUB_KIND).then_some((start, header)))
    }
}

#[cfg(test)]
mod tests;
