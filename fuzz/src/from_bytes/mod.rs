//! Targets that take any bytes for a file, or a part of one.

pub mod baseline;
pub mod core_file;
pub mod dump;
pub mod gc_info;
pub mod image;
#[cfg(all(feature = "live", target_os = "linux"))]
pub mod ipc_answer;
pub mod metadata;
pub mod minidump;
#[cfg(all(feature = "live", target_os = "linux"))]
pub mod nettrace;
pub mod packed;
pub mod signature;
pub mod statement;

/// A target: its name, which is also that of its folder of regressions, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("baseline", baseline::run),
    ("core_file", core_file::run),
    ("gc_info", gc_info::run),
    ("image", image::run),
    #[cfg(all(feature = "live", target_os = "linux"))]
    ("ipc_answer", ipc_answer::run),
    ("metadata", metadata::run),
    ("minidump", minidump::run),
    #[cfg(all(feature = "live", target_os = "linux"))]
    ("nettrace", nettrace::run),
    ("open_histogram", dump::run),
    ("packed", packed::run),
    ("signature", signature::run),
    ("statement", statement::run),
];
