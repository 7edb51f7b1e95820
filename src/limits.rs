//! Every cap on a count that comes out of a dump, or from a process that runs, each with its reason.
//!
//! A dump is hostile input, and so is what a process sends: nothing is allocated or looped over by a count that
//! was read from it before that count was held against one of these.

use std::time::Duration;

/// Objects of one heap, free ones included. Ids have 32 bits, of which the last three stand for what is no object.
pub const MAX_OBJECTS: u32 = u32::MAX - 3;

/// Program headers of a core. Kernels write at most one a mapping, and `vm.max_map_count`
/// is 65,530 by default; machines tuned for databases go to a few million.
pub const MAX_PROGRAM_HEADERS: u64 = 8_000_000;

/// Bytes of one PT_NOTE segment. NT_FILE grows with mappings (about 100 bytes each).
pub const MAX_NOTE_BYTES: u64 = 1 << 30;

/// How often a byte of a dump file may stand in memory, on average. Dumps hold every page once; of module files pages at
/// the borders of segments are mapped twice. Segments that all show the whole file would make a heap of terabytes of some
/// megabytes.
pub const MAX_TIMES_IN_MEMORY: u64 = 4;

/// Bytes of memory that any file may make, however small it is.
pub const FREELY_REPEATED_BYTES: u64 = 1 << 20;

/// Streams of a minidump. Writers have about 20.
pub const MAX_MINIDUMP_STREAMS: u32 = 4096;

/// Entries of NT_FILE.
pub const MAX_FILE_MAPPINGS: u64 = 8_000_000;

/// Bytes of a path read out of process memory: 4,096 units, as Linux allows (`PATH_MAX`). Many modules may share one path in a
/// damaged dump, and each of them holds it.
pub const MAX_TEXT_BYTES: usize = 8 << 10;

/// Program headers of one ELF module in memory. Linkers write about a dozen.
pub const MAX_MODULE_PROGRAM_HEADERS: u16 = 256;

/// Bytes of one PT_NOTE segment of an ELF module. Real ones are below 1 KiB.
pub const MAX_MODULE_NOTE_BYTES: u64 = 64 << 10;

/// Entries of an ELF module's dynamic table. Real ones have about 40.
pub const MAX_DYNAMIC_ENTRIES: u64 = 4096;

/// Symbols looked at for one name in an ELF hash table. Chains have a handful; a damaged one may never end.
pub const MAX_SYMBOL_CHAIN: u32 = 65_536;

/// Dynamic symbols of one ELF module that are listed. The largest libraries export some 100,000.
pub const MAX_DYNAMIC_SYMBOLS: u64 = 1 << 20;

/// Bytes of a symbol's name. Names of C++ templates have some thousands.
pub const MAX_SYMBOL_NAME_BYTES: u64 = 4 << 10;

/// Names that a PE image exports. The largest real ones have some ten thousand.
pub const MAX_PE_EXPORTS: u32 = 1 << 20;

/// Entries of one directory of a PE image's resources. Real ones have some dozen.
pub const MAX_PE_RESOURCES: u32 = 4096;

/// Entries of a PE image's debug directory. Compilers write four or five.
pub const MAX_PE_DEBUG_ENTRIES: u32 = 64;

/// Bytes of a PDB that an image carries within itself. That of System.Private.CoreLib would have 10 MB.
pub const MAX_EMBEDDED_PDB_BYTES: u32 = 256 << 20;

/// Parts of the name of a source file in a PDB: folders of a path.
pub const MAX_DOCUMENT_NAME_PARTS: usize = 256;

/// Entries of one array of a NativeAOT program's debug header. 8.0 has room for 96, 9.0 for 128.
pub const MAX_DEBUG_HEADER_ENTRIES: u64 = 4096;

/// Bytes of a name in a NativeAOT program's debug header: names of types and fields in C++.
pub const MAX_DEBUG_HEADER_NAME: usize = 256;

