//! Shortest paths through the graph of objects: from roots to objects, from objects to objects.
//!
//! All searches are breadth-first, over rows of references, with one 32-bit number an object and no recursion: a list
//! of ten million nodes is a path like any other. They look at the flag that stops them every so many objects.

mod hidden;
mod labels;
mod merge;
mod search;
mod slots;
mod trail;

use std::sync::atomic::{AtomicBool, Ordering};

pub use hidden::HiddenEdges;
pub use labels::RootLabels;
pub use merge::{FieldId, MergedPath, MergedStep, NameSlots, RootLabel, merge};
pub use search::{Direction, Found, Hops, Search};
pub use slots::{DEPENDENT_HANDLE, LOADER_ALLOCATOR, NamedSlot, Slots};
pub use trail::{ENDS, Trail, Trails};

/// A search was stopped by its flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

/// Looks at a flag every so many calls: reading it at each object would cost as much as the object.
#[derive(Debug)]
struct Stop<'a> {
    flag: &'a AtomicBool,
    calls: u32,
}

impl<'a> Stop<'a> {
    fn new(flag: &'a AtomicBool) -> Stop<'a> {
        Stop { flag, calls: 0 }
    }

    #[inline]
    fn check(&mut self) -> Result<(), Stopped> {
        self.calls = self.calls.wrapping_add(1);
        if self.calls.is_multiple_of(1 << 14) && self.flag.load(Ordering::Relaxed) {
            return Err(Stopped);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
