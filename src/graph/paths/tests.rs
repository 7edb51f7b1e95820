//! Searches over small graphs, and over random ones against a naive search.

use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::*;
use crate::graph::{ObjectId, ObjectSet, Rows, TypeId};

static GO_ON: AtomicBool = AtomicBool::new(false);

fn rows(edges: &[&[u32]]) -> Rows {
    edges.iter().collect()
}

fn search<'a>(rows: &'a Rows, direction: Direction, hidden: &'a HiddenEdges) -> Search<'a> {
    Search { rows, direction, hidden, stop: &GO_ON }
}

fn ids(ids: &[u32]) -> Vec<ObjectId> {
    ids.iter().map(|&id| ObjectId(id)).collect()
}

fn set(count: usize, members: &[u32]) -> ObjectSet {
    ObjectSet::from_ids(count, ids(members))
}

/// A list of so many nodes: 0 holds 1, 1 holds 2 and so on.
fn list(count: u32) -> Rows {
    let next: Vec<Vec<u32>> =
        (1..=count).map(|next| if next < count { vec![next] } else { Vec::new() }).collect();
    next.iter().collect()
}

#[test]
fn a_path_is_shortest_and_takes_the_first_reference() {
    let rows = rows(&[&[1, 2], &[3], &[3], &[4], &[], &[0]]);
    let hidden = HiddenEdges::default();
    let forward = search(&rows, Direction::Forward, &hidden);
    assert_eq!(forward.path(&ids(&[0]), &set(6, &[4])), Ok(Some(ids(&[0, 1, 3, 4]))));
    assert_eq!(forward.path(&ids(&[2, 5]), &set(6, &[4, 0])), Ok(Some(ids(&[5, 0]))));
    assert_eq!(forward.path(&ids(&[3]), &set(6, &[3])), Ok(Some(ids(&[3]))));
    assert_eq!(forward.path(&ids(&[4]), &set(6, &[0])), Ok(None));
    assert_eq!(forward.path(&ids(&[]), &set(6, &[0])), Ok(None));
}

#[test]
fn late_starts_are_taken_where_others_are_far() {
    // 0 holds the list 1, 2, 3, 4; 5 and 6 are the late starts: 5 holds 4 directly, 6 holds 7, which nothing else does.
    let rows = rows(&[&[1], &[2], &[3], &[4], &[], &[4], &[7], &[]]);
    let hidden = HiddenEdges::default();
    let forward = search(&rows, Direction::Forward, &hidden);
    let way = |later| {
        let wanted = set(8, &[4, 7]);
        let (hops, found) = forward.all_with_late(&ids(&[0]), &ids(&[5, 6]), later, &wanted).unwrap();
        assert_eq!(found.len(), 2, "both are reached, late or not");
        (hops.next(ObjectId(4)), hops.next(ObjectId(7)))
    };
    let [from_list, from_late, from_other] = [3, 5, 6].map(|id| Some(ObjectId(id)));
    assert_eq!(way(0), (from_late, from_other));
    assert_eq!(way(2), (from_late, from_other));
    assert_eq!(way(3), (from_list, from_other), "as far: the others come first");
    assert_eq!(way(1000), (from_list, from_other));
}

#[test]
fn hidden_references_are_not_walked_in_either_direction() {
    let rows = rows(&[&[1], &[2], &[]]);
    let hidden = HiddenEdges::new([(ObjectId(0), ObjectId(1))]);
    let forward = search(&rows, Direction::Forward, &hidden);
    assert_eq!(forward.path(&ids(&[0]), &set(3, &[2])), Ok(None));
    let turned = rows.transposed();
    let (hops, found) =
        search(&turned, Direction::Backward, &hidden).all(&ids(&[2]), &set(3, &[0, 1])).unwrap();
    assert_eq!(found.iter().collect::<Vec<_>>(), [(ObjectId(1), 1)]);
    assert_eq!((hops.next(ObjectId(1)), hops.next(ObjectId(0))), (Some(ObjectId(2)), None));
}

#[test]
fn a_search_that_is_stopped_says_so() {
    let (rows, stop, hidden) = (list(100_000), AtomicBool::new(true), HiddenEdges::default());
    let search = Search { rows: &rows, direction: Direction::Forward, hidden: &hidden, stop: &stop };
    assert_eq!(search.path(&ids(&[0]), &set(100_000, &[99_999])), Err(Stopped));
}

#[test]
fn long_paths_keep_their_ends_and_paths_that_meet_the_same() {
    let count = 50_000;
    let rows = list(count).transposed();
    let hidden = HiddenEdges::default();
    let (hops, found) = search(&rows, Direction::Backward, &hidden)
        .all(&ids(&[count - 1]), &set(count as usize, &[0, 7]))
        .unwrap();
    assert_eq!(found.iter().collect::<Vec<_>>(), [(ObjectId(7), count - 8), (ObjectId(0), count - 1)]);
    let mut trails = Trails::new(&hops, &GO_ON);
    for (from, distance) in found.iter() {
        let trail = trails.of(from, distance).unwrap();
        let whole: Vec<ObjectId> = hops.path(from).collect();
        assert_eq!(trail, Trail::of(&whole));
        assert_eq!((trail.len(), trail.tail.len()), (u64::from(distance) + 1, ENDS as usize));
    }
    let near = trails.of(ObjectId(count - 3), 2).unwrap();
    assert_eq!(near, Trail::of(&ids(&[count - 3, count - 2, count - 1])));
}