/// Bytes of a symbol's name that is read as a type's: generic types over generic types reach some thousands.
pub const MAX_MANGLED_NAME_BYTES: usize = 16 << 10;

/// Sections of a PE image. The Windows loader refuses more than 96.
pub const MAX_PE_SECTIONS: u16 = 96;

/// How deep folders given with `--files` are searched. NuGet caches and SDKs nest about 10 deep.
pub const MAX_FILES_DEPTH: usize = 24;

/// Bytes in which a file without a build id is compared with what a dump holds of it: more than enough to tell two
/// builds apart.
pub const MAX_COMPARED_FILE_BYTES: u64 = 4 << 20;

/// How many folder entries a search under `--files` looks at. An SDK has some 10,000; a whole
/// disk, given by mistake, has millions.
pub const MAX_FILES_ENTRIES: usize = 500_000;

/// Streams of a metadata root. ECMA-335 knows five; obfuscators add decoys.
pub const MAX_METADATA_STREAMS: u16 = 64;

/// Bytes of one name in metadata, and of a type's name with all types around it. The runtime loads no type whose name reaches 1,024;
/// obfuscators make longer names of members. Rows of a few bytes may all have the same long name.
pub const MAX_METADATA_NAME_BYTES: usize = 4 << 10;

/// How many types may be nested in each other. Compilers stop far below; a damaged table may hold a loop.
pub const MAX_TYPE_NESTING: usize = 64;

/// Bytes of the smallest instance: header, MethodTable, one field or padding. A string has 22 since 3.0.
pub const MIN_BASE_SIZE: u32 = 16;

/// Bytes of an instance of what derives from nothing: System.Object has 24; interfaces, which have no instances, say less.
pub const MAX_ROOT_BASE_SIZE: u32 = 24;

/// Bytes of the largest instance without components. The type loader refuses instances of
/// 128 MiB and more (`FIELD_OFFSET_LAST_REAL_OFFSET` in `src/coreclr/vm/field.h`).
pub const MAX_BASE_SIZE: u32 = 0x0800_0000;

/// Series of references of one type: runs of fields with others between them. Inline arrays, which may have 1 MiB, make
/// the most: one series each 8 bytes at worst.
pub const MAX_GC_SERIES: u64 = 1 << 17;

/// Arguments of one generic type: C# has no limit, metadata allows 65,535; real ones stay below 20.
pub const MAX_GENERIC_ARGUMENTS: u64 = 1024;

/// Types that one signature names, arguments and elements included. The largest that compilers make (tuples of
/// tuples) stay in the hundreds.
pub const MAX_SIGNATURE_PARTS: usize = 4096;

/// Parts of one lookup map of a module. The runtime makes each new part half as large as all before it.
pub const MAX_LOOKUP_MAP_PARTS: usize = 4096;

/// Buckets of one of a module's tables of types: it grows with its entries, of which the largest applications have
/// some 100,000.
pub const MAX_TYPE_HASH_BUCKETS: u64 = 4 << 20;

/// Types in one of a module's tables of types.
pub const MAX_TYPES_OF_MODULE: usize = 4 << 20;

/// Fields that a type declares itself. The type loader counts them in 16 bits.
pub const MAX_FIELDS_OF_TYPE: u32 = 1 << 16;

/// Types that derive from each other. Real hierarchies stay below 20; a damaged chain may never end.
pub const MAX_TYPE_ANCESTORS: usize = 1024;

/// Heaps of the server GC: at most one a processor, and the runtime allows 1,024 (`MAX_SUPPORTED_CPUS`).
pub const MAX_GC_HEAPS: u64 = 4096;

/// Generations in a heap's table: 4 up to 3.1, 5 since; room for two more.
pub const MAX_GENERATIONS: u64 = 7;

/// The end of the addresses that a process can have: x64 with five levels of page tables, arm64
/// with 52 bits of address. What lies beyond is no pointer.
pub const USER_SPACE_END: u64 = 1 << 56;

