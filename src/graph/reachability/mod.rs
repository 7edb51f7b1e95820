//! What can be reached from where: without an order ([`search`]), by distance ([`depths`]), around a set
//! ([`retained_by`]).
//!
//! All searches take as many references as they meet and never recurse: lists of ten million nodes are normal.

mod depths;
mod garbage;
mod of_snapshot;
mod retained_set;
mod search;
mod swept;
#[cfg(test)]
mod tests;

pub use depths::Depths;
pub use garbage::garbage_entries;
pub use retained_set::retained_by;
pub use search::{reachable_around, reachable_from};
