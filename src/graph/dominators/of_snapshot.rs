//! The dominators of a snapshot: what is read first, and what is given up meanwhile.

use std::sync::Arc;

use super::{Dominators, TooManyReferences, Unfinished};
use crate::error::{Error, ErrorKind};
use crate::graph::Snapshot;
use crate::progress::Progress;

impl Snapshot {
    pub(in crate::graph) fn build_dominators(
        &self,
        progress: &dyn Progress,
    ) -> Result<Dominators, Arc<Error>> {
        let heap = self.heap(progress)?;
        let entries = self.roots(progress)?.entries();
        let references = self.references(progress)?;
        progress.begin("computing dominators", None);
        let unfinished = Unfinished::new(&references.forward, &entries, &heap.free_objects());
        // They take as much memory as what follows, and a small part of the time to read them again.
        drop(references);
        self.graph.give_up_references();
        let dominators = unfinished.map(|unfinished| unfinished.finish(|| heap.objects.sizes()));
        progress.end();
        dominators.map_err(|TooManyReferences| {
            let error = Error::new(ErrorKind::Unsupported, TooManyReferences.to_string());
            Arc::new(error.hint("ask for references, roots and paths: they need no dominators"))
        })
    }
}
