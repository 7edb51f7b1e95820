//! The portable PDB of a module: within its image, or a file beside it that bears the same id.
//!
//! The image's debug directory names the PDB and its id. A heap dump holds that directory of the modules that it holds the
//! metadata of; else the module's own file, proved as for its metadata, has it.

use std::borrow::Cow;

use crate::clr::metadata::PortablePdb;
use crate::dump::AddressSpace;
use crate::image::{ModuleFiles, PeImage, PortablePdbLink};

use super::metadata_source::proved_file;
use super::{MetadataSource, Module};

/// The PDB of `module`, whose metadata is at `source`; `None` where none was found that is of this very build.
pub(in crate::clr) fn portable_pdb(
    memory: &AddressSpace,
    module: &Module,
    source: &MetadataSource,
    files: &ModuleFiles,
) -> Option<PortablePdb> {
    let in_memory = module.image.and_then(|i| PeImage::in_memory(memory, i.base, i.layout).ok());
    if let Some(pdb) = in_memory.and_then(|image| of_image(&image, module, files)) {
        return Some(pdb);
    }
    let (_, contents) = proved_file(memory, module, source, files).ok()?;
    of_image(&PeImage::in_file(&contents).ok()?, module, files)
}

/// The PDB that an image carries, or that it names.
fn of_image(image: &PeImage<'_>, module: &Module, files: &ModuleFiles) -> Option<PortablePdb> {
    let embedded = || PortablePdb::parse(image.embedded_pdb().ok()??).ok();
    let link = image.portable_pdb().ok().flatten();
    embedded().or_else(|| beside(&link?, module, files))
}

/// The file with the PDB's name, as the image or the module spells it, that bears the id.
fn beside(link: &PortablePdbLink, module: &Module, files: &ModuleFiles) -> Option<PortablePdb> {
    let of_module = module.path.as_deref().map(|path| match path.rsplit_once('.') {
        Some((stem, _)) => Cow::Owned(format!("{stem}.pdb")),
        None => Cow::Borrowed(path),
    });
    let candidates = of_module.iter().map(Cow::as_ref).chain([link.path.as_str()]);
    candidates.flat_map(|name| files.candidates(name)).find_map(|path| {
        let pdb = PortablePdb::parse(ModuleFiles::open(&path).ok()?.to_vec()).ok()?;
        pdb.id().is_ok_and(|id| id == link.id).then_some(pdb)
    })
}
