//! From a file's path to a dump that can be asked: through all layers, with what each left out.

mod describe;
mod facts;
mod heap_checks;
mod index;
mod managed;
mod memory_section;
mod native;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::bytes::Mapped;
use crate::clr::ClrRuntime;
use crate::dump::Dump;
use crate::dump::container::{self, Compression, ContainerOptions, Contents};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Snapshot, StackRoots};
use crate::image::{Backed, Backing, ModuleFiles};
use crate::info::Info;
use crate::problem::Problem;
use crate::progress::Progress;
use crate::values::collections::CollectionShapes;

pub use index::{IndexFile, IndexOptions, SUFFIX as INDEX_SUFFIX, Saved};

/// How dumps are opened.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Folders with the files of modules that the dump lacks in part: pages of what was mapped, metadata.
    pub files: Vec<PathBuf>,
    /// Whether the paths that the dump records are looked at on this machine too.
    pub recorded_files: bool,
    /// The folder that keeps unpacked dumps for the next time; `None` unpacks every time anew.
    pub cache: Option<PathBuf>,
    /// How collections are recognised: the bundled shapes, and a user's own before them.
    pub collections: CollectionShapes,
    /// Whether threads' stacks are searched for roots.
    pub stacks: StackRoots,
    /// How indexes beside dumps are used; `None` neither reads nor writes any.
    pub index: Option<IndexOptions>,
}

/// A dump that can be asked.
#[derive(Debug)]
pub struct Opened {
    /// What queries run over.
    pub snapshot: Snapshot,
    /// Its index, or the place for one; `None` when none is used, or there is nothing to keep.
    pub index: Option<IndexFile>,
    dump: Arc<Dump>,
    /// The files that gave pages which the dump leaves out, and how many bytes they gave.
    backed: (Vec<Backed>, u64),
    /// The runtime, or why it cannot be read: only where a cut file lost it.
    runtime: Result<Arc<ClrRuntime>>,
    compression: Compression,
}

impl Opened {
    /// What `heapql info` shows. Walks the heap, if that has not been done.
    pub fn info(&self, progress: &dyn Progress) -> Info {
        describe::describe(self, progress)
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
    open_contents(contents, Some(path), options)
}

/// Opens a dump whose bytes (not compressed) are in memory.
///
/// # Errors
/// As for [`open`], but for those of the file system.
pub fn open_bytes(bytes: Vec<u8>, options: &OpenOptions) -> Result<Opened> {
    let bytes = Mapped::Memory(bytes);
    open_contents(Contents { bytes, compression: Compression::None, problems: Vec::new() }, None, options)
}

fn open_contents(contents: Contents, path: Option<&Path>, options: &OpenOptions) -> Result<Opened> {
    let Contents { bytes, compression, mut problems } = contents;
    let mut dump = Dump::parse(bytes)?;
    problems.append(&mut dump.problems);
    let (mut files, of_files) = ModuleFiles::new(&options.files);
    problems.extend(of_files);
    if options.recorded_files {
        files = files.with_recorded_paths();
    }
    let mut backing = Backing::find(&dump, &files);
    let backed = backing.lay_under(&mut dump);
    problems.append(&mut backing.problems);
    let dump = Arc::new(dump);
    let mut index = None;
    let (mut snapshot, runtime) = match ClrRuntime::open(Arc::clone(&dump), &files) {
        Ok(runtime) => {
            problems.extend(runtime.problems.iter().cloned());
            let runtime = Arc::new(runtime);
            index = path.zip(options.index.as_ref()).and_then(|(p, o)| IndexFile::find(p, &runtime, o));
            let found = index.as_ref().and_then(IndexFile::found).map(|(_, index)| Arc::clone(index));
            (managed::snapshot(&runtime, found, &options.collections, &mut problems), Ok(runtime))
        }
        // What a cut file still holds, or one that was never to hold all, is worth an answer; a whole one without a
        // runtime is not ours.
        Err(error) if dump.memory.cut_bytes() > 0 || holds_runtime_in_part(&dump, &error) => {
            let left = if dump.memory.cut_bytes() > 0 { "is left of the file" } else { "the file holds" };
            problems
                .push(Problem::loss(format!("the .NET runtime cannot be read from what {left}: {error}")));
            (native::snapshot(&dump), Err(error))
        }
        Err(error) => return Err(error),
    };
    snapshot.facts.file = path.map_or_else(String::new, file_name);
    snapshot.problems = problems;
    snapshot.stack_roots = options.stacks;
    Ok(Opened { snapshot, index, dump, backed: (backing.files, backed), runtime, compression })
}

/// Whether a runtime was found, but the dump was taken without the memory that it needs.
fn holds_runtime_in_part(dump: &Dump, error: &Error) -> bool {
    dump.lacks_memory && error.kind() != ErrorKind::NoRuntime
}

/// The name of a file without its folder.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
