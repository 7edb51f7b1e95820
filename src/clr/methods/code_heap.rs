//! Heaps of JIT-compiled code: from an address to the method around it.
//!
//! Source: `HeapList` and `RealCodeHeader` in `src/coreclr/vm/codeman.h`.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::nibble_map::NibbleMap;
use super::runtime_functions::RuntimeFunctions;

/// The word before code points at its RealCodeHeader; up to this number it is the kind of a stub instead
/// (`STUB_CODE_BLOCK_LAST`).
const LAST_STUB_KIND: u64 = 15;

/// Code that the JIT made.
#[derive(Clone, Copy, Debug)]
pub(super) struct JitCode {
    /// The MethodDesc.
    pub method_desc: Addr,
    /// Where it begins.
    pub start: Addr,
    /// The RealCodeHeader.
    pub header: Addr,
    /// The RUNTIME_FUNCTIONs of the method and behind it of its funclets.
    pub functions: Option<RuntimeFunctions>,
    /// Where its GC info lies.
    pub gc_info: Option<Addr>,
}

/// Reads heaps of code by a layout.
#[derive(Debug)]
pub(super) struct CodeHeaps {
    map_base: u64,
    map: u64,
    method_desc: u64,
    /// Where a RealCodeHeader has its RUNTIME_FUNCTIONs, and how many.
    functions: Option<(u64, u64)>,
    gc_info: Option<u64>,
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
            gc_info: layout.optional_field("RealCodeHeader", "GCInfo"),
            map_has_pointers: layout.number("NibbleMap.HasPointers") == Some(1),
        })
    }

    /// The code around `address` in the heap of the CodeHeapListNode at `heap`; `None` when there is no code, or only a stub.
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn code(
        &self,
        memory: &AddressSpace,
        heap: Addr,
        address: Addr,
    ) -> Result<Option<JitCode>, Fault> {
        let Some((start, header)) = self.header(memory, heap, address)? else { return Ok(None) };
        let method_desc = memory.pointer(header.offset(self.method_desc))?;
        let functions = match self.functions {
            Some((functions, count)) => {
                let count = memory.u32(header.offset(count))?;
                Some(RuntimeFunctions {
                    table: header.offset(functions),
                    count: count.min(limits::MAX_FUNCLETS),
                })
            }
            None => None,
        };
        let gc_info = match self.gc_info {
            Some(offset) => Some(memory.pointer(header.offset(offset))?),
            None => None,
        };
        Ok(Some(JitCode { method_desc, start, header, functions, gc_info }))
    }

    /// Where the code around `address` begins, and its RealCodeHeader; `None` when there is no code, or only a stub.
    fn header(
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
