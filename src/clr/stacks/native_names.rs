//! Names of native code: the module that it belongs to.

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::dump::FileMapping;

/// Names native code of a process.
#[derive(Debug)]
pub struct NativeNames<'a> {
    /// What is mapped, by where it begins.
    mappings: Vec<(Addr, Addr, &'a str)>,
}

impl<'a> NativeNames<'a> {
    /// The names of `runtime`'s process.
    pub fn of(runtime: &'a ClrRuntime) -> NativeNames<'a> {
        let dump = &runtime.dump;
        let mapped =
            dump.mappings.iter().map(|mapping| (mapping.start, mapping.end, FileMapping::file_name(mapping)));
        let listed = dump
            .modules
            .iter()
            .map(|module| (module.base, module.base.offset(module.size.into()), module.file_name()));
        let mut mappings: Vec<_> = mapped.chain(listed).collect();
        mappings.sort_unstable();
        NativeNames { mappings }
    }

    /// The file name of the module whose code is at `address`; `None` for what is mapped from no file.
    pub fn module(&self, address: Addr) -> Option<&'a str> {
        let behind = self.mappings.partition_point(|&(start, _, _)| start <= address);
        let &(_, end, name) = self.mappings.get(behind.checked_sub(1)?)?;
        (address < end).then_some(name)
    }
}