/// Pieces into which the heap is cut for the workers. At 4 MiB each this is 4 TiB; larger heaps, and
/// those of damaged dumps that only claim to be, are cut into larger pieces.
pub const MAX_PIECES: u64 = 1 << 20;

/// Segments or regions of the whole heap. Basic regions have 4 MiB, so this is 16 TiB of them.
pub const MAX_SEGMENTS: usize = 4 << 20;

/// Threads of the runtime. Linux allows 4,194,304 ids (`PID_MAX_LIMIT`).
pub const MAX_THREADS: usize = 4 << 20;

/// Slots of thread statics of one answer: a thousand threads with a thousand such fields each, and room for
/// sixteen times that. A damaged list of threads may be long and lead to the same statics again and again.
pub const MAX_THREAD_STATIC_SLOTS: usize = 16 << 20;

/// Nodes of the list of a thread's statics whose constructors are running: they nest as calls do.
pub const MAX_IN_FLIGHT_STATICS: usize = 4096;

/// Ranges of code in the runtime's list, or in one place of its map: a module or a heap of code has one.
pub const MAX_RANGE_SECTIONS: usize = 1 << 20;

/// Blocks of loader heaps, of 64 KiB and more each: a million would be 64 GiB of types and methods.
pub const MAX_LOADER_HEAP_BLOCKS: usize = 1 << 20;

/// Bytes of one method's code: how far its beginning is looked for. The JIT gives up on methods whose IL has 60,000
/// bytes; large ones of generated code reach some megabytes.
pub const MAX_METHOD_CODE_BYTES: u64 = 64 << 20;

/// Buckets of a module's map of entry points. Each holds four methods; CoreLib has 40,000 of them.
pub const MAX_ENTRY_POINT_BUCKETS: u64 = 4 << 20;

/// Bytes of the map from a method's code to its IL. Methods of a megabyte of IL have maps of some hundred kilobytes.
pub const MAX_DEBUG_INFO_BYTES: u32 = 4 << 20;

/// Functions of one image that were compiled ahead: CoreLib has some 50,000, composite images of all of the framework
/// ten times that.
pub const MAX_RUNTIME_FUNCTIONS: u32 = 16 << 20;

/// Sections of one ReadyToRun image. The format has some thirty kinds.
pub const MAX_READY_TO_RUN_SECTIONS: u32 = 256;

/// Funclets (handlers, filters) of one method.
pub const MAX_FUNCLETS: u32 = 65_536;

/// Bytes of one method's GC info. Generated methods of a megabyte of code have some hundred KiB.
pub const MAX_GC_INFO_BYTES: usize = 4 << 20;

/// Slots of one method that may hold references. The JIT tracks 1,024 locals; those that it does not track are only as many as
/// the method has, with its temporaries.
pub const MAX_GC_SLOTS: u64 = 1 << 16;

/// Numbers that are read of all GC info for one answer. A point of code takes some hundred, and a thousand threads of a hundred
/// frames stand at a hundred thousand points at most.
pub const MAX_GC_INFO_NUMBERS: u64 = 1 << 30;

/// References that one of the runtime's own functions protects: the arguments of one call at most.
pub const MAX_PROTECTED_REFERENCES: u32 = 1 << 16;

/// Slots of all frames of all stacks that are looked at for one answer: sixteen for each frame that [`MAX_STACK_FRAMES`] allows a thread.
/// A damaged dump may have a huge method in all of its frames.
pub const MAX_STACK_SLOTS: u64 = 64 << 20;

/// Methods that one delegate calls. Event leaks reach some 100,000; a combined delegate costs an array of them each time.
pub const MAX_DELEGATE_TARGETS: u64 = 16 << 20;

/// Frames of one exception's stack: a stack of 8 MiB holds about 100,000 at most, and threads may ask for larger ones.
pub const MAX_EXCEPTION_FRAMES: u64 = 4 << 20;

