//! Symbol lookup by hash in a loaded ELF module.
//!
//! DT_GNU_HASH holds a Bloom filter, buckets, and chains of hashes that run beside the symbol
//! table; DT_HASH (gABI, "Hash Table") holds buckets and chains of symbol indexes.

use object::elf::{SHN_UNDEF, gnu_hash, hash};

use super::dynamic::DynamicTable;
use super::{ElfImage, malformed, missing};
use crate::bytes::Addr;
use crate::dump::AddressSpace;
use crate::error::Error;
use crate::limits::MAX_SYMBOL_CHAIN;

/// Bytes of a symbol.
pub(super) const SYMBOL_SIZE: u64 = 24;

/// Looks `name` up; `None` when the module does not define it.
pub(super) fn find(
    space: &AddressSpace,
    image: &ElfImage,
    table: &DynamicTable,
    name: &[u8],
) -> Result<Option<Addr>, Error> {
    let lookup = Lookup { space, image, table, name };
    match (table.gnu_hash, table.hash) {
        (Some(address), _) => lookup.by_gnu_hash(address),
        (None, Some(address)) => lookup.by_hash(address),
        (None, None) => Ok(None),
    }
}

struct Lookup<'a> {
    space: &'a AddressSpace,
    image: &'a ElfImage,
    table: &'a DynamicTable,
    name: &'a [u8],
}

impl Lookup<'_> {
    fn by_gnu_hash(&self, table: Addr) -> Result<Option<Addr>, Error> {
        let bucket_count = self.hash_word(table)?;
        let first_symbol = self.hash_word(table.offset(4))?;
        let bloom_words = self.hash_word(table.offset(8))?;
        let bloom_shift = self.hash_word(table.offset(12))?;
        let hash = gnu_hash(self.name);
        let bloom = table.offset(16);
        if self.bloom_excludes(bloom, bloom_words, bloom_shift, hash) {
            return Ok(None);
        }
        let buckets = bloom.offset(8 * u64::from(bloom_words));
        let chains = buckets.offset(4 * u64::from(bucket_count));
        let Some(bucket) = hash.checked_rem(bucket_count) else { return Ok(None) };
        let start = self.hash_word(buckets.offset(4 * u64::from(bucket)))?;
        // An empty bucket holds 0; symbols before the first hashed one are in no chain.
        let Some(first_link) = start.checked_sub(first_symbol).filter(|_| start != 0) else {
            return Ok(None);
        };
        for step in 0..MAX_SYMBOL_CHAIN {
            let link = u64::from(first_link) + u64::from(step);
            let found = self.hash_word(chains.offset(4 * link))?;
            // The lowest bit marks the end of the chain and is no part of the hash.
            if found | 1 == hash | 1
                && let Some(address) = self.symbol_if_named(u64::from(start) + u64::from(step))?
            {
                return Ok(Some(address));
            }
            if found & 1 != 0 {
                return Ok(None);
            }
        }
        Err(malformed("a chain of symbols that does not end", self.image.base))
    }

    /// Whether the Bloom filter rules the name out. It only saves time: createdump does not read
    /// it, so where it is not in the dump the buckets decide.
    fn bloom_excludes(&self, bloom: Addr, words: u32, shift: u32, hash: u32) -> bool {
        let Some(index) = (hash / u64::BITS).checked_rem(words) else { return false };
        let Some(second) = hash.checked_shr(shift) else { return false };
        let Ok(word) = self.space.u64(bloom.offset(8 * u64::from(index))) else { return false };
        let wanted = 1 << (hash % u64::BITS) | 1 << (second % u64::BITS);
        word & wanted != wanted
    }

    fn by_hash(&self, table: Addr) -> Result<Option<Addr>, Error> {
        let bucket_count = self.hash_word(table)?;
        let chain_count = self.hash_word(table.offset(4))?;
        let buckets = table.offset(8);
        let chains = buckets.offset(4 * u64::from(bucket_count));
        let Some(bucket) = hash(self.name).checked_rem(bucket_count) else { return Ok(None) };
        let mut index = self.hash_word(buckets.offset(4 * u64::from(bucket)))?;
        for _ in 0..MAX_SYMBOL_CHAIN {
            if index == 0 {
                return Ok(None);
            }
            if index >= chain_count {
                return Err(malformed("a chain of symbols that leads out of its table", self.image.base));
            }
            if let Some(address) = self.symbol_if_named(u64::from(index))? {
                return Ok(Some(address));
            }
            index = self.hash_word(chains.offset(4 * u64::from(index)))?;
        }
        Err(malformed("a chain of symbols that does not end", self.image.base))
    }

    /// The address of the symbol at `index`, if it is defined here and has the name looked for.
    fn symbol_if_named(&self, index: u64) -> Result<Option<Addr>, Error> {
        let symbol = self.table.symbols.offset(SYMBOL_SIZE.wrapping_mul(index));
        let missing = |fault| missing("symbols", self.image.base, fault);
        let name = self.space.u32(symbol).map_err(missing)?;
        if !self.is_named(u64::from(name))?
            || self.space.u16(symbol.offset(6)).map_err(missing)? == SHN_UNDEF.0
        {
            return Ok(None);
        }
        let value = self.space.u64(symbol.offset(8)).map_err(missing)?;
        Ok(Some(Addr(value.wrapping_add(self.image.bias))))
    }

    /// Whether the string at `offset` is the name looked for. Stops at the first difference, so
    /// that a shorter string at the end of what the dump holds is no missing memory.
    fn is_named(&self, offset: u64) -> Result<bool, Error> {
        for (at, &wanted) in (offset..).zip(self.name.iter().chain(&[0])) {
            if at >= self.table.strings_size {
                return Ok(false);
            }
            let byte = self.space.u8(self.table.strings.offset(at));
            if byte.map_err(|fault| missing("symbols' names", self.image.base, fault))? != wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn hash_word(&self, address: Addr) -> Result<u32, Error> {
        self.space.u32(address).map_err(|fault| missing("symbols' hash tables", self.image.base, fault))
    }
}
