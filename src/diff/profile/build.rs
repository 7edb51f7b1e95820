//! The profile of an open dump.

use std::cmp::Reverse;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::owner_tree::Pruning;
use super::roots::root_groups;
use super::totals::totals;
use super::types::TypeGroups;
use super::{DumpFacts, LeftOut, OwnerTree, Profile, TypeRow};
use crate::diff::growth::ways_of;
use crate::graph::Snapshot;
use crate::problem::Problem;
use crate::query::{QueryError, RunOptions};

impl Profile {
    /// The profile of an open dump; walks its heap and builds references, roots and dominators.
    ///
    /// # Errors
    /// The dump holds no heap; it was stopped.
    pub fn of(snapshot: &Snapshot, options: &RunOptions<'_>) -> Result<Profile, QueryError> {
        let progress = options.progress;
        let heap = snapshot.heap(progress)?;
        snapshot.roots(progress)?;
        stop_if_asked(options)?;
        let dominators = snapshot.dominators(progress)?;
        stop_if_asked(options)?;
        let tree = snapshot.merged_dominators(progress)?;
        stop_if_asked(options)?;
        progress.begin("adding up what hangs on types and roots", None);
        let groups = TypeGroups::new(&heap.types);
        let (types, assemblies) = groups.rows(heap, &dominators);
        let profile = Profile {
            version: Profile::VERSION,
            dump: DumpFacts::of(snapshot, heap),
            totals: totals(heap, &snapshot.segments, &dominators),
            types,
            roots: root_groups(&tree),
            assemblies,
            tree: OwnerTree::of(&tree, &heap.types, Pruning::OF_PROFILES),
            ways: Vec::new(),
            answers: Vec::new(),
            problems: problems(snapshot),
            left_out: LeftOut::default(),
        };
        progress.end();
        stop_if_asked(options)?;
        Ok(profile)
    }
}

/// Types whose ways are kept: those that retain most, and as many of which there are most.
const TYPES_WITH_WAYS: usize = 100;

impl Profile {
    /// Adds the ways to the objects of the types that weigh most: who looks at growth later has no dump to ask.
    ///
    /// # Errors
    /// The dump cannot tell its references; it was stopped.
    pub fn keep_ways(&mut self, snapshot: &Snapshot, options: &RunOptions<'_>) -> Result<(), QueryError> {
        let mut chosen: Vec<&TypeRow> = self.types.iter().collect();
        chosen.sort_by_key(|row| Reverse(row.count));
        chosen.truncate(TYPES_WITH_WAYS);
        chosen.extend(self.types.iter().take(TYPES_WITH_WAYS));
        let mut names: Vec<_> = chosen.iter().map(|row| (&*row.name, row.module.as_deref())).collect();
        names.sort_unstable();
        names.dedup();
        let ways = ways_of(snapshot, &names, options)?;
        self.ways = ways;
        Ok(())
    }
}

fn stop_if_asked(options: &RunOptions<'_>) -> Result<(), QueryError> {
    if options.cancel.load(Ordering::Relaxed) { Err(QueryError::Cancelled) } else { Ok(()) }
}

/// What reading the dump left out so far, each sentence once.
fn problems(snapshot: &Snapshot) -> Vec<String> {
    let graph = snapshot.graph();
    let roots = graph.built_roots();
    let of_heap = snapshot.built_heap().into_iter().flat_map(|heap| &heap.problems);
    let of_roots = roots.iter().flat_map(|roots: &Arc<_>| &roots.problems);
    let all = snapshot.problems.iter().chain(of_heap).chain(graph.reference_problems()).chain(of_roots);
    let mut told = Vec::new();
    for sentence in all.map(Problem::to_string) {
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    told
}
