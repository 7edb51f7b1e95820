//! What memory of a process is for.

/// What a range of memory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemoryKind {
    /// Committed memory of the GC heap's segments or regions.
    GcHeap,
    /// Address space that the GC has reserved and not committed.
    GcReserved,
    /// Memory of regions that no generation has now.
    GcFreeRegions,
    /// Card tables, mark bits, maps of regions.
    GcBookkeeping,
    /// Tables of GC handles.
    HandleTable,
    /// Where the runtime keeps types, methods and stubs.
    LoaderHeap,
    /// What was reserved for code of the JIT.
    CodeHeap,
    /// The rest of the memory that the runtime maps twice, to write code at one place and run it at another.
    ExecutableMemory,
    /// The runtime's own libraries.
    RuntimeLibrary,
    /// Images of managed modules.
    ManagedModule,
    /// Native libraries, and the program's own file.
    NativeLibrary,
    /// What `malloc` of the C library gives out, where that can be told for certain.
    NativeHeap,
    /// Stacks of threads.
    Stack,
    /// Other files.
    MappedFile,
    /// Address space without memory.
    Reserved,
    /// Nobody knows.
    Unknown,
}

/// What kinds of memory have in common: whom to ask when it is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemoryArea {
    /// The GC: objects and what they cost beside themselves.
    Gc,
    /// The runtime: types, code.
    Runtime,
    /// Modules, managed and native, and other files.
    Files,
    /// Threads.
    Stacks,
    /// Native code.
    Native,
    /// Address space without memory.
    Reserved,
    /// Nobody knows.
    Unknown,
}

impl MemoryKind {
    /// The word that the query language uses.
    pub fn word(self) -> &'static str {
        match self {
            MemoryKind::GcHeap => "gc_heap",
            MemoryKind::GcReserved => "gc_reserved",
            MemoryKind::GcFreeRegions => "gc_free_regions",
            MemoryKind::GcBookkeeping => "gc_bookkeeping",
            MemoryKind::HandleTable => "handle_table",
            MemoryKind::LoaderHeap => "loader_heap",
            MemoryKind::CodeHeap => "code_heap",
            MemoryKind::ExecutableMemory => "executable_memory",
            MemoryKind::RuntimeLibrary => "runtime_library",
            MemoryKind::ManagedModule => "managed_module",
            MemoryKind::NativeLibrary => "native_library",
            MemoryKind::NativeHeap => "native_heap",
            MemoryKind::Stack => "stack",
            MemoryKind::MappedFile => "mapped_file",
            MemoryKind::Reserved => "reserved",
            MemoryKind::Unknown => "unknown",
        }
    }

    /// What it has in common with others.
    pub fn area(self) -> MemoryArea {
        match self {
            MemoryKind::GcHeap
            | MemoryKind::GcFreeRegions
            | MemoryKind::GcBookkeeping
            | MemoryKind::HandleTable => MemoryArea::Gc,
            MemoryKind::LoaderHeap | MemoryKind::CodeHeap | MemoryKind::ExecutableMemory => {
                MemoryArea::Runtime
            }
            MemoryKind::RuntimeLibrary
            | MemoryKind::ManagedModule
            | MemoryKind::NativeLibrary
            | MemoryKind::MappedFile => MemoryArea::Files,
            MemoryKind::NativeHeap => MemoryArea::Native,
            MemoryKind::Stack => MemoryArea::Stacks,
            MemoryKind::GcReserved | MemoryKind::Reserved => MemoryArea::Reserved,
            MemoryKind::Unknown => MemoryArea::Unknown,
        }
    }
}

impl MemoryArea {
    /// The word that the query language uses.
    pub fn word(self) -> &'static str {
        match self {
            MemoryArea::Gc => "gc",
            MemoryArea::Runtime => "runtime",
            MemoryArea::Files => "files",
            MemoryArea::Stacks => "stacks",
            MemoryArea::Native => "native",
            MemoryArea::Reserved => "reserved",
            MemoryArea::Unknown => "unknown",
        }
    }
}
