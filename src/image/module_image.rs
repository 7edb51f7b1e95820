//! A native module in memory, of either format: what whoever looks for the runtime needs of it.

use std::fmt;
use std::ops::Range;

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

    /// The ranges of memory that an ELF module may write to; none for PE, of which nobody asks.
    pub fn writable_ranges(&self) -> impl Iterator<Item = Range<Addr>> {
        let elf = match self {
            ModuleImage::Elf(image) => Some(image),
            ModuleImage::Pe(_) => None,
        };
        elf.into_iter().flat_map(ElfImage::writable_ranges)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::synth::NativePe;

    const BASE: Addr = Addr(0x1_8000_0000);

    fn space(image: Vec<u8>) -> AddressSpace {
        AddressSpace::from_memory(vec![(BASE, image)])
    }

    fn runtime() -> NativePe {
        let names = [
            "g_dacTable",
            "DotNetRuntimeContractDescriptor",
            "MetaDataGetDispenser",
            "coreclr_initialize",
            "g",
        ];
        names
            .iter()
            .zip((0x4000..).step_by(0x10))
            .fold(NativePe::default(), |pe, (name, rva)| pe.export(name, rva))
    }

    #[test]
    fn exports_of_a_pe_image_are_found_by_name() {
        let space = space(runtime().build());
        let image = ModuleImage::at(&space, BASE).unwrap();
        let symbol = |name: &str| image.symbol(&space, name).unwrap().and_then(|at| at.since(BASE));
        assert_eq!(symbol("g_dacTable"), Some(0x4000));
        assert_eq!(symbol("DotNetRuntimeContractDescriptor"), Some(0x4010));
        assert_eq!(symbol("g"), Some(0x4040));
        for name in ["", "g_dac", "g_dacTable2", "A", "zzz"] {
            assert_eq!(symbol(name), None, "{name}");
        }
        assert_eq!((image.load_size(), image.build_id()), (0x6000, None));
        let ModuleImage::Pe(pe) = image else { panic!("{image:?}") };
        assert_eq!(pe.to_string(), "6ADAEE436000");
    }

    #[test]
    fn an_image_without_exports_or_with_a_forwarder_defines_nothing() {
        let none = space(NativePe::default().build());
        assert_eq!(ModuleImage::at(&none, BASE).unwrap().symbol(&none, "g").unwrap(), None);
        // The RVA of a forwarder lies within the export directory: a text is there.
        let forwarder = space(NativePe::default().export("g", 0x1010).build());
        assert_eq!(ModuleImage::at(&forwarder, BASE).unwrap().symbol(&forwarder, "g").unwrap(), None);
    }

    #[test]
    fn missing_and_damaged_tables_are_told_apart() {
        let image = runtime().build();
        let headers_only = space(image[..0x1000].to_vec());
        let error = ModuleImage::at(&headers_only, BASE).unwrap().symbol(&headers_only, "g").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingMemory, "{error}");
        for place in [28, 32, 36] {
            let mut damaged = image.clone();
            damaged[0x1000 + place..0x1004 + place].fill(0xff);
            let damaged = space(damaged);
            let error = ModuleImage::at(&damaged, BASE).unwrap().symbol(&damaged, "g").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
        }
        let mut no_functions = image;
        no_functions[0x1014..0x1018].fill(0);
        let no_functions = space(no_functions);
        let error = ModuleImage::at(&no_functions, BASE).unwrap().symbol(&no_functions, "g").unwrap_err();
        assert!(error.message().contains("ordinal"), "{error}");
    }

    #[test]
    fn resources_are_found_by_name() {
        let resource = Some(("COREXTERNALDATAACCESSRESOURCE".to_owned(), vec![7; 40]));
        let bytes = NativePe { resource, ..NativePe::default() }.build();
        let found = |bytes: &[u8], name| {
            let space = space(bytes.to_vec());
            let image = ModuleImage::at(&space, BASE).unwrap();
            image.resource(&space, name)
        };
        let data = BASE.offset(0x3400);
        assert_eq!(found(&bytes, "COREXTERNALDATAACCESSRESOURCE").unwrap(), Some((data, 40)));
        assert_eq!(found(&bytes, "COREXTERNALDATAACCESSRESOURCF").unwrap(), None);
        assert_eq!(found(&bytes, "CLRDEBUGINFO").unwrap(), None, "its directory of languages is empty");
        assert_eq!(found(&NativePe::default().build(), "X").unwrap(), None);
        // A name's directory whose entry leads to data at once, and data that lie outside of the image.
        let mut flat = bytes.clone();
        flat[0x3040 + 16 + 12..0x3040 + 16 + 16].copy_from_slice(&0xc0_u32.to_le_bytes());
        assert_eq!(found(&flat, "COREXTERNALDATAACCESSRESOURCE").unwrap(), None);
        let mut outside = bytes;
        outside[0x30c0..0x30c4].fill(0xee);
        let error = found(&outside, "COREXTERNALDATAACCESSRESOURCE").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
}