/// Exceptions that one thread has in flight: each handler that throws takes some KiB of a stack, of which threads have MiB.
pub const MAX_EXCEPTIONS_IN_FLIGHT: usize = 1 << 16;

/// Bytes before and behind one of the GC's variables in which others are looked for: all of them take some 40 KiB, and a heap's
/// structure of server GC some 20.
pub const GC_VARIABLES_AROUND: u64 = 64 << 10;

/// Variables of a process's environment: they lie on the stack, which holds some hundred mostly.
pub const MAX_ENVIRONMENT_VARIABLES: usize = 1 << 16;
/// Bytes of one variable of the environment: Linux takes no more.
pub const MAX_VARIABLE_BYTES: usize = 128 << 10;

/// Assemblies of the process.
pub const MAX_ASSEMBLIES: u64 = 1 << 20;

/// Levels of types within types (arguments, elements) before a name is cut short.
pub const MAX_TYPE_DEPTH: u32 = 64;

/// Bytes of a type's name, the rest of which is cut: `...`. Nested generics of compiler-made types reach some thousands. A type
/// that has another one twice doubles its name for some hundred bytes of the dump.
pub const MAX_TYPE_NAME_BYTES: usize = 8 << 10;

/// Modules that are asked for the runtime's symbols, each by a few looks at its hash table. Processes load a few
/// hundred.
pub const MAX_RUNTIME_CANDIDATES: usize = 4096;

/// Bytes after the base of the runtime's module in which its data is searched for: 10.0's
/// libcoreclr spans 7 MiB, 3.1's 8 MiB, debug builds three times that.
pub const RUNTIME_MODULE_SPAN: u64 = 32 << 20;

/// Bytes of the contract descriptor's JSON; 10.0's has 10,563.
pub const MAX_CONTRACT_JSON: u32 = 4 << 20;

/// Bytes that a compressed dump may unpack to: the largest file that ext4 holds, far above the
/// memory of any machine that is dumped. It stops a file of a few kilobytes that unpacks for ever;
/// bytes that are not zero are bounded by [`MAX_UNPACKED_TIMES`] long before.
pub const MAX_UNPACKED_BYTES: u64 = 16 << 40;

/// How many times its size a compressed dump may take of the disk, zeros left out. Heaps shrink to a tenth or a fiftieth, arrays
/// of one value to a thousandth; zstd could go to a thirty-thousandth, which fills a disk from a file that nobody suspects.
pub const MAX_UNPACKED_TIMES: u64 = 4096;

/// Bytes of disk that every compressed dump may take.
pub const FREELY_STORED_BYTES: u64 = 4 << 30;

/// Bytes up to which an unpacked dump is held in memory and not in a temporary file: what every
/// machine can spare, and more than a dump without a heap has.
pub const UNPACKED_IN_MEMORY_BYTES: u64 = 64 << 20;

/// The largest window of a zstd frame, as a power of two: the format's own tool goes no further
/// (`--long=31`, 2 GiB). The decoder allocates so much for a frame that asks for it.
pub const MAX_ZSTD_WINDOW_LOG: u32 = 31;

/// Memory in KiB that an xz stream may ask for. The largest preset (`xz -9`) takes 65 MiB, a dictionary of 256 MiB more.
pub const MAX_XZ_MEMORY_KIB: u32 = 512 << 10;

/// Bytes of a line of a crash report's core. apport writes 1 MiB of the compressed core on a line, as base64.
pub const MAX_REPORT_LINE_BYTES: u64 = 16 << 20;

/// UTF-16 code units of a string. The runtime allocates none that is longer (`MAX_STRINGLENGTH` in `src/coreclr/vm/object.h`).
pub const MAX_STRING_UNITS: u32 = 0x3fff_ffdf;

/// Components of an array: `Array.MaxLength`, and what a multidimensional one of bytes may reach.
pub const MAX_ARRAY_LENGTH: u32 = 0x7fff_ffff;

