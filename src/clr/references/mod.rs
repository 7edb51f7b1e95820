//! Where objects hold references: the GC's own descriptors of types, and reading objects by them.
//!
//! Knows nothing of what the references lead to.

mod gc_desc;
mod reader;
mod reference_map;
#[cfg(test)]
mod tests;

pub use gc_desc::BadGcDesc;
pub use reader::{ReferenceReader, Unread};
pub use reference_map::ReferenceMap;
