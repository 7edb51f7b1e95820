//! The profile of an open dump.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::roots::root_groups;
use super::totals::totals;
use super::types::TypeGroups;
use super::{DumpFacts, OwnerTree, Profile};
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
        let roots = snapshot.roots(progress)?;
        stop_if_asked(options)?;
        let dominators = snapshot.dominators(progress)?;
        stop_if_asked(options)?;
        progress.begin("adding up what hangs on types and roots", None);
        let groups = TypeGroups::new(&heap.types);
        let (types, assemblies) = groups.rows(heap, &dominators);
        let profile = Profile {
            version: Profile::VERSION,
            dump: DumpFacts::of(snapshot),
            totals: totals(heap, &snapshot.segments, &dominators),
            types,
            roots: root_groups(&roots, &dominators),
            assemblies,
            tree: OwnerTree::default(),
            ways: Vec::new(),
            answers: Vec::new(),
            problems: problems(snapshot),
        };
        progress.end();
        stop_if_asked(options)?;
        Ok(profile)
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
