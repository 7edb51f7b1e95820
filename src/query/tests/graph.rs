//! Heaps made by hand with references and roots, and the graph's answers found as plainly as possible: by removing an
//! object and looking what is still reached.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::synthetic::{self, Numbers};
use crate::graph::{ObjectId, References, Root, RootKind, Roots, Rows, Snapshot};
use crate::progress::NoProgress;

/// The heap of [`synthetic::snapshot`] with references and roots by the same seed. Free objects have neither.
pub fn snapshot(seed: u64, objects: usize, block: usize) -> Snapshot {
    let snapshot = synthetic::snapshot(seed, objects, block);
    let free = is_free(&snapshot);
    let mut numbers = Numbers::new(seed ^ 0x5eed);
    let others: Vec<u32> = (0..objects as u32).filter(|&id| !free[id as usize]).collect();
    let mut rows: Vec<Vec<u32>> = Vec::new();
    for &is_free in &free {
        let degree = if is_free { 0 } else { [0, 0, 1, 1, 2, 3][numbers.below(6) as usize] };
        rows.push((0..degree).map(|_| others[numbers.below(others.len() as u64) as usize]).collect());
    }
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(others[numbers.below(others.len() as u64) as usize]);
    }
    all.sort_unstable();
    let root = |id| Root::new(RootKind::StrongHandle, None, ObjectId(id));
    let roots = Roots { all: all.into_iter().map(root).collect(), ..Roots::default() };
    let forward: Rows = rows.into_iter().collect();
    snapshot.graph().keep_references(References { forward, problems: Vec::new() });
    snapshot.graph().keep_roots(roots);
    snapshot
}

fn is_free(snapshot: &Snapshot) -> Vec<bool> {
    let heap = snapshot.heap(&NoProgress).unwrap();
    let types = heap.objects.blocks().iter().flat_map(|block| block.types.iter());
    types.map(|&of| &*heap.types.get(of).unwrap().name == "Free").collect()
}

/// What is known of a graph.
pub struct Naive {
    pub references: Arc<References>,
    sizes: Vec<u64>,
    free: Vec<bool>,
    entries: Vec<u32>,
    reachable: BTreeSet<u32>,
    /// References from the nearest root.
    depths: BTreeMap<u32, u64>,
    /// What goes with each object, itself included.
    retained: Vec<BTreeSet<u32>>,
}

impl Naive {
    pub fn new(snapshot: &Snapshot) -> Naive {
        let heap = snapshot.heap(&NoProgress).unwrap();
        let references = snapshot.references(&NoProgress).unwrap();
        let roots = snapshot.roots(&NoProgress).unwrap();
        let free = is_free(snapshot);
        let blocks = heap.objects.blocks();
        let sizes: Vec<u64> = blocks.iter().flat_map(|b| (0..b.len()).map(|row| b.size(row))).collect();
        let rows = &references.forward;
        let entries: Vec<u32> = roots.entries().iter().map(|id| id.0).collect();
        let depths = reached(rows, &entries, &BTreeSet::new());
        let reachable: BTreeSet<u32> = depths.keys().copied().collect();
        let garbage: Vec<u32> =
            (0..free.len() as u32).filter(|id| !reachable.contains(id) && !free[*id as usize]).collect();
        let garbage_entries = entries_of(rows, &garbage, &reachable);
        let all_garbage: BTreeSet<u32> = garbage.iter().copied().collect();
        let retained = (0..free.len() as u32).map(|id| {
            let (entries, all, mut around) = match (reachable.contains(&id), free[id as usize]) {
                (true, _) => (&entries, &reachable, BTreeSet::new()),
                (false, false) => (&garbage_entries, &all_garbage, reachable.clone()),
                (false, true) => return BTreeSet::new(),
            };
            around.insert(id);
            let left = reached(rows, entries, &around);
            all.iter().filter(|other| !left.contains_key(other)).copied().collect()
        });
        let retained: Vec<BTreeSet<u32>> = retained.collect();
        let references = Arc::clone(&references);
        Naive { references, sizes, free, entries, reachable, depths, retained }
    }

    /// What goes with any of these objects, each byte once.
    pub fn retained_bytes(&self, objects: impl Iterator<Item = u32>) -> u64 {
        let all: BTreeSet<u32> = objects.flat_map(|id| &self.retained[id as usize]).copied().collect();
        all.iter().map(|&id| self.sizes[id as usize]).sum()
    }

    /// What is reachable now and would not be without all of these objects.
    pub fn retained_together(&self, objects: &[u32]) -> u64 {
        let left = reached(&self.references.forward, &self.entries, &objects.iter().copied().collect());
        let gone = self.reachable.iter().filter(|id| !left.contains_key(id));
        gone.map(|&id| self.sizes[id as usize]).sum()
    }

    /// The nearest of the other objects with which it goes too.
    pub fn dominator(&self, id: u32) -> Option<u32> {
        let holds = |other: &u32| *other != id && self.retained[*other as usize].contains(&id);
        (0..self.sizes.len() as u32).filter(holds).min_by_key(|other| self.retained[*other as usize].len())
    }

    /// Whether a root reaches it; `None` for free objects.
    pub fn is_reachable(&self, id: u32) -> Option<bool> {
        (!self.free[id as usize]).then(|| self.reachable.contains(&id))
    }

    pub fn depth(&self, id: u32) -> Option<u64> {
        self.depths.get(&id).copied()
    }
}

/// The objects that are reached from `entries` on ways around some, and how many references away: 1 for an entry.
fn reached(rows: &Rows, entries: &[u32], around: &BTreeSet<u32>) -> BTreeMap<u32, u64> {
    let mut depths = BTreeMap::new();
    let mut nearest: Vec<u32> = entries.to_vec();
    let mut depth = 0;
    while !nearest.is_empty() {
        depth += 1;
        nearest.retain(|id| !around.contains(id) && !depths.contains_key(id));
        depths.extend(nearest.iter().map(|&id| (id, depth)));
        nearest = nearest.iter().flat_map(|&id| rows.of(ObjectId(id))).map(|id| id.0).collect();
    }
    depths
}

/// Where garbage is entered: of objects that all reach each other and that no other garbage reaches, the lowest.
fn entries_of(rows: &Rows, garbage: &[u32], alive: &BTreeSet<u32>) -> Vec<u32> {
    let from: BTreeMap<u32, BTreeMap<u32, u64>> =
        garbage.iter().map(|&id| (id, reached(rows, &[id], alive))).collect();
    let is_entry = |id: &&u32| {
        let reach_it = garbage.iter().filter(|other| from[other].contains_key(id));
        reach_it.into_iter().all(|other| from[id].contains_key(other) && other >= *id)
    };
    garbage.iter().filter(is_entry).copied().collect()
}
