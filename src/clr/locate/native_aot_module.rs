//! Finding a NativeAOT program: an executable or a library into which its runtime is compiled.
//!
//! It exports `DotNetRuntimeDebugHeader`; CoreCLR exports other symbols. Where the symbols are not in the dump the header
//! itself tells, by its magic, in what the process wrote of the file.

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Dump, Run};

use super::debug_header::{DebugHeader, MAGIC};
use super::runtime_module::RuntimeModule;
use super::{dac_table, runtime_info};

/// The symbol of the header.
const HEADER_SYMBOL: &str = "DotNetRuntimeDebugHeader";
/// Symbols of CoreCLR, which is read otherwise.
const CORECLR_SYMBOLS: [&str; 2] = [runtime_info::SYMBOL, dac_table::SYMBOL];

/// The first mapped file that is a NativeAOT program, with its debug header; `None` when none is.
pub(super) fn find(dump: &Dump) -> Option<RuntimeModule> {
    let mut seen = FxHashSet::default();
    let first_mappings = dump.mappings.iter().filter(|m| m.file_offset == 0 && seen.insert(m.path.as_str()));
    first_mappings.map(|m| (m.start, m.path.as_str())).find_map(|(base, path)| {
        let mut module = RuntimeModule::at(&dump.memory, base, Some(path.to_owned()));
        module.debug_header = Some(header(dump, &module, path)?);
        Some(module)
    })
}

fn header(dump: &Dump, module: &RuntimeModule, path: &str) -> Option<Addr> {
    let memory = &dump.memory;
    if CORECLR_SYMBOLS.iter().any(|name| module.symbol(memory, name).is_some()) {
        return None;
    }
    let is_header = |at: &Addr| matches!(DebugHeader::read(memory, *at), Ok(Some(_)));
    match module.symbol(memory, HEADER_SYMBOL) {
        Some(at) => Some(at).filter(is_header),
        None => {
            let of_file = dump.mappings.iter().filter(|m| m.path == path);
            of_file.flat_map(|m| magic_numbers(memory, m.start, m.end)).find(is_header)
        }
    }
}

/// Where the header's magic number stands, at the borders of words.
fn magic_numbers(memory: &AddressSpace, start: Addr, end: Addr) -> impl Iterator<Item = Addr> {
    let words = memory.runs(start, end).flat_map(Run::words);
    words.filter(|(_, word)| word.starts_with(&MAGIC.to_le_bytes())).map(|(at, _)| at)
}
