//! Every cap on a count that comes out of a dump, each with its reason.
//!
//! A dump is hostile input: nothing is allocated or looped over by a count that
//! was read from it before that count was held against one of these.

/// Program headers of a core. Kernels write at most one a mapping, and `vm.max_map_count`
/// is 65,530 by default; machines tuned for databases go to a few million.
pub const MAX_PROGRAM_HEADERS: u64 = 8_000_000;

/// Bytes of one PT_NOTE segment. NT_FILE grows with mappings (about 100 bytes each).
pub const MAX_NOTE_BYTES: u64 = 1 << 30;

/// Entries of NT_FILE.
pub const MAX_FILE_MAPPINGS: u64 = 8_000_000;

/// Bytes of a text read out of process memory (paths, module names).
pub const MAX_TEXT_BYTES: usize = 64 << 10;

/// Program headers of one ELF module in memory. Linkers write about a dozen.
pub const MAX_MODULE_PROGRAM_HEADERS: u16 = 256;

/// Bytes of one PT_NOTE segment of an ELF module. Real ones are below 1 KiB.
pub const MAX_MODULE_NOTE_BYTES: u64 = 64 << 10;

/// Entries of an ELF module's dynamic table. Real ones have about 40.
pub const MAX_DYNAMIC_ENTRIES: u64 = 4096;

/// Symbols looked at for one name in an ELF hash table. Chains have a handful; a damaged one may never end.
pub const MAX_SYMBOL_CHAIN: u32 = 65_536;

/// Sections of a PE image. The Windows loader refuses more than 96.
pub const MAX_PE_SECTIONS: u16 = 96;

/// How deep folders given with `--files` are searched. NuGet caches and SDKs nest about 10 deep.
pub const MAX_FILES_DEPTH: usize = 24;

/// How many folder entries a search under `--files` looks at. An SDK has some 10,000; a whole
/// disk, given by mistake, has millions.
pub const MAX_FILES_ENTRIES: usize = 500_000;

/// Streams of a metadata root. ECMA-335 knows five; obfuscators add decoys.
pub const MAX_METADATA_STREAMS: u16 = 64;

/// Bytes of one name in metadata, and of a type's name with all types around it. The runtime loads no type whose name reaches 1,024;
/// obfuscators make longer names of members.
pub const MAX_METADATA_NAME_BYTES: usize = 16 << 10;

/// How many types may be nested in each other. Compilers stop far below; a damaged table may hold a loop.
pub const MAX_TYPE_NESTING: usize = 64;
