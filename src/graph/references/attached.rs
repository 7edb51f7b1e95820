//! References that stand in no object: what dependent handles attach to their objects.

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::handles::{self, HandleKind};
use crate::graph::{Heap, ObjectId, ObjectTable};
use crate::problem::Problem;

/// The pairs of an object and what a dependent handle keeps alive with it, sorted; what cannot be read is added to
/// `problems`.
pub(super) fn dependents(
    runtime: &ClrRuntime,
    objects: &ObjectTable,
    problems: &mut Vec<Problem>,
) -> Vec<(ObjectId, ObjectId)> {
    let mut read = handles::handles(runtime);
    problems.append(&mut read.problems);
    let mut attached = Vec::new();
    let mut to_nothing = 0_u64;
    for handle in read.all.iter().filter(|handle| handle.kind == HandleKind::Dependent) {
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
/// object begins.
pub fn unattached(runtime: &ClrRuntime, heap: &Heap) -> Vec<(ObjectId, Option<Addr>)> {
    let handles = handles::handles(runtime).all;
    let dependent = handles.iter().filter(|handle| handle.kind == HandleKind::Dependent);
    let without = dependent.filter_map(|handle| {
        let attached = handle.dependent.filter(|dependent| !dependent.is_null());
        let is_object = attached.is_some_and(|attached| heap.objects.find(attached).is_some());
        (!is_object).then_some((heap.objects.find(handle.object)?, attached))
    });
    let mut objects: Vec<_> = without.collect();
    objects.sort_unstable();
    objects
}
