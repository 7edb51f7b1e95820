//! The garbage collector's heap: its variables, heaps, generations, segments and allocation contexts.

mod alloc_contexts;
mod collections;
mod dac_vars;
mod heaps;
mod oom_history;
mod segment;
mod segment_list;

pub use alloc_contexts::{AllocContextFields, AllocContexts, MIN_OBJECT_SIZE};
pub use collections::{CollectionRecord, GenerationCounts, collection_records, generation_counts};
pub use dac_vars::GcDacVars;
pub use heaps::{GcGeneration, GcHeaps, GcMode, SubHeap};
pub use oom_history::OomHistory;
pub use segment::{Generation, Segment, SegmentKind};
pub use segment_list::segments;

#[cfg(test)]
mod tests;
