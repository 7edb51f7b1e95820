//! The heap as columns: objects, types, segments, modules, threads of one dump.
//!
//! What the query layer scans. Nothing here knows how a dump is read or where the runtime keeps
//! its structures; the builder hands everything over.

mod ids;
mod modules;
mod objects;
mod segments;
mod snapshot;
mod threads;
mod types;

pub use ids::{ObjectId, SegmentId, TypeId};
pub use modules::Module;
pub use objects::{ObjectBlock, ObjectTable, RowSize};
pub use segments::{Generation, Segment, SegmentKind};
pub use snapshot::{Facts, Heap, Snapshot};
pub use threads::{Thread, ThreadState};
pub use types::{TypeInfo, TypeTable};
