//! `g_dacTable`: the runtime's table of its own variables, kept for debuggers.
//!
//! Source: `src/coreclr/inc/dacvars.h` (the order of entries), `src/coreclr/debug/ee/dactable.cpp`.
//! Since 7.0 an array of absolute addresses; before, an array of u32 distances from the module's base, on Windows in a
//! resource (`DacTableHeader` in `src/coreclr/inc/daccess.h`).

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};
use crate::image::ModuleImage;

use super::RuntimeModule;

/// The symbol under which the runtime exports the table, where it does.
pub(super) const SYMBOL: &str = "g_dacTable";
/// The resource that holds the table on Windows up to 6.0.
pub(super) const RESOURCE: &str = "COREXTERNALDATAACCESSRESOURCE";
/// Where in it the TimeDateStamp of the module stands that it describes.
const STAMP: u64 = 8;
/// Where in it the distances of the variables begin.
const FIRST_VARIABLE: u64 = 24;

/// The table in the module's resource; `None` when it has none, or one made for another build.
pub(super) fn of_resource(memory: &AddressSpace, module: &RuntimeModule) -> Option<DacTable> {
    let Some(ModuleImage::Pe(image)) = &module.image else { return None };
    let (resource, size) = module.resource(memory, RESOURCE)?;
    let made_for = memory.u32(resource.offset(STAMP)).ok()?;
    let fits = u64::from(size) > FIRST_VARIABLE && made_for == image.time_date_stamp();
    fits.then(|| DacTable { address: resource.offset(FIRST_VARIABLE), entries: Entries::Rvas(module.base) })
}

/// A table of variables, found but not proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::clr) struct DacTable {
    /// Where its first entry lies.
    pub address: Addr,
    /// What the entries are.
    pub entries: Entries,
}

/// The form of the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::clr) enum Entries {
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
