//! `g_dacTable`: the runtime's table of its own variables, kept for debuggers.
//!
//! Source: `src/coreclr/inc/dacvars.h` (the order of entries), `src/coreclr/debug/ee/dactable.cpp`.
//! Since 5.0 an array of absolute addresses; before, an array of u32 distances from the module's base.

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};

/// A table of variables, found but not proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DacTable {
    /// Where its first entry lies.
    pub address: Addr,
    /// What the entries are.
    pub entries: Entries,
}

/// The form of the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entries {
    /// Absolute addresses.
    Pointers,
    /// Distances from this base, 4 bytes each.
    Rvas(Addr),
}

impl DacTable {
    /// The address of the variable of entry `index`; `None` when the entry is empty.
    pub(super) fn variable(&self, memory: &AddressSpace, index: usize) -> Result<Option<Addr>, Fault> {
        let index = index as u64;
        let address = match self.entries {
            Entries::Pointers => memory.pointer(self.address.offset(8 * index))?,
            Entries::Rvas(base) => match memory.u32(self.address.offset(4 * index))? {
                0 => Addr::NULL,
                rva => base.offset(u64::from(rva)),
            },
        };
        Ok((!address.is_null()).then_some(address))
    }
}
