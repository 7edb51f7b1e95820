//! The graph of a snapshot's objects: what refers to what, who holds it, how much hangs on it; built as it is asked for.

use std::sync::{Arc, OnceLock};

use super::index::{self, Index};
use super::merged_dominators::MergedDominators;
use super::part::Part;
use super::references::unattached;
use super::roots::build_roots;
use super::{DanglingReferences, Dominators, Heap, References, Roots, Rows, SlotReader, Snapshot};
use crate::error::{Error, ErrorKind};
use crate::problem::Problem;
use crate::progress::Progress;

/// The parts of the graph that were built so far.
#[derive(Debug, Default)]
pub struct ObjectGraph {
    references: Part<References>,
    /// Those of the references, which may be given up once the dominators are known.
    reference_problems: OnceLock<Vec<Problem>>,
    referrers: Part<Rows>,
    dangling: Part<DanglingReferences>,
    roots: Part<Roots>,
    dominators: Part<Dominators>,
    merged_dominators: Part<MergedDominators>,
}

impl Snapshot {
    /// What every object refers to; walks the heap and reads all references at the first call.
    ///
    /// # Errors
    /// The dump holds no heap.
    pub fn references(&self, progress: &dyn Progress) -> Result<Arc<References>, Arc<Error>> {
        self.graph.references.get_or_build(|| {
            let references = self.read_references(progress)?;
            self.graph.reference_problems.get_or_init(|| references.problems.clone());
            Ok(references)
        })
    }

    fn read_references(&self, progress: &dyn Progress) -> Result<References, Arc<Error>> {
        let heap = self.heap(progress)?;
        if let Some(stored) = self.stored(heap, Index::references) {
            return Ok(stored);
        }
        match &self.values {
            Some(values) => {
                let (mut references, dangling) = References::of(values.types().runtime(), heap, progress)?;
                references.problems.extend(dangling.map(|dangling| {
                    dangling.problem(self.dangle_in_garbage_alone(&references.forward, progress))
                }));
                Ok(references)
            }
            None if heap.objects.is_empty() => Ok(References::default()),
            None => Err(Arc::new(Error::new(ErrorKind::NoRuntime, "the types of objects cannot be read"))),
        }
    }

    /// The references that lead to no object; reads all slots again at the first call, unless [`References::problems`]
    /// says that there are none in objects.
    ///
    /// # Errors
    /// As for [`Snapshot::references`].
    pub fn dangling_references(
        &self,
        progress: &dyn Progress,
    ) -> Result<Arc<DanglingReferences>, Arc<Error>> {
        let references = self.references(progress)?;
        let others = Some(&references.forward).filter(|_| !references.problems.is_empty());
        self.dangling_beside(others, progress)
    }

    /// The same, `references` being all others; without them only those that stand in no object.
    pub(super) fn dangling_beside(
        &self,
        references: Option<&Rows>,
        progress: &dyn Progress,
    ) -> Result<Arc<DanglingReferences>, Arc<Error>> {
        self.graph.dangling.get_or_build(|| {
            let heap = self.heap(progress)?;
            let mut dangling = DanglingReferences::default();
            let Some(runtime) = self.values.as_deref().map(|values| values.types().runtime()) else {
                return Ok(dangling);
            };
            if let Some(references) = references {
                progress.begin("listing references to no object", None);
                let slots = SlotReader::new(runtime, &heap.objects, &heap.types);
                dangling = DanglingReferences::read(&slots, &heap.objects, references);
                progress.end();
            }
            dangling.unattached = unattached(runtime, heap);
            Ok(dangling)
        })
    }

    /// For every object those that refer to it, each as often as it does, in the order of their ids; turns the references
    /// around at the first call.
    ///
    /// # Errors
    /// As for [`Snapshot::references`].
    pub fn referrers(&self, progress: &dyn Progress) -> Result<Arc<Rows>, Arc<Error>> {
        self.graph.referrers.get_or_build(|| {
            if let Some(stored) = self.stored(self.heap(progress)?, Index::referrers) {
                return Ok(stored);
            }
            let references = self.references(progress)?;
            progress.begin("turning references around", None);
            let referrers = references.forward.transposed();
            progress.end();
            Ok(referrers)
        })
    }

    /// What keeps objects alive from outside of the heap.
    ///
    /// # Errors
    /// The dump holds no heap, or its types cannot be read.
    pub fn roots(&self, progress: &dyn Progress) -> Result<Arc<Roots>, Arc<Error>> {
        self.graph.roots.get_or_build(|| build_roots(self, self.heap(progress)?))
    }

    /// Dominators and retained sizes of all objects.
    ///
    /// # Errors
    /// As for [`Snapshot::references`].
    pub fn dominators(&self, progress: &dyn Progress) -> Result<Arc<Dominators>, Arc<Error>> {
        self.graph.dominators.get_or_build(|| {
            if let Some(index) = self.index.as_ref().filter(|index| index.holds(index::Part::Dominators)) {
                let (heap, roots) = (self.heap(progress)?, self.roots(progress)?);
                let setting = index::setting_of_roots(&roots);
                if let Some(stored) = index.dominators(heap.objects.len(), setting) {
                    return Ok(stored);
                }
            }
            self.build_dominators(progress)
        })
    }

    /// The dominator tree, objects of one type under one parent taken together; small, whatever the heap's size.
    ///
    /// # Errors
    /// As for [`Snapshot::references`].
    pub fn merged_dominators(&self, progress: &dyn Progress) -> Result<Arc<MergedDominators>, Arc<Error>> {
        self.graph.merged_dominators.get_or_build(|| self.build_merged_dominators(progress))
    }

    /// What the index holds for so many objects as `heap` has.
    fn stored<T>(&self, heap: &Heap, take: impl FnOnce(&Index, usize) -> Option<T>) -> Option<T> {
        take(self.index.as_ref()?, heap.objects.len())
    }

    /// The parts that were built so far.
    pub fn graph(&self) -> &ObjectGraph {
        &self.graph
    }
}

impl ObjectGraph {
    /// The references, if they were built.
    pub fn built_references(&self) -> Option<Arc<References>> {
        self.references.get()
    }

    /// The references turned around, if they were.
    pub fn built_referrers(&self) -> Option<Arc<Rows>> {
        self.referrers.get()
    }

    /// Gives up references, forward and backward, that take memory and are in nobody's use. They are built again when
    /// they are asked for.
    pub(super) fn give_up_references(&self) {
        if self.references.get().is_some_and(|references| references.forward.owned_bytes() > 0) {
            self.references.give_up_unused();
        }
        if self.referrers.get().is_some_and(|referrers| referrers.owned_bytes() > 0) {
            self.referrers.give_up_unused();
        }
    }

    /// What had to be left out of the references, also after they were given up; nothing while they were not read.
    pub fn reference_problems(&self) -> &[Problem] {
        self.reference_problems.get().map_or(&[], |problems| problems)
    }

    /// Keeps references that were made elsewhere, for ever: nothing could read them again.
    #[cfg(test)]
    pub(crate) fn keep_references(&self, references: References) {
        let references = Arc::new(references);
        std::mem::forget(Arc::clone(&references));
        self.references.set(references);
    }

    /// Keeps roots that were made elsewhere.
    #[cfg(test)]
    pub(crate) fn keep_roots(&self, roots: Roots) {
        self.roots.set(Arc::new(roots));
    }

    /// The roots, if they were built.
    pub fn built_roots(&self) -> Option<Arc<Roots>> {
        self.roots.get()
    }

    /// The dominators, if they were built.
    pub fn built_dominators(&self) -> Option<Arc<Dominators>> {
        self.dominators.get()
    }
}
