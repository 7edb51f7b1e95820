//! Profiles of heaps made by hand: sums that must agree, whatever the graph.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::bytes::Addr;
use crate::dump::AddressSpace;
use crate::graph::{
    Generation, Heap, ObjectBlock, ObjectId, ObjectTable, References, Root, RootKind, Roots, RowSize, Rows,
    Segment, SegmentId, SegmentKind, Snapshot, TypeId, TypeInfo, TypeTable,
};
use crate::query::RunOptions;

/// Name and module of the types of objects. The second and third are one type of two load contexts.
const TYPES: [(&str, Option<&str>); 6] = [
    ("Free", None),
    ("Shop.Order", Some("shop.dll")),
    ("Shop.Order", Some("shop.dll")),
    ("Shop.Order", Some("plugin.dll")),
    ("System.String", Some("System.Private.CoreLib.dll")),
    ("?", None),
];

/// An object: its type, size in words, what it refers to.
#[derive(Clone, Debug)]
struct Object {
    of: usize,
    words: u32,
    refers: Vec<u32>,
}

/// Objects on a segment of gen2 and one of large objects, the second half there.
fn snapshot(objects: &[Object], roots: Vec<Root>) -> Snapshot {
    let middle = objects.len() / 2;
    let block = |segment: u16, objects: &[Object]| {
        let offsets = objects.iter().scan(0, |at, object| {
            *at += object.words;
            Some(*at - object.words)
        });
        ObjectBlock {
            segment: SegmentId(segment.into()),
            base: Addr(0x1_0000_0000 * (1 + u64::from(segment))),
            offsets: offsets.collect::<Vec<u32>>().into(),
            types: objects.iter().map(|object| TypeId(object.of as u32)).collect::<Vec<_>>().into(),
            sizes: objects.iter().map(|object| RowSize(object.words * 8)).collect::<Vec<_>>().into(),
            large: Vec::new(),
        }
    };
    let (table, dropped) = ObjectTable::new(vec![block(0, &objects[..middle]), block(1, &objects[middle..])]);
    assert_eq!(dropped, 0);
    let types = TYPES.iter().enumerate().map(|(of, &(name, module))| {
        let own = || objects.iter().filter(|object| object.of == of);
        TypeInfo {
            method_table: Addr(0x7000 + of as u64 * 8),
            name: name.into(),
            module: module.map(Into::into),
            base_size: 24,
            element_size: 0,
            parent: (of > 0).then(|| "System.Object".into()),
            rank: 0,
            has_length: false,
            finalizable: false,
            count: own().count() as u64,
            size: own().map(|object| u64::from(object.words) * 8).sum(),
        }
    });
    let heap = Heap { objects: table, types: TypeTable::new(types.collect()), ..Heap::default() };
    let heap = std::sync::Mutex::new(Some(heap));
    let memory = Arc::new(AddressSpace::default());
    let mut snapshot =
        Snapshot::new(memory, move |_| Ok(heap.lock().unwrap().take().expect("it is built once")));
    let kinds = [Generation::Gen2, Generation::Loh].map(SegmentKind::Of);
    snapshot.segments = kinds.into_iter().zip(1..).map(|(kind, at)| segment(kind, at)).collect();
    let no_references_of_free = |object: &Object| if object.of == 0 { vec![] } else { object.refers.clone() };
    let forward: Rows = objects.iter().map(no_references_of_free).collect();
    snapshot.graph().keep_references(References { forward, problems: Vec::new() });
    snapshot.graph().keep_roots(Roots { all: roots, ..Roots::default() });
    snapshot
}

fn segment(kind: SegmentKind, at: u64) -> Segment {
    let start = Addr(0x1_0000_0000 * at);
    let end = start.offset(0x1000_0000);
    Segment { address: Addr(at), heap: 0, kind, start, end, committed: end, reserved: end }
}

fn root(kind: RootKind, name: Option<&str>, os_id: Option<u64>, object: u32) -> Root {
    Root { name: name.map(Arc::from), os_id, ..Root::new(kind, None, ObjectId(object)) }
}

fn profile(snapshot: &Snapshot) -> Profile {
    Profile::of(snapshot, &RunOptions::default()).unwrap()
}

fn object(of: usize, refers: &[u32]) -> Object {
    Object { of, words: 3, refers: refers.to_vec() }
}

