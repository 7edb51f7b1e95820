//! One managed module as the runtime describes it.
//!
//! Source: `class Module` in `src/coreclr/vm/ceeload.h`, `PEAssembly` (`PEFile` before 6.0), `PEImage`
//! and `PEImageLayout` in `src/coreclr/vm/`.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::locate::RuntimeModule;
use crate::dump::AddressSpace;
use crate::error::{Error, ErrorKind, Result};
use crate::image::{ModuleImage, PeLayout};
use crate::limits;

/// `FLAG_MAPPED` of a PEImageLayout: sections lie at their RVAs.
const LAYOUT_MAPPED: u32 = 1;

/// The image of a module in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Where it begins.
    pub base: Addr,
    /// Its size in bytes: SizeOfImage when mapped, the file's size when flat.
    pub size: u32,
    /// How it lies in memory.
    pub layout: PeLayout,
}

/// A managed module.
#[derive(Clone, Debug)]
pub struct Module {
    /// The address of the runtime's Module structure.
    pub address: Addr,
    /// The path it was loaded from; `None` for dynamic modules and where it is not in the dump.
    pub path: Option<String>,
    /// Its image; `None` for dynamic modules and where it is not in the dump.
    pub image: Option<Image>,
    /// Whether it was made by Reflection.Emit.
    pub dynamic: bool,
    /// Where a dynamic module's metadata lies, and how many bytes it has.
    pub dynamic_metadata: Option<(Addr, u32)>,
}

impl Module {
    /// Reads the Module at `address`.
    ///
    /// # Errors
    /// The layout lacks a field, or the Module itself is not in the dump. What it leads to may be
    /// missing; then the module says so by `None`.
    pub fn read(memory: &AddressSpace, layout: &Descriptor, address: Addr) -> Result<Module> {
        let pe_assembly = memory.pointer(address.offset(layout.field("Module", "PEAssembly")?))?;
        // Every module has one, those of Reflection.Emit too: what has none is no Module.
        if pe_assembly.is_null() {
            let message = "what an assembly names as its module has no PEAssembly";
            return Err(Error::new(ErrorKind::Malformed, message).at(address));
        }
        let pe_image = memory.pointer(pe_assembly.offset(layout.field("PEAssembly", "PEImage")?));
        // A PEAssembly without a PEImage is one of Reflection.Emit.
        let dynamic = pe_image == Ok(Addr::NULL);
        let pe_image = pe_image.ok().filter(|image| !image.is_null());
        Ok(Module {
            address,
            path: pe_image.and_then(|image| path(memory, layout, image)),
            image: pe_image.and_then(|image| self::image(memory, layout, image)),
            dynamic,
            dynamic_metadata: if dynamic { dynamic_metadata(memory, layout, address) } else { None },
        })
    }

    /// A NativeAOT program as a module: all its assemblies are compiled into that one file.
    pub fn native_aot(program: &RuntimeModule) -> Module {
        let size = program.image.as_ref().map_or(0, ModuleImage::load_size);
        Module {
            address: program.base,
            path: program.path.clone(),
            image: u32::try_from(size).ok().map(|size| Image {
                base: program.base,
                size,
                layout: PeLayout::Mapped,
            }),
            dynamic: false,
            dynamic_metadata: None,
        }
    }

    /// The file name of the path, or `None` where there is no path.
    pub fn file_name(&self) -> Option<&str> {
        let path = self.path.as_deref()?;
        path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty())
    }
}

/// The path of a PEImage: an SString, UTF-16 with its terminator.
fn path(memory: &AddressSpace, layout: &Descriptor, pe_image: Addr) -> Option<String> {
    let string = pe_image.offset(layout.field("PEImage", "Path").ok()?);
    let size = memory.u32(string.offset(layout.field("SString", "Size").ok()?)).ok()? as usize;
    let buffer = memory.pointer(string.offset(layout.field("SString", "Buffer").ok()?)).ok()?;
    if size > limits::MAX_TEXT_BYTES {
        return None;
    }
    let bytes = memory.bytes(buffer, size).ok()?;
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|&unit| unit != 0);
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    (!text.is_empty()).then_some(text)
}

/// Where a PEImage has its layouts: the loaded one, in which the runtime reads the image, else mapped, else flat. The
/// same one may stand in several places.
pub(in crate::clr) const IMAGE_LAYOUTS: [&str; 3] =
    ["LoadedImageLayout", "MappedImageLayout", "FlatImageLayout"];

fn image(memory: &AddressSpace, layout: &Descriptor, pe_image: Addr) -> Option<Image> {
    let places = IMAGE_LAYOUTS.iter().filter_map(|place| layout.optional_field("PEImage", place));
    places.filter_map(|offset| image_layout_at(memory, layout, pe_image.offset(offset))).next()
}

/// The image by the layout to which the word at `place` leads; `None` where it leads to none.
pub(in crate::clr) fn image_layout_at(
    memory: &AddressSpace,
    layout: &Descriptor,
    place: Addr,
) -> Option<Image> {
    let at = memory.pointer(place).ok().filter(|p| !p.is_null())?;
    let of = |field: &str| layout.optional_field("PEImageLayout", field);
    let base = memory.pointer(at.offset(of("Base")?)).ok()?;
    let flags = memory.u32(at.offset(of("Flags")?)).ok()?;
    let size = memory.u32(at.offset(of("Size")?)).ok()?;
    let pe_layout = if flags & LAYOUT_MAPPED != 0 { PeLayout::Mapped } else { PeLayout::Flat };
    (!base.is_null() && size != 0).then_some(Image { base, size, layout: pe_layout })
}

/// The metadata of a Reflection.Emit module: since 9.0 a size with the bytes behind it, before an SBuffer.
fn dynamic_metadata(memory: &AddressSpace, layout: &Descriptor, module: Addr) -> Option<(Addr, u32)> {
    let pointer = |offset: u64| memory.pointer(module.offset(offset)).ok().filter(|p| !p.is_null());
    if let Some(offset) = layout.optional_field("Module", "DynamicMetadata") {
        let at = pointer(offset)?;
        let size = memory.u32(at.offset(layout.field("DynamicMetadata", "Size").ok()?)).ok()?;
        return Some((at.offset(layout.field("DynamicMetadata", "Data").ok()?), size));
    }
    let at = pointer(layout.optional_field("Module", "DynamicMetadataBuffer")?)?;
    let size = memory.u32(at.offset(layout.field("SBuffer", "Size").ok()?)).ok()?;
    let data = memory.pointer(at.offset(layout.field("SBuffer", "Buffer").ok()?)).ok()?;
    Some((data, size))
}
