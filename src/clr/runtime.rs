//! The runtime of a dump, opened: everything that is read before the heap is walked.

use std::sync::Arc;

use crate::clr::checks::Check;
use crate::clr::gc::{self, AllocContextFields, AllocContexts, GcDacVars, GcHeaps, Segment};
use crate::clr::layout::{self, RuntimeVersion};
use crate::clr::locate::{self, Located, RuntimeModule};
use crate::clr::metadata::Metadata;
use crate::clr::methods;
use crate::clr::modules::{self, MetadataSource, Module};
use crate::clr::native_aot::TypeSymbols;
use crate::clr::threads::{self, SpecialThreads, ThreadList};
use crate::clr::type_system::{self, ReferredNames};
use crate::clr::types::{MethodTables, NamingModule, NativeNames, TypeNames};
use crate::dump::{Dump, OperatingSystem};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{ModuleFiles, SymbolFile};
use crate::problem::Problem;

/// The library in which System.Object lies.
const CORE_LIBRARY: &str = "System.Private.CoreLib.dll";

/// The GC heap as it is before it is walked.
#[derive(Debug)]
pub struct GcHeap {
    /// The version of the GC's table of variables.
    pub dac_version: (u8, u8),
    /// Heaps and generations.
    pub heaps: GcHeaps,
    /// All segments or regions.
    pub segments: Vec<Segment>,
    /// How often listing them went wrong: chains that break, segments that make no sense or overlap.
    pub segment_faults: usize,
    /// Where threads allocate.
    pub contexts: AllocContexts,
    /// How to read MethodTables.
    pub method_tables: MethodTables,
    /// Bytes by which listings of this version have always shown free objects too small: SOS and
    /// ClrMD take those of 2.0 for strings and leave a terminator out. Kept, so that sums can be
    /// compared with theirs; the walk itself steps by the true size.
    pub free_uncounted: u64,
}

