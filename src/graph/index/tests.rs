//! Indexes written and read back, whole and damaged.

use std::io::{self, Cursor};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::*;
use crate::bytes::{Addr, Mapped};
use crate::graph::{
    DominatorColumns, Dominators, Heap, ObjectBlock, ObjectId, ObjectSet, ObjectTable, References, RowSize,
    Rows, SegmentId, TypeId, TypeInfo, TypeTable,
};
use crate::problem::Problem;

const DUMP: Identity = Identity { length: 0x5000, hash: [7, 9] };
const SEGMENTS: usize = 3;
const SETTING: u64 = 0x1234_5678_9abc_def0;

/// What is written in these tests: a heap of three blocks, its references, referrers and dominators.
struct World {
    heap: Heap,
    references: References,
    referrers: Rows,
    dominators: Dominators,
}

fn type_info(name: &str, method_table: u64, count: u64, size: u64) -> TypeInfo {
    TypeInfo {
        method_table: Addr(method_table),
        name: name.into(),
        module: Some("zoo.dll".into()),
        base_size: 24,
        element_size: 0,
        parent: None,
        rank: 0,
        has_length: false,
        finalizable: false,
        count,
        size,
    }
}

fn block(segment: u32, base: u64, rows: &[(u32, u32, u32)], large: Vec<(u32, u64)>) -> ObjectBlock {
    ObjectBlock {
        segment: SegmentId(segment),
        base: Addr(base),
        offsets: rows.iter().map(|row| row.0).collect(),
        types: rows.iter().map(|row| TypeId(row.1)).collect(),
        sizes: rows.iter().map(|row| RowSize(row.2)).collect(),
        large,
    }
}

fn world() -> World {
    let blocks = vec![
        block(0, 0x10_0000, &[(0, 0, 24), (3, 1, 32)], vec![]),
        block(2, 0x90_0000, &[(0, 1, u32::MAX)], vec![(0, 5 << 32)]),
        block(1, 0x20_0000, &[(5, 0, 24), (8, 0, 24), (12, 1, 40)], vec![]),
    ];
    let types =
        vec![type_info("Zoo.Dog", 0x7000, 3, 72), type_info("zoo.dll!02000015", 0x8000, 3, 72 + (5 << 32))];
    let types = TypeTable::new(types);
    let mut problems = vec![Problem::loss("24 bytes could not be walked").hint("take another dump")];
    problems.extend(types.unnamed());
    let forward: [&[u32]; 6] = [&[1, 5], &[], &[0, 0], &[4], &[3], &[2]];
    let backward: [&[u32]; 6] = [&[2, 2], &[0], &[5], &[4], &[3], &[0]];
    World {
        heap: Heap { objects: ObjectTable::new(blocks).0, types, free_bytes: vec![0, 48, 0], problems },
        references: References {
            forward: forward.into_iter().collect(),
            problems: vec![Problem::note("2 references lead to no object")],
        },
        referrers: backward.into_iter().collect(),
        dominators: Dominators::new(DominatorColumns {
            dominators: vec![u32::MAX, 0, u32::MAX - 1, u32::MAX - 2, u32::MAX - 2, 0].into(),
            reachable: ObjectSet::from_ids(6, [0, 1, 5].map(ObjectId)),
            retained: vec![96, 32, u32::MAX, 0, 0, 40].into(),
            large_objects: vec![2].into(),
            large_sizes: vec![5 << 32].into(),
            totals: vec![3, 96, 1, 5 << 32].into(),
        })
        .unwrap(),
    }
}

impl World {
    fn contents(&self) -> Contents<'_> {
        Contents {
            heap: &self.heap,
            references: Some(&self.references),
            referrers: Some(&self.referrers),
            dominators: Some((&self.dominators, SETTING)),
        }
    }

    fn written(&self) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let length = write(&mut file, DUMP, &self.contents(), &AtomicBool::new(false)).unwrap();
        assert_eq!(length, file.get_ref().len() as u64);
        file.into_inner()
    }
}

fn open(bytes: &[u8]) -> Result<Index, Unusable> {
    Index::open(Arc::new(Mapped::Memory(bytes.to_vec())), &DUMP)
}

