//! Memory of files: the runtime's libraries, managed modules, native libraries, and what lies behind a library's file (its
//! uninitialized data).

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::dump::{Dump, FileMapping, MemoryRegion, without_deleted_mark};
use crate::image::ModuleImage;

use super::MemoryKind;
use super::claims::Claim;

/// How the file is called through which the runtime maps memory twice.
const DOUBLE_MAPPER: &str = "doublemapper";
/// `AT_SYSINFO_EHDR`: where the kernel put its library.
const KERNEL_LIBRARY: u64 = 33;
/// Endings of the names of managed modules.
const MANAGED: [&str; 3] = [".dll", ".exe", ".winmd"];
/// Bytes of a page: the last one of a library's data is the library's as a whole.
const PAGE: u64 = 4096;
/// Address space that a library may take; what claims more is damaged.
const MAX_IMAGE_BYTES: u64 = 4 << 30;

/// What a region is by the file that it shows; `None` for memory beside files.
pub(super) fn told_by_file(
    types: &TypeSystem,
    region: &MemoryRegion,
) -> Option<(MemoryKind, Option<String>)> {
    let mapping = types.runtime().dump.mappings.get(region.file?)?;
    Some((kind_of(types, mapping), Some(without_deleted_mark(mapping.file_name()).to_owned())))
}

/// The images of native libraries from their first page to the end of their data, of which the last part is of no file.
pub(super) fn image_claims(types: &TypeSystem) -> Vec<Claim> {
    let dump = &types.runtime().dump;
    let mut claims = Vec::new();
    for mapping in dump.mappings.iter().filter(|mapping| mapping.file_offset == 0) {
        let kind = kind_of(types, mapping);
        if !matches!(kind, MemoryKind::RuntimeLibrary | MemoryKind::NativeLibrary) {
            continue;
        }
        let Ok(image) = ModuleImage::at(&dump.memory, mapping.start) else { continue };
        let size = image.load_size().min(MAX_IMAGE_BYTES + 1).next_multiple_of(PAGE);
        if size > 0 && size <= MAX_IMAGE_BYTES {
            let name = Some(without_deleted_mark(mapping.file_name()).to_owned());
            claims.push(Claim { range: mapping.start..mapping.start.offset(size), kind, name });
        }
    }
    claims.extend(vdso(dump));
    claims
}

/// The library that the kernel puts into every process.
fn vdso(dump: &Dump) -> Option<Claim> {
    let (_, at) = dump.auxv.iter().find(|(kind, _)| *kind == KERNEL_LIBRARY)?;
    let image = ModuleImage::at(&dump.memory, Addr(*at)).ok()?;
    let size = image.load_size().min(MAX_IMAGE_BYTES).next_multiple_of(PAGE);
    let name = Some("[vdso]".to_owned());
    Some(Claim { range: Addr(*at)..Addr(*at).offset(size), kind: MemoryKind::NativeLibrary, name })
}

fn kind_of(types: &TypeSystem, mapping: &FileMapping) -> MemoryKind {
    let runtime = types.runtime();
    let path = without_deleted_mark(&mapping.path);
    let name = without_deleted_mark(mapping.file_name()).to_ascii_lowercase();
    if name.contains(DOUBLE_MAPPER) {
        return MemoryKind::ExecutableMemory;
    }
    let is_managed = runtime.modules.iter().any(|module| {
        module.path.as_deref() == Some(path)
            || module.image.is_some_and(|image| image.base == mapping.start && mapping.file_offset == 0)
    });
    if is_managed {
        return MemoryKind::ManagedModule;
    }
    let is_library =
        name.ends_with(".so") || name.contains(".so.") || name.ends_with(".dll") || name.ends_with(".exe");
    let of_runtime = runtime.module.path.as_deref().and_then(folder);
    if is_library && of_runtime.is_some() && folder(path) == of_runtime {
        let native =
            !name.ends_with(".dll") || runtime.dump.modules.iter().any(|module| module.path == mapping.path);
        return if native { MemoryKind::RuntimeLibrary } else { MemoryKind::ManagedModule };
    }
    let windows = !runtime.dump.modules.is_empty();
    if !windows && MANAGED.iter().any(|ending| name.ends_with(ending)) {
        return MemoryKind::ManagedModule;
    }
    let is_program = mapping.file_offset == 0 && ModuleImage::at(&runtime.dump.memory, mapping.start).is_ok();
    if is_library || is_program { MemoryKind::NativeLibrary } else { MemoryKind::MappedFile }
}

fn folder(path: &str) -> Option<&str> {
    path.rsplit_once(['/', '\\']).map(|(folder, _)| folder)
}