/// The .NET runtime of a dump.
#[derive(Debug)]
pub struct ClrRuntime {
    /// The dump it was found in.
    pub dump: Arc<Dump>,
    /// Its module.
    pub module: RuntimeModule,
    /// Its layout and variables.
    pub located: Located,
    /// Its threads; `None` when their list is not in the dump.
    pub threads: Option<ThreadList>,
    /// The managed modules.
    pub modules: Vec<Module>,
    /// Where each of them has its metadata.
    pub metadata: Vec<MetadataSource>,
    /// The files that may have what the dump lacks of the modules.
    pub files: ModuleFiles,
    /// The names of the types of a NativeAOT program, which has no metadata; `None` where they are not known.
    pub type_symbols: Option<TypeSymbols>,
    /// The names of types whose own module has no metadata, as other modules refer to them.
    pub referred_names: ReferredNames,
    /// The heap, or why there is none to read.
    pub gc: Result<GcHeap>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl ClrRuntime {
    /// Finds and reads the runtime of `dump`. Metadata that the dump lacks is looked for in `files`.
    ///
    /// # Errors
    /// There is no .NET runtime in the dump, or it is one whose structures are not known or do not
    /// prove right. A missing heap is no error here: it stands in [`ClrRuntime::gc`].
    pub fn open(dump: Arc<Dump>, files: &ModuleFiles) -> Result<ClrRuntime> {
        let mut problems = Vec::new();
        let module = RuntimeModule::find(&dump)?;
        let own_files = own_files(&module, files);
        let located = locate::locate(&dump, &module, own_files.first(), &mut problems)?;
        let type_symbols = TypeSymbols::read(&own_files, module.base, program_name(&module));
        if module.is_native_aot() && type_symbols.is_none() {
            problems.push(no_type_symbols(&module, files));
        }
        let threads = threads(&dump, &located, &mut problems);
        let modules = match module.is_native_aot() {
            true => vec![Module::native_aot(&module)],
            false => modules(&dump, &located, &mut problems),
        };
        let metadata = MetadataSource::find_all(&dump.memory, &modules, files);
        let sources = modules.iter().zip(&metadata);
        let dump = match methods::with_files(&dump, &located.layout, sources, files) {
            Some(memory) => Arc::new(dump.with_memory(memory)),
            None => dump,
        };
        let files = files.clone();
        let gc = gc_heap(&dump, &located, threads.as_ref(), &mut problems);
        let referred_names = ReferredNames::default();
        let mut runtime = ClrRuntime {
            dump,
            module,
            located,
            threads,
            modules,
            metadata,
            files,
            type_symbols,
            referred_names,
            gc,
            problems,
        };
        if let Ok(gc) = &runtime.gc {
            runtime.referred_names = type_system::referred_names(&runtime, &gc.method_tables);
        }
        Ok(runtime)
    }

    /// The runtime's version: as its build id, its path or its core library tells it, else only the
    /// family of its layout.
    pub fn version(&self) -> Option<RuntimeVersion> {
        let told = self.module.version().or_else(|| self.core_library_version());
        told.or_else(|| self.located.family.parse().ok())
    }

    /// The version that System.Private.CoreLib bears, if it is one of the family whose layout proved
    /// right: before 5.0 the library had numbers of its own.
    fn core_library_version(&self) -> Option<RuntimeVersion> {
        let mut modules = self.modules_with_metadata();
        let (_, source) = modules.find(|(module, _)| module.file_name() == Some(CORE_LIBRARY))?;
        let metadata = source.open(&self.dump.memory)?;
        let version =
            metadata.assembly_attribute_text("AssemblyInformationalVersionAttribute")?.parse().ok()?;
        (layout::for_version(version, self.dump.target)?.name() == self.located.family).then_some(version)
    }

    /// The modules with where each has its metadata.
    pub fn modules_with_metadata(&self) -> impl Iterator<Item = (&Module, &MetadataSource)> {
        self.modules.iter().zip(&self.metadata)
    }

    /// A namer for the types of `heap`'s objects.
    pub fn type_names<'a>(&'a self, heap: &'a GcHeap) -> TypeNames<'a> {
        let memory = &self.dump.memory;
        let modules = self.modules_with_metadata().map(|(module, source)| {
            let metadata = source.open(memory);
            let name = module_name(module, metadata.as_ref()).into();
            (module.address, NamingModule { name, metadata })
        });
        let modules = modules.collect();
        let layout = &self.located.layout;
        let names = TypeNames::new(memory, layout, &heap.method_tables, modules, &self.referred_names);
        names.of_native_aot(self.native_names())
    }

    /// What names the types of a NativeAOT program; `None` for CoreCLR, where metadata does.
    pub(in crate::clr) fn native_names(&self) -> Option<NativeNames<'_>> {
        let names = || NativeNames {
            module: program_name(&self.module),
            base: self.module.base,
            symbols: self.type_symbols.as_ref(),
            string_and_object: ["StringMethodTable", "ObjectMethodTable"]
                .map(|name| self.located.globals.pointer(&self.dump.memory, name)),
        };
        self.module.is_native_aot().then(names)
    }

    /// What was proved while the runtime was found.
    pub fn checks(&self) -> &[Check] {
        &self.located.checks
    }
}

/// The file name of a module; of a dynamic one its assembly's name; where neither is known its address.
pub fn module_name(module: &Module, metadata: Option<&Metadata<'_>>) -> String {
    let assembly = || Some(metadata?.assembly_name().ok()??.into_owned());
    let own = || Some(metadata?.module_name().ok()?.into_owned());
    let file = module.file_name().map(str::to_owned);
    file.or_else(assembly).or_else(own).unwrap_or_else(|| format!("module {}", module.address))
}

/// The files that are the NativeAOT program itself or its symbols; none for CoreCLR, which needs none, and where the
/// program's build id is not in the dump to prove them.
fn own_files(module: &RuntimeModule, files: &ModuleFiles) -> Vec<SymbolFile> {
    match &module.build_id {
        Some(build_id) if module.is_native_aot() => {
            SymbolFile::of_build(files, program_name(module), build_id)
        }
        _ => Vec::new(),
    }
}

/// The file name of a NativeAOT program.
fn program_name(module: &RuntimeModule) -> &str {
    module.file_name().unwrap_or("program")
}

fn no_type_symbols(module: &RuntimeModule, files: &ModuleFiles) -> Problem {
    let program = program_name(module);
    let there = files.candidates(program).chain(files.candidates(&format!("{program}.dbg"))).count();
    let why = match (there, &module.build_id) {
        (0, _) => String::new(),
        (_, None) => {
            ": the dump does not hold the build id that would prove a file to be the program".to_owned()
        }
        (there, Some(id)) => format!(": of {there} files of that name none is of build {id} and has symbols"),
    };
    Problem::note(format!(
        "types have no names but where they lie in {program}, since a NativeAOT program has its names in symbols only{why}"
    ))
    .hint(format!("give the folder with {program}.dbg, or with {program} where it was not stripped: --files DIR"))
}

