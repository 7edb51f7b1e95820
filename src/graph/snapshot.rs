//! One dump, ready to be asked.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::clr::type_system::TypeSystem;
use crate::dump::{AddressSpace, Process};
use crate::error::{Error, Result};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::values::Values;

use super::index::Index;
use super::{Module, ObjectGraph, ObjectTable, Segment, StackRoots, Thread, TypeTable};

/// What an answer says of the dump it comes from.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The dump's file name, without its folder.
    pub file: String,
    /// The runtime's version (`10.0.14`), as far as the dump tells it.
    pub runtime: String,
    /// The processor architecture: `x64`, `arm64`.
    pub architecture: String,
    /// `workstation` or `server`; `None` when the GC was not found.
    pub gc_mode: Option<String>,
    /// The module with the program's entry point, or what seems to be the program; `None` where nothing tells.
    pub program: Option<String>,
    /// The process, as the operating system called it; `None` where the dump does not say.
    pub process: Option<Process>,
    /// A number that two dumps share when they are of one run of a process, and no others: a hash over where the
    /// kernel put things when the process began. `None` where the dump does not tell.
    pub process_run: Option<u64>,
    /// A number that tells the dump from all others; `None` for what is no file.
    pub fingerprint: Option<u128>,
}

/// The heap's columns, built by one walk.
#[derive(Debug, Default)]
pub struct Heap {
    /// All objects, free ones included.
    pub objects: ObjectTable,
    /// Their types.
    pub types: TypeTable,
    /// Bytes of free objects in each of the snapshot's segments.
    pub free_bytes: Vec<u64>,
    /// What the walk had to leave out.
    pub problems: Vec<Problem>,
}

type BuildHeap = Box<dyn Fn(&dyn Progress) -> Result<Heap> + Send + Sync>;

/// One dump, ready to be asked. The heap is walked when it is first needed.
pub struct Snapshot {
    /// What answers say of it.
    pub facts: Facts,
    /// The managed modules.
    pub modules: Vec<Module>,
    /// The runtime's threads.
    pub threads: Vec<Thread>,
    /// The segments or regions of the heap, in the order of their heaps and generations.
    pub segments: Vec<Segment>,
    /// The dumped process's memory.
    pub memory: Arc<AddressSpace>,
    /// What reads objects' values; `None` when the dump holds no heap or no runtime.
    pub values: Option<Arc<Values>>,
    /// The runtime's types and methods; there without a heap too, for what lies on stacks. `None` when the dump holds no runtime.
    pub types: Option<Arc<TypeSystem>>,
    /// Whether threads' stacks are searched for roots.
    pub stack_roots: StackRoots,
    /// What opening had to leave out.
    pub problems: Vec<Problem>,
    /// Where parts of the graph are taken from instead of being built.
    pub index: Option<Arc<Index>>,
    pub(super) graph: ObjectGraph,
    build: BuildHeap,
    heap: OnceLock<Result<Heap, Arc<Error>>>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl Snapshot {
    /// A snapshot whose heap is built by `build` when it is first asked for.
    pub fn new(
        memory: Arc<AddressSpace>,
        build: impl Fn(&dyn Progress) -> Result<Heap> + Send + Sync + 'static,
    ) -> Self {
        Snapshot {
            facts: Facts::default(),
            modules: Vec::new(),
            threads: Vec::new(),
            segments: Vec::new(),
            memory,
            values: None,
            types: None,
            stack_roots: StackRoots::default(),
            problems: Vec::new(),
            index: None,
            graph: ObjectGraph::default(),
            build: Box::new(build),
            heap: OnceLock::new(),
        }
    }

    /// The heap's columns; walks the heap at the first call.
    ///
    /// # Errors
    /// The same one at every call, when the dump holds no heap or it cannot be walked at all.
    /// Damage in parts is no error but stands in [`Heap::problems`].
    pub fn heap(&self, progress: &dyn Progress) -> Result<&Heap, Arc<Error>> {
        self.heap.get_or_init(|| (self.build)(progress).map_err(Arc::new)).as_ref().map_err(Arc::clone)
    }

    /// The heap's columns if they were built already; never walks the heap.
    pub fn built_heap(&self) -> Option<&Heap> {
        self.heap.get()?.as_ref().ok()
    }
}
