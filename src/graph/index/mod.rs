//! The index: a snapshot's columns in a file, from which they are mapped instead of being built again.
//!
//! It knows columns and nothing of where they came from; which dump an index belongs to is an [`Identity`] that
//! whoever opens dumps makes up. `docs/index.md` describes the file:
//!
//! | part | what |
//! | --- | --- |
//! | header | magic number, byte order, version, the dump's identity, a checksum of header and table (`header`) |
//! | table | of each section its kind, setting, place, length and checksum (`section`) |
//! | sections | plain columns, aligned, as they lie in memory (`heap`, `rows`, `dominators`) |
//!
//! Nothing is believed before its checksum holds, and numbers by which others are looked up are held against what
//! is there while the checksum is made. A checksum guards against accidents, not against forgery: who can write the
//! index can write the dump beside it too.

mod checksum;
mod contents;
mod dominators;
mod header;
mod heap;
mod identity;
mod problems;
mod reading;
mod rows;
mod section;
mod writing;

pub use contents::{Contents, Part};
pub use dominators::setting_of_roots;
pub use header::MAGIC;
pub use heap::StoredHeap;
pub use identity::Identity;
pub use reading::{Index, Unusable};
pub use writing::write;

#[cfg(test)]
mod tests;
