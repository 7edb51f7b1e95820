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
