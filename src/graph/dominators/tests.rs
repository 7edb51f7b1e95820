use proptest::prelude::*;

use super::*;
use crate::graph::{NO_GROUP, Rows, garbage_entries, reachable_around, reachable_from, retained_by};

/// A graph with everything that a heap may have: circles, objects that refer to themselves, the same reference twice,
/// garbage, free objects (that damage makes others refer to), entries that occur twice.
#[derive(Clone, Debug)]
struct Graph {
    rows: Vec<Vec<u32>>,
    entries: Vec<u32>,
    free: Vec<u32>,
}

impl Graph {
    fn new(rows: &[&[u32]], entries: &[u32]) -> Graph {
        let rows = rows.iter().map(|row| row.to_vec()).collect();
        Graph { rows, entries: entries.to_vec(), free: Vec::new() }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn rows(&self) -> Rows {
        self.rows.iter().collect()
    }

    fn entries(&self) -> Vec<ObjectId> {
        self.entries.iter().copied().map(ObjectId).collect()
    }

    fn free(&self) -> ObjectSet {
        ObjectSet::from_ids(self.len(), self.free.iter().copied().map(ObjectId))
    }

    fn dominators(&self) -> Dominators {
        let unfinished =
            Unfinished::new(&self.rows(), &self.entries(), &self.free()).expect("few references");
        unfinished.finish(|| (0..self.len()).map(size).collect())
    }

    /// What is reached from `starts` around `avoided`, one step after the other.
    fn reached(&self, starts: &[u32], avoided: &dyn Fn(u32) -> bool) -> Vec<bool> {
        let mut met = vec![false; self.len()];
        let mut open: Vec<u32> = starts.to_vec();
        while let Some(object) = open.pop() {
            if !avoided(object) && !self.free.contains(&object) && !met[object as usize] {
                met[object as usize] = true;
                open.extend(&self.rows[object as usize]);
            }
        }
        met
    }

    fn alive(&self) -> Vec<bool> {
        self.reached(&self.entries, &|_| false)
    }

    /// The entries of garbage by their definition: the lowest of each set of garbage that all reach each other and
    /// nothing else of it reaches.
    fn garbage_entries(&self) -> Vec<u32> {
        let alive = self.alive();
        let garbage: Vec<u32> =
            (0..self.len() as u32).filter(|id| !alive[*id as usize] && !self.free.contains(id)).collect();
        let reached_from = |&id: &u32| self.reached(&[id], &|id| alive[id as usize]);
        let reaches: Vec<Vec<bool>> = garbage.iter().map(reached_from).collect();
        let mut entries = garbage.clone();
        entries.retain(|&entry| {
            let own = &reaches[garbage.binary_search(&entry).expect("garbage")];
            garbage
                .iter()
                .zip(&reaches)
                .all(|(&other, reaches)| !reaches[entry as usize] || own[other as usize] && entry <= other)
        });
        entries
    }

    /// What could be collected without the objects of `set`: everything is searched again around them.
    fn lost_without(&self, set: &[u32]) -> Vec<u32> {
        let alive = self.alive();
        let avoided = |id: u32| set.contains(&id);
        let still_alive = self.reached(&self.entries, &avoided);
        let others = self.garbage_entries();
        let around_live = |id: u32| alive[id as usize] || avoided(id);
        let still_there = self.reached(&others, &around_live);
        let dead: Vec<u32> = set.iter().copied().filter(|&id| !alive[id as usize]).collect();
        let below = self.reached(&dead, &|id| alive[id as usize]);
        let is_lost = |id: usize| {
            if alive[id] { !still_alive[id] } else { below[id] && !still_there[id] }
        };
        (0..self.len()).filter(|&id| is_lost(id)).map(|id| id as u32).collect()
    }
}

/// Different for each object, so that sums tell which objects are in them.
fn size(object: usize) -> u64 {
    16 + (object as u64) * 24
}

fn sizes_of(objects: impl IntoIterator<Item = u32>) -> u64 {
    objects.into_iter().map(|object| size(object as usize)).sum()
}

fn ids(set: &ObjectSet) -> Vec<u32> {
    set.iter().map(|object| object.0).collect()
}

/// A generator's own sparse and dense graphs: up to three references an object, as in heaps.
fn graphs(most: usize) -> impl Strategy<Value = Graph> {
    (1..most, 0_usize..4).prop_flat_map(|(len, degree)| {
        let id = 0..len as u32;
        let row = prop::collection::vec(id.clone(), 0..=degree);
        let rows = prop::collection::vec(row, len);
        let some = |most| prop::collection::vec(0..len as u32, 0..=most);
        (rows, some(3), some(2)).prop_map(|(rows, entries, free)| Graph { rows, entries, free })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn retained_sizes_are_what_is_lost_without_an_object(graph in graphs(24)) {
        let dominators = graph.dominators();
        let alive = graph.alive();
        for id in 0..graph.len() as u32 {
            let object = ObjectId(id);
            let lost = if graph.free.contains(&id) { Vec::new() } else { graph.lost_without(&[id]) };
            prop_assert_eq!(dominators.retained(object), sizes_of(lost.iter().copied()), "object {}", id);
            prop_assert_eq!(ids(&dominators.dominated_by(object)), lost, "object {}", id);
            prop_assert_eq!(dominators.is_reachable(object), alive[id as usize] && !graph.free.contains(&id));
        }
    }

    #[test]
    fn a_dominator_is_the_nearest_of_those_without_which_an_object_is_lost(graph in graphs(16)) {
        let dominators = graph.dominators();
        let lost: Vec<Vec<u32>> = (0..graph.len() as u32).map(|id| graph.lost_without(&[id])).collect();
        for id in (0..graph.len() as u32).filter(|id| !graph.free.contains(id)) {
            let chain: Vec<Dominator> = dominators.chain(ObjectId(id)).collect();
            let (top, objects) = chain.split_last().expect("every object has a dominator");
            let expected = if dominators.is_reachable(ObjectId(id)) { Dominator::Roots } else { Dominator::Garbage };
            prop_assert_eq!(*top, expected);
            let mut holders: Vec<u32> =
                (0..graph.len() as u32).filter(|&by| by != id && lost[by as usize].contains(&id)).collect();
            // Who dominates less is nearer.
            holders.sort_by_key(|&by| lost[by as usize].len());
            let holders: Vec<Dominator> = holders.into_iter().map(|by| Dominator::Object(ObjectId(by))).collect();
            prop_assert_eq!(objects, holders);
        }
    }

    #[test]
    fn what_a_set_retains_is_lost_without_all_of_it(
        graph in graphs(20),
        set in prop::collection::vec(0_u32..20, 0..5),
    ) {
        let set: Vec<u32> = set.into_iter().filter(|&id| (id as usize) < graph.len()).collect();
        let objects = ObjectSet::from_ids(graph.len(), set.iter().copied().map(ObjectId));
        let retained = retained_by(&graph.rows(), &graph.entries(), &graph.free(), &objects);
        let real: Vec<u32> = set.into_iter().filter(|id| !graph.free.contains(id)).collect();
        prop_assert_eq!(ids(&retained), graph.lost_without(&real));
    }

    #[test]
    fn garbage_is_entered_where_nothing_else_leads(graph in graphs(20)) {
        let aside = reachable_around(&graph.rows(), graph.entries(), &graph.free());
        let aside = aside.joined(&graph.free(), |alive, free| alive | free);
        let entries: Vec<u32> =
            garbage_entries(&graph.rows(), &aside).into_iter().map(|entry| entry.0).collect();
        prop_assert_eq!(entries, graph.garbage_entries());
    }

    #[test]
    fn groups_count_what_one_of_them_dominates_once(
        graph in graphs(20),
        groups in prop::collection::vec(prop_oneof![0_u32..3, Just(NO_GROUP)], 20),
    ) {
        let dominators = graph.dominators();
        let mut expected = [0_u64; 3];
        for (id, &group) in (0..graph.len() as u32).zip(&groups) {
            let is_below = dominators.chain(ObjectId(id)).any(|above| match above {
                Dominator::Object(above) => groups[above.0 as usize] == group,
                Dominator::Roots | Dominator::Garbage => false,
            });
            if let Some(sum) = expected.get_mut(group as usize).filter(|_| !is_below) {
                *sum += dominators.retained(ObjectId(id));
            }
        }
        prop_assert_eq!(dominators.retained_of_groups(&groups, 3), expected);
    }

    #[test]
    fn totals_are_those_of_all_objects_but_free_ones(graph in graphs(30)) {
        let dominators = graph.dominators();
        let alive = graph.alive();
        let (live, dead): (Vec<u32>, Vec<u32>) =
            (0..graph.len() as u32).filter(|id| !graph.free.contains(id)).partition(|&id| alive[id as usize]);
        for (total, objects) in [(dominators.reachable_total(), live), (dominators.unreachable_total(), dead)] {
            prop_assert_eq!((total.objects, total.bytes), (objects.len() as u64, sizes_of(objects)));
        }
    }

    #[test]
    fn damaged_columns_end_nothing_and_nothing_goes_on_forever(
        dominators in prop::collection::vec(prop_oneof![0_u32..16, FREE..=ROOTS, any::<u32>()], 16),
        retained in prop::collection::vec(prop_oneof![any::<u32>(), Just(u32::MAX)], 16),
        large in prop::collection::vec(any::<u32>(), 0..4),
    ) {
        let columns = DominatorColumns {
            dominators: dominators.into(),
            reachable: ObjectSet::none(16),
            retained: retained.into(),
            large_sizes: vec![1 << 40; large.len()].into(),
            large_objects: large.into(),
            totals: vec![0; 4].into(),
        };
        let dominators = Dominators::new(columns).expect("the lengths agree");
        for object in (0..18).map(ObjectId) {
            prop_assert!(dominators.chain(object).count() <= 16);
            prop_assert!(dominators.dominated_by(object).count() <= 16);
            dominators.retained(object);
        }
        prop_assert_eq!(dominators.retained_of_groups(&[0; 16], 1).len(), 1);
    }
}

#[test]
fn a_diamond_hangs_on_its_top_and_a_bypass_on_the_roots() {
    let diamond = Graph::new(&[&[1, 2], &[3], &[3], &[]], &[0]).dominators();
    let of = |dominators: &Dominators, id| dominators.of(ObjectId(id));
    assert_eq!(of(&diamond, 3), Some(Dominator::Object(ObjectId(0))));
    assert_eq!(of(&diamond, 0), Some(Dominator::Roots));
    let bypassed = Graph::new(&[&[1, 2], &[3], &[3], &[]], &[0, 3]).dominators();
    assert_eq!(of(&bypassed, 3), Some(Dominator::Roots));
    assert_eq!(of(&bypassed, 4), None);
}

#[test]
fn what_garbage_refers_to_is_no_less_alive() {
    let graph = Graph::new(&[&[1], &[], &[1, 3], &[3]], &[0]);
    let dominators = graph.dominators();
    assert_eq!(dominators.of(ObjectId(1)), Some(Dominator::Object(ObjectId(0))));
    assert_eq!(dominators.of(ObjectId(2)), Some(Dominator::Garbage));
    assert_eq!(dominators.retained(ObjectId(2)), sizes_of([2, 3]));
    assert_eq!(dominators.unreachable_total().objects, 2);
}

#[test]
fn garbage_in_circles_hangs_on_the_lowest_of_the_circle_that_holds_the_others() {
    // 0 and 1 hold each other; so do 2 and 3, of which one holds 1 too.
    let graph = Graph::new(&[&[1], &[0], &[3], &[2, 1]], &[]);
    let dominators = graph.dominators();
    let above = |id| dominators.of(ObjectId(id)).expect("a dominator");
    let object = |id| Dominator::Object(ObjectId(id));
    assert_eq!([0, 1, 2, 3].map(above), [object(1), object(3), Dominator::Garbage, object(2)]);
}

#[test]
fn free_objects_are_none() {
    let mut graph = Graph::new(&[&[1, 2], &[2], &[]], &[0, 1]);
    graph.free = vec![1];
    let dominators = graph.dominators();
    let free = ObjectId(1);
    assert_eq!(
        (dominators.of(free), dominators.retained(free), dominators.is_reachable(free)),
        (None, 0, false)
    );
    assert_eq!(dominators.of(ObjectId(2)), Some(Dominator::Object(ObjectId(0))));
    assert!(dominators.dominated_by(free).is_empty());
}

#[test]
fn references_and_entries_past_the_end_lead_nowhere() {
    let graph = Graph::new(&[&[1, 2, 63, 64, u32::MAX], &[]], &[0, 2, 64, u32::MAX]);
    let dominators = graph.dominators();
    assert_eq!(dominators.of(ObjectId(1)), Some(Dominator::Object(ObjectId(0))));
    assert_eq!(ids(&reachable_from(&graph.rows(), graph.entries())), [0, 1]);
    assert_eq!(dominators.reachable_total().objects, 2);
}

#[test]
fn nothing_has_no_dominators() {
    let dominators = Graph::new(&[], &[]).dominators();
    assert!(dominators.is_empty());
    assert_eq!((dominators.len(), dominators.of(ObjectId(0))), (0, None));
}

#[test]
fn sizes_of_4_gib_and_more_stand_aside() {
    let graph = Graph::new(&[&[1, 2], &[], &[]], &[0]);
    let unfinished = Unfinished::new(&graph.rows(), &graph.entries(), &graph.free()).expect("few references");
    let dominators = unfinished.finish(|| vec![24, (1 << 32) - 1, 5 << 32]);
    let retained = [0, 1, 2].map(|id| dominators.retained(ObjectId(id)));
    assert_eq!(retained, [(6 << 32) + 23, (1 << 32) - 1, 5 << 32]);
    assert_eq!(*dominators.columns().large_objects, [0, 1, 2]);
    let again = Dominators::new(dominators.columns().clone()).expect("its own columns");
    assert_eq!(again, dominators);
}

#[test]
fn columns_of_different_lengths_are_no_dominators() {
    let good = Graph::new(&[&[1], &[]], &[0]).dominators().columns().clone();
    let damages: [fn(&mut DominatorColumns); 4] = [
        |columns| columns.retained = vec![0; 3].into(),
        |columns| columns.reachable = ObjectSet::none(65),
        |columns| columns.large_objects = vec![1].into(),
        |columns| columns.totals = vec![0; 3].into(),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let mut columns = good.clone();
        damage(&mut columns);
        assert_eq!(Dominators::new(columns), Err(NoDominators), "damage {number}");
    }
}

/// A random graph of `len` objects: every object but the first is referred to by one before it, and by one more anywhere.
fn large(len: u32) -> Graph {
    let mut state = 1_u64;
    let mut below = |limit: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(limit)) as u32
    };
    let mut rows = vec![Vec::new(); len as usize];
    for id in 1..len {
        // Now and then nothing refers to it: garbage, and what hangs on garbage.
        if below(50) > 0 {
            rows[below(id) as usize].push(id);
        }
        if below(3) == 0 {
            rows[id as usize].push(below(len));
        }
    }
    Graph { rows, entries: vec![0, 1, len / 2], free: vec![3, len - 1] }
}

#[test]
fn every_number_of_threads_gives_the_same() {
    let graph = large(200_000);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let set = ObjectSet::from_ids(graph.len(), (0..2_000).map(|id| ObjectId(id * 91)));
            (graph.dominators(), retained_by(&graph.rows(), &graph.entries(), &graph.free(), &set))
        })
    };
    let one = with(1);
    assert!(one.0.unreachable_total().objects > 1_000 && one.0.reachable_total().objects > 100_000);
    assert!(one == with(2) && one == with(4));
}

#[test]
fn a_list_whose_values_an_array_holds_too_takes_no_quadratic_time() {
    // Object 0 holds a list of nodes and an array; each node holds the next and a value, and the array holds all values.
    // Climbing from each value's node to the top step by step would take half of 300,000 * 300,000 steps.
    let nodes = 300_000;
    let mut rows = vec![vec![1, 2 * nodes + 1]];
    for node in 1..=nodes {
        rows.push(if node < nodes { vec![node + 1, nodes + node] } else { vec![nodes + node] });
    }
    rows.extend((0..nodes).map(|_| Vec::new()));
    rows.push((nodes + 1..=2 * nodes).collect());
    let graph = Graph { rows, entries: vec![0], free: Vec::new() };
    let dominators = graph.dominators();
    assert_eq!(dominators.of(ObjectId(2 * nodes)), Some(Dominator::Object(ObjectId(0))));
    assert_eq!(dominators.of(ObjectId(nodes)), Some(Dominator::Object(ObjectId(nodes - 1))));
    assert_eq!(dominators.chain(ObjectId(nodes)).count(), nodes as usize + 1);
}
