//! From a code address to the IL that the code there was made of.
//!
//! JIT-compiled code has the address of its debug info in its header; a ReadyToRun image has a section with the debug info
//! of its functions, found by the index of the method's main function. Fragile images of 2.x are not read.
//!
//! Source: `EEJitManager::GetBoundariesAndVars` in `src/coreclr/vm/codeman.cpp` and `ReadyToRunInfo::GetDebugInfo` in
//! `src/coreclr/vm/readytoruninfo.cpp` of dotnet/runtime v8.0 to v10.0.

use std::sync::{Arc, PoisonError};

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::dump::Fault;

use super::debug_info::{Bound, IlOffset};
use super::range_sections::Code;

/// A method's code and what its parts were made of.
#[derive(Clone, Debug)]
struct MappedCode {
    start: Addr,
    bounds: Arc<[Bound]>,
}

impl TypeSystem {
    /// What IL the instruction around `address` was made of; `None` where there is no managed code, or its debug info is
    /// not in the dump.
    ///
    /// A return address is behind the call that it belongs to: ask for the byte before it.
    pub fn il_offset(&self, address: Addr) -> Option<IlOffset> {
        let code = self.mapped_code(address).ok()??;
        let at = code.last_bound(address)?;
        code.bounds.get(at).map(|bound| bound.il)
    }

    /// The offset of the IL statement that the instruction around `address` belongs to: where the compiler noted none for
    /// the instruction itself, that of the code before it, and in a prologue the method's first. `None` as for
    /// [`Self::il_offset`].
    pub fn nearest_il_offset(&self, address: Addr) -> Option<u32> {
        let code = self.mapped_code(address).ok()??;
        let upto = code.bounds.get(..=code.last_bound(address)?)?;
        let mapped = |bound: &Bound| match bound.il {
            IlOffset::At(offset) => Some(offset),
            _ => None,
        };
        let first = || code.bounds.iter().find_map(mapped);
        upto.iter().rev().find_map(mapped).or_else(first)
    }

    /// The code of the method around `address`; `None` when there is none that has debug info.
    fn mapped_code(&self, address: Addr) -> Result<Option<MappedCode>, Fault> {
        let (memory, methods) = (self.memory(), self.methods());
        let (Some(ranges), Some(debug_info)) = (&methods.ranges, &methods.debug_info) else {
            return Ok(None);
        };
        let place = match ranges.find(memory, address)? {
            Some(Code::Jit { heap }) => {
                let heaps = methods.heaps.as_ref();
                let code = heaps.map(|heaps| heaps.code(memory, heap, address)).transpose()?.flatten();
                code.map(|(start, header)| (start, Debugged::ByHeader(header)))
            }
            Some(Code::ReadyToRun { module, image }) => {
                let images = methods.ready_to_run.as_ref();
                let main =
                    images.map(|images| images.method_start(memory, module, image, address)).transpose()?;
                main.flatten().map(|start| (start, Debugged::BySection { module, image }))
            }
            Some(Code::NativeImage { .. } | Code::Stubs) | None => None,
        };
        let Some((start, place)) = place else { return Ok(None) };
        let known = methods.bounds.read().unwrap_or_else(PoisonError::into_inner).get(&start).cloned();
        if let Some(bounds) = known {
            return Ok(Some(MappedCode { start, bounds }));
        }
        let bounds = match place {
            Debugged::ByHeader(header) => {
                let at = memory.pointer(header.offset(debug_info.in_code_header))?;
                if at.is_null() { Vec::new() } else { debug_info.of_jitted(memory, at)? }
            }
            Debugged::BySection { module, image } => {
                let images = methods.ready_to_run.as_ref();
                let at = images.map(|images| images.debug_info(memory, module, image, start)).transpose()?;
                match at.flatten() {
                    Some(at) => debug_info.of_precompiled(memory, at)?,
                    None => Vec::new(),
                }
            }
        };
        let mut cache = methods.bounds.write().unwrap_or_else(PoisonError::into_inner);
        let bounds = Arc::clone(cache.entry(start).or_insert_with(|| bounds.into()));
        Ok(Some(MappedCode { start, bounds }))
    }
}

/// How the debug info of code is found.
enum Debugged {
    /// The code's RealCodeHeader leads to it.
    ByHeader(Addr),
    /// The section of the module's image that has it.
    BySection { module: Addr, image: Addr },
}

impl MappedCode {
    /// The index of the last entry that begins no later than `address`.
    fn last_bound(&self, address: Addr) -> Option<usize> {
        let distance = address.since(self.start)?;
        self.bounds.partition_point(|bound| u64::from(bound.native) <= distance).checked_sub(1)
    }
}
