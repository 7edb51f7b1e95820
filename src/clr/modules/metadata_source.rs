//! Where a module's metadata comes from: the dump, a file beside it, or nowhere.
//!
//! A file is believed only when it proves to be the module: by TimeDateStamp and SizeOfImage where
//! the image's headers are in the dump, by the module version id where that is, and always by the
//! size that the runtime noted when it loaded the image.

use std::path::{Path, PathBuf};

use crate::bytes::{Addr, Mapped};
use crate::clr::metadata::{Guid, Metadata};
use crate::dump::AddressSpace;
use crate::image::{ModuleFiles, PeImage, PeLayout, SparseBytes};

use super::{Image, Module};

/// Where a module's metadata is.
#[derive(Debug)]
pub enum MetadataSource {
    /// In the dump, whole.
    Dump {
        /// Where it begins.
        address: Addr,
        /// How many bytes it has.
        size: u32,
    },
    /// In the dump, but with pages missing.
    Partial {
        /// Where it begins.
        address: Addr,
        /// How many bytes it has.
        size: u32,
    },
    /// In a file that was proved to be the module.
    File {
        /// The file.
        path: PathBuf,
        /// Its contents.
        contents: Mapped,
    },
    /// Nowhere, and why not.
    Missing(String),
}

impl MetadataSource {
    /// Finds the metadata of each of `modules`.
    ///
    /// Together they may have no more of it than the dump has bytes: modules of a damaged dump could each claim all memory.
    pub fn find_all(memory: &AddressSpace, modules: &[Module], files: &ModuleFiles) -> Vec<MetadataSource> {
        let mut left = memory.present_bytes();
        let mut within = |source: MetadataSource| {
            let taken = match source {
                MetadataSource::Dump { size, .. } => u64::from(size),
                MetadataSource::Partial { address, size } => present(memory, address, size, left),
                MetadataSource::File { .. } | MetadataSource::Missing(_) => 0,
            };
            match left.checked_sub(taken) {
                Some(rest) => left = rest,
                None => {
                    return MetadataSource::Missing("modules claim more metadata than the dump holds".into());
                }
            }
            source
        };
        modules.iter().map(|module| within(MetadataSource::find(memory, module, files))).collect()
    }

    /// Finds the metadata of `module`, in the dump first.
    pub fn find(memory: &AddressSpace, module: &Module, files: &ModuleFiles) -> MetadataSource {
        let in_dump = in_dump(memory, module);
        if matches!(in_dump, MetadataSource::Dump { .. }) || module.dynamic {
            return in_dump;
        }
        match (proved_file(memory, module, &in_dump, files), in_dump) {
            (Ok((path, contents)), _) => MetadataSource::File { path, contents },
            (Err(rejected), MetadataSource::Missing(why)) if rejected > 0 => {
                let name = module.file_name().unwrap_or("its");
                MetadataSource::Missing(format!("{why}; {rejected} files named {name} are other builds"))
            }
            (Err(_), in_dump) => in_dump,
        }
    }

    /// The files that may be `module`, whose metadata this is: what the dump tells of it speaks for them.
    pub(in crate::clr) fn files_of(
        &self,
        memory: &AddressSpace,
        module: &Module,
        files: &ModuleFiles,
    ) -> impl Iterator<Item = Mapped> {
        let identity = Identity::of(memory, module, self);
        let candidates = module.path.as_deref().into_iter().flat_map(|path| files.candidates(path));
        let opened = candidates.filter_map(|path| ModuleFiles::open(&path).ok());
        opened.filter(move |contents| identity.is_of(contents))
    }

    /// Opens the metadata; `None` when there is none, or when not even its headers can be read.
    pub fn open<'a>(&'a self, memory: &'a AddressSpace) -> Option<Metadata<'a>> {
        match self {
            MetadataSource::Dump { address, size } | MetadataSource::Partial { address, size } => {
                Metadata::parse_partial(SparseBytes::from_memory(memory, *address, *size as usize)).ok()
            }
            MetadataSource::File { contents, .. } => {
                Metadata::of_image(&PeImage::in_file(contents).ok()?).ok()
            }
            MetadataSource::Missing(_) => None,
        }
    }

