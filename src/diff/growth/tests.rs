//! Heads on trees made by hand: each rule by itself.

use super::*;
use crate::diff::profile::{HeapTotals, OwnerNode, TypeRow};

/// The tree of a dump, a line a node, indented by two blanks a level: a name, the number of objects, and the bytes of one.
/// Every node retains its own bytes and those of all below.
fn profile(text: &str) -> Profile {
    let mut nodes: Vec<OwnerNode> = Vec::new();
    let mut above: Vec<u32> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let level = (line.len() - line.trim_start().len()) / 2;
        let [name, count, bytes] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("not a node: {line}")
        };
        let (count, bytes): (u64, u64) = (count.parse().expect("a count"), bytes.parse().expect("bytes"));
        above.truncate(level);
        let parent = above.last().copied();
        above.push(nodes.len() as u32);
        let size = count * bytes;
        nodes.push(OwnerNode { parent, name: name.to_owned(), module: None, count, size, retained: 0 });
        for &at in &above {
            nodes[at as usize].retained += size;
        }
    }
    let bytes = nodes.iter().map(|node| node.size).sum();
    let mut types: Vec<TypeRow> = Vec::new();
    for node in nodes.iter().filter(|node| node.parent.is_some()) {
        match types.iter_mut().find(|of| of.name == node.name) {
            Some(of) => {
                of.count += node.count;
                of.size += node.size;
                of.retained += node.retained;
            }
            None => types.push(TypeRow {
                name: node.name.clone(),
                module: None,
                count: node.count,
                size: node.size,
                retained: node.retained,
            }),
        }
    }
    let totals = HeapTotals { bytes, ..HeapTotals::default() };
    Profile { tree: OwnerTree { nodes, cut: (0, 0) }, types, totals, ..Profile::default() }
}

/// Type and objects of the growth between dumps of these trees.
fn found(trees: &[&str]) -> Vec<(String, Vec<u64>)> {
    let profiles: Vec<Profile> = trees.iter().map(|tree| profile(tree)).collect();
    let sides: Vec<Side<'_>> = profiles.iter().map(|profile| Side { profile, snapshot: None }).collect();
    let growth = growth(&sides, 10, &RunOptions::default()).expect("baselines need nothing");
    growth.into_iter().map(|growth| (growth.type_name, growth.counts)).collect()
}

fn one(name: &str, counts: [u64; 2]) -> Vec<(String, Vec<u64>)> {
    vec![(name.to_owned(), counts.to_vec())]
}

/// The same tree with two numbers of objects.
fn found_with(tree: impl Fn(u64) -> String, counts: [u64; 2]) -> Vec<(String, Vec<u64>)> {
    let [before, after] = counts.map(tree);
    found(&[&before, &after])
}

#[test]
fn growth_begins_at_the_first_type_that_multiplies() {
    let tree = |n: u64| {
        format!(
            "static Shop.all|1|0\n  Shop.Cache|1|24\n    System.Collections.Generic.List<Shop.Customer>|1|32\n      \
             Shop.Customer[]|1|{}\n        Shop.Customer|{n}|24\n          System.String|{n}|90",
            n * 8
        )
    };
    assert_eq!(found_with(tree, [100, 100_100]), one("Shop.Customer", [100, 100_100]));
    assert_eq!(found_with(tree, [100_100, 100]), [], "what shrinks is no growth");
    assert_eq!(found_with(tree, [100, 100]), []);
}

