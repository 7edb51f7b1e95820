//! Static fields that are constant data of a module's image (ECMA-335 II.16.3.1: initialized by an RVA).

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::metadata::FieldRva;
use crate::clr::modules::Image;
use crate::clr::type_system::{StaticField, TypeSystem};
use crate::image::{PeImage, PeLayout};

use super::{FIRST_OFFSET_MARK, NoSlot};

/// The images of the modules, by the address of each runtime's Module.
#[derive(Debug)]
pub(super) struct Images<'a> {
    modules: FxHashMap<Addr, ModuleImage<'a>>,
}

#[derive(Debug)]
struct ModuleImage<'a> {
    image: Image,
    /// The headers that lead to the sections of a flat image; `None` for a mapped one and where they are missing.
    headers: Option<PeImage<'a>>,
}

impl<'a> Images<'a> {
    pub(super) fn of(runtime: &'a ClrRuntime) -> Images<'a> {
        let memory = &runtime.dump.memory;
        let modules = runtime.modules.iter().filter_map(|module| {
            let image = module.image?;
            let headers = match image.layout {
                PeLayout::Mapped => None,
                PeLayout::Flat => PeImage::in_memory(memory, image.base, image.layout).ok(),
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
        image.address(rva).ok_or(NoSlot::UnknownLayout)
    }
}

impl ModuleImage<'_> {
    fn address(&self, rva: u32) -> Option<Addr> {
        match self.image.layout {
            PeLayout::Mapped => (rva < self.image.size).then(|| self.image.base.offset(rva.into())),
            // How long the data are depends on the field; where they begin does not.
            PeLayout::Flat => self.headers.as_ref()?.rva_address(rva, 1).ok()?,
        }
    }
}

fn rva_in_metadata(types: &TypeSystem, module: Addr, field: u32) -> Option<u32> {
    let mut rows = types.metadata(module)?.rows::<FieldRva>().filter_map(|(_, row)| row.ok());
    rows.find(|row| row.field == field).map(|row| row.rva)
}
