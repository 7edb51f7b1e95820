//! The functions that a loaded ELF module exports: its dynamic symbols, one after the other.
//!
//! The dynamic table does not say how many symbols there are. DT_HASH has one chain entry for each; in DT_GNU_HASH the
//! longest chain, that of the highest bucket, ends at the last.

use object::elf::{SHN_UNDEF, STT_FUNC, STT_GNU_IFUNC};

use super::ElfImage;
use super::dynamic::DynamicTable;
use super::symbols::SYMBOL_SIZE;
use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};
use crate::image::functions::Function;
use crate::limits::{MAX_DYNAMIC_SYMBOLS, MAX_SYMBOL_CHAIN, MAX_SYMBOL_NAME_BYTES};

/// The functions among the dynamic symbols. Symbols and names that are not in the dump are left out.
pub(super) fn functions(space: &AddressSpace, image: &ElfImage, table: &DynamicTable) -> Vec<Function> {
    let count = symbol_count(space, table).unwrap_or(0).min(MAX_DYNAMIC_SYMBOLS);
    (0..count).filter_map(|index| function(space, image, table, index)).collect()
}

/// How many dynamic symbols there are, or the missing memory that would tell.
fn symbol_count(space: &AddressSpace, table: &DynamicTable) -> Result<u64, Fault> {
    match (table.hash, table.gnu_hash) {
        (Some(hash), _) => Ok(space.u32(hash.offset(4))?.into()),
        (None, Some(hash)) => count_by_gnu_hash(space, hash),
        (None, None) => Ok(0),
    }
}

fn count_by_gnu_hash(space: &AddressSpace, table: Addr) -> Result<u64, Fault> {
    let word = |at| space.u32(at).map(u64::from);
    let (bucket_count, first_symbol) = (word(table)?, word(table.offset(4))?);
    let buckets = table.offset(16 + 8 * word(table.offset(8))?);
    let chains = buckets.offset(4 * bucket_count);
    let mut last = 0;
    for bucket in 0..bucket_count.min(MAX_DYNAMIC_SYMBOLS) {
        last = last.max(word(buckets.offset(4 * bucket))?);
    }
    let Some(link) = last.checked_sub(first_symbol) else { return Ok(first_symbol) };
    for step in 0..u64::from(MAX_SYMBOL_CHAIN) {
        // The lowest bit marks the end of the chain.
        if word(chains.offset(4 * (link + step)))? & 1 != 0 {
            return Ok(last + step + 1);
        }
    }
    Ok(last)
}

/// The symbol at `index`; `None` when it is no function that is defined here, or not in the dump.
fn function(space: &AddressSpace, image: &ElfImage, table: &DynamicTable, index: u64) -> Option<Function> {
    let symbol = table.symbols.offset(SYMBOL_SIZE.checked_mul(index)?);
    let kind = space.u8(symbol.offset(4)).ok()? & 0xf;
    let section = space.u16(symbol.offset(6)).ok()?;
    if ![STT_FUNC.0, STT_GNU_IFUNC.0].contains(&kind) || section == SHN_UNDEF.0 {
        return None;
    }
    let start = Addr(space.u64(symbol.offset(8)).ok()?.wrapping_add(image.bias));
    let end = Addr(start.0.checked_add(space.u64(symbol.offset(16)).ok()?)?);
    Some(Function { code: start..end, name: name(space, table, space.u32(symbol).ok()?.into())? })
}

fn name(space: &AddressSpace, table: &DynamicTable, offset: u64) -> Option<String> {
    let mut name = Vec::new();
    for at in offset..table.strings_size.min(offset.checked_add(MAX_SYMBOL_NAME_BYTES)?) {
        match space.u8(table.strings.offset(at)).ok()? {
            0 => return String::from_utf8(name).ok().filter(|name| !name.is_empty()),
            byte => name.push(byte),
        }
    }
    None
}
