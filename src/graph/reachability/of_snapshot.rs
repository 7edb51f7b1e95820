//! What is asked of a snapshot's graph: reachable objects, what a set retains, depths.

use std::sync::Arc;

use super::{Depths, reachable_around, retained_by};
use crate::error::Error;
use crate::graph::{Heap, ObjectId, ObjectSet, Snapshot};
use crate::progress::Progress;

impl Heap {
    /// The free objects: room between objects, which the graph leaves out.
    pub fn free_objects(&self) -> ObjectSet {
        let Some(free) = self.types.free() else { return ObjectSet::none(self.objects.len()) };
        let types = self.objects.blocks().iter().flat_map(|block| block.types.iter());
        let free = types.zip(0..).filter(|&(&of, _)| of == free).map(|(_, id)| ObjectId(id));
        ObjectSet::from_ids(self.objects.len(), free)
    }
}

impl Snapshot {
    /// All objects that references lead to from `starts`, those included; free objects are none.
    ///
    /// # Errors
    /// As for [`Snapshot::references`].
    pub fn reachable_from(
        &self,
        starts: impl IntoIterator<Item = ObjectId>,
        progress: &dyn Progress,
    ) -> Result<ObjectSet, Arc<Error>> {
        let references = self.references(progress)?;
        Ok(reachable_around(&references.forward, starts, &self.heap(progress)?.free_objects()))
    }

    /// The objects that could be collected if those of `set` were let go all at once, as [`retained_by`] says.
    ///
    /// # Errors
    /// As for [`Snapshot::references`] and [`Snapshot::roots`].
    pub fn retained_by(&self, set: &ObjectSet, progress: &dyn Progress) -> Result<ObjectSet, Arc<Error>> {
        let entries = self.roots(progress)?.entries();
        let references = self.references(progress)?;
        Ok(retained_by(&references.forward, &entries, &self.heap(progress)?.free_objects(), set))
    }

    /// How far every object is from the roots; computed anew at every call.
    ///
    /// # Errors
    /// As for [`Snapshot::references`] and [`Snapshot::roots`].
    pub fn depths(&self, progress: &dyn Progress) -> Result<Depths, Arc<Error>> {
        let entries = self.roots(progress)?.entries();
        let references = self.references(progress)?;
        Ok(Depths::new(&references.forward, &entries, &self.heap(progress)?.free_objects()))
    }
}