/// Dimensions of an array (`MAX_RANK` in `src/coreclr/vm/array.h`).
pub const MAX_ARRAY_RANK: u32 = 32;

/// Levels of structs, and of objects that are read as their contents, within one text that a person reads.
pub const MAX_TEXT_NESTING: u32 = 6;

/// Bytes from which on the text of a struct is cut short: more than anybody reads in a cell.
pub const MAX_STRUCT_TEXT_BYTES: usize = 1000;

/// UTF-16 code units of a string within the text of a struct.
pub const MAX_NESTED_STRING_UNITS: usize = 200;

/// UTF-16 code units of a `StringBuilder`: its chunks may all share one array in a damaged dump. Builders of
/// real programs end far below, where the large object heap begins to hurt.
pub const MAX_BUILDER_UNITS: u64 = 256 << 20;

/// Chunks of a `StringBuilder`: of 16 characters at least, as long as nothing was removed.
pub const MAX_BUILDER_CHUNKS: usize = 16 << 20;

/// Bytes of a `BigInteger` that is spelled: the time grows with the square, and these are 19,700 digits.
pub const MAX_BIG_INTEGER_BYTES: u64 = 8 << 10;

/// Targets of a multicast delegate that are named in its text.
pub const MAX_NAMED_TARGETS: usize = 8;

/// Base types above a type. Deep hierarchies have some 20; a damaged chain may be a loop.
pub const MAX_BASE_TYPES: usize = 256;

/// Rows of one object's fields, structs opened: the largest structs of real programs have some hundreds of leaves.
pub const MAX_FIELD_ROWS: usize = 20_000;

/// Rows of one array's elements, structs opened, beyond which the remaining elements are left out and counted: no
/// person reads so many, and 100 million rows would not fit into memory.
pub const MAX_ELEMENT_ROWS: usize = 1_000_000;

/// Levels of structs within structs that are opened as rows. The compiler refuses a struct within itself; a damaged
/// signature does not.
pub const MAX_STRUCT_NESTING: usize = 32;
/// How deep collections may wrap collections. A ReadOnlyCollection over an ObservableCollection over a List is three; a
/// damaged one may wrap itself.
pub const MAX_WRAPPED_COLLECTIONS: u32 = 16;

/// Elements of an array that are added up to count a collection's items. A ConcurrentDictionary has a count for each of
/// its locks, of which there are at most 1,024.
pub const MAX_SUMMED_ELEMENTS: u64 = 65_536;

/// Bytes of a user's file of shapes of collections. The bundled one has some 30,000; a dump, given by mistake, has more.
pub const MAX_SHAPES_FILE_BYTES: u64 = 16 << 20;

/// Entries of a thread's table of ThreadLocalModules: one a module with thread statics, so at most one an assembly; tables
/// grow by doubling.
pub const MAX_THREAD_LOCAL_MODULES: u32 = 1 << 16;

/// Sections of an index file. A whole one has about twenty.
pub const MAX_INDEX_SECTIONS: u32 = 256;

/// Maps of GC handle tables, of ten buckets each. The runtime has one bucket, and one more for every domain that it
/// ever had.
pub const MAX_HANDLE_TABLE_MAPS: usize = 4096;

/// Sync blocks: an object's header has 26 bits for the index of its own.
pub const MAX_SYNC_BLOCKS: u32 = 1 << 26;

/// Tasks that wait for one semaphore or one task, each an object of a list: more than a machine has memory for.
pub const MAX_SEMAPHORE_WAITERS: u64 = 1 << 28;

/// Segments of one GC handle table, of 7,680 handles each: eight thousand million handles, which take 64 GiB.
pub const MAX_HANDLE_SEGMENTS: usize = 1 << 20;

/// Bytes of a thread's stack that are searched for references. A thread may ask for 2 GiB; what is deeper than this is
/// no stack that a program works with.
pub const MAX_STACK_BYTES: u64 = 1 << 30;

