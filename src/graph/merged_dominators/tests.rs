use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::build::{Caps, merge};
use super::tops::Tops;
use super::*;
use crate::graph::{Dominator, Dominators, ObjectId, ObjectSet, Root, RootKind, Roots, Rows, Unfinished};

/// Objects with their types, and the static that holds each of the first few.
#[derive(Clone, Debug)]
struct World {
    rows: Vec<Vec<u32>>,
    types: Vec<u32>,
    statics: Vec<u32>,
    free: Vec<u32>,
}

fn root(kind: RootKind, name: Option<&str>, os_id: Option<u64>, object: u32) -> Root {
    let (name, object) = (name.map(Arc::from), ObjectId(object));
    Root { name, os_id, ..Root::new(kind, None, object) }
}

fn size(object: usize) -> u64 {
    16 + (object as u64) * 24
}

impl World {
    fn roots(&self) -> Roots {
        let named = self.statics.iter().zip(["A.a", "B.b", "C.c"].iter().cycle());
        let all = named.map(|(&object, name)| root(RootKind::Static, Some(name), None, object)).collect();
        Roots { all, ..Roots::default() }
    }

    fn dominators(&self) -> Dominators {
        let rows: Rows = self.rows.iter().collect();
        let free = ObjectSet::from_ids(self.rows.len(), self.free.iter().copied().map(ObjectId));
        let unfinished = Unfinished::new(&rows, &self.roots().entries(), &free);
        unfinished.finish(|| (0..self.rows.len()).map(size).collect()).expect("few references")
    }

    fn merged(&self, caps: Caps) -> MergedDominators {
        let (dominators, tops) = (self.dominators(), Tops::new(&self.roots()));
        merge(&dominators, self.types.clone(), (0..self.types.len()).map(size), &tops, caps)
    }

    /// The objects of each node, by the label and the types that lead to it; worked out object by object.
    fn expected(&self) -> BTreeMap<(String, Vec<u32>), Vec<u32>> {
        let (dominators, tops) = (self.dominators(), Tops::new(&self.roots()));
        let mut objects: BTreeMap<(String, Vec<u32>), Vec<u32>> = BTreeMap::new();
        for object in (0..self.types.len() as u32).filter(|id| !self.free.contains(id)) {
            let mut chain = vec![object];
            let mut top = None;
            for above in dominators.chain(ObjectId(object)) {
                match above {
                    Dominator::Object(above) => chain.push(above.0),
                    Dominator::Roots => top = Some(tops.of(ObjectId(*chain.last().expect("an object")))),
                    Dominator::Garbage => top = Some(tops.garbage()),
                }
            }
            let label = tops.labels[top.expect("every object hangs on something") as usize].0.to_string();
            let path = chain.iter().rev().fold(Vec::new(), |path, id| folded(path, self.types[*id as usize]));
            objects.entry((label, path)).or_default().push(object);
        }
        objects
    }
}

/// A path of types with one more, folded where the last one, two or three repeat.
fn folded(mut path: Vec<u32>, of: u32) -> Vec<u32> {
    for period in 1..=3 {
        let mut longer = path.clone();
        longer.push(of);
        let Some(start) = longer.len().checked_sub(2 * period) else { continue };
        if period == 1 && path.last() == Some(&of) {
            return path;
        }
        if period > 1 && longer[start..start + period] == longer[start + period..] {
            path.truncate(path.len() + 1 - period);
            return path;
        }
    }
    path.push(of);
    path
}

fn shown(tree: &MergedDominators) -> BTreeMap<(String, Vec<u32>), (u64, u64, u64)> {
    let mut shown = BTreeMap::new();
    for node in tree.nodes() {
        let mut types = Vec::new();
        let mut at = Some(node);
        let mut label = String::new();
        while let Some(node) = at {
            match node.of {
                MergedOf::Type(of) => types.push(of.0),
                MergedOf::Roots(number) => label = tree.label(number).expect("a label").to_string(),
            }
            at = node.parent.map(|parent| &tree.nodes()[parent as usize]);
        }
        types.reverse();
        if !types.is_empty() {
            shown.insert((label, types), (node.count, node.size, node.retained));
        }
    }
    shown
}