/// Types and fields of a graph for tests: the type of each object, and one name for all fields.
struct Named<'a> {
    rows: &'a Rows,
    types: &'a dyn Fn(u32) -> u32,
}

impl NameSlots for Named<'_> {
    fn type_of(&self, object: ObjectId) -> TypeId {
        TypeId((self.types)(object.0))
    }

    fn fields(&mut self, _: ObjectId, targets: &[ObjectId]) -> Vec<FieldId> {
        vec![FieldId(9); targets.len()]
    }

    fn references(&self, holder: ObjectId) -> &[ObjectId] {
        self.rows.of(holder)
    }
}

/// A merged path: the root, the types with what repeats, how many members, the lengths.
type Merged = (u32, Vec<(u32, u32)>, usize, (u32, u32));

/// The merged paths to `members`.
fn merged(rows: &Rows, entries: &[u32], members: &[u32], types: &dyn Fn(u32) -> u32) -> Vec<Merged> {
    let hidden = HiddenEdges::default();
    let search = search(rows, Direction::Forward, &hidden);
    let (hops, found) = search.all(&ids(entries), &set(rows.len(), members)).unwrap();
    let mut named = Named { rows, types };
    let paths = merge(&hops, &found, |entry| entry.0 + 100, &mut named, &GO_ON).unwrap();
    let read = |path: MergedPath| {
        let steps = path.steps.iter().map(|step| (step.of.0, step.repeats)).collect();
        (path.root, steps, path.members.len(), path.lengths)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn paths_of_the_same_types_are_one() {
    // Two roots; 0 holds an array of three, 1 holds one of the same type by itself.
    let rows = rows(&[&[2], &[6], &[3, 4, 5], &[], &[], &[], &[]]);
    let of = |id: u32| [1, 1, 2, 3, 3, 3, 3][id as usize];
    let paths = merged(&rows, &[0, 1], &[3, 4, 5, 6], &of);
    assert_eq!(
        paths,
        [(100, vec![(1, 0), (2, 0), (3, 0)], 3, (3, 3)), (101, vec![(1, 0), (3, 0)], 1, (2, 2))]
    );
}

#[test]
fn the_nodes_of_a_list_are_one_path() {
    let count = 200_000;
    let members: Vec<u32> = (1..count).collect();
    let paths = merged(&list(count), &[0], &members, &|id| u32::from(id > 0));
    assert_eq!(paths, [(100, vec![(0, 0), (1, 1)], count as usize - 1, (2, count))]);
}

#[test]
fn steps_that_repeat_in_twos_are_folded() {
    let count = 1000;
    let paths = merged(&list(count), &[0], &[501, 997, 999], &|id| if id == 0 { 7 } else { id % 2 });
    assert_eq!(paths, [(100, vec![(7, 0), (1, 0), (0, 2), (1, 0)], 3, (502, 1000))]);
}

proptest! {
    #[test]
    fn distances_are_those_of_a_naive_search(
        edges in proptest::collection::vec(proptest::collection::vec(0_u32..40, 0..4), 40),
        starts in proptest::collection::vec(0_u32..40, 0..4),
    ) {
        let rows: Rows = edges.iter().collect();
        let hidden = HiddenEdges::default();
        let everything: Vec<u32> = (0..40).collect();
        let (hops, found) =
            search(&rows, Direction::Forward, &hidden).all(&ids(&starts), &set(40, &everything)).unwrap();
        let mut naive = vec![u32::MAX; 40];
        starts.iter().for_each(|&start| naive[start as usize] = 0);
        for _ in 0..40 {
            for (from, row) in edges.iter().enumerate() {
                for &to in row {
                    naive[to as usize] = naive[to as usize].min(naive[from].saturating_add(1));
                }
            }
        }
        let mut distances = vec![u32::MAX; 40];
        found.iter().for_each(|(object, distance)| distances[object.0 as usize] = distance);
        prop_assert_eq!(&distances, &naive);
        for (object, distance) in found.iter() {
            let path: Vec<_> = hops.path(object).collect();
            prop_assert_eq!(path.len() as u32, distance + 1);
            prop_assert!(path.windows(2).all(|pair| rows.of(pair[1]).contains(&pair[0])));
        }
    }

    #[test]
    fn merging_loses_no_member(
        edges in proptest::collection::vec(proptest::collection::vec(0_u32..60, 0..4), 60),
        members in proptest::collection::vec(0_u32..60, 0..30),
        kinds in 1_u32..5,
    ) {
        let rows: Rows = edges.iter().collect();
        let hidden = HiddenEdges::default();
        let reached = search(&rows, Direction::Forward, &hidden).all(&ids(&[0]), &set(60, &members)).unwrap().1.len();
        let paths = merged(&rows, &[0], &members, &|id| id % kinds);
        prop_assert_eq!(paths.iter().map(|path| path.2).sum::<usize>(), reached);
        // Each is told once.
        let mut told: Vec<_> = paths.iter().map(|path| format!("{:?}", path.1)).collect();
        told.sort();
        told.dedup();
        prop_assert_eq!(told.len(), paths.len());
    }
}
