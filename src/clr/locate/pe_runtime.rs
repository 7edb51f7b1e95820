//! The runtime in a Windows process: coreclr.dll, or the program that it is linked into.
//!
//! A single-file program exports what coreclr.dll exports, and `DotNetRuntimeInfo` beside it.

use crate::bytes::Addr;
use crate::dump::{Dump, NativeModule};
use crate::error::{Error, ErrorKind};
use crate::image::ModuleImage;

use super::runtime_info;

/// The file name of the runtime's module; of any case.
const RUNTIME_NAME: &str = "coreclr.dll";
/// The runtime of .NET Framework.
const FRAMEWORK_RUNTIME: &str = "clr.dll";

/// What else tells that a process runs .NET.
const HOST_NAMES: [&str; 3] = ["hostfxr.dll", "hostpolicy.dll", "clrjit.dll"];

/// A module that holds the runtime.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    /// Where it begins.
    pub base: Addr,
    /// What the dump's list says of it; `None` when that is lost.
    pub module: Option<&'a NativeModule>,
    /// Whether the module is the runtime and nothing else, so that its version is the runtime's.
    pub alone: bool,
}

/// Looks for the runtime: by the name of its file, else by what the modules export.
pub(super) fn find(dump: &Dump) -> Option<Found<'_>> {
    let named = |module: &&NativeModule| module.file_name().eq_ignore_ascii_case(RUNTIME_NAME);
    if let Some(module) = dump.modules.iter().find(named) {
        return Some(Found { base: module.base, module: Some(module), alone: true });
    }
    let linked_in = |module: &&NativeModule| has_runtime(dump, module.base);
    if let Some(module) = dump.modules.iter().find(linked_in) {
        return Some(Found { base: module.base, module: Some(module), alone: false });
    }
    if !dump.modules.is_empty() {
        return None;
    }
    // The list of modules is lost: look at the memory itself.
    let mut images = dump.memory.runs(Addr::NULL, Addr(u64::MAX)).filter(|run| run.bytes.starts_with(b"MZ"));
    let exports = |base: Addr| has_runtime(dump, base) || exports(dump, base, "g_dacTable");
    images.find(|run| exports(run.start)).map(|run| Found { base: run.start, module: None, alone: false })
}

/// Why no runtime was found, by what the process had loaded.
pub(super) fn refusal(dump: &Dump) -> Error {
    let process =
        dump.process.as_ref().map_or_else(String::new, |p| format!(" ({}, process {})", p.name, p.id));
    let loaded = |name: &str| dump.modules.iter().any(|module| module.file_name().eq_ignore_ascii_case(name));
    let (what, hint) = if loaded(FRAMEWORK_RUNTIME) {
        (
            format!("the process{process} runs .NET Framework (clr.dll is loaded), which is not read"),
            "heapql reads .NET 6.0 and later; WinDbg with SOS reads .NET Framework",
        )
    } else if let Some(host) = HOST_NAMES.iter().find(|name| loaded(name)) {
        (
            format!(
                "the process{process} was starting .NET ({host} is loaded), but its runtime is not loaded"
            ),
            "take the dump once the application runs",
        )
    } else if dump.modules.is_empty() {
        (
            format!("no .NET runtime was found in the process{process}, and the dump has no list of modules"),
            "if the file was cut short, copy it again",
        )
    } else {
        let count = dump.modules.len();
        (
            format!(
                "the process{process} runs no .NET runtime that is known: coreclr.dll is not among its {count} modules, and none of them has it linked in"
            ),
            "check that the dump is of the application itself, not of its launcher or shell",
        )
    };
    Error::new(ErrorKind::NoRuntime, what).hint(hint)
}

fn has_runtime(dump: &Dump, base: Addr) -> bool {
    exports(dump, base, runtime_info::SYMBOL)
}

fn exports(dump: &Dump, base: Addr, name: &str) -> bool {
    let image = ModuleImage::at(&dump.memory, base);
    image.is_ok_and(|image| image.symbol(&dump.memory, name).is_ok_and(|symbol| symbol.is_some()))
}