    /// The file that it comes from, if it comes from one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            MetadataSource::File { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Whether every name that it defines can be told.
    pub fn is_whole(&self) -> bool {
        matches!(self, MetadataSource::Dump { .. } | MetadataSource::File { .. })
    }
}

/// The file among `files` that proves to be `module`, or how many of its name do not.
pub(super) fn proved_file(
    memory: &AddressSpace,
    module: &Module,
    source: &MetadataSource,
    files: &ModuleFiles,
) -> Result<(PathBuf, Mapped), usize> {
    let (Some(_), Some(recorded)) = (module.file_name(), &module.path) else { return Err(0) };
    let identity = Identity::of(memory, module, source);
    let mut rejected = 0;
    for path in files.candidates(recorded) {
        match ModuleFiles::open(&path) {
            Ok(contents) if identity.is_of(&contents) => return Ok((path, contents)),
            _ => rejected += 1,
        }
    }
    Err(rejected)
}

fn in_dump(memory: &AddressSpace, module: &Module) -> MetadataSource {
    let range = match (module.dynamic_metadata, module.image) {
        (Some(range), _) => Ok(Some(range)),
        (None, Some(image)) => {
            PeImage::in_memory(memory, image.base, image.layout).and_then(|pe| pe.metadata_range())
        }
        (None, None) => return MetadataSource::Missing("its image is not in the dump".to_owned()),
    };
    let (address, size) = match range {
        Ok(Some(range)) => range,
        Ok(None) => return MetadataSource::Missing("its image has no metadata".to_owned()),
        Err(error) => return MetadataSource::Missing(error.to_string()),
    };
    let bytes = SparseBytes::from_memory(memory, address, size as usize);
    match (bytes.is_whole(), bytes.present()) {
        (true, _) => MetadataSource::Dump { address, size },
        (false, 0) => MetadataSource::Missing("its metadata is not in the dump".to_owned()),
        (false, _) => MetadataSource::Partial { address, size },
    }
}

/// How many of those bytes the dump holds; not exact once it is more than `most`.
fn present(memory: &AddressSpace, address: Addr, size: u32, most: u64) -> u64 {
    let mut sum = 0;
    for run in memory.runs(address, address.offset(size.into())) {
        sum += run.bytes.len() as u64;
        if sum > most {
            break;
        }
    }
    sum
}

/// What the dump tells of a module's file.
struct Identity {
    image: Option<Image>,
    /// TimeDateStamp and SizeOfImage.
    headers: Option<(u32, u32)>,
    mvid: Option<Guid>,
}

impl Identity {
    fn of(memory: &AddressSpace, module: &Module, source: &MetadataSource) -> Identity {
        let pe = module.image.and_then(|i| PeImage::in_memory(memory, i.base, i.layout).ok());
        Identity {
            image: module.image,
            headers: pe.map(|pe| (pe.time_date_stamp(), pe.size_of_image())),
            mvid: source.open(memory).and_then(|metadata| metadata.mvid()),
        }
    }

    /// Whether a file's contents are the module's. Something must speak for it, nothing against it.
    fn is_of(&self, contents: &[u8]) -> bool {
        let Ok(pe) = PeImage::in_file(contents) else { return false };
        let by_headers = self.headers.map(|headers| headers == (pe.time_date_stamp(), pe.size_of_image()));
        let by_size = self.image.map(|image| match image.layout {
            PeLayout::Mapped => image.size == pe.size_of_image(),
            PeLayout::Flat => image.size as usize == contents.len(),
        });
        let mvid = self.mvid.and_then(|mvid| Some((mvid, Metadata::of_image(&pe).ok()?.mvid()?)));
        let by_mvid = mvid.map(|(dump, file)| dump == file);
        let votes = [by_headers, by_size, by_mvid];
        votes.contains(&Some(true)) && !votes.contains(&Some(false))
    }
}
