//! References that stand in no object: what dependent handles attach to their objects.

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::handles::{self, Handle, HandleKind};
use crate::graph::{Heap, ObjectId, ObjectTable};
use crate::problem::Problem;

/// The pairs of an object and what a dependent handle keeps alive with it, sorted; what cannot be read is added to
/// `problems`.
pub(super) fn dependents(
    runtime: &ClrRuntime,
    objects: &ObjectTable,
    problems: &mut Vec<Problem>,
) -> Vec<(ObjectId, ObjectId)> {
    let mut attached = Vec::new();
    let mut to_nothing = 0_u64;
    for handle in dependent_handles(runtime, problems) {
        // A handle to which nothing was attached yet attaches nothing.
        let Some(dependent) = handle.dependent else { continue };
        match (objects.find(handle.object), objects.find(dependent)) {
            (Some(key), Some(dependent)) => attached.push((key, dependent)),
            _ => to_nothing += 1,
        }
    }
    if to_nothing > 0 {
        problems.push(Problem::loss(format!("{to_nothing} dependent handles lead to no object")));
    }
    attached.sort_unstable();
    attached
}

/// Every object to which a dependent handle attaches no object, sorted: nothing yet, or what is at an address where no
/// object begins. What cannot be read was told when the references were.
pub fn unattached(runtime: &ClrRuntime, heap: &Heap) -> Vec<(ObjectId, Option<Addr>)> {
    let without = |handle: &Handle| {
        let attaches = handle.dependent.is_some_and(|dependent| heap.objects.find(dependent).is_some());
        (!attaches).then_some((heap.objects.find(handle.object)?, handle.dependent))
    };
    let mut objects: Vec<_> =
        dependent_handles(runtime, &mut Vec::new()).iter().filter_map(without).collect();
    objects.sort_unstable();
    objects
}

fn dependent_handles(runtime: &ClrRuntime, problems: &mut Vec<Problem>) -> Vec<Handle> {
    let mut handles = handles::handles(runtime);
    problems.append(&mut handles.problems);
    handles.all.retain(|handle| handle.kind == HandleKind::Dependent);
    handles.all
}
