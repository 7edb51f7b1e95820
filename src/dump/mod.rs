//! Core files as an address space with mappings and threads. Knows nothing of .NET.

mod address_space;
pub mod container;

pub use address_space::{AddressSpace, Fault, Piece, Run};
