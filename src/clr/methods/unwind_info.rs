//! Where the unwind codes of managed code are.
//!
//! Source: `RealCodeHeader` in `src/coreclr/vm/codeman.h` for what the JIT made, the table of RUNTIME_FUNCTIONs for what was
//! compiled ahead; each entry has the RVA of its UNWIND_INFO.

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::range_sections::Code;
use super::runtime_functions::{RuntimeFunctionFields, RuntimeFunctions};

/// The unwind codes of a function or funclet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnwindInfo {
    /// Where its code begins.
    pub function: Addr,
    /// Where the UNWIND_INFO begins.
    pub codes: Addr,
}

impl TypeSystem {
    /// The unwind codes of the code around `address`; `None` where there are none or they cannot be found, as in dumps
    /// without the pages of files.
    pub fn unwind_info(&self, address: Addr) -> Option<UnwindInfo> {
        let (memory, methods) = (self.memory(), self.methods());
        let (begin, code) = methods.ranges.as_ref()?.find_range(memory, address).ok()??;
        match code {
            Code::Jit { heap } => {
                let functions = methods.heaps.as_ref()?.functions(memory, heap, address).ok()??;
                self.function_fields()?.unwind_info(memory, functions, begin, address).ok()?
            }
            Code::ReadyToRun { module, image } => {
                let functions = methods.ready_to_run.as_ref()?.functions(memory, module).ok()?;
                self.function_fields()?.unwind_info(memory, functions, image, address).ok()?
            }
            Code::NativeImage { .. } | Code::Stubs => None,
        }
    }

    fn function_fields(&self) -> Option<RuntimeFunctionFields> {
        RuntimeFunctionFields::of(&self.runtime().located.layout)
    }
}

impl RuntimeFunctionFields {
    /// That of the last function that begins no later than `address`.
    fn unwind_info(
        &self,
        memory: &AddressSpace,
        functions: RuntimeFunctions,
        image: Addr,
        address: Addr,
    ) -> Result<Option<UnwindInfo>, Fault> {
        let functions =
            RuntimeFunctions { count: functions.count.min(limits::MAX_RUNTIME_FUNCTIONS), ..functions };
        let Some(index) = self.last_begun(memory, functions, image, address)? else { return Ok(None) };
        let Some(codes) = self.unwind_rva(memory, functions, index)? else { return Ok(None) };
        let function = image.offset(self.begin(memory, functions, index)?.into());
        Ok(Some(UnwindInfo { function, codes: image.offset(codes.into()) }))
    }
}
