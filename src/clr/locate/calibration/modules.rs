//! The list of assemblies, and what a module says of itself.

use crate::bytes::Addr;
use crate::clr::checks::Check;
use crate::clr::layout::Descriptor;
use crate::clr::loader_allocator::LoaderAllocators;
use crate::clr::modules::{IMAGE_LAYOUTS, Module, app_domain, assemblies, image_layout_at, module_of};
use crate::dump::{AddressSpace, Fault};

use super::{Evidence, settle};

pub(super) const ASSEMBLY_LIST: (&str, &str) = ("AppDomain", "DomainAssemblyList");
pub(super) const PE_ASSEMBLY: (&str, &str) = ("Module", "PEAssembly");
pub(super) const IMAGE_LAYOUT: (&str, &str) = ("PEImage", "FlatImageLayout");
pub(super) const ALLOCATOR_HANDLE: (&str, &str) = ("LoaderAllocator", "LoaderAllocatorObjectHandle");
pub(super) const LOCAL_MODULE: (&str, &str) = ("Module", "DomainLocalModule");
pub(super) const DYNAMIC_METADATA: (&str, &str) = ("Module", "DynamicMetadataBuffer");

/// Elements of the block that lies in an ArrayList itself (`ARRAYLIST_BLOCK_SIZE_START` in
/// `src/coreclr/inc/arraylist.h`).
const FIRST_BLOCK: u32 = 5;
/// The first bytes of an image: `MZ`.
const IMAGE_MAGIC: u16 = 0x5a4d;
const PAGE: u64 = 0x1000;
/// The first bytes of metadata: `BSJB`.
const METADATA_MAGIC: u32 = 0x424a_5342;

pub(super) fn calibrate(evidence: &Evidence<'_>, layout: &mut Descriptor, checks: &mut Vec<Check>) {
    let memory = &*evidence.dump.memory;
    let Some(domain) = app_domain(memory, layout, evidence.globals) else { return };
    settle(layout, checks, "AppDomain.DomainAssemblyList", ASSEMBLY_LIST, (8, "modules"), |tried, offset| {
        modules_listed(evidence, tried, domain, offset)
    });
    settle(layout, checks, "Module.PEAssembly", PE_ASSEMBLY, (8, "paths of modules"), |tried, _| {
        let modules = evidence.modules(tried).into_iter();
        let is_file = |path: &str| path.ends_with(".dll") || path.ends_with(".exe");
        let has_path = |&at: &Addr| {
            let module = Module::read(memory, tried, at).ok();
            module.and_then(|module| module.path).is_some_and(|path| is_file(&path))
        };
        Some(modules.filter(has_path).count())
    });
    settle(layout, checks, "PEImage.FlatImageLayout", IMAGE_LAYOUT, (8, "layouts of images"), |tried, _| {
        Some(evidence.modules(tried).into_iter().map(|module| image_layouts(evidence, tried, module)).sum())
    });
    settle(
        layout,
        checks,
        "LoaderAllocator's handle",
        ALLOCATOR_HANDLE,
        (8, "collectible modules"),
        |tried, _| {
            let allocators = LoaderAllocators::of(tried)?;
            let mut found = 0;
            for module in evidence.modules(tried) {
                let object = allocators.object(memory, module).ok()?;
                if !object.is_null() {
                    found += usize::from(evidence.is_object(object).filter(|&is_object| is_object)?);
                }
            }
            Some(found)
        },
    );
    let listed = assemblies(memory, layout, domain).map_or_else(|_| Vec::new(), |(listed, _)| listed);
    let pairs =
        listed.iter().filter_map(|&assembly| Some((assembly, module_of(memory, layout, assembly).ok()?)));
    let pairs: Vec<(Addr, Addr)> = pairs.collect();
    let owner = layout.optional_field("DomainLocalModule", "DomainAssembly");
    settle(layout, checks, "Module.DomainLocalModule", LOCAL_MODULE, (8, "modules' own"), |_, offset| {
        let names = |&(assembly, module): &(Addr, Addr)| {
            let local = memory.pointer(module.offset(offset)).ok().filter(|p| !p.is_null() && p.0 % 8 == 0);
            local.is_some_and(|local| memory.pointer(local.offset(owner.unwrap_or(0))) == Ok(assembly))
        };
        owner.map(|_| pairs.iter().filter(|pair| names(pair)).count())
    });
    let (size, buffer) =
        (layout.optional_field("SBuffer", "Size"), layout.optional_field("SBuffer", "Buffer"));
    settle(layout, checks, "Module.DynamicMetadataBuffer", DYNAMIC_METADATA, (8, "metadata"), |_, offset| {
        let (size, buffer) = (size?, buffer?);
        let holds_metadata = |at: Addr| {
            let at = memory.pointer(at.offset(offset)).ok()?;
            let large_enough = memory.u32(at.offset(size)).ok()? > 32;
            let data = memory.pointer(at.offset(buffer)).ok()?;
            (large_enough && memory.u32(data) == Ok(METADATA_MAGIC)).then_some(())
        };
        Some(pairs.iter().filter(|&&(_, module)| holds_metadata(module).is_some()).count())
    });
}

/// How many of the places for layouts of the module's image lead to one. An offset that is a word off hits fewer.
fn image_layouts(evidence: &Evidence<'_>, layout: &Descriptor, module: Addr) -> usize {
    let memory = &*evidence.dump.memory;
    let image = || {
        let step = |from: Addr, of: &str, field: &str| {
            memory.pointer(from.offset(layout.optional_field(of, field)?)).ok().filter(|p| !p.is_null())
        };
        step(step(module, "Module", "PEAssembly")?, "PEAssembly", "PEImage")
    };
    let Some(image) = image() else { return 0 };
    let places = IMAGE_LAYOUTS.iter().filter_map(|place| layout.optional_field("PEImage", place));
    let layouts = places.filter_map(|place| image_layout_at(memory, layout, image.offset(place)));
    layouts.filter(|layout| begins_as_image(memory, layout.base)).count()
}

/// Whether an image begins at `base`, or a page that is not in the dump.
fn begins_as_image(memory: &AddressSpace, base: Addr) -> bool {
    match memory.u16(base) {
        Ok(magic) => magic == IMAGE_MAGIC,
        Err(fault) => !matches!(fault, Fault::Unmapped(_)) && base.0.is_multiple_of(PAGE),
    }
}

/// How many modules the list at `offset` leads to; `None` where it is no such list.
fn modules_listed(evidence: &Evidence<'_>, layout: &Descriptor, domain: Addr, offset: u64) -> Option<usize> {
    let memory = &*evidence.dump.memory;
    let list = domain.offset(offset);
    let block = list.offset(layout.optional_field("ArrayListBase", "FirstBlock")?);
    let size = memory.u32(block.offset(layout.optional_field("ArrayListBlock", "Size")?)).ok()?;
    if size != FIRST_BLOCK {
        return None;
    }
    let (assemblies, declared) = assemblies(memory, layout, domain).ok()?;
    if assemblies.is_empty() || assemblies.len() as u64 != declared {
        return None;
    }
    // A module begins with its table of virtual functions or, since 9.0, with what else is no null.
    let is_module = |&assembly: &Addr| {
        let module = module_of(memory, layout, assembly).ok().filter(|m| !m.is_null() && m.0 % 8 == 0);
        module.is_some_and(|module| memory.u64(module).is_ok())
    };
    assemblies.iter().all(is_module).then_some(assemblies.len())
}