/// The same where the runtime does not tell where the stack ends, and what follows it in memory may be something else:
/// what `ulimit -s` allows the main thread by default, twice.
pub const MAX_UNBOUNDED_STACK_BYTES: u64 = 16 << 20;

/// Frames of one thread's stack: the smallest take 16 bytes, of a stack of 8 MiB that has overflown some 260,000 of 32 bytes are
/// left. Threads may ask for larger stacks.
pub const MAX_STACK_FRAMES: usize = 4 << 20;

/// How far above the stack pointer the registers are looked for that the kernel has put aside for a signal handler: the frames of
/// the handler itself lie between.
pub const MAX_SIGNAL_FRAME_BYTES: u64 = 64 << 10;

/// Functions whose unwind codes follow each other. The runtime's own unwinder gives up at this number (`UNWIND_CHAIN_LIMIT`).
pub const MAX_CHAINED_UNWIND_INFOS: usize = 32;

/// Bytes of a native module's tables of call frame information. libcoreclr has some 700 KB.
pub const MAX_UNWIND_TABLE_BYTES: u64 = 64 << 20;

/// Types on a merged path. What programs build is some ten deep once lists are folded; a path that never repeats goes on
/// for as long as somebody damaged it to.
pub const MAX_MERGED_DEPTH: u32 = 256;

/// Nodes of the merged dominator tree, 80 bytes each while it is built. Real heaps have some thousands; one whose types were
/// damaged could have one for every object.
pub const MAX_MERGED_DOMINATORS: usize = 1 << 20;

/// Steps of all merged paths of an answer together, 40 bytes each.
pub const MAX_MERGED_PLACES: usize = 1 << 20;

/// Objects on all paths of an answer together. An object that a hundred thousand roots reach, each by a path of its own,
/// would else fill the memory with what nobody reads.
pub const MAX_PATH_STEPS: usize = 1 << 21;

/// References to no object that are listed: sound heaps have none, and a damaged one could fill the memory with them.
pub const MAX_DANGLING_REFERENCES: usize = 4 << 20;

/// Bytes of a baseline, unpacked. The largest that are written stay below one MiB.
pub const MAX_BASELINE_BYTES: u64 = 64 << 20;

/// Rows of a join: with the numbers of their rows on each side, 8 bytes each for two sources. So many rows are two
/// gigabytes, and more than anybody asked for on purpose.
pub const MAX_JOINED_ROWS: u64 = 1 << 28;

/// Pairs of rows that a join without an equality looks at. A thread decides some fifty million of them a second.
pub const MAX_LOOPED_PAIRS: u64 = 100_000_000;

/// Rows of each list of a baseline. Those that are written have some thousand at most.
pub const MAX_BASELINE_ROWS: usize = 1 << 16;

/// Objects, bytes or roots in one number of a baseline: 128 TiB, what a process with four levels of page tables may have. So
/// many rows of such numbers still add up within 64 bits.
pub const MAX_BASELINE_AMOUNT: u64 = 1 << 47;

/// Fields by which the objects of a type are held apart in two dumps, those of structs included. Real keys are among
/// the first; the wide structs of generated code would only cost time.
pub const MAX_IDENTITY_FIELDS: usize = 48;

/// Bytes of a text or an array by which it is told from others: a long text that many objects share would be read
/// again for each of them. What differs behind only is taken for equal.
pub const MAX_IDENTITY_BYTES: usize = 4096;

/// Values that are held in memory of all objects of one type in one dump to match them with those of another: 256 MiB.
/// Of types with more objects fewer fields are tried.
pub const MAX_IDENTITY_VALUES: usize = 32 << 20;

/// Answers that the prompt keeps under a number. Enough to go back an hour; nobody remembers numbers further back.
pub const MAX_KEPT_ANSWERS: usize = 100;

/// Bytes of all answers that the prompt keeps under numbers: some seven bytes an object of a heap of ten million.
pub const MAX_NUMBERED_BYTES: u64 = 64 << 20;

