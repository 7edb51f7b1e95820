//! The module that is the runtime: libcoreclr, as a mapped file of the process.

use crate::bytes::Addr;
use crate::clr::layout::{KnownBuild, RuntimeVersion, known_build};
use crate::dump::{AddressSpace, Dump, FileMapping};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{BuildId, ElfImage};
use crate::limits;

use super::native_aot_module;

/// File names of the runtime's module.
const RUNTIME_NAMES: [&str; 1] = ["libcoreclr.so"];
/// What else tells that a process runs .NET, with why that is not read.
const HOST_NAMES: [&str; 3] = ["libhostfxr.so", "libhostpolicy.so", "libclrjit.so"];
/// Symbols by which a module shows that it is the runtime.
const RUNTIME_SYMBOLS: [&str; 2] = ["g_dacTable", "DotNetRuntimeContractDescriptor"];

/// What the kernel adds to the path of a file that was replaced since, by an update in place.
const DELETED: &str = " (deleted)";

/// The runtime's module in the dumped process.
#[derive(Debug)]
pub struct RuntimeModule {
    /// Where its first page lies.
    pub base: Addr,
    /// Its path as the process saw it; `None` when the list of mapped files is missing.
    pub path: Option<String>,
    /// Its ELF headers, if they are in the dump.
    pub image: Option<ElfImage>,
    /// Its build id, if that is in the dump.
    pub build_id: Option<BuildId>,
    /// What is known of this very build.
    pub known: Option<&'static KnownBuild>,
    /// Where the debug header is of a NativeAOT program, whose runtime is compiled into it; `None` for CoreCLR.
    pub debug_header: Option<Addr>,
}

impl RuntimeModule {
    /// Finds the runtime: by the name of its file, else by what the modules in memory export.
    ///
    /// # Errors
    /// The process runs no .NET, or in a form that is not read; the message says what was seen.
    pub fn find(dump: &Dump) -> Result<RuntimeModule> {
        let named = dump.mappings.iter().filter(|m| is_named(m, &RUNTIME_NAMES)).min_by_key(|m| m.start);
        if let Some(mapping) = named {
            return Ok(RuntimeModule::at(&dump.memory, mapping.start, Some(mapping.path.clone())));
        }
        if dump.mappings.is_empty() {
            // The note with the mapped files is lost (a gcore core cut at its end): look at the memory itself.
            if let Some(module) = by_symbols(&dump.memory) {
                return Ok(module);
            }
        }
        native_aot_module::find(dump).ok_or_else(|| refusal(dump))
    }

    pub(super) fn at(memory: &AddressSpace, base: Addr, path: Option<String>) -> RuntimeModule {
        let image = ElfImage::at(memory, base).ok();
        let build_id = image.as_ref().and_then(|image| image.build_id().cloned());
        let known = build_id.as_ref().and_then(|id| known_build(&id.to_string()));
        RuntimeModule { base, path, image, build_id, known, debug_header: None }
    }

    /// The runtime's version as far as its build id or its path tells it.
    pub fn version(&self) -> Option<RuntimeVersion> {
        let from_path = || RuntimeVersion::from_path(self.path.as_deref()?);
        self.known.map(|known| known.version).or_else(from_path)
    }

    /// Whether this is a program that has its runtime compiled into it, by NativeAOT.
    pub fn is_native_aot(&self) -> bool {
        self.debug_header.is_some()
    }

    /// The file name of its path; `None` where there is no path.
    pub fn file_name(&self) -> Option<&str> {
        let name = self.path.as_deref()?.rsplit('/').next()?;
        Some(name.strip_suffix(DELETED).unwrap_or(name)).filter(|name| !name.is_empty())
    }

    /// Where the module's data may lie: up to its size, else up to a cap.
    pub fn end(&self) -> Addr {
        let size = self.image.as_ref().map_or(limits::RUNTIME_MODULE_SPAN, ElfImage::load_size);
        self.base.offset(size.min(limits::RUNTIME_MODULE_SPAN))
    }

    /// The address of an exported symbol; `None` when it is not exported or cannot be looked up in this dump.
    pub fn symbol(&self, memory: &AddressSpace, name: &str) -> Option<Addr> {
        self.image.as_ref()?.symbol(memory, name).ok().flatten()
    }
}

fn is_named(mapping: &FileMapping, names: &[&str]) -> bool {
    let name = mapping.file_name();
    names.contains(&name.strip_suffix(DELETED).unwrap_or(name))
}

fn by_symbols(memory: &AddressSpace) -> Option<RuntimeModule> {
    memory.runs(Addr::NULL, Addr(u64::MAX)).filter(|run| run.bytes.starts_with(b"\x7fELF")).find_map(|run| {
        let module = RuntimeModule::at(memory, run.start, None);
        let exports = |name: &&str| module.symbol(memory, name).is_some();
        (module.known.is_some() || RUNTIME_SYMBOLS.iter().any(exports)).then_some(module)
    })
}

fn refusal(dump: &Dump) -> Error {
    let process =
        dump.process.as_ref().map_or_else(String::new, |p| format!(" ({}, process {})", p.name, p.id));
    let host = dump.mappings.iter().find(|m| is_named(m, &HOST_NAMES));
    let (what, hint) = match host {
        Some(host) => (
            format!(
                "the process{process} was starting .NET ({} is mapped), but its runtime is not loaded",
                host.file_name()
            ),
            "take the dump once the application runs",
        ),
        None if dump.mappings.is_empty() => (
            format!(
                "no .NET runtime was found in the process{process}, and the dump has no list of mapped files"
            ),
            "if the file was cut short, copy it again",
        ),
        None => (
            format!(
                "the process{process} runs no .NET runtime that is known: libcoreclr.so is not among its {} file mappings",
                dump.mappings.len()
            ),
            "check that the dump is of the application itself, not of its shell or container's init; single-file programs are not read yet",
        ),
    };
    Error::new(ErrorKind::NoRuntime, what).hint(hint)
}
