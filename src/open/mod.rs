//! From a file's path to a dump that can be asked: through all layers, with what each left out.

mod describe;
mod heap_checks;
mod managed;
mod native;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::bytes::Mapped;
use crate::clr::ClrRuntime;
use crate::dump::Dump;
use crate::dump::container::{self, Compression, ContainerOptions};
use crate::error::Result;
use crate::graph::{Snapshot, StackRoots};
use crate::image::ModuleFiles;
use crate::info::Info;
use crate::problem::Problem;
use crate::progress::Progress;
use crate::values::collections::CollectionShapes;

/// How dumps are opened.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Folders with the files of modules whose metadata the dump lacks.
    pub files: Vec<PathBuf>,
    /// The folder that keeps unpacked dumps for the next time; `None` unpacks every time anew.
    pub cache: Option<PathBuf>,
    /// How collections are recognised: the bundled shapes, and a user's own before them.
    pub collections: CollectionShapes,
    /// Whether threads' stacks are searched for roots.
    pub stacks: StackRoots,
}

/// A dump that can be asked.
#[derive(Debug)]
pub struct Opened {
    /// What queries run over.
    pub snapshot: Snapshot,
    dump: Arc<Dump>,
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
    let dump = Arc::new(dump);
    let (files, of_files) = ModuleFiles::new(&options.files);
    problems.extend(of_files);
    let (mut snapshot, runtime) = match ClrRuntime::open(Arc::clone(&dump), &files) {
        Ok(runtime) => {
            problems.extend(runtime.problems.iter().cloned());
            let runtime = Arc::new(runtime);
            (managed::snapshot(&runtime, &options.collections, &mut problems), Ok(runtime))
        }
        // What a cut file still holds is worth an answer; a whole one without a runtime is not ours.
        Err(error) if dump.memory.cut_bytes() > 0 => {
            problems.push(Problem::loss(format!(
                "the .NET runtime cannot be read from what is left of the file: {error}"
            )));
            (native::snapshot(&dump), Err(error))
        }
        Err(error) => return Err(error),
    };
    snapshot.facts.file = file;
    snapshot.problems = problems;
    snapshot.stack_roots = options.stacks;
    Ok(Opened { snapshot, dump, runtime, compression })
}

#[cfg(test)]
mod tests;