fn modules(dump: &Dump, located: &Located, problems: &mut Vec<Problem>) -> Vec<Module> {
    modules::modules(&dump.memory, &located.layout, &located.globals, problems).unwrap_or_else(|error| {
        problems.push(Problem::note(format!("the list of modules cannot be read: {error}")));
        Vec::new()
    })
}

fn threads(dump: &Dump, located: &Located, problems: &mut Vec<Problem>) -> Option<ThreadList> {
    let memory = &dump.memory;
    let store = located.globals.pointer(memory, "ThreadStore");
    let special = SpecialThreads {
        finalizer: located.globals.pointer(memory, "FinalizerThread"),
        suspending: located.globals.pointer(memory, "SuspensionThread"),
    };
    let list = match store {
        Some(store) => threads::threads(memory, &located.layout, store, special, problems),
        None => Err(Error::new(ErrorKind::MissingMemory, "the thread store cannot be read")),
    };
    list.map_err(|error| problems.push(Problem::loss(format!("the threads cannot be read: {error}")))).ok()
}

fn gc_heap(
    dump: &Dump,
    located: &Located,
    threads: Option<&ThreadList>,
    problems: &mut Vec<Problem>,
) -> Result<GcHeap> {
    let memory = &dump.memory;
    let (layout, globals) = (&located.layout, &located.globals);
    let unreadable = |what: &str| Error::new(ErrorKind::NoHeap, format!("{what} cannot be read"));
    let vars =
        globals.pointer(memory, "GcDacVars").ok_or_else(|| unreadable("the GC's table of variables"))?;
    let vars = GcDacVars::at(memory, layout, vars)?;
    let heaps = GcHeaps::read(&vars, problems).map_err(|e| unreadable("the GC's heaps").caused_by(e))?;
    let free = globals
        .pointer(memory, "FreeObjectMethodTable")
        .ok_or_else(|| unreadable("the MethodTable of free objects"))?;
    let told_before = problems.len();
    let segments = gc::segments(memory, layout, &heaps, problems)?;
    let segment_faults = problems.len() - told_before;
    if !holds_heap(dump, &segments) {
        return Err(no_heap(dump.target.system));
    }
    let of_threads = threads.into_iter().flat_map(|list| list.threads.iter().map(|t| t.allocation));
    // The context that threads without one of their own share. Where it is missing in the dump it is
    // not in use either: the walk would tell.
    let fields = AllocContextFields::of_threads(layout)?;
    let global = globals.address("GlobalAllocContext").map(|at| fields.read(memory, at).ok());
    // While a collection plans and moves, its own contexts tell where objects are to go, not where none are; threads
    // have given theirs back by then.
    let of_generations = heaps.allocation_contexts().filter(|_| !heaps.collecting);
    let contexts = AllocContexts::new(of_threads.chain(global.flatten()).chain(of_generations));
    Ok(GcHeap {
        dac_version: vars.version,
        heaps,
        segments,
        segment_faults,
        contexts,
        method_tables: MethodTables::new(layout, free)?,
        free_uncounted: layout.number("FreeObject.UncountedBytes").unwrap_or(0),
    })
}

/// Whether the dump was taken with the heap. One without still holds the pages that threads' stacks
/// point into, so a few pages prove nothing; and what a cut file lost was saved all the same.
fn holds_heap(dump: &Dump, segments: &[Segment]) -> bool {
    let (mut saved, mut all) = (0, 0);
    for segment in segments {
        all += segment.end.0 - segment.start.0;
        saved += dump.memory.saved_bytes(segment.start, segment.end);
    }
    saved > 0 && saved >= all / 2
}

fn no_heap(system: OperatingSystem) -> Error {
    if system == OperatingSystem::Windows {
        return Error::new(ErrorKind::NoHeap, "the dump holds no GC heap: it was taken without full memory")
            .hint("take one with full memory: `dotnet-dump collect --type Full -p PID`, `procdump -ma PID`, or DOTNET_DbgMiniDumpType=4 for crash dumps");
    }
    Error::new(ErrorKind::NoHeap, "the dump holds no GC heap: it was taken with `--normal`, `--triage` or `dotnet-dump collect --type Mini`")
        .hint("take one with the heap: `dotnet-dump collect --type Heap -p PID`, `createdump --withheap PID`, or DOTNET_DbgMiniDumpType=2 for crash dumps")
}
