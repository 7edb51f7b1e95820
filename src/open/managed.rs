//! The snapshot of a dump whose runtime was found.

use std::sync::Arc;

use crate::clr::metadata::Metadata;
use crate::clr::modules::Module as ClrModule;
use crate::clr::type_system::TypeSystem;
use crate::clr::{self, ClrRuntime, MetadataSource};
use crate::graph::index::Index;
use crate::graph::{self, Module, Snapshot, Thread};
use crate::problem::Problem;
use crate::values::Values;
use crate::values::collections::CollectionShapes;

use super::facts;

/// The snapshot of `runtime`'s dump, which takes from `index` what stands there; what its objects cannot be asked is added to `problems`.
pub(super) fn snapshot(
    runtime: &Arc<ClrRuntime>,
    index: Option<Arc<Index>>,
    collections: &CollectionShapes,
    problems: &mut Vec<Problem>,
) -> Snapshot {
    let walked = Arc::clone(runtime);
    let memory = Arc::clone(&runtime.dump.memory);
    let segments = runtime.gc.as_ref().map_or_else(|_| Vec::new(), |gc| gc.segments.clone());
    let (stored, segment_count) = (index.clone(), segments.len());
    let mut snapshot =
        Snapshot::new(memory, move |progress| match stored.as_ref().and_then(|i| i.heap(segment_count)) {
            Some(stored) => graph::restore_heap(&walked, stored),
            None => graph::build_heap(&walked, progress),
        });
    snapshot.index = index;
    snapshot.facts = facts::of_runtime(runtime);
    snapshot.modules =
        runtime.modules_with_metadata().map(|(m, source)| module(runtime, m, source)).collect();
    match TypeSystem::new(Arc::clone(runtime)) {
        Ok(types) => {
            let types = Arc::new(types);
            // A dump without a heap says so whenever it is asked for objects.
            let values = || Values::of(Arc::clone(&types)).with_collections(collections.clone());
            snapshot.values = runtime.gc.is_ok().then(|| Arc::new(values()));
            snapshot.types = Some(types);
        }
        Err(error) if runtime.gc.is_ok() => {
            problems.push(Problem::note(format!("the fields of objects cannot be told: {error}")));
        }
        Err(_) => {}
    }
    let known = runtime.threads.as_ref().map(|list| list.threads.as_slice()).unwrap_or_default();
    snapshot.threads = Thread::all(known, &runtime.dump.threads);
    snapshot.segments = segments;
    snapshot
}

fn module(runtime: &ClrRuntime, module: &ClrModule, source: &MetadataSource) -> Module {
    let metadata = source.open(&runtime.dump.memory);
    let version = |metadata: &Metadata<'_>| metadata.assembly_version().ok().flatten();
    Module {
        name: clr::module_name(module, metadata.as_ref()),
        path: module.path.clone(),
        base: module.image.map(|image| image.base),
        size: module.image.map(|image| u64::from(image.size)),
        version: metadata.as_ref().and_then(version),
        mvid: metadata.as_ref().and_then(Metadata::mvid).map(|mvid| mvid.to_string()),
        dynamic: module.dynamic,
    }
}
