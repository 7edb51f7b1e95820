//! A native module in memory, of either format: what whoever looks for the runtime needs of it.

use std::fmt;

use super::{BuildId, ElfImage, PeImage, PeLayout};
use crate::bytes::Addr;
use crate::dump::AddressSpace;
use crate::error::Error;

/// A native module in the memory of a dump.
#[derive(Clone, Debug)]
pub enum ModuleImage {
    /// Of Linux.
    Elf(ElfImage),
    /// Of Windows.
    Pe(LoadedPe),
}

/// What identifies a mapped PE image. Its tables are read when they are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadedPe {
    base: Addr,
    time_date_stamp: u32,
    size_of_image: u32,
}

impl ModuleImage {
    /// Reads the headers of the module that is mapped from `base` on.
    ///
    /// # Errors
    /// Those are not in the dump, or are of neither format.
    pub fn at(space: &AddressSpace, base: Addr) -> Result<ModuleImage, Error> {
        if space.u16(base) == Ok(object::pe::IMAGE_DOS_SIGNATURE) {
            return LoadedPe::at(space, base).map(ModuleImage::Pe);
        }
        ElfImage::at(space, base).map(ModuleImage::Elf)
    }

    /// The address of an exported symbol; `None` when the module does not export it.
    ///
    /// # Errors
    /// `MissingMemory` when the answer depends on memory that is not in the dump; `Malformed` for tables that lead nowhere.
    pub fn symbol(&self, space: &AddressSpace, name: &str) -> Result<Option<Addr>, Error> {
        match self {
            ModuleImage::Elf(image) => image.symbol(space, name),
            ModuleImage::Pe(image) => image.headers(space)?.export(name),
        }
    }

    /// Data that is compiled into the module under a name (RCDATA of PE), and its bytes; `None` when there is none.
    ///
    /// # Errors
    /// As for [`Self::symbol`].
    pub fn resource(&self, space: &AddressSpace, name: &str) -> Result<Option<(Addr, u32)>, Error> {
        match self {
            ModuleImage::Elf(_) => Ok(None),
            ModuleImage::Pe(image) => image.headers(space)?.resource(name),
        }
    }

    /// The bytes of address space from the base to the end of the module.
    pub fn load_size(&self) -> u64 {
        match self {
            ModuleImage::Elf(image) => image.load_size(),
            ModuleImage::Pe(image) => image.size_of_image.into(),
        }
    }

    /// The build id of an ELF module; `None` when it has none or it is not in the dump.
    pub fn build_id(&self) -> Option<&BuildId> {
        match self {
            ModuleImage::Elf(image) => image.build_id(),
            ModuleImage::Pe(_) => None,
        }
    }
}

impl LoadedPe {
    /// Reads the headers of the image that is mapped from `base` on.
    ///
    /// # Errors
    /// `MissingMemory` when they are not in the dump, `Malformed` when they are no PE headers.
    pub fn at(space: &AddressSpace, base: Addr) -> Result<LoadedPe, Error> {
        let headers = PeImage::in_memory(space, base, PeLayout::Mapped)?;
        let (time_date_stamp, size_of_image) = (headers.time_date_stamp(), headers.size_of_image());
        Ok(LoadedPe { base, time_date_stamp, size_of_image })
    }

    /// TimeDateStamp of its COFF header.
    pub fn time_date_stamp(&self) -> u32 {
        self.time_date_stamp
    }

    fn headers<'a>(&self, space: &'a AddressSpace) -> Result<PeImage<'a>, Error> {
        PeImage::in_memory(space, self.base, PeLayout::Mapped)
    }
}

impl fmt::Display for LoadedPe {
    /// As symbol servers name the file: TimeDateStamp and SizeOfImage in hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08X}{:x}", self.time_date_stamp, self.size_of_image)
    }
}
