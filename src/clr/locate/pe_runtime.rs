//! The runtime in a Windows process: coreclr.dll, or the program that it is linked into.
//!
//! A single-file program exports what coreclr.dll exports, and `DotNetRuntimeInfo` beside it.

use crate::bytes::Addr;
use crate::dump::{Dump, NativeModule};
use crate::error::{Error, ErrorKind};
use crate::image::ModuleImage;

use super::{dac_table, runtime_info};

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
    let exports = |base: Addr| has_runtime(dump, base) || exports(dump, base, dac_table::SYMBOL);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Mapped;
    use crate::clr::locate::RuntimeModule;
    use crate::synth::{Minidump, MinidumpModule, NativePe};

    const PROGRAM: u64 = 0x1_4000_0000;
    const LIBRARY: u64 = 0x1_8000_0000;

    fn module(path: &str, base: u64, version: [u16; 4]) -> MinidumpModule {
        let pdb = Some(([0x11; 16], 1));
        MinidumpModule {
            base,
            size: 0x6000,
            time_date_stamp: 0x6ada_ee43,
            path: path.to_owned(),
            version: Some(version),
            pdb,
        }
    }

    fn find(dump: &Minidump) -> Result<RuntimeModule, Error> {
        RuntimeModule::find(&Dump::parse(Mapped::Memory(dump.build())).unwrap())
    }

    fn version(module: &RuntimeModule) -> Option<String> {
        module.version().map(|version| version.to_string())
    }

    /// An image with a DotNetRuntimeInfo of this file version.
    fn with_runtime(numbers: [u32; 4]) -> Vec<u8> {
        let mut image = NativePe::default().export("DotNetRuntimeInfo", 0x5000).build();
        image[0x5000..0x5011].copy_from_slice(b"DotNetRuntimeInfo");
        image[0x5014] = 2;
        image[0x5018] = 8;
        for (number, place) in numbers.iter().zip((0x5060..).step_by(4)) {
            image[place..place + 4].copy_from_slice(&number.to_le_bytes());
        }
        image
    }

    #[test]
    fn coreclr_is_found_by_its_name_in_any_case_and_its_file_tells_the_version() {
        let modules = vec![
            module(r"C:\app\App.exe", PROGRAM, [1, 2, 3, 4]),
            module(r"C:\app\CoreCLR.DLL", LIBRARY, [8, 0, 3326, 1]),
        ];
        let found =
            find(&Minidump { modules, ..Minidump::default() }.load(LIBRARY, &NativePe::default().build()));
        let found = found.unwrap();
        assert_eq!((found.base, version(&found).as_deref()), (Addr(LIBRARY), Some("8.0.33")));
        let identity = "6ADAEE436000, PDB 11111111-1111-1111-1111-111111111111 (age 1)";
        assert_eq!(found.identity().as_deref(), Some(identity));
        assert_eq!(found.end(), Addr(LIBRARY + 0x6000));
    }

    #[test]
    fn a_single_file_program_is_found_by_its_export_and_tells_the_runtimes_version() {
        let modules = vec![
            module(r"C:\Windows\ntdll.dll", LIBRARY, [10, 0, 100, 1]),
            module(r"C:\app\App.exe", PROGRAM, [1, 0, 0, 0]),
        ];
        let dump = Minidump { modules, ..Minidump::default() }
            .load(PROGRAM, &with_runtime([10, 0, 1426, 52326]))
            .load(LIBRARY, &NativePe::default().export("NtClose", 0x5000).build());
        let found = find(&dump).unwrap();
        assert_eq!((found.base, version(&found).as_deref()), (Addr(PROGRAM), Some("10.0.14")));
    }

    #[test]
    fn without_a_list_of_modules_the_memory_itself_is_searched() {
        let dump = Minidump { modules: Vec::new(), ..Minidump::default() }
            .load(PROGRAM, &NativePe::default().build())
            .load(LIBRARY, &with_runtime([9, 0, 2226, 1]));
        let found = find(&dump).unwrap();
        assert_eq!(
            (found.base, found.path.clone(), version(&found).as_deref()),
            (Addr(LIBRARY), None, Some("9.0.22"))
        );
    }

    #[test]
    fn a_refusal_tells_what_runs_instead() {
        let refused = |names: &[&str]| {
            let modules =
                names.iter().zip(1_u64..).map(|(name, i)| module(name, i << 32, [1, 0, 0, 0])).collect();
            let error = find(&Minidump { modules, ..Minidump::default() }).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NoRuntime);
            error.message().to_owned()
        };
        assert!(refused(&["C:\\x\\a.exe", "C:\\Windows\\clr.dll"]).contains(".NET Framework"));
        assert!(refused(&["C:\\x\\a.exe", "C:\\x\\hostfxr.dll"]).contains("was starting .NET"));
        assert!(refused(&["C:\\x\\a.exe", "C:\\x\\b.dll"]).contains("(a.exe, process 4711)"));
        assert!(refused(&[]).contains("no list of modules"));
    }
}
