//! Static fields that are constant data of a module's image (ECMA-335 II.16.3.1: initialized by an RVA).

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::metadata::FieldRva;
use crate::clr::modules::Image;
use crate::clr::type_system::{StaticField, TypeSystem};
use crate::dump::AddressSpace;
use crate::image::{PeImage, PeLayout};

use super::{FIRST_OFFSET_MARK, NoSlot};

/// Bytes in which the headers of a PE image lie: linkers align the first section to the page.
const HEADERS: usize = 4096;

/// The images of the modules, by the address of each runtime's Module.
#[derive(Debug)]
pub(super) struct Images<'a> {
    modules: FxHashMap<Addr, ModuleImage<'a>>,
}

#[derive(Debug)]
struct ModuleImage<'a> {
    image: Image,
    /// The headers that lead to the sections of a flat image, or why they cannot be read; `None` for a mapped one.
    headers: Option<Result<PeImage<'a>, NoSlot>>,
}

impl<'a> Images<'a> {
    pub(super) fn of(runtime: &'a ClrRuntime) -> Images<'a> {
        let memory = &runtime.dump.memory;
        let modules = runtime.modules.iter().filter_map(|module| {
            let image = module.image?;
            let headers = match image.layout {
                PeLayout::Mapped => None,
                PeLayout::Flat => Some(headers(memory, image)),
            };
            Some((module.address, ModuleImage { image, headers }))
        });
        Images { modules: modules.collect() }
    }

    /// Where the data of `field` of the type at `mt` lie.
    pub(super) fn slot(&self, types: &TypeSystem, mt: Addr, field: &StaticField) -> Result<Addr, NoSlot> {
        let memory = types.memory();
        let module = types.method_tables().defining_module(memory, mt)?;
        // A module of Reflection.Emit has its data elsewhere.
        let image = self.modules.get(&module).ok_or(NoSlot::UnknownLayout)?;
        let rva = match field.offset {
            // An RVA that the FieldDesc has no room for.
            FIRST_OFFSET_MARK.. => rva_in_metadata(types, module, field.row).ok_or(NoSlot::UnknownLayout)?,
            rva => rva,
        };
        image.address(rva)
    }
}

impl ModuleImage<'_> {
    fn address(&self, rva: u32) -> Result<Addr, NoSlot> {
        let inside = match &self.headers {
            None => (rva < self.image.size).then(|| self.image.base.offset(rva.into())),
            // How long the data are depends on the field; where they begin does not.
            Some(Ok(headers)) => headers.rva_address(rva, 1).ok().flatten(),
            Some(Err(why)) => return Err(*why),
        };
        inside.ok_or(NoSlot::UnknownLayout)
    }
}

fn headers(memory: &AddressSpace, image: Image) -> Result<PeImage<'_>, NoSlot> {
    PeImage::in_memory(memory, image.base, image.layout).map_err(|_| {
        // The error does not say whether they are missing or damaged; the first byte that is missing does.
        let missing = memory.bytes(image.base, HEADERS).err();
        missing.map_or(NoSlot::UnknownLayout, NoSlot::Missing)
    })
}

fn rva_in_metadata(types: &TypeSystem, module: Addr, field: u32) -> Option<u32> {
    let mut rows = types.metadata(module)?.rows::<FieldRva>().filter_map(|(_, row)| row.ok());
    rows.find(|row| row.field == field).map(|row| row.rva)
}
