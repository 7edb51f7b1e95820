//! References that stand in no object: dependent handles attach an object to another and keep it alive as long as that is.

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::handles::{self, HandleKind};
use crate::graph::{Heap, ObjectId};

/// Every object with what a dependent handle attaches to it, sorted. Handles of which one side is gone or is no object
/// attach nothing.
pub fn attached(runtime: &ClrRuntime, heap: &Heap) -> Vec<(ObjectId, ObjectId)> {
    let object = |address: Addr| heap.objects.find(address);
    let handles = handles::handles(runtime).all;
    let dependent = handles.iter().filter(|handle| handle.kind == HandleKind::Dependent);
    let pairs = dependent.filter_map(|handle| Some((object(handle.object)?, object(handle.dependent?)?)));
    let mut pairs: Vec<(ObjectId, ObjectId)> = pairs.collect();
    pairs.sort_unstable();
    pairs
}
