//! The merged tree of a snapshot.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::MergedDominators;
use crate::error::Error;
use crate::graph::{Heap, Snapshot, TypeTable};
use crate::progress::Progress;

impl Snapshot {
    /// Builds the merged tree; [`Snapshot::merged_dominators`] keeps it.
    pub(in crate::graph) fn build_merged_dominators(
        &self,
        progress: &dyn Progress,
    ) -> Result<MergedDominators, Arc<Error>> {
        let (heap, roots) = (self.heap(progress)?, self.roots(progress)?);
        let dominators = self.dominators(progress)?;
        progress.begin("merging the dominator tree", None);
        let sizes =
            heap.objects.blocks().iter().flat_map(|block| (0..block.len()).map(move |row| block.size(row)));
        let tree = MergedDominators::new(&dominators, types(heap), sizes, &roots);
        progress.end();
        Ok(tree)
    }
}

/// The type of each object, of types that share name and module the first.
fn types(heap: &Heap) -> Vec<u32> {
    let same = first_of_a_name(&heap.types);
    let types = heap.objects.blocks().iter().flat_map(|block| block.types.iter());
    let mut all = Vec::with_capacity(heap.objects.len());
    all.extend(types.map(|of| same.get(of.0 as usize).copied().unwrap_or(of.0)));
    all
}

fn first_of_a_name(types: &TypeTable) -> Vec<u32> {
    let mut firsts = FxHashMap::default();
    let named = types.all().iter().zip(0..);
    named.map(|(of, id)| *firsts.entry((&*of.name, of.module.as_deref())).or_insert(id)).collect()
}
