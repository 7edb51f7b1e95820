//! The .NET runtime in a dump: where it is, what it is, and how to read its structures.
//!
//! Knows nothing of columns or queries.

pub mod assembly_binders;
pub mod checks;
pub mod finalizer_queue;
pub mod gc;
pub mod gc_info;
pub mod handles;
pub mod layout;
mod loader_allocator;
pub mod locate;
pub mod memory_ranges;
pub mod metadata;
pub mod methods;
pub mod modules;
pub mod native_aot;
pub mod references;
mod runtime;
pub mod stack_roots;
pub mod stacks;
pub mod statics;
pub mod sync_blocks;
#[cfg(test)]
pub(crate) mod synthetic;
mod thread_exceptions;
mod threads;
pub mod type_system;
pub mod types;
pub mod walk;

pub use loader_allocator::LoaderAllocators;
pub use modules::MetadataSource;
pub use runtime::{ClrRuntime, GcHeap, module_name};
pub use threads::{SpecialThreads, Thread, ThreadList, ThreadState, threads};