fn worlds() -> impl Strategy<Value = World> {
    (1_usize..24, 1_u32..5, 0_usize..4).prop_flat_map(|(len, types, degree)| {
        let row = prop::collection::vec(0..len as u32, 0..=degree);
        let some = |most| prop::collection::vec(0..len as u32, 0..=most);
        (prop::collection::vec(row, len), prop::collection::vec(0..types, len), some(4), some(2))
            .prop_map(|(rows, types, statics, free)| World { rows, types, statics, free })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn nodes_have_the_objects_that_read_alike(world in worlds()) {
        let dominators = world.dominators();
        let expected = world.expected().into_iter().map(|(path, objects)| {
            let is_above = |above: u32, id: u32| dominators.chain(ObjectId(id)).any(|d| d == Dominator::Object(ObjectId(above)));
            let topmost = objects.iter().filter(|&&id| !objects.iter().any(|&above| is_above(above, id)));
            let retained: u64 = topmost.map(|&id| dominators.retained(ObjectId(id))).sum();
            let sizes: u64 = objects.iter().map(|&id| size(id as usize)).sum();
            (path, (objects.len() as u64, sizes, retained))
        });
        prop_assert_eq!(shown(&world.merged(Caps::default())), expected.collect::<BTreeMap<_, _>>());
    }

    #[test]
    fn nothing_is_lost_where_the_tree_is_capped(world in worlds(), depth in 0_u32..3, nodes in 0_usize..6) {
        let tree = world.merged(Caps { depth, nodes });
        let objects = (0..world.types.len()).filter(|&id| !world.free.contains(&(id as u32)));
        let below = || tree.nodes().iter().filter(|node| node.parent.is_some());
        let counted = below().map(|node| node.count).sum::<u64>() + tree.left_out().objects;
        let bytes = below().map(|node| node.size).sum::<u64>() + tree.left_out().bytes;
        prop_assert_eq!(counted, objects.clone().count() as u64);
        prop_assert_eq!(bytes, objects.map(size).sum::<u64>());
        let tops = tree.nodes().iter().filter(|node| node.parent.is_none());
        prop_assert_eq!(tops.map(|node| node.retained).sum::<u64>(), bytes);
        for node in tree.nodes() {
            let parent = node.parent.map(|parent| &tree.nodes()[parent as usize]);
            prop_assert!(parent.is_none_or(|parent| parent.retained >= node.retained));
        }
    }
}

/// Objects of these types, each of which dominates the next, the first held by a static.
fn chain(types: impl Iterator<Item = u32>) -> World {
    let types: Vec<u32> = types.collect();
    let next = |id: u32| Some(id + 1).filter(|&next| (next as usize) < types.len());
    let rows = (0..types.len() as u32).map(|id| next(id).into_iter().collect()).collect();
    World { rows, types, statics: vec![0], free: Vec::new() }
}

#[test]
fn a_long_list_is_one_node() {
    let tree = chain((0..100_000).map(|_| 7)).merged(Caps::default());
    let [top, list] = tree.nodes() else { panic!("{} nodes", tree.nodes().len()) };
    assert_eq!((top.parent, top.count, top.size), (None, 1, 0));
    assert_eq!((list.count, list.size, list.retained), (100_000, top.retained, top.retained));
    assert_eq!(list.repeats, 1);
}

#[test]
fn types_that_repeat_in_twos_and_threes_are_folded() {
    for period in [2_u32, 3] {
        let tree = chain((0..10_000).map(|at| at % period)).merged(Caps::default());
        // The pattern must have been there once before it can repeat.
        assert_eq!(tree.nodes().len() as u32, 1 + 2 * period - 1, "period {period}");
        let count: u64 = tree.nodes().iter().skip(1).map(|node| node.count).sum();
        assert_eq!(count, 10_000);
        assert!(tree.nodes().iter().any(|node| node.repeats == period));
        assert!(tree.nodes().iter().all(|node| node.retained <= tree.nodes()[0].retained));
    }
}

#[test]
fn what_never_repeats_ends_at_the_cap() {
    let tree = chain(0..2000).merged(Caps::default());
    assert_eq!(tree.nodes().len() as u32, 1 + crate::limits::MAX_MERGED_DEPTH);
    assert_eq!(tree.left_out().objects, 2000 - u64::from(crate::limits::MAX_MERGED_DEPTH));
}

fn labels(roots: Vec<Root>, frozen: std::ops::Range<u32>, count: u32) -> Vec<String> {
    let mut roots = Roots { all: roots, frozen: vec![frozen], ..Roots::default() };
    roots.all.sort_by_key(|root| root.kind);
    let tops = Tops::new(&roots);
    (0..count).map(|id| tops.labels[tops.of(ObjectId(id)) as usize].0.to_string()).collect()
}

#[test]
fn objects_are_called_by_the_roots_that_hold_them() {
    let roots = vec![
        root(RootKind::Static, Some("Shop.all"), None, 0),
        root(RootKind::Stack, Some("Shop.Main"), Some(7), 0),
        root(RootKind::Stack, Some("Shop.Main"), Some(7), 1),
        root(RootKind::Stack, Some("Shop.Run"), Some(7), 1),
        root(RootKind::ThreadStatic, Some("Shop.own"), Some(7), 1),
        root(RootKind::Stack, Some("Shop.Run"), Some(8), 2),
        root(RootKind::Stack, Some("Shop.Run"), Some(7), 2),
        root(RootKind::Static, Some("Shop.one"), None, 3),
        root(RootKind::Static, Some("Shop.other"), None, 3),
        root(RootKind::StrongHandle, None, None, 4),
        root(RootKind::Static, Some("Shop.text"), None, 5),
        root(RootKind::Finalizable, None, None, 6),
    ];
    let expected =
        ["static Shop.all", "thread 7", "shared", "shared", "strong handle", "permanent", "shared"];
    assert_eq!(labels(roots, 5..6, 7), expected);
}
