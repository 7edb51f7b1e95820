//! The dynamic table of a loaded ELF module: where its symbols, strings and hash tables lie.

use object::elf::{DT_GNU_HASH, DT_HASH, DT_NULL, DT_STRSZ, DT_STRTAB, DT_SYMTAB};

use super::{ElfImage, malformed, missing};
use crate::bytes::Addr;
use crate::dump::AddressSpace;
use crate::error::Error;
use crate::limits::MAX_DYNAMIC_ENTRIES;

const ENTRY_SIZE: u64 = 16;

/// The entries of a dynamic table that a symbol lookup needs (gABI, "Dynamic Section").
#[derive(Clone, Copy, Debug)]
pub(super) struct DynamicTable {
    /// DT_GNU_HASH.
    pub(super) gnu_hash: Option<Addr>,
    /// DT_HASH.
    pub(super) hash: Option<Addr>,
    /// DT_SYMTAB.
    pub(super) symbols: Addr,
    /// DT_STRTAB.
    pub(super) strings: Addr,
    /// DT_STRSZ: bytes of the string table; `u64::MAX` when it is not told.
    pub(super) strings_size: u64,
}

impl DynamicTable {
    /// Reads the table; `None` when the module has none or one without symbols, as static executables.
    ///
    /// # Errors
    /// `MissingMemory` when the table is not in the dump, `Malformed` when a pointer leads out of the module.
    pub(super) fn read(space: &AddressSpace, image: &ElfImage) -> Result<Option<DynamicTable>, Error> {
        let Some(range) = image.dynamic_range() else { return Ok(None) };
        let (mut gnu_hash, mut hash, mut symbols, mut strings) = (None, None, None, None);
        let mut strings_size = u64::MAX;
        let pointer = |value: u64| {
            let address = image.resolve(value);
            address.ok_or_else(|| malformed("a dynamic table that points out of the module", image.base))
        };
        let end = range.end.since(range.start).unwrap_or(0) / ENTRY_SIZE;
        for index in 0..end.min(MAX_DYNAMIC_ENTRIES) {
            let entry = range.start.offset(index * ENTRY_SIZE);
            let read =
                |at| space.i64(at).map_err(|fault| missing("dynamic table's entries", image.base, fault));
            let tag = read(entry)?;
            let value = read(entry.offset(8))?.cast_unsigned();
            match object::elf::DynamicTag(tag) {
                DT_NULL => break,
                DT_GNU_HASH => gnu_hash = Some(pointer(value)?),
                DT_HASH => hash = Some(pointer(value)?),
                DT_SYMTAB => symbols = Some(pointer(value)?),
                DT_STRTAB => strings = Some(pointer(value)?),
                DT_STRSZ => strings_size = value,
                _ => {}
            }
        }
        let (Some(symbols), Some(strings)) = (symbols, strings) else { return Ok(None) };
        Ok(Some(DynamicTable { gnu_hash, hash, symbols, strings, strings_size }))
    }
}
