//! Nibble maps: where in a heap of JIT-compiled code methods begin.
//!
//! A map has a nibble for each 32 bytes of code. A nibble `n` above 0 says that a method begins at the `n`th multiple
//! of 4 in them, counted from 1. Nibbles lie in words of 32 bits, the first one in the highest bits.
//!
//! Since 10.0 a word that no method begins in may say where the method goes on from: its lowest nibble is above 8,
//! which no beginning gives, and the rest is that method's distance from the base. A word of zeros then says that
//! there is no code, where before one had to look further back.
//!
//! Source: `src/coreclr/vm/nibblemapmacros.h` of dotnet/runtime v8.0; `docs/design/datacontracts/ExecutionManager.md`
//! and `EEJitManager::NibbleMapSet` in `src/coreclr/vm/codeman.cpp` of v10.0.

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

/// Bytes of code that a nibble stands for.
const BUCKET: u64 = 32;
/// Nibbles of a word.
const NIBBLES: u64 = 8;
/// What beginnings are multiples of.
const CODE_ALIGNMENT: u64 = 4;
/// The highest nibble that is a beginning; what is above marks a pointer.
const LAST_BEGINNING: u64 = BUCKET / CODE_ALIGNMENT;

/// A nibble map in memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct NibbleMap {
    /// Where the words lie.
    pub(super) words: Addr,
    /// The address of the first byte of code that the map stands for.
    pub(super) base: Addr,
    /// Whether words may be pointers: then empty ones mean that there is no code.
    pub(super) has_pointers: bool,
}

impl NibbleMap {
    /// The beginning of the method at `address`; `None` when there is none.
    ///
    /// # Errors
    /// The map is not in the dump.
    pub(super) fn method_start(&self, memory: &AddressSpace, address: Addr) -> Result<Option<Addr>, Fault> {
        let Some(distance) = address.since(self.base) else { return Ok(None) };
        let bucket = distance / BUCKET;
        let mut index = bucket / NIBBLES;
        let word = self.word(memory, index)?;
        if let Some(start) = self.pointer(word) {
            return Ok(Some(start));
        }
        // The bucket's own nibble counts only if the method begins no later than at the address.
        let own = self.beginning(word, index, bucket % NIBBLES).filter(|&start| start <= address);
        let before = || self.last_beginning(word, index, bucket % NIBBLES);
        if let Some(start) = own.or_else(before) {
            return Ok(Some(start));
        }
        for _ in 0..limits::MAX_METHOD_CODE_BYTES / (BUCKET * NIBBLES) {
            let Some(previous) = index.checked_sub(1) else { break };
            index = previous;
            let word = self.word(memory, index)?;
            let start = self.pointer(word).or_else(|| self.last_beginning(word, index, NIBBLES));
            if start.is_some() {
                return Ok(start);
            }
            if self.has_pointers {
                break;
            }
        }
        Ok(None)
    }

    fn word(&self, memory: &AddressSpace, index: u64) -> Result<u32, Fault> {
        memory.u32(self.words.offset(4 * index))
    }

    /// The beginning that a word gives which is a pointer.
    fn pointer(&self, word: u32) -> Option<Addr> {
        let (distance, nibble) = (u64::from(word & !0xf), u64::from(word & 0xf));
        let within = nibble.checked_sub(LAST_BEGINNING + 1)?;
        self.has_pointers.then(|| self.base.offset(distance + CODE_ALIGNMENT * within))
    }

    /// The beginning that nibble `nibble` of word `index` gives.
    fn beginning(&self, word: u32, index: u64, nibble: u64) -> Option<Addr> {
        let value = u64::from(word >> (4 * (NIBBLES - 1 - nibble)) & 0xf);
        let within = CODE_ALIGNMENT * value.checked_sub(1)?;
        Some(self.base.offset(BUCKET * (NIBBLES * index + nibble) + within))
    }

    /// The last beginning that the first `count` nibbles of word `index` give.
    fn last_beginning(&self, word: u32, index: u64, count: u64) -> Option<Addr> {
        (0..count).rev().find_map(|nibble| self.beginning(word, index, nibble))
    }
}

#[cfg(test)]
mod tests;
