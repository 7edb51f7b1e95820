//! The heap as columns: objects, types, segments, modules, threads of one dump.
//!
//! What the query layer scans. Nothing here knows how a dump is read or where the runtime keeps
//! its structures; the builder hands everything over.

mod damage;
mod dominators;
mod heap_builder;
mod ids;
pub mod index;
pub mod merged_dominators;
mod modules;
mod object_graph;
mod object_set;
mod objects;
mod part;
pub mod paths;
mod reachability;
mod references;
mod roots;
mod snapshot;
mod threads;
mod totals;
mod types;

pub use crate::clr::ThreadState;
pub use crate::clr::gc::{Generation, Segment, SegmentKind};
pub use damage::{gaps, missing_contents, references_to_free};
pub use dominators::{
    Chain, Dominator, DominatorColumns, Dominators, NO_GROUP, NoDominators, TooManyReferences, Unfinished,
};
pub use heap_builder::{build_heap, restore_heap};
pub use ids::{ObjectId, SegmentId, TypeId};
pub use modules::{Module, is_of_framework};
pub use object_graph::ObjectGraph;
pub use object_set::ObjectSet;
pub use objects::{ObjectBlock, ObjectTable, RowSize};
pub use reachability::{Depths, garbage_entries, reachable_around, reachable_from, retained_by};
pub use references::{
    Dangling, DanglingReference, DanglingReferences, NoRows, References, RowColumns, RowGroup, Rows, Slot,
    SlotReader, WideGroup,
};
pub use roots::{Root, RootKind, Roots, StackRoots};
pub use snapshot::{Facts, Heap, Snapshot};
pub use threads::Thread;
pub use totals::{Total, generation_totals, generation_totals_of};
pub use types::{TypeInfo, TypeTable, TypeTotal};
