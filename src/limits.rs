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

/// Bytes that a compressed dump may unpack to: the largest file that ext4 holds, far above the
/// memory of any machine that is dumped. It stops a file of a few kilobytes that unpacks for ever;
/// bytes that are not zero are bounded by the free disk long before.
pub const MAX_UNPACKED_BYTES: u64 = 16 << 40;

/// Bytes up to which an unpacked dump is held in memory and not in a temporary file: what every
/// machine can spare, and more than a dump without a heap has.
pub const UNPACKED_IN_MEMORY_BYTES: u64 = 64 << 20;

/// The largest window of a zstd frame, as a power of two: the format's own tool goes no further
/// (`--long=31`, 2 GiB). The decoder allocates so much for a frame that asks for it.
pub const MAX_ZSTD_WINDOW_LOG: u32 = 31;