/// Objects up to which the prompt builds references, roots and dominators before they are asked for: that takes a
/// second, and less memory than a browser's tab. Of a bigger heap they are built when a statement needs them.
pub const MAX_OBJECTS_BUILT_UNASKED: usize = 1_000_000;

/// Continuations of tasks that are looked at for one answer: ten million calls that all await one promise have as many.
pub const MAX_CONTINUATIONS: usize = 16 << 20;

/// Places in the queues of the thread pool that are looked at: a queue of a million has starved its program long ago.
pub const MAX_WORK_ITEMS: usize = 16 << 20;

/// Frames of the logical stacks of async calls that are listed. A million calls that wait eight deep; a few dozen calls that
/// each await all of the next few dozen would have more than any memory holds.
pub const MAX_ASYNC_FRAMES: usize = 8 << 20;

/// Units of memory that one call of `memory(...)` shows: more is no reading any more but a copy of the dump.
pub const MAX_MEMORY_UNITS: u64 = 1 << 20;

/// Broken references that `damage` lists: a heap with more of them was not walked right.
pub const MAX_DAMAGED_REFERENCES: usize = 1 << 20;

/// How deep scripts may include each other.
pub const MAX_INCLUDE_DEPTH: usize = 16;

/// How many texts one script may include, those of what it includes counted too: each may include others several times.
pub const MAX_INCLUDES: usize = 256;

/// Bytes of the answers that a session keeps. Ten million addresses take 80 MB; more than a few such lists are rather asked for
/// again than kept.
pub const MAX_KEPT_BYTES: u64 = 1 << 30;

/// Bytes of one block of a process's stream of events. The runtime closes blocks at 100 KB, or behind an event that is larger.
pub const MAX_NETTRACE_BLOCK_BYTES: usize = 16 << 20;

/// Bytes of the name of a type of objects in a stream of events: `MetadataBlock` has 13.
pub const MAX_NETTRACE_NAME_BYTES: usize = 256;

/// Bytes of all descriptions of events that are kept of one stream. Those of the runtime and of all its libraries take
/// half a megabyte.
pub const MAX_NETTRACE_DEFINITION_BYTES: usize = 8 << 20;

/// Fields of one event, nested ones included. The largest events have some thirty.
pub const MAX_NETTRACE_FIELDS: usize = 4096;

/// How deep fields of an event may be nested in each other. EventSources nest objects in arrays in objects at most.
pub const MAX_NETTRACE_NESTING: usize = 16;

/// Values of one event's payload, those of arrays and nested objects included. A payload has at most 64 KB, but elements
/// may have no size at all.
pub const MAX_NETTRACE_VALUES: usize = 1 << 16;

/// Threads whose numbering of events is followed, to tell how many were dropped.
pub const MAX_NETTRACE_THREADS: usize = 1 << 16;

/// Rows of numbers that are followed of one process: a meter's tags may be anything, and without end.
pub const MAX_LIVE_SERIES: usize = 4096;

/// Tests in one condition on counters. Nobody writes ten.
pub const MAX_CONDITION_TESTS: usize = 64;

/// How deep parentheses of a condition on counters may be nested.
pub const MAX_CONDITION_NESTING: usize = 32;

/// The longest time over which growth of a counter is looked at.
pub const MAX_CONDITION_WINDOW: Duration = Duration::from_secs(24 * 3600);

/// Samples of one counter that are kept to tell growth: a day of one a second.
pub const MAX_WINDOW_SAMPLES: usize = 24 * 3600;

/// Bytes of all names of one counter and its tags, or of a message. Names stay below 300 in real programs, a message is an
/// exception with its stack.
pub const MAX_COUNTER_TEXT_BYTES: usize = 4096;

/// Bytes that are read of a file in which the system tells of a process: its mappings may be 65,530 lines of some 100 bytes.
pub const MAX_PROCESS_FILE_BYTES: u64 = 64 << 20;
