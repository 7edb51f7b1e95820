//! Retained sizes of the corpus' dumps are what a search around each object finds, object by object.

use heapql::graph::{Dominator, Dominators, ObjectId, ObjectSet, Rows, Snapshot, garbage_entries};
use heapql::progress::NoProgress;

use crate::corpus::open;

/// The graph of a dump, and what can be reached in it by the simplest search there is.
struct Graph {
    forward: Rows,
    free: ObjectSet,
    entries: Vec<ObjectId>,
    /// The objects that the roots reach.
    alive: Vec<bool>,
    /// Where unreachable objects are entered.
    garbage: Vec<ObjectId>,
    sizes: Vec<u64>,
}

impl Graph {
    fn new(snapshot: &Snapshot) -> Graph {
        let heap = snapshot.heap(&NoProgress).expect("a heap");
        let mut graph = Graph {
            forward: snapshot.references(&NoProgress).expect("references").forward.clone(),
            free: heap.free_objects(),
            entries: snapshot.roots(&NoProgress).expect("roots").entries(),
            alive: Vec::new(),
            garbage: Vec::new(),
            sizes: heap.objects.sizes(),
        };
        graph.alive = graph.reached(&graph.entries, |_| false);
        let aside = |id: ObjectId| graph.alive[id.0 as usize] || graph.free.contains(id);
        graph.garbage = garbage_entries(&graph.forward, &ObjectSet::of(graph.sizes.len(), aside));
        graph
    }

    fn reached(&self, starts: &[ObjectId], avoided: impl Fn(ObjectId) -> bool) -> Vec<bool> {
        let mut met = vec![false; self.sizes.len()];
        let mut open = starts.to_vec();
        while let Some(object) = open.pop() {
            if !met[object.0 as usize] && !avoided(object) && !self.free.contains(object) {
                met[object.0 as usize] = true;
                open.extend(self.forward.of(object));
            }
        }
        met
    }

    /// The bytes of everything that is reached no more when nothing goes through `object`.
    fn lost_without(&self, object: ObjectId) -> u64 {
        let is_alive = |id: ObjectId| self.alive[id.0 as usize];
        let bytes = |was: &[bool], still: &[bool]| {
            let lost = was.iter().zip(still).zip(&self.sizes).filter(|((was, still), _)| **was && !**still);
            lost.map(|(_, size)| size).sum()
        };
        if is_alive(object) {
            bytes(&self.alive, &self.reached(&self.entries, |id| id == object))
        } else {
            let below = self.reached(&[object], is_alive);
            bytes(&below, &self.reached(&self.garbage, |id| id == object || is_alive(id)))
        }
    }
}

/// So many objects with a fixed seed: every object is as likely as every other.
fn sample(count: usize, of: usize) -> impl Iterator<Item = ObjectId> {
    let mut state = 1_u64;
    let next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ObjectId(((state >> 33) % of as u64) as u32)
    };
    std::iter::repeat_with(next).take(count)
}

fn assert_sampled(dump: &str, count: usize) {
    let snapshot = open(dump);
    let graph = Graph::new(&snapshot);
    let dominators = snapshot.dominators(&NoProgress).expect("dominators");
    let mut dominating = 0;
    for object in sample(count, graph.sizes.len()) {
        let lost = if graph.free.contains(object) { 0 } else { graph.lost_without(object) };
        assert_eq!(dominators.retained(object), lost, "{dump}: object {}", object.0);
        dominating += usize::from(lost > graph.sizes[object.0 as usize]);
    }
    // Those that dominate others are few, and what all is about: they are looked at too.
    let dominating_more = |&object: &ObjectId| dominators.retained(object) > graph.sizes[object.0 as usize];
    let more = sample(20 * count, graph.sizes.len()).filter(dominating_more);
    for object in more.take(count) {
        assert_eq!(dominators.retained(object), graph.lost_without(object), "{dump}: object {}", object.0);
        dominating += 1;
    }
    assert!(dominating >= count / 2, "{dump}: only {dominating} of the sampled objects dominate others");
    assert_totals(dump, &graph, &dominators);
}

fn assert_totals(dump: &str, graph: &Graph, dominators: &Dominators) {
    let ids = || (0..graph.sizes.len() as u32).map(ObjectId);
    let reachable = ids().filter(|&id| dominators.is_reachable(id)).count() as u64;
    assert_eq!(reachable, graph.alive.iter().filter(|&&alive| alive).count() as u64, "{dump}");
    assert_eq!(dominators.reachable_total().objects, reachable, "{dump}");
    let all = reachable + dominators.unreachable_total().objects + graph.free.count();
    assert_eq!(all, graph.sizes.len() as u64, "{dump}");
    let tops = |top| ids().filter(move |&id| dominators.of(id) == Some(top));
    let retained = |top| tops(top).map(|id| dominators.retained(id)).sum::<u64>();
    assert_eq!(retained(Dominator::Roots), dominators.reachable_total().bytes, "{dump}");
    assert_eq!(retained(Dominator::Garbage), dominators.unreachable_total().bytes, "{dump}");
}

#[test]
fn sampled_objects_of_the_corpus_retain_what_is_lost_without_them() {
    for dump in ["zoo-10.0", "zoo-8.0"] {
        assert_sampled(dump, 40);
    }
}

/// As above with the number of objects that the figures in the documentation are for: run it on its own, optimized.
#[test]
#[ignore = "takes minutes unless optimized: cargo nextest run --release --run-ignored only retain"]
fn a_thousand_objects_of_the_corpus_retain_what_is_lost_without_them() {
    for dump in ["zoo-10.0", "zoo-8.0"] {
        assert_sampled(dump, 1000);
    }
}
