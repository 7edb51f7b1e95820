//! Builders of synthetic dumps, for tests, benchmarks and fuzzing.
//!
//! They write from constants of their own: neither the parser's structures nor its layout files are
//! used, so that one wrong offset cannot hide on both sides. The offsets were read off the runtime's
//! sources and real dumps; each file names where from.
//!
//! Builders are not for hostile input: they panic on what makes no sense.

pub mod elf_core;
pub mod gc_info;
mod heap;
mod kennel;
mod layout;
mod memory;
pub mod metadata;
pub mod minidump;
mod native_pe;
mod process;

pub use heap::{HeapPlan, Place, RandomHeap, Randomness, SegmentKey, TrueObject, Truth};
pub use kennel::{BORN, Kennel};
pub use layout::Family;
pub use memory::Memory;
pub use minidump::{Minidump, MinidumpModule, MinidumpThread};
pub use native_pe::NativePe;
pub use process::{
    Handle, Holds, Image, ModuleKey, Process, ProcessDump, RuntimeFile, ThreadKey, Type, TypeDef, element,
};
