//! Builders of synthetic dumps, for tests, benchmarks and fuzzing.
//!
//! They write from constants of their own: neither the parser's structures nor its layout files are
//! used, so that one wrong offset cannot hide on both sides. The offsets were read off the runtime's
//! sources and real dumps; each file names where from.
//!
//! Builders are not for hostile input: they panic on what makes no sense.

pub mod elf_core;
mod memory;
pub mod metadata;

pub use memory::Memory;