#[test]
fn wrappers_are_named_by_what_they_wrap() {
    let event = |n: u64| {
        format!(
            "thread 7|1|0\n  Shop.Notifier|1|24\n    System.EventHandler|1|64\n      System.Object[]|1|{}\n        \
             System.EventHandler|{n}|64\n          Shop.Session|{n}|24\n            System.Byte[]|{n}|4096",
            n * 8
        )
    };
    // Without a dump nobody knows that it is a delegate.
    assert_eq!(found_with(event, [2, 52])[0].0, "System.EventHandler");
    let dictionary = "System.Collections.Concurrent.ConcurrentDictionary<System.String, Shop.Entry>";
    let cache = |n: u64| {
        format!(
            "shared|1|0\n  {dictionary}|1|40\n    {dictionary}+Tables|1|40\n      {dictionary}+VolatileNode[]|1|{}\n        \
             {dictionary}+Node|{n}|48\n          System.String|{n}|900\n          Shop.Entry|{n}|100",
            n * 8
        )
    };
    assert_eq!(found_with(cache, [10, 2010]), one("Shop.Entry", [10, 2010]));
    let lists = |n: u64| {
        format!(
            "static a|1|0\n  System.Object[]|1|{}\n    Shop.Item[]|{n}|100\n      Shop.Item|{}|24",
            n * 8,
            n * 10
        )
    };
    assert_eq!(found_with(lists, [10, 2010]), one("Shop.Item[]", [10, 2010]), "many each");
}

#[test]
fn delegates_lead_to_their_targets() {
    let tree = |n: u64| {
        profile(&format!(
            "static a|1|0\n  System.Object[]|1|{}\n    Shop.Handler|{n}|64\n      Shop.Session|{n}|4000",
            n * 8
        ))
    };
    let (before, after) = (tree(1), tree(51));
    let aligned = AlignedTree::new(&[&before.tree, &after.tree]);
    let heads = heads(&aligned, &Wrappers::with_delegates(&["Shop.Handler"]), Heaps { last_bytes: 300_000 });
    assert_eq!(heads.iter().map(|head| &*head.name).collect::<Vec<_>>(), ["Shop.Session"]);
}

#[test]
fn several_ways_to_one_type_are_one_growth() {
    let tree = |n: u64| {
        format!(
            "static a|1|0\n  Shop.One|1|24\n    Shop.Item|{n}|100\nstatic b|1|0\n  Shop.Two|1|24\n    Shop.Item|{}|100",
            n * 2
        )
    };
    assert_eq!(found_with(tree, [10, 1000]), one("Shop.Item", [30, 3000]));
}

#[test]
fn what_only_went_to_another_holder_is_no_growth() {
    let before = "static a|1|0\n  Shop.One|1|24\n    Shop.Item|1000|100";
    let after = "static b|1|0\n  Shop.Two|1|24\n    Shop.Item|1000|100";
    assert_eq!(found(&[before, after]), []);
}

#[test]
fn objects_that_had_another_holder_before_count_as_before() {
    let before = "static a|1|0\n  Shop.Event|1|24\n    Shop.Item|1|100\nshared|0|0\n  Shop.Item|7|100";
    let after = "static a|1|0\n  Shop.Event|1|24\n    Shop.Handlers|1|400\n      Shop.Item|51|100\nshared|0|0\n  Shop.Item|7|100";
    assert_eq!(found(&[before, after]), one("Shop.Item", [1, 51]));
}

#[test]
fn one_of_many_that_a_request_holds_is_counted_with_them() {
    let tree = |n: u64| {
        format!("static a|1|0\n  Shop.Cache|1|24\n    Shop.Item|{n}|100\nthread 1|1|0\n  Shop.Item|1|100")
    };
    let before = "static a|1|0\n  Shop.Cache|1|24\n    Shop.Item|100|100";
    assert_eq!(found(&[before, &tree(1099)]), one("Shop.Item", [100, 1100]));
}

