//! From a file's path to a dump that can be asked: through all layers, with what each left out.

mod describe;
mod heap_checks;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::bytes::Mapped;
use crate::clr::metadata::Metadata;
use crate::clr::{self, ClrRuntime, MetadataSource};
use crate::dump::Dump;
use crate::dump::container::{self, Compression, ContainerOptions};
use crate::error::Result;
use crate::graph::{self, Facts, Module, Snapshot};
use crate::image::ModuleFiles;
use crate::info::Info;
use crate::problem::Problem;
use crate::progress::Progress;

/// How dumps are opened.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Folders with the files of modules whose metadata the dump lacks.
    pub files: Vec<PathBuf>,
    /// The folder that keeps unpacked dumps for the next time; `None` unpacks every time anew.
    pub cache: Option<PathBuf>,
}

/// A dump that can be asked.
#[derive(Debug)]
pub struct Opened {
    /// What queries run over.
    pub snapshot: Snapshot,
    runtime: Arc<ClrRuntime>,
    compression: Compression,
}

impl Opened {
    /// What `heapql info` shows. Walks the heap, if that has not been done.
    pub fn info(&self, progress: &dyn Progress) -> Info {
        describe::describe(&self.snapshot, &self.runtime, self.compression, progress)
    }
}

/// Opens the dump at `path`. The heap is walked later, when it is first needed.
///
/// # Errors
/// The file cannot be read, is no dump, or holds no .NET runtime that is known. A dump without a
/// heap is opened: what needs the heap then fails by itself.
pub fn open(path: &Path, options: &OpenOptions, progress: &dyn Progress) -> Result<Opened> {
    let container_options = ContainerOptions { cache: options.cache.clone(), ..ContainerOptions::default() };
    let contents = container::open(path, &container_options, progress)?;
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    open_contents(contents.bytes, file, contents.compression, contents.problems, options)
}

/// Opens a dump whose bytes (not compressed) are in memory.
///
/// # Errors
/// As for [`open`], but for those of the file system.
pub fn open_bytes(bytes: Vec<u8>, options: &OpenOptions) -> Result<Opened> {
    open_contents(Mapped::Memory(bytes), String::new(), Compression::None, Vec::new(), options)
}

fn open_contents(
    bytes: Mapped,
    file: String,
    compression: Compression,
    mut problems: Vec<Problem>,
    options: &OpenOptions,
) -> Result<Opened> {
    let mut dump = Dump::parse(bytes)?;
    problems.append(&mut dump.problems);
    let (files, of_files) = ModuleFiles::new(&options.files);
    problems.extend(of_files);
    let mut runtime = ClrRuntime::open(dump, &files)?;
    problems.append(&mut runtime.problems);
    let runtime = Arc::new(runtime);
    let walked = Arc::clone(&runtime);
    let memory = Arc::clone(&runtime.dump.memory);
    let mut snapshot = Snapshot::new(memory, move |progress| graph::build_heap(&walked, progress));
    snapshot.facts = facts(&runtime, file);
    snapshot.modules = runtime
        .modules_with_metadata()
        .map(|(module, source)| graph_module(&runtime, module, source))
        .collect();
    snapshot.threads = runtime.threads.as_ref().map_or_else(Vec::new, |list| list.threads.clone());
    snapshot.segments = runtime.gc.as_ref().map_or_else(|_| Vec::new(), |gc| gc.segments.clone());
    snapshot.problems = problems;
    Ok(Opened { snapshot, runtime, compression })
}

fn facts(runtime: &ClrRuntime, file: String) -> Facts {
    Facts {
        file,
        runtime: runtime.version().map_or_else(String::new, |version| version.to_string()),
        architecture: runtime.dump.architecture.to_string(),
        gc_mode: runtime.gc.as_ref().ok().map(|gc| gc.heaps.mode.to_string()),
    }
}

fn graph_module(runtime: &ClrRuntime, module: &clr::modules::Module, source: &MetadataSource) -> Module {
    let metadata = source.open(&runtime.dump.memory);
    let version = |metadata: &Metadata<'_>| metadata.assembly_version().ok().flatten();
    Module {
        address: module.address,
        name: clr::module_name(module, metadata.as_ref()),
        path: module.path.clone(),
        base: module.image.map(|image| image.base),
        size: module.image.map(|image| u64::from(image.size)),
        version: metadata.as_ref().and_then(version),
        mvid: metadata.as_ref().and_then(Metadata::mvid).map(|mvid| mvid.to_string()),
        dynamic: module.dynamic,
    }
}
