//! The GC's heap: segments or regions, the objects in them, and what is true of them.

mod gc_structures;
mod random;
mod segments;
mod truth;

pub use random::{RandomHeap, Randomness};
pub use segments::{HeapPlan, Place, SegmentKey};
pub use truth::{TrueObject, Truth};