fn same_rows(a: &Rows, b: &Rows) {
    assert_eq!(a.len(), b.len());
    (0..a.len() as u32 + 1).for_each(|id| assert_eq!(a.of(ObjectId(id)), b.of(ObjectId(id))));
}

/// Takes every part, and holds what is given against what was written; returns which parts were given.
fn take_all(index: &Index, world: &World) -> Vec<Part> {
    let mut given = Vec::new();
    if let Some(stored) = index.heap(SEGMENTS) {
        let objects = &world.heap.objects;
        assert_eq!(stored.objects.len(), objects.len());
        for (a, b) in stored.objects.blocks().iter().zip(objects.blocks()) {
            assert_eq!((a.segment, a.base, &a.large), (b.segment, b.base, &b.large));
            assert_eq!((&a.offsets, &a.types, &a.sizes), (&b.offsets, &b.types, &b.sizes));
        }
        let counted = stored.types.iter().map(|t| (t.method_table, t.count, t.size));
        assert!(counted.eq(world.heap.types.all().iter().map(|t| (t.method_table, t.count, t.size))));
        assert_eq!(stored.free_bytes, world.heap.free_bytes);
        // What depends on names is not kept.
        assert_eq!(stored.problems, world.heap.problems[..1]);
        given.push(Part::Heap);
    }
    let objects = world.heap.objects.len();
    if let Some(references) = index.references(objects) {
        same_rows(&references.forward, &world.references.forward);
        assert_eq!(references.problems, world.references.problems);
        given.push(Part::References);
    }
    if let Some(referrers) = index.referrers(objects) {
        same_rows(&referrers, &world.referrers);
        given.push(Part::Referrers);
    }
    if let Some(dominators) = index.dominators(objects, SETTING) {
        assert_eq!(dominators, world.dominators);
        given.push(Part::Dominators);
    }
    given
}

#[test]
fn what_is_written_is_read_back() {
    let world = world();
    let index = open(&world.written()).unwrap();
    assert_eq!(take_all(&index, &world), Part::ALL);
    assert!(index.damage().is_empty() && Part::ALL.into_iter().all(|part| index.holds(part)));
}

#[test]
fn nothing_is_copied_out_of_a_file() {
    let index = open(&world().written()).unwrap();
    let heap = index.heap(SEGMENTS).unwrap();
    let owned = heap
        .objects
        .blocks()
        .iter()
        .map(|b| b.offsets.owned_bytes() + b.types.owned_bytes() + b.sizes.owned_bytes());
    assert_eq!(owned.sum::<usize>(), 0);
    assert_eq!(index.references(6).unwrap().forward.owned_bytes(), 0);
}

#[test]
fn parts_that_were_not_built_are_not_there() {
    let world = world();
    let mut file = Cursor::new(Vec::new());
    let contents = Contents { references: None, dominators: None, ..world.contents() };
    assert_eq!(contents.parts(), [Part::Heap, Part::Referrers]);
    write(&mut file, DUMP, &contents, &AtomicBool::new(false)).unwrap();
    let index = open(file.get_ref()).unwrap();
    assert_eq!(take_all(&index, &world), [Part::Heap, Part::Referrers]);
    assert!(!index.holds(Part::References) && index.damage().is_empty());
    assert_eq!(index.setting_of_dominators(), None);
}

#[test]
fn parts_of_a_heap_of_another_shape_are_not_given() {
    let bytes = world().written();
    let index = open(&bytes).unwrap();
    assert!(
        index.heap(SEGMENTS - 1).is_none() && index.references(5).is_none() && index.referrers(7).is_none()
    );
    assert_eq!(index.damage().len(), 3);
}

#[test]
fn dominators_of_other_roots_are_not_given() {
    let index = open(&world().written()).unwrap();
    assert!(index.dominators(6, SETTING + 1).is_none() && index.damage().is_empty());
    assert_eq!(index.setting_of_dominators(), Some(SETTING));
    assert!(index.dominators(6, SETTING).is_some());
}

