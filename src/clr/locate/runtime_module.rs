//! The module that is the runtime: libcoreclr, or the program that it is linked into.

use crate::bytes::Addr;
use crate::clr::layout::{KnownBuild, RuntimeVersion, known_build};
use crate::dump::{AddressSpace, Dump, FileMapping, NativeModule, OperatingSystem, without_deleted_mark};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{BuildId, ModuleImage};
use crate::limits;

use super::native_aot_module;
use super::pe_runtime;
use super::runtime_info::{self, RuntimeInfo};
use super::single_file;

/// File names of the runtime's module.
const RUNTIME_NAMES: [&str; 1] = ["libcoreclr.so"];
/// What else tells that a process runs .NET, with why that is not read.
const HOST_NAMES: [&str; 3] = ["libhostfxr.so", "libhostpolicy.so", "libclrjit.so"];

/// The runtime's module in the dumped process.
#[derive(Debug)]
pub struct RuntimeModule {
    /// Where its first page lies.
    pub base: Addr,
    /// Its path as the process saw it; `None` when the list of mapped files is missing.
    pub path: Option<String>,
    /// Its headers, if they are in the dump.
    pub image: Option<ModuleImage>,
    /// Its build id, if that is in the dump.
    pub build_id: Option<BuildId>,
    /// What is known of this very build.
    pub known: Option<&'static KnownBuild>,
    /// What the module says of the runtime within it, where that is a single-file program.
    pub info: Option<RuntimeInfo>,
    /// What the dump's list of modules says of it (Windows).
    pub listed: Option<NativeModule>,
    /// The version that the runtime's own file bears (Windows).
    pub file_version: Option<RuntimeVersion>,
    /// Where the debug header is of a NativeAOT program, whose runtime is compiled into it; `None` for CoreCLR.
    pub debug_header: Option<Addr>,
}

impl RuntimeModule {
    /// Finds the runtime: by the name of its file, else by what the modules in memory export.
    ///
    /// # Errors
    /// The process runs no .NET, or in a form that is not read; the message says what was seen.
    pub fn find(dump: &Dump) -> Result<RuntimeModule> {
        if dump.target.system == OperatingSystem::Windows {
            let found = pe_runtime::find(dump).ok_or_else(|| pe_runtime::refusal(dump))?;
            return Ok(RuntimeModule::of_windows(&dump.memory, found));
        }
        let named = dump.mappings.iter().filter(|m| is_named(m, &RUNTIME_NAMES)).min_by_key(|m| m.start);
        if let Some(mapping) = named {
            return Ok(RuntimeModule::at(&dump.memory, mapping.start, Some(mapping.path.clone())));
        }
        if let Some(found) = single_file::find(dump) {
            return Ok(RuntimeModule::at(&dump.memory, found.base, found.path.map(str::to_owned)));
        }
        native_aot_module::find(dump).ok_or_else(|| refusal(dump))
    }

    pub(super) fn at(memory: &AddressSpace, base: Addr, path: Option<String>) -> RuntimeModule {
        let image = ModuleImage::at(memory, base).ok();
        let build_id = image.as_ref().and_then(|image| image.build_id().cloned());
        let known = build_id.as_ref().and_then(|id| known_build(&id.to_string()));
        let (listed, file_version) = (None, None);
        let mut module = RuntimeModule {
            base,
            path,
            image,
            build_id,
            known,
            info: None,
            listed,
            file_version,
            debug_header: None,
        };
        let info = module.symbol(memory, runtime_info::SYMBOL);
        module.info = info.and_then(|at| RuntimeInfo::read(memory, at).ok().flatten());
        module
    }

    fn of_windows(memory: &AddressSpace, found: pe_runtime::Found<'_>) -> RuntimeModule {
        let path = found.module.map(|module| module.path.clone()).filter(|path| !path.is_empty());
        let version = found.module.filter(|_| found.alone).and_then(|module| module.version);
        RuntimeModule {
            listed: found.module.cloned(),
            file_version: version.and_then(RuntimeVersion::from_file_version),
            ..RuntimeModule::at(memory, found.base, path)
        }
    }

    /// The runtime's version as far as its build id, what a single-file program says of it, its file or its path tells it.
    pub fn version(&self) -> Option<RuntimeVersion> {
        let known = self.known.map(|known| known.version);
        let from_path = || RuntimeVersion::from_path(self.path.as_deref()?);
        known.or_else(|| self.info.as_ref()?.version()).or(self.file_version).or_else(from_path)
    }

    /// What identifies the module's build: the build id of an ELF module; of a PE one TimeDateStamp and SizeOfImage, as
    /// symbol servers name the file, and its PDB. `None` when none of these is in the dump.
    pub fn identity(&self) -> Option<String> {
        if let Some(build_id) = &self.build_id {
            return Some(build_id.to_string());
        }
        let Some(ModuleImage::Pe(image)) = &self.image else { return None };
        let pdb = self.listed.as_ref().and_then(|module| module.pdb);
        Some(pdb.map_or_else(|| image.to_string(), |pdb| format!("{image}, PDB {pdb} (age {})", pdb.age)))
    }

    /// Whether this is a program that has its runtime compiled into it, by NativeAOT.
    pub fn is_native_aot(&self) -> bool {
        self.debug_header.is_some()
    }

    /// The file name of its path; `None` where there is no path.
    pub fn file_name(&self) -> Option<&str> {
        let name = self.path.as_deref()?.rsplit('/').next()?;
        Some(without_deleted_mark(name)).filter(|name| !name.is_empty())
    }

    /// Where the module's data may lie: up to its size, else up to a cap.
    pub fn end(&self) -> Addr {
        let size = self.image.as_ref().map_or(limits::RUNTIME_MODULE_SPAN, ModuleImage::load_size);
        self.base.offset(size.min(limits::RUNTIME_MODULE_SPAN))
    }

    /// Where data that the module holds under a name lies, and its bytes; `None` when it holds none of that name.
    pub fn resource(&self, memory: &AddressSpace, name: &str) -> Option<(Addr, u32)> {
        self.image.as_ref()?.resource(memory, name).ok().flatten()
    }

    /// The address of an exported symbol; `None` when it is not exported or cannot be looked up in this dump.
    pub fn symbol(&self, memory: &AddressSpace, name: &str) -> Option<Addr> {
        self.image.as_ref()?.symbol(memory, name).ok().flatten()
    }
}

fn is_named(mapping: &FileMapping, names: &[&str]) -> bool {
    names.contains(&without_deleted_mark(mapping.file_name()))
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
            "check that the dump is of the application itself, not of its shell or container's init",
        ),
    };
    Error::new(ErrorKind::NoRuntime, what).hint(hint)
}
