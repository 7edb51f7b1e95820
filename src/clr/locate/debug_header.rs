//! `DotNetRuntimeDebugHeader`: how a NativeAOT program describes its runtime.
//!
//! Source: dotnet/runtime `src/coreclr/nativeaot/Runtime/DebugHeader.cpp`, 8.0 and 9.0. The header has a magic, two
//! versions, flags, and the addresses of two arrays that end at an entry without a name: fields
//! (`{type name, field name, u32 offset}`) and globals (`{name, value}`; the value is the thing itself, not the address of
//! a variable). It is written when the program starts, so every dump has it; the names are constants of the program, which
//! gcore's and the kernel's cores leave out. Then the program's file has them, or else the bundled list of the entries in
//! their order does: it holds when it has as many entries, and the same names stand at the same places.

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::layout::DebugHeaderNames;
use crate::dump::{AddressSpace, Fault};
use crate::image::SymbolFile;
use crate::limits;

use super::RuntimeModule;

/// `DNDH`.
pub(super) const MAGIC: u32 = 0x4844_4e44;
/// Major versions that have this form.
const VERSIONS: std::ops::RangeInclusive<u16> = 1..=15;
/// Flags: pointers of 8 bytes, little-endian.
const FLAGS: u32 = 1;
const FIELD_ENTRY_SIZE: u64 = 24;
const GLOBAL_ENTRY_SIZE: u64 = 16;

/// Where an entry's name is.
type NameAt = Addr;

/// A debug header as it stands in memory, its entries not named.
#[derive(Debug)]
pub(super) struct DebugHeader {
    /// Its major version.
    pub version: u16,
    fields: Vec<(NameAt, NameAt, u32)>,
    /// Where each global's value stands.
    globals: Vec<(NameAt, Addr)>,
}

/// A debug header whose entries have names.
#[derive(Debug, Default)]
pub(super) struct NamedEntries {
    /// Type, field, offset.
    pub fields: Vec<(String, String, u32)>,
    /// Where each global's value stands: the value is the thing that is meant, or its address.
    pub globals: FxHashMap<String, Addr>,
}

impl DebugHeader {
    /// The debug header at `address`; `None` when none stands there.
    pub(super) fn read(memory: &AddressSpace, address: Addr) -> Result<Option<DebugHeader>, Fault> {
        let version = memory.u16(address.offset(4))?;
        if memory.u32(address)? != MAGIC
            || !VERSIONS.contains(&version)
            || memory.u32(address.offset(8))? != FLAGS
        {
            return Ok(None);
        }
        let (fields, globals) = (memory.pointer(address.offset(16))?, memory.pointer(address.offset(24))?);
        if fields.is_null() || globals.is_null() {
            return Ok(None);
        }
        let entry = |array: Addr, index: u64, size| array.offset(index * size);
        let mut header = DebugHeader { version, fields: Vec::new(), globals: Vec::new() };
        for index in 0..limits::MAX_DEBUG_HEADER_ENTRIES {
            let at = entry(fields, index, FIELD_ENTRY_SIZE);
            let type_name = memory.pointer(at)?;
            if type_name.is_null() {
                break;
            }
            header.fields.push((type_name, memory.pointer(at.offset(8))?, memory.u32(at.offset(16))?));
        }
        for index in 0..limits::MAX_DEBUG_HEADER_ENTRIES {
            let at = entry(globals, index, GLOBAL_ENTRY_SIZE);
            let name = memory.pointer(at)?;
            if name.is_null() {
                break;
            }
            header.globals.push((name, at.offset(8)));
        }
        Ok(Some(header))
    }

    /// Names the entries by the texts that their pointers lead to, in the dump or in the program's file. `None` when one
    /// of them is in neither.
    pub(super) fn named_by_texts(
        &self,
        memory: &AddressSpace,
        module: &RuntimeModule,
        file: Option<&SymbolFile>,
    ) -> Option<NamedEntries> {
        let text =
            |at: Addr| in_memory(memory, at).or_else(|| in_bytes(file?.bytes_at(at.since(module.base)?)?));
        let fields = self.fields.iter().map(|&(of, field, offset)| Some((text(of)?, text(field)?, offset)));
        let globals = self.globals.iter().map(|&(name, value)| Some((text(name)?, value)));
        Some(NamedEntries {
            fields: fields.collect::<Option<_>>()?,
            globals: globals.collect::<Option<_>>()?,
        })
    }

    /// Names the entries by their order. `None` when the order that is known is not this header's: when it has more or
    /// fewer entries, or where equal names should stand and do not. A linker keeps each text once, so two entries have
    /// the same name when their pointers are the same.
    pub(super) fn named_by_order(&self, known: &DebugHeaderNames) -> Option<NamedEntries> {
        let names: Vec<(&str, &str)> = known.in_order().collect();
        if names.is_empty() || names.len() != self.fields.len() || known.globals.len() != self.globals.len() {
            return None;
        }
        let pairs = self.fields.iter().zip(&names);
        let texts = pairs.flat_map(|(&(of, field, _), &(type_name, name))| [(of, type_name), (field, name)]);
        let globals = self.globals.iter().zip(&known.globals).map(|(&(at, _), name)| (at, name.as_str()));
        let mut by_address: FxHashMap<Addr, &str> = FxHashMap::default();
        let mut by_name: FxHashMap<&str, Addr> = FxHashMap::default();
        for (at, name) in texts.chain(globals) {
            if *by_address.entry(at).or_insert(name) != name || *by_name.entry(name).or_insert(at) != at {
                return None;
            }
        }
        let fields = self.fields.iter().zip(&names);
        let globals = self.globals.iter().zip(&known.globals);
        Some(NamedEntries {
            fields: fields.map(|(&(.., at), &(of, name))| (of.to_owned(), name.to_owned(), at)).collect(),
            globals: globals.map(|(&(_, value), name)| (name.clone(), value)).collect(),
        })
    }

    /// How many entries it has, of fields and of globals.
    pub(super) fn entry_count(&self) -> (usize, usize) {
        (self.fields.len(), self.globals.len())
    }
}

fn in_memory(memory: &AddressSpace, at: Addr) -> Option<String> {
    in_bytes(memory.run_at(at).ok()?.bytes)
}

/// The text at the beginning of `bytes`, up to its NUL; `None` when it is no name of C.
fn in_bytes(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.get(..limits::MAX_DEBUG_HEADER_NAME.min(bytes.len()))?;
    let (name, _) = bytes.split_at_checked(bytes.iter().position(|&byte| byte == 0)?)?;
    let sound = !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    sound.then(|| String::from_utf8_lossy(name).into_owned())
}

#[cfg(test)]
mod tests;