#[test]
fn an_index_of_another_dump_is_refused() {
    let file = Arc::new(Mapped::Memory(world().written()));
    for dump in
        [Identity { length: 1, ..DUMP }, Identity { hash: [7, 8], ..DUMP }, Identity { hash: [0, 9], ..DUMP }]
    {
        assert_eq!(Index::open(Arc::clone(&file), &dump).unwrap_err(), Unusable::OtherDump);
    }
}

#[test]
fn every_bit_of_the_header_counts() {
    let bytes = world().written();
    let sections = world().contents().sections().len();
    for at in 0..header::Header::length(sections) {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            let why = open(&flipped).expect_err("a flipped header");
            match at {
                0..8 => assert_eq!(why, Unusable::Foreign),
                8..12 => assert_eq!(why, Unusable::ByteOrder),
                12..36 => assert_eq!(why, Unusable::Version),
                _ => assert!(matches!(why, Unusable::Damaged(_) | Unusable::Cut), "{at}: {why}"),
            }
        }
    }
}

#[test]
fn every_byte_of_a_section_counts() {
    let world = world();
    let bytes = world.written();
    let header = header::Header::read(&bytes).unwrap();
    for entry in &header.entries {
        for at in entry.offset..entry.offset + entry.length {
            let mut flipped = bytes.clone();
            flipped[at as usize] ^= 0x10;
            let index = open(&flipped).unwrap();
            let given = take_all(&index, &world);
            assert_eq!(
                (given.len(), index.damage().len()),
                (Part::ALL.len() - 1, 1),
                "section {}",
                entry.kind
            );
            let (part, why) = index.damage()[0];
            assert!(!index.holds(part) && matches!(why, Unusable::Damaged(_)));
        }
    }
}

#[test]
fn a_file_cut_or_continued_anywhere_is_refused() {
    let bytes = world().written();
    for length in 0..bytes.len() {
        let why = open(&bytes[..length]).expect_err("a cut file");
        assert_eq!(why, if length < MAGIC.len() { Unusable::Foreign } else { Unusable::Cut });
    }
    assert_eq!(open(&[&bytes[..], &[0]].concat()).unwrap_err(), Unusable::Cut);
}

type Damage = fn(&mut World);

#[test]
fn numbers_that_lead_nowhere_are_not_given_though_their_checksum_holds() {
    let damage: [(&str, Damage); 5] = [
        ("a segment", |w| w.heap.objects = ObjectTable::new(vec![block(3, 0, &[(0, 0, 24)], vec![])]).0),
        ("a type", |w| w.heap.objects = ObjectTable::new(vec![block(0, 0, &[(0, 2, 24)], vec![])]).0),
        ("a base", |w| w.heap.objects = ObjectTable::new(vec![block(0, 1 << 63, &[(0, 0, 24)], vec![])]).0),
        ("a large row", |w| {
            w.heap.objects = ObjectTable::new(vec![block(0, 0, &[(0, 0, 24)], vec![(1, 5)])]).0
        }),
        ("no objects", |w| w.heap.objects = ObjectTable::default()),
    ];
    for (what, damage) in damage {
        let mut world = world();
        damage(&mut world);
        let index = open(&world.written()).unwrap();
        assert!(index.heap(SEGMENTS).is_none() && !index.damage().is_empty(), "{what}");
    }
    let mut world = world();
    world.references.forward = [&[6][..], &[], &[], &[], &[], &[]].into_iter().collect();
    let index = open(&world.written()).unwrap();
    assert!(index.references(6).is_none());
    world.dominators = Dominators::new(DominatorColumns {
        dominators: vec![6; 6].into(),
        ..world.dominators.columns().clone()
    })
    .unwrap();
    assert!(open(&world.written()).unwrap().dominators(6, SETTING).is_none());
}

#[test]
fn writing_stops_when_it_is_told_to() {
    let mut file = Cursor::new(Vec::new());
    let error = write(&mut file, DUMP, &world().contents(), &AtomicBool::new(true)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::Interrupted);
    assert!(open(file.get_ref()).is_err());
}

proptest! {
    /// Damage anywhere: what is given is what was written.
    #[test]
    fn damage_never_changes_an_answer(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let world = world();
        let mut bytes = world.written();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(index) = open(&bytes) {
            take_all(&index, &world);
        }
    }
}
