//! References that no path is shown through: those from the arrays in which the runtime keeps statics.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::graph::{Heap, ObjectId, RootKind, Roots, Rows, Snapshot};

/// References out of slots of arrays that are statics. What stands in such a slot has a root of its own, by the static's
/// name; a path through the array would say the same once more, by a name that nobody knows.
#[derive(Clone, Debug, Default)]
pub struct HiddenEdges {
    edges: FxHashSet<(ObjectId, ObjectId)>,
    /// The first and the last of the arrays, so that nearly all references are told apart by two comparisons.
    first: u32,
    last: u32,
}

impl HiddenEdges {
    /// The references of a dump that stand in slots of statics, and nowhere else in the same array.
    pub fn of(snapshot: &Snapshot, heap: &Heap, roots: &Roots, references: &Rows) -> HiddenEdges {
        // Statics of types that can be unloaded are no roots: the way through their array is the only one.
        let statics = roots.all.iter().filter(|root| root.kind == RootKind::Static && root.keeps_alive);
        let statics: FxHashSet<_> = statics.filter_map(|root| root.address).collect();
        // By array, so that each array's references are counted once, however many statics stand in it.
        let mut arrays: FxHashMap<ObjectId, FxHashMap<ObjectId, isize>> = FxHashMap::default();
        for &(array, slot) in roots.slots_of_statics.iter().filter(|(_, slot)| statics.contains(slot)) {
            let target = snapshot.memory.pointer(slot).ok().and_then(|target| heap.objects.find(target));
            if let Some(target) = target {
                *arrays.entry(array).or_default().entry(target).or_default() += 1;
            }
        }
        let mut edges = FxHashSet::default();
        for (array, mut slots) in arrays {
            for target in references.of(array) {
                if let Some(count) = slots.get_mut(target) {
                    // Below zero: it stands in another slot too, which is no static.
                    *count -= 1;
                }
            }
            let only_statics = slots.iter().filter(|&(_, &count)| count >= 0);
            edges.extend(only_statics.map(|(&target, _)| (array, target)));
        }
        HiddenEdges::new(edges)
    }

    /// These references, each from an object to another.
    pub fn new(edges: impl IntoIterator<Item = (ObjectId, ObjectId)>) -> HiddenEdges {
        let edges: FxHashSet<_> = edges.into_iter().collect();
        let holders = || edges.iter().map(|(holder, _)| holder.0);
        let (first, last) = (holders().min().unwrap_or(u32::MAX), holders().max().unwrap_or(0));
        HiddenEdges { edges, first, last }
    }

    /// Whether a reference is not to be walked.
    #[inline]
    pub fn hides(&self, holder: ObjectId, target: ObjectId) -> bool {
        (self.first..=self.last).contains(&holder.0) && self.edges.contains(&(holder, target))
    }
}
