//! Whether references that lead to no object stand in garbage alone.
//!
//! A background collection sweeps while the program runs, region by region (`gc_heap::background_sweep`, src/coreclr/gc/gc.cpp,
//! .NET 8.0): dead objects that it has not met yet may refer to some that it has swept already. What is alive never does.

use super::search::reachable_around;
use crate::graph::{Rows, Snapshot};
use crate::problem::{Problem, Severity};
use crate::progress::Progress;

impl Snapshot {
    /// Whether nothing that is alive holds a reference to no object, `references` being all others. Not where that cannot
    /// be known: because of losses, what is alive may look dead.
    pub(in crate::graph) fn dangle_in_garbage_alone(
        &self,
        references: &Rows,
        progress: &dyn Progress,
    ) -> bool {
        let (Ok(heap), Ok(roots)) = (self.heap(progress), self.roots(progress)) else { return false };
        let lists: [&[Problem]; 3] = [&self.problems, &heap.problems, &roots.problems];
        if lists.into_iter().flatten().any(|problem| problem.severity == Severity::Loss) {
            return false;
        }
        let Ok(dangling) = self.dangling_beside(Some(references), progress) else { return false };
        let alive = reachable_around(references, roots.entries(), &heap.free_objects());
        dangling.problems.is_empty() && !dangling.all.iter().any(|held| alive.contains(held.source))
    }
}
