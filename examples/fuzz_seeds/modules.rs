//! Metadata, images and signatures cut out of the dumps in `corpus/`.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use heapql::bytes::Addr;
use heapql::clr::ClrRuntime;
use heapql::clr::metadata::{Field, Metadata, TypeSpec};
use heapql::clr::modules::Image;
use heapql::dump::{AddressSpace, Dump, container};
use heapql::image::{ModuleFiles, PeImage};
use heapql::progress::NoProgress;

use super::Seed;

const DUMPS: [&str; 2] = ["zoo-10.0", "zoo-8.0"];

/// Modules with more metadata make no seeds: a mutation of a small one reaches as much.
const MOST_METADATA: usize = 48 << 10;
/// The first bytes of an image: its headers and what mostly follows them.
const IMAGE_BYTES: usize = 4096;
const MOST_SIGNATURES: usize = 200;

/// What was cut out.
#[derive(Debug, Default)]
pub struct Cut {
    /// Whole metadata of small modules.
    pub metadata: Vec<Seed>,
    /// Beginnings of PE and ELF images.
    pub images: Vec<Seed>,
    /// Signatures of fields and types.
    pub signatures: Vec<Seed>,
}

/// The cuttings of all dumps.
pub fn of_corpus() -> Result<Cut, Box<dyn Error>> {
    let mut cut = Cut::default();
    let mut signatures = BTreeSet::new();
    for name in DUMPS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{name}.core.zst"));
        let contents = container::open(&path, &container::ContainerOptions::default(), &NoProgress)?;
        let dump = Arc::new(Dump::parse(contents.bytes)?);
        let runtime = ClrRuntime::open(Arc::clone(&dump), &ModuleFiles::default())?;
        for (number, (module, source)) in runtime.modules_with_metadata().enumerate() {
            let Some(metadata) = source.open(&dump.memory) else { continue };
            collect_signatures(&metadata, &mut signatures);
            let Some(image) = module.image else { continue };
            if number % 10 == 0 {
                cut.images
                    .extend(beginning(&dump.memory, image.base).map(|b| (format!("{name}-{number}"), b)));
            }
            let bytes = whole(&dump.memory, image).filter(|bytes| bytes.len() <= MOST_METADATA);
            cut.metadata.extend(bytes.map(|bytes| (format!("{name}-{number}"), bytes)));
        }
        let module = runtime.module.base;
        cut.images.extend(beginning(&dump.memory, module).map(|bytes| (format!("{name}-runtime"), bytes)));
    }
    cut.signatures = signatures.into_iter().enumerate().map(|(n, bytes)| (format!("{n}"), bytes)).collect();
    Ok(cut)
}

fn whole(memory: &AddressSpace, image: Image) -> Option<Vec<u8>> {
    let pe = PeImage::in_memory(memory, image.base, image.layout).ok()?;
    pe.metadata_bytes().ok().map(|bytes| bytes.into_owned())
}

fn beginning(memory: &AddressSpace, base: Addr) -> Option<Vec<u8>> {
    memory.bytes(base, IMAGE_BYTES).ok().map(|bytes| bytes.into_owned())
}

fn collect_signatures(metadata: &Metadata<'_>, signatures: &mut BTreeSet<Vec<u8>>) {
    let fields = metadata.rows::<Field>().filter_map(|(_, row)| Some(row.ok()?.signature));
    let types = metadata.rows::<TypeSpec>().filter_map(|(_, row)| Some(row.ok()?.signature));
    // The longest are those that nest.
    let blobs = fields.chain(types).filter_map(|index| metadata.blob(index).ok());
    for blob in blobs.filter(|blob| blob.len() > 6) {
        if signatures.len() < MOST_SIGNATURES {
            signatures.insert(blob.to_vec());
        }
    }
}
