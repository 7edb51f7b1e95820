//! Names of native code: the module that it belongs to, and the function.

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::dump::{FileMapping, without_deleted_mark};
use crate::image::{ElfImage, Functions, SymbolFile};

/// Names native code of a process.
#[derive(Debug)]
pub struct NativeNames<'a> {
    /// What is mapped, by where it begins.
    mappings: Vec<NativeMapping<'a>>,
    /// The functions of modules that were asked for, by where the module begins.
    functions: FxHashMap<Addr, Functions>,
}

/// A part of a module, or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct NativeMapping<'a> {
    start: Addr,
    end: Addr,
    name: &'a str,
    /// Where the module begins; `None` when its beginning is not mapped before this part.
    base: Option<Addr>,
}

impl<'a> NativeNames<'a> {
    /// The names of `runtime`'s process, of functions those of the modules in which `code` lies: of what these modules
    /// export, and of what files of the same build have symbols of.
    pub fn of(runtime: &'a ClrRuntime, code: impl IntoIterator<Item = Addr>) -> NativeNames<'a> {
        let mut names = NativeNames { mappings: mappings(runtime), functions: FxHashMap::default() };
        for address in code {
            let Some((base, name)) = names.mapping(address).and_then(|m| Some((m.base?, m.name))) else {
                continue;
            };
            names.functions.entry(base).or_insert_with(|| functions(runtime, base, name));
        }
        names
    }

    /// The file name of the module whose code is at `address`; `None` for what is mapped from no file.
    pub fn module(&self, address: Addr) -> Option<&'a str> {
        self.mapping(address).map(|mapping| mapping.name)
    }

    /// The function whose code is at `address`, and how far into it the address is; `None` where no symbol covers it.
    pub fn function(&self, address: Addr) -> Option<(&str, u64)> {
        self.functions.get(&self.mapping(address)?.base?)?.at(address)
    }

    fn mapping(&self, address: Addr) -> Option<&NativeMapping<'a>> {
        let behind = self.mappings.partition_point(|mapping| mapping.start <= address);
        self.mappings.get(behind.checked_sub(1)?).filter(|mapping| address < mapping.end)
    }
}

/// What is mapped of files and what the dump lists as modules, by address.
fn mappings(runtime: &ClrRuntime) -> Vec<NativeMapping<'_>> {
    let dump = &runtime.dump;
    // A file may be mapped more than once: each part belongs to the beginning that comes before it.
    let mut beginnings: FxHashMap<&str, Addr> = FxHashMap::default();
    let mut mapped: Vec<&FileMapping> = dump.mappings.iter().collect();
    mapped.sort_unstable_by_key(|mapping| mapping.start);
    let mut mappings = Vec::with_capacity(mapped.len() + dump.modules.len());
    for mapping in mapped {
        if mapping.file_offset == 0 {
            beginnings.insert(&mapping.path, mapping.start);
        }
        let (start, end, name) = (mapping.start, mapping.end, mapping.file_name());
        mappings.push(NativeMapping { start, end, name, base: beginnings.get(&*mapping.path).copied() });
    }
    mappings.extend(dump.modules.iter().map(|module| {
        let (start, name) = (module.base, module.file_name());
        NativeMapping { start, end: start.offset(module.size.into()), name, base: Some(start) }
    }));
    mappings.sort_unstable();
    mappings
}

/// The functions of the module at `base`; none for what is no ELF file.
fn functions(runtime: &ClrRuntime, base: Addr, name: &str) -> Functions {
    let memory = &runtime.dump.memory;
    let Ok(image) = ElfImage::at(memory, base) else { return Functions::default() };
    let name = without_deleted_mark(name);
    let files = image.build_id().map(|id| SymbolFile::of_build(&runtime.files, name, id)).unwrap_or_default();
    Functions::of(memory, &image, &files)
}