#[test]
fn what_hangs_on_other_growth_is_not_told() {
    let tree = |n: u64| {
        format!(
            "static keep|1|0\n  System.Object[]|1|100\n    Shop.Timer|{n}|24\nshared|1|0\n  Shop.Entry|{n}|200"
        )
    };
    let way = |steps: &[&str], n: u64| Way {
        root_kind: "static".to_owned(),
        root_name: Some("keep".to_owned()),
        steps: steps
            .iter()
            .map(|of| crate::diff::WayStep { type_name: (*of).to_owned(), ..Default::default() })
            .collect(),
        counts: vec![n],
        sizes: vec![n],
        ..Way::default()
    };
    let with_ways = |n: u64| {
        let ways = |of: &str, way: Way| TypeWays { type_name: of.to_owned(), module: None, ways: vec![way] };
        let timer = ways("Shop.Timer", way(&["System.Object[]", "Shop.Timer"], n));
        let entry = ways("Shop.Entry", way(&["System.Object[]", "Shop.Timer", "Shop.Entry"], n));
        Profile { ways: vec![timer, entry], ..profile(&tree(n)) }
    };
    let profiles = [with_ways(10), with_ways(5000)];
    let sides: Vec<Side<'_>> = profiles.iter().map(|profile| Side { profile, snapshot: None }).collect();
    let growth = growth(&sides, 10, &RunOptions::default()).expect("baselines need nothing");
    assert_eq!(growth.iter().map(|growth| &*growth.type_name).collect::<Vec<_>>(), ["Shop.Timer"]);
    assert_eq!(growth[0].ways[0].counts, [10, 5000]);
}

#[test]
fn ways_that_a_baseline_did_not_keep_are_not_known() {
    let tree = |n: u64| profile(&format!("static keep|1|0\n  Shop.Hub|1|24\n    Shop.Session|{n}|4000"));
    let steps = ["Shop.Hub", "Shop.Session"]
        .map(|of| crate::diff::WayStep { type_name: of.to_owned(), ..Default::default() });
    let way = Way { steps: steps.to_vec(), counts: vec![501], sizes: vec![501], ..Way::default() };
    let ways = TypeWays { type_name: "Shop.Session".to_owned(), module: None, ways: vec![way] };
    let after = Profile { ways: vec![ways], ..tree(501) };
    let change = |before: &Profile| {
        let sides = [before, &after].map(|profile| Side { profile, snapshot: None });
        let growth = growth(&sides, 10, &RunOptions::default()).expect("baselines need nothing");
        growth[0].ways[0].change()
    };
    assert_eq!(change(&tree(1)), None);
    assert_eq!(change(&profile("static keep|1|0\n  Shop.Hub|1|24")), Some(501), "there was none");
}

#[test]
fn garbage_is_no_growth() {
    let tree = |n: u64| format!("garbage|0|0\n  Shop.Item|{n}|100\nstatic a|1|0\n  Shop.One|1|100000");
    assert_eq!(found_with(tree, [10, 5000]), []);
}

#[test]
fn what_outgrows_its_holders_is_named_too() {
    let tree = |sessions: u64, rows: u64| {
        format!("static a|1|0\n  Shop.Hub|1|24\n    Shop.Session|{sessions}|200\n      Shop.Row|{rows}|50")
    };
    let shown = |before: &str, after: &str| {
        found(&[before, after]).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(
        shown(&tree(100, 1000), &tree(200, 2000)),
        ["Shop.Session"],
        "rows multiply with their sessions"
    );
    assert_eq!(shown(&tree(100, 1000), &tree(150, 500_000)), ["Shop.Session", "Shop.Row"]);
}

#[test]
fn threads_are_matched_whatever_their_ids() {
    let tree = |thread: u64, n: u64| format!("thread {thread}|3|0\n  Shop.Queue|1|24\n    Shop.Job|{n}|100");
    assert_eq!(found(&[&tree(17, 1000), &tree(99, 1010)]), [], "1,000 jobs of another run are not new");
    assert_eq!(found(&[&tree(17, 10), &tree(99, 1000)]), one("Shop.Job", [10, 1000]));
}

#[test]
fn one_dump_has_no_growth_and_two_equal_ones_have_none() {
    let tree = "static a|1|0\n  Shop.One|1|24\n    Shop.Item|1000|100";
    assert_eq!(found(&[tree]), []);
    assert_eq!(found(&[tree, tree]), []);
}
