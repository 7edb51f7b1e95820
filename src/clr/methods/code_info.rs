//! What is known of managed code at an address: its method, how it is unwound, where its GC info lies.
//!
//! Source: `RealCodeHeader` in `src/coreclr/vm/codeman.h` for what the JIT made; for what was compiled ahead the table of
//! RUNTIME_FUNCTIONs, and `ReadyToRunJitManager::GetGCInfoToken` in `codeman.cpp`: the GC info lies behind the main function's
//! unwind information.

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::dump::{AddressSpace, Architecture, Fault};

use super::code_heap::JitCode;
use super::compiled_code::CompiledCode;
use super::range_sections::Code;

/// Managed code around an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// The MethodDesc of its method.
    pub method_desc: Addr,
    /// Where the method's code begins, funclets included: offsets in GC info count from here.
    pub start: Addr,
    /// The function or funclet around the address; `None` where the dump does not hold what tells it.
    pub function: Option<Function>,
    /// Where the method's GC info lies; `None` where that cannot be told. Whether it is in the dump is not said.
    pub gc_info: Option<Addr>,
    /// What made it.
    pub origin: CodeOrigin,
}

/// A function: the method itself, or one of its funclets (a handler or a filter of exceptions).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Where its code begins.
    pub begin: Addr,
    /// Where its unwind information lies.
    pub unwind: Addr,
    /// What distances in unwind information count from.
    pub base: Addr,
    /// 0 for the method itself, else which of the functions behind it this funclet is.
    pub funclet: u32,
}

/// What made code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeOrigin {
    /// The JIT.
    Jit {
        /// The RealCodeHeader of the code.
        header: Addr,
    },
    /// It was compiled ahead.
    ReadyToRun {
        /// The Module.
        module: Addr,
        /// Where its image begins.
        image: Addr,
    },
    /// It was compiled ahead into a fragile image (2.x).
    NativeImage {
        /// The Module.
        module: Addr,
        /// Where its image begins.
        image: Addr,
    },
}

impl CodeOrigin {
    /// Where the image begins of what was compiled ahead; null for what the JIT made.
    pub fn image(self) -> Addr {
        match self {
            CodeOrigin::Jit { .. } => Addr::NULL,
            CodeOrigin::ReadyToRun { image, .. } | CodeOrigin::NativeImage { image, .. } => image,
        }
    }
}

impl CodeInfo {
    /// Whether the address is in a funclet, and not in the method itself.
    pub fn is_funclet(&self) -> bool {
        self.function.is_some_and(|function| function.funclet > 0)
    }

    fn of_compiled(code: CompiledCode, origin: CodeOrigin, gc_info: Option<Addr>) -> CodeInfo {
        let function = code.unwind.map(|unwind| Function {
            begin: unwind.begin,
            unwind: unwind.own,
            base: origin.image(),
            funclet: unwind.funclet,
        });
        CodeInfo { method_desc: code.method_desc, start: code.start, function, gc_info, origin }
    }
}

impl TypeSystem {
    /// The managed code around `address`; `None` where there is none: native code, stubs.
    ///
    /// # Errors
    /// What would tell is not in the dump.
    pub fn code_info(&self, address: Addr) -> Result<Option<CodeInfo>, Fault> {
        let (memory, methods) = (self.memory(), self.methods());
        let Some(ranges) = &methods.ranges else { return Ok(None) };
        let Some((begin, code)) = ranges.find_range(memory, address)? else { return Ok(None) };
        match code {
            Code::Stubs => Ok(None),
            Code::Jit { heap } => {
                let Some(heaps) = &methods.heaps else { return Ok(None) };
                let code = heaps.code(memory, heap, address)?;
                Ok(code.map(|code| self.of_jit(begin, address, code)))
            }
            Code::ReadyToRun { module, image } => {
                let Some(images) = &methods.ready_to_run else { return Ok(None) };
                let code = images.code(memory, module, image, address)?;
                Ok(code.map(|code| self.of_image(code, CodeOrigin::ReadyToRun { module, image })))
            }
            Code::NativeImage { module, image } => {
                let Some(images) = &methods.native_images else { return Ok(None) };
                let code = images.code(memory, module, image, address)?;
                Ok(code.map(|code| self.of_image(code, CodeOrigin::NativeImage { module, image })))
            }
        }
    }

    fn of_image(&self, code: CompiledCode, origin: CodeOrigin) -> CodeInfo {
        let architecture = self.runtime().dump.target.architecture;
        let behind = |main: Addr| Some(main.offset(unwind_size(self.memory(), architecture, main).ok()?));
        let gc_info = code.unwind.and_then(|unwind| behind(unwind.main));
        CodeInfo::of_compiled(code, origin, gc_info)
    }

    /// The distances in RUNTIME_FUNCTIONs of the JIT count from where the range of code begins.
    fn of_jit(&self, range: Addr, address: Addr, code: JitCode) -> CodeInfo {
        let function = || {
            let (memory, functions) = (self.memory(), code.functions?);
            let fields = self.methods().function.as_ref()?;
            let index = fields.last_begun(memory, functions, range, address).ok()??;
            let begin = fields.begin(memory, functions, index).ok()?;
            let unwind = fields.unwind_rva(memory, functions, index).ok()??;
            Some(Function {
                begin: range.offset(begin.into()),
                unwind: range.offset(unwind.into()),
                base: range,
                funclet: index,
            })
        };
        CodeInfo {
            method_desc: code.method_desc,
            start: code.start,
            function: function(),
            gc_info: code.gc_info,
            origin: CodeOrigin::Jit { header: code.header },
        }
    }
}

/// Bytes of the unwind information at `at` with the RVA of the personality routine behind it.
fn unwind_size(memory: &AddressSpace, architecture: Architecture, at: Addr) -> Result<u64, Fault> {
    const PERSONALITY: u64 = 4;
    match architecture {
        Architecture::X64 => {
            let codes = u64::from(memory.u8(at.offset(2))?);
            Ok((4 + 2 * codes).next_multiple_of(4) + PERSONALITY)
        }
        Architecture::Arm64 => {
            let header = memory.u32(at)?;
            let (epilogs, words) = (header >> 22 & 0x1f, header >> 27);
            // Both zero: they stand in a second word.
            let (size, epilogs, words) = match (epilogs, words) {
                (0, 0) => {
                    let more = memory.u32(at.offset(4))?;
                    (8, more & 0xffff, more >> 16 & 0xff)
                }
                told => (4, told.0, told.1),
            };
            let single_epilog = header >> 21 & 1 == 1;
            let scopes = if single_epilog { 0 } else { u64::from(epilogs) };
            Ok(size + 4 * (scopes + u64::from(words)) + PERSONALITY)
        }
    }
}