#[test]
fn types_of_one_name_and_module_are_one_row_and_free_is_none() {
    // 0 -> 1 -> 2 and 3 -> 4; 5 is free, 6 garbage.
    let objects = [
        object(1, &[1]),
        object(2, &[2]),
        object(4, &[]),
        object(3, &[4]),
        object(5, &[]),
        object(0, &[]),
        object(4, &[]),
    ];
    let roots = vec![
        root(RootKind::Static, Some("Shop.All"), None, 0),
        root(RootKind::Stack, Some("Main"), Some(7), 3),
    ];
    let profile = profile(&snapshot(&objects, roots));
    let types: Vec<_> = profile
        .types
        .iter()
        .map(|row| (&*row.name, row.module.as_deref(), row.count, row.size, row.retained))
        .collect();
    assert_eq!(
        types,
        [
            ("Shop.Order", Some("shop.dll"), 2, 48, 72),
            ("System.String", Some("System.Private.CoreLib.dll"), 2, 48, 48),
            ("Shop.Order", Some("plugin.dll"), 1, 24, 48),
            ("?", None, 1, 24, 24),
        ]
    );
    let assemblies: Vec<_> =
        profile.assemblies.iter().map(|row| (row.module.as_deref(), row.count, row.retained)).collect();
    assert_eq!(
        assemblies,
        [
            (Some("shop.dll"), 2, 72),
            (Some("System.Private.CoreLib.dll"), 2, 48),
            (Some("plugin.dll"), 1, 48),
            (None, 1, 24),
        ]
    );
    let roots: Vec<_> =
        profile.roots.iter().map(|row| (&*row.kind, row.name.as_deref(), row.count, row.retained)).collect();
    assert_eq!(roots, [("static", Some("Shop.All"), 1, 72), ("thread", Some("thread 7"), 1, 48)]);
    let HeapTotals { objects, bytes, free, reachable, garbage, generations } = profile.totals;
    assert_eq!([objects, bytes, free, reachable, garbage], [6, 144, 24, 120, 24]);
    let generations: Vec<_> =
        generations.iter().map(|row| (&*row.generation, row.objects, row.free)).collect();
    assert_eq!(generations, [("gen2", 3, 0), ("loh", 3, 24)]);
}

#[test]
fn an_empty_heap_has_an_empty_profile() {
    let profile = profile(&snapshot(&[], Vec::new()));
    assert_eq!(profile.totals, HeapTotals::default());
    assert!(profile.types.is_empty() && profile.roots.is_empty() && profile.assemblies.is_empty());
}

#[test]
fn a_stopped_profile_is_none() {
    let stop = std::sync::atomic::AtomicBool::new(true);
    let options = RunOptions { cancel: &stop, ..RunOptions::default() };
    let stopped = Profile::of(&snapshot(&[object(1, &[])], Vec::new()), &options);
    assert!(matches!(stopped, Err(crate::query::QueryError::Cancelled)));
}

/// Heaps of up to 40 objects with any references and roots.
fn heaps() -> impl Strategy<Value = (Vec<Object>, Vec<Root>)> {
    (1..40_u32).prop_flat_map(|count| {
        let object = (0..TYPES.len(), 3..9_u32, prop::collection::vec(0..count, 0..4));
        let object = object.prop_map(|(of, words, refers)| Object { of, words, refers });
        let kinds = prop::sample::select(vec![RootKind::Static, RootKind::Stack, RootKind::StrongHandle]);
        let root = (kinds, 0..3_u64, 0..count).prop_map(|(kind, which, object)| match kind {
            RootKind::Static => root(kind, Some(["a", "b", "c"][which as usize]), None, object),
            RootKind::Stack => root(kind, None, Some(which), object),
            kind => root(kind, None, None, object),
        });
        let objects = prop::collection::vec(object, count as usize);
        (objects, prop::collection::vec(root, 0..6)).prop_map(|(objects, mut roots)| {
            // Nothing refers to room between objects.
            let free = |id: u32| objects[id as usize].of == 0;
            roots.retain(|root| !free(root.object.0));
            roots.sort_by_key(|root| root.kind);
            let without = |object: &Object| Object {
                refers: object.refers.iter().copied().filter(|&to| !free(to)).collect(),
                ..object.clone()
            };
            (objects.iter().map(without).collect(), roots)
        })
    })
}

proptest! {
    #[test]
    fn every_byte_counts_once((objects, roots) in heaps()) {
        let profile = profile(&snapshot(&objects, roots));
        let totals = &profile.totals;
        let free: u64 = objects.iter().filter(|o| o.of == 0).map(|o| u64::from(o.words) * 8).sum();
        let all: u64 = objects.iter().map(|o| u64::from(o.words) * 8).sum();
        prop_assert_eq!((totals.bytes, totals.free), (all - free, free));
        prop_assert_eq!(totals.reachable + totals.garbage, totals.bytes);
        let sum = |numbers: &mut dyn Iterator<Item = u64>| numbers.sum::<u64>();
        prop_assert_eq!(sum(&mut profile.types.iter().map(|row| row.size)), totals.bytes);
        prop_assert_eq!(sum(&mut profile.types.iter().map(|row| row.count)), totals.objects);
        prop_assert_eq!(sum(&mut profile.assemblies.iter().map(|row| row.size)), totals.bytes);
        prop_assert_eq!(sum(&mut totals.generations.iter().map(|row| row.bytes)), totals.bytes);
        prop_assert_eq!(sum(&mut profile.roots.iter().map(|row| row.retained)), totals.reachable);
        for row in &profile.types {
            prop_assert!(row.size <= row.retained && row.retained <= totals.bytes, "{:?}", row);
        }
        for row in &profile.assemblies {
            prop_assert!(row.size <= row.retained && row.retained <= totals.bytes, "{:?}", row);
        }
        let mut file = Vec::new();
        let kept = profile.write(&mut file).unwrap();
        prop_assert_eq!(&kept, &profile, "nothing of a small heap is left out");
        prop_assert_eq!(Profile::read(&file).unwrap(), profile);
    }
}
