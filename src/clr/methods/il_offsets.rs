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

use super::code_info::{CodeInfo, CodeOrigin};
use super::debug_info::{Bound, DebugInfo, IlOffset};

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
        let methods = self.methods();
        let Some(debug_info) = &methods.debug_info else { return Ok(None) };
        let Some(code) = self.code_info(address)? else { return Ok(None) };
        let known = methods.bounds.read().unwrap_or_else(PoisonError::into_inner).get(&code.start).cloned();
        if let Some(bounds) = known {
            return Ok(Some(MappedCode { start: code.start, bounds }));
        }
        let bounds = self.read_bounds(debug_info, &code)?;
        let mut cache = methods.bounds.write().unwrap_or_else(PoisonError::into_inner);
        let bounds = Arc::clone(cache.entry(code.start).or_insert_with(|| bounds.into()));
        Ok(Some(MappedCode { start: code.start, bounds }))
    }

    fn read_bounds(&self, debug_info: &DebugInfo, code: &CodeInfo) -> Result<Vec<Bound>, Fault> {
        let memory = self.memory();
        match code.origin {
            CodeOrigin::Jit { header } => match memory.pointer(header.offset(debug_info.in_code_header))? {
                Addr::NULL => Ok(Vec::new()),
                at => debug_info.of_jitted(memory, at),
            },
            CodeOrigin::ReadyToRun { module, image } => {
                let images = self.methods().ready_to_run.as_ref();
                let at =
                    images.map(|images| images.debug_info(memory, module, image, code.start)).transpose()?;
                at.flatten().map_or(Ok(Vec::new()), |at| debug_info.of_precompiled(memory, at))
            }
            CodeOrigin::NativeImage { .. } => Ok(Vec::new()),
        }
    }
}

impl MappedCode {
    /// The index of the last entry that begins no later than `address`.
    fn last_bound(&self, address: Addr) -> Option<usize> {
        let distance = address.since(self.start)?;
        self.bounds.partition_point(|bound| u64::from(bound.native) <= distance).checked_sub(1)
    }
}
