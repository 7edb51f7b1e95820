//! Which load context an assembly belongs to: the native half of an `AssemblyLoadContext` binds it.
//!
//! Source: `PEAssembly` (`PEFile` before 6.0) in `src/coreclr/vm/peassembly.h` and `AssemblyBinder` in
//! `src/coreclr/vm/assemblybinder.h` of dotnet/runtime v8.0 to v10.0; up to 9.0 the way leads over the binder's own assembly
//! (`src/coreclr/binder/inc/assembly.hpp`).

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};

use super::layout::Descriptor;

/// Offsets on the way from a Module to its binder, and from there to the managed load context.
#[derive(Clone, Copy, Debug)]
pub struct AssemblyBinders {
    pe_assembly: u64,
    to_binder: ToBinder,
    load_context: u64,
}

#[derive(Clone, Copy, Debug)]
enum ToBinder {
    OfAssembly(u64),
    /// Over the binder's assembly; where there is none (Reflection.Emit), by a member of its own.
    OfHost {
        host: u64,
        binder: u64,
        fallback: Option<u64>,
    },
}

impl AssemblyBinders {
    /// `None` where the layout lacks a step of the way.
    pub fn of(layout: &Descriptor) -> Option<AssemblyBinders> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        let to_binder = match of("PEAssembly", "HostAssembly") {
            Some(host) => ToBinder::OfHost {
                host,
                binder: of("BinderAssembly", "Binder")?,
                fallback: of("PEAssembly", "FallbackBinder"),
            },
            None => ToBinder::OfAssembly(of("PEAssembly", "AssemblyBinder")?),
        };
        Some(AssemblyBinders {
            pe_assembly: of("Module", "PEAssembly")?,
            to_binder,
            load_context: of("AssemblyBinder", "AssemblyLoadContext")?,
        })
    }

    /// The binder of the assembly of the Module at `module`; null for one that the runtime itself brought along. `None` where
    /// it cannot be told.
    ///
    /// # Errors
    /// A step of the way is not in the dump.
    pub fn binder(&self, memory: &AddressSpace, module: Addr) -> Result<Option<Addr>, Fault> {
        let assembly = memory.pointer(module.offset(self.pe_assembly))?;
        match self.to_binder {
            ToBinder::OfAssembly(binder) => memory.pointer(assembly.offset(binder)).map(Some),
            ToBinder::OfHost { host, binder, fallback } => {
                match (memory.pointer(assembly.offset(host))?, fallback) {
                    (Addr::NULL, Some(fallback)) => memory.pointer(assembly.offset(fallback)).map(Some),
                    (Addr::NULL, None) => Ok(None),
                    (host, _) => memory.pointer(host.offset(binder)).map(Some),
                }
            }
        }
    }

    /// The `AssemblyLoadContext` of a binder; null where none was made: the default context has none before it is asked for.
    ///
    /// # Errors
    /// It is not in the dump.
    pub fn load_context(&self, memory: &AddressSpace, binder: Addr) -> Result<Addr, Fault> {
        if binder.is_null() {
            return Ok(Addr::NULL);
        }
        match memory.pointer(binder.offset(self.load_context))? {
            Addr::NULL => Ok(Addr::NULL),
            handle => memory.pointer(handle),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::synthetic::{bundled, space, zeros};

    const MODULE: u64 = 0x1000;
    const PE_ASSEMBLY: u64 = 0x2000;
    const HOST: u64 = 0x2400;
    const BINDER: u64 = 0x2800;
    const HANDLE: u64 = 0x3000;
    const CONTEXT: u64 = 0x3100;

    /// Offsets of `peassembly.h` and `assembly.hpp` of dotnet/runtime v8.0 and v10.0.
    #[test]
    fn a_module_leads_to_the_context_that_loaded_it() {
        for family in ["8.0", "10.0"] {
            let layout = bundled(family);
            let mut memory = zeros(MODULE, MODULE + 0x3000);
            memory.write_u64(MODULE + layout.field("Module", "PEAssembly").unwrap(), PE_ASSEMBLY);
            if family == "8.0" {
                memory.write_u64(PE_ASSEMBLY + 56, HOST);
                memory.write_u64(HOST + 32, BINDER);
            } else {
                memory.write_u64(PE_ASSEMBLY + 64, BINDER);
            }
            memory.write_u64(BINDER + 224, HANDLE);
            memory.write_u64(HANDLE, CONTEXT);
            let (memory, binders) = (space(memory), AssemblyBinders::of(&layout).unwrap());
            let binder = binders.binder(&memory, Addr(MODULE)).unwrap().unwrap();
            assert_eq!(binders.load_context(&memory, binder), Ok(Addr(CONTEXT)));
            assert_eq!(binders.load_context(&memory, Addr::NULL), Ok(Addr::NULL));
        }
    }

    #[test]
    fn a_module_made_at_run_time_names_its_binder_itself() {
        let mut memory = zeros(MODULE, MODULE + 0x3000);
        memory.write_u64(MODULE + 272, PE_ASSEMBLY);
        memory.write_u64(PE_ASSEMBLY + 64, BINDER);
        let binders = AssemblyBinders::of(&bundled("8.0")).unwrap();
        assert_eq!(binders.binder(&space(memory), Addr(MODULE)), Ok(Some(Addr(BINDER))));
    }
}
