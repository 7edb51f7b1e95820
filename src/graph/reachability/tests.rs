use super::*;
use crate::graph::{ObjectId, ObjectSet, Rows};

fn objects(ids: impl IntoIterator<Item = u32>) -> Vec<ObjectId> {
    ids.into_iter().map(ObjectId).collect()
}

fn set(len: usize, ids: impl IntoIterator<Item = u32>) -> ObjectSet {
    ObjectSet::from_ids(len, objects(ids))
}

fn members(set: &ObjectSet) -> Vec<u32> {
    set.iter().map(|object| object.0).collect()
}

fn on_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(run)
}

/// 0 holds 1 and 2, which both hold 3; 3 holds 1 again; 4 holds 3 and itself.
fn diamond() -> Rows {
    [&[1, 2][..], &[3], &[3], &[1], &[4, 3]].into_iter().collect()
}

#[test]
fn starts_and_all_that_they_lead_to_are_reachable() {
    assert_eq!(members(&reachable_from(&diamond(), objects([1]))), [1, 3]);
    assert_eq!(members(&reachable_from(&diamond(), objects([4, 4]))), [1, 3, 4]);
    assert!(reachable_from(&diamond(), []).is_empty());
}

#[test]
fn nothing_is_reached_through_what_is_avoided() {
    let around = |avoided: &[u32]| {
        let avoided = set(5, avoided.iter().copied());
        members(&reachable_around(&diamond(), objects([0]), &avoided))
    };
    assert_eq!(
        [around(&[1]), around(&[1, 2]), around(&[3]), around(&[0])],
        [vec![0, 2, 3], vec![0], vec![0, 1, 2], vec![]]
    );
}

#[test]
fn a_depth_is_that_of_the_shortest_way() {
    let depths = |entries: &[u32], avoided: &[u32]| {
        let avoided = set(5, avoided.iter().copied());
        let depths = Depths::new(&diamond(), &objects(entries.iter().copied()), &avoided);
        [0, 1, 2, 3, 4, 5].map(|id| depths.of(ObjectId(id)).unwrap_or(0))
    };
    assert_eq!(depths(&[0], &[]), [1, 2, 2, 3, 0, 0]);
    assert_eq!(depths(&[0, 3], &[]), [1, 2, 2, 1, 0, 0]);
    assert_eq!(depths(&[0, 4], &[1]), [1, 0, 2, 2, 1, 0]);
    assert_eq!(depths(&[], &[]), [0; 6]);
}

#[test]
fn what_a_set_holds_together_goes_with_the_set_only() {
    let retained = |of: &[u32]| {
        members(&retained_by(&diamond(), &objects([0]), &ObjectSet::none(5), &set(5, of.iter().copied())))
    };
    assert_eq!([retained(&[1]), retained(&[2])], [vec![1], vec![2]]);
    assert_eq!([retained(&[1, 2]), retained(&[0])], [vec![1, 2, 3], vec![0, 1, 2, 3]]);
    // Garbage: 4 goes alone, as what it refers to is alive.
    assert_eq!(retained(&[4]), [4]);
}

/// A wide graph with long lists in it: object 0 holds the heads of a thousand lists, and each node one more object.
fn broom(nodes: u32) -> Rows {
    let mut rows = vec![(1..=1000).collect::<Vec<u32>>()];
    for id in 1..=nodes {
        let next = id + 1000;
        rows.push(if next <= nodes { vec![next, id.wrapping_mul(2_654_435_761) % nodes] } else { vec![] });
    }
    rows.into_iter().collect()
}

#[test]
fn every_number_of_threads_reaches_the_same() {
    let rows = broom(300_000);
    let none = ObjectSet::none(rows.len());
    let some = set(rows.len(), (0..rows.len() as u32).filter(|id| id % 777 == 5));
    let answers = |threads| {
        on_threads(threads, || {
            let around = reachable_around(&rows, objects([0]), &some);
            let depths = Depths::new(&rows, &objects([0]), &none);
            let garbage = garbage_entries(&rows, &reachable_from(&rows, objects([500])));
            (around, depths, garbage)
        })
    };
    let one = answers(1);
    assert!(one.0.count() > 100_000 && one.0.count() < 300_000);
    assert!(one == answers(2) && one == answers(4));
}

#[test]
fn distances_of_many_objects_are_worked_on_by_all_threads_alike() {
    let wide: Rows = [(1..=50_000).collect::<Vec<u32>>()].into_iter().chain(vec![vec![0]; 50_000]).collect();
    let depths = on_threads(4, || Depths::new(&wide, &objects([0]), &ObjectSet::none(wide.len())));
    assert!((1..=50_000).all(|id| depths.of(ObjectId(id)) == Some(2)));
}
