//! References that stand in no object: dependent handles attach an object to another and keep it alive as long as that is.

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::handles::{self, Handle, HandleKind};
use crate::graph::{Heap, ObjectId};

/// Every object with what a dependent handle attaches to it, sorted. Handles of which one side is gone or is no object
/// attach nothing.
pub fn attached(runtime: &ClrRuntime, heap: &Heap) -> Vec<(ObjectId, ObjectId)> {
    let pair = |handle: &Handle| {
        let dependent = heap.objects.find(handle.dependent?)?;
        Some((heap.objects.find(handle.object)?, dependent))
    };
    let mut pairs: Vec<_> = dependent_handles(runtime).iter().filter_map(pair).collect();
    pairs.sort_unstable();
    pairs
}

/// Every object to which a dependent handle attaches no object, sorted: nothing yet, or what is at an address where no
/// object begins.
pub fn unattached(runtime: &ClrRuntime, heap: &Heap) -> Vec<(ObjectId, Option<Addr>)> {
    let without = |handle: &Handle| {
        let dependent = handle.dependent.filter(|dependent| !dependent.is_null());
        let attaches = dependent.is_some_and(|dependent| heap.objects.find(dependent).is_some());
        (!attaches).then_some((heap.objects.find(handle.object)?, dependent))
    };
    let mut objects: Vec<_> = dependent_handles(runtime).iter().filter_map(without).collect();
    objects.sort_unstable();
    objects
}

fn dependent_handles(runtime: &ClrRuntime) -> Vec<Handle> {
    let mut handles = handles::handles(runtime).all;
    handles.retain(|handle| handle.kind == HandleKind::Dependent);
    handles
}
