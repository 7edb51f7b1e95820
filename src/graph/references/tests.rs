//! The rows of synthetic heaps, whose references are known, whatever the number of threads.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::bytes::Addr;
use crate::clr::synthetic::open;
use crate::graph::{ObjectId, build_heap};
use crate::progress::NoProgress;
use crate::synth::{
    Family, Holds, Image, Place, Process, ProcessDump, Randomness, SegmentKey, Type, element,
};

/// Types with references in every form of GCDesc: each with where its instances hold them, from the object's start,
/// as its declaration says.
struct Types {
    /// `A` (an object), a number, `B` (a string).
    pair: Type,
    /// A pair, and `C` (an object) behind it.
    triple: Type,
    /// An array of structs: number, two references, number.
    structs: Type,
    /// An array of two dimensions.
    table: Type,
}

impl Types {
    fn new(process: &mut Process) -> Types {
        let zoo = process.module("zoo.dll", Image::Mapped);
        let of = process.define(zoo, "Zoo", "Pair");
        let pair = process.class(of, 40);
        let number = || Holds::Number(element::I8);
        process.fields(of, pair, &[("A", 0, Holds::Object), ("N", 8, number()), ("B", 16, Holds::String)]);
        let of = process.define(zoo, "Zoo", "Triple");
        let triple = process.derived(of, pair, 48);
        process.fields(of, triple, &[("C", 24, Holds::Object)]);
        let of = process.define(zoo, "Zoo", "Struct");
        let value = process.structure(of, 32);
        let members =
            [("N", 0, number()), ("A", 8, Holds::Object), ("B", 16, Holds::Object), ("M", 24, number())];
        process.fields(of, value, &members);
        let structs = process.array(value, 32);
        let table = process.array_of_rank(process.object, 2, 8);
        Types { pair, triple, structs, table }
    }

    /// Adds an object with `count` components, where it has any: its address and its slots.
    fn add(&self, process: &mut Process, segment: SegmentKey, sort: u64, count: u32) -> (u64, Vec<u64>) {
        let each = |start: u64| (0..u64::from(count)).map(move |i| start + 8 * i).collect();
        let (of, slots): (Type, Vec<u64>) = match sort {
            0 => (self.pair, vec![8, 24]),
            1 => (self.triple, vec![8, 24, 32]),
            2 => (process.objects, each(16)),
            3 => (self.table, each(32)),
            4 => (self.structs, (0..u64::from(count)).flat_map(|i| [24 + 32 * i, 32 + 32 * i]).collect()),
            5 => (process.string, vec![]),
            _ => (process.longs, vec![]),
        };
        let count = if of.component_size == 0 { 0 } else { count };
        (process.object(segment, of, count), slots)
    }
}

/// A heap and the addresses that each object refers to, in the order of its slots.
struct Graph {
    dump: ProcessDump,
    slots: Vec<(u64, Vec<u64>)>,
    truth: BTreeMap<u64, Vec<u64>>,
}

fn graph(seed: u64, objects: u64, family: Family) -> Graph {
    let mut process = Process::new(family);
    let mut random = Randomness::new(seed);
    let types = Types::new(&mut process);
    let places = [Place::Gen2, Place::Loh, Place::Gen2].map(|place| process.segment(0, place));
    let mut slots = Vec::new();
    for _ in 0..objects {
        let segment = random.one_of(&places);
        let (sort, count) = (random.below(7), random.below(12) as u32);
        slots.push(types.add(&mut process, segment, sort, count));
    }
    let mut graph = Graph { dump: process.dump(), slots, truth: BTreeMap::new() };
    for (object, places) in &graph.slots {
        for place in places {
            // A third of the slots is null.
            if random.below(3) > 0 {
                let target = random.one_of(&graph.slots[..].iter().map(|(o, _)| *o).collect::<Vec<_>>());
                graph.dump.memory.write_u64(object + place, target);
                graph.truth.entry(*object).or_default().push(target);
            }
        }
    }
    graph
}

fn read(dump: &ProcessDump, threads: usize) -> (Heap, References) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let runtime = open(dump);
        let heap = build_heap(&runtime, &NoProgress).unwrap();
        let (mut references, dangling) = extract::extract(&runtime, &heap, &[], &NoProgress).unwrap();
        references.problems.extend(dangling.map(|dangling| dangling.problem(false)));
        (heap, references)
    })
}

fn address(heap: &Heap, object: ObjectId) -> u64 {
    let (block, row) = heap.objects.locate(object).unwrap();
    heap.objects.blocks()[block].address(row).0
}

/// The rows by addresses; objects without any are left out.
fn by_address(heap: &Heap, rows: &Rows) -> BTreeMap<u64, Vec<u64>> {
    let row = |id| {
        let members = rows.of(ObjectId(id)).iter().map(|&member| address(heap, member)).collect();
        (address(heap, ObjectId(id)), members)
    };
    (0..rows.len() as u32).map(row).filter(|(_, members): &(_, Vec<u64>)| !members.is_empty()).collect()
}

fn told(references: &References) -> Vec<String> {
    references.problems.iter().map(ToString::to_string).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_reference_of_a_random_heap_is_found_by_any_number_of_threads(seed: u64, objects in 1_u64..300) {
        let graph = graph(seed, objects, Family::ALL[(seed % 4) as usize]);
        let (heap, references) = read(&graph.dump, 1);
        prop_assert_eq!(by_address(&heap, &references.forward), graph.truth);
        prop_assert_eq!(told(&references), Vec::<String>::new());
        for threads in [2, 4] {
            let (_, again) = read(&graph.dump, threads);
            prop_assert_eq!(&again.forward, &references.forward);
        }
    }
}

#[test]
fn references_to_no_object_are_counted_with_an_example() {
    let mut graph = graph(5, 60, Family::V10_0);
    let (object, places) = graph.slots.iter().find(|(_, places)| places.len() > 2).unwrap();
    let inside = graph.slots[3].0 + 8;
    for (place, value) in places.iter().zip([inside, 0x1234_5678, inside + 1]) {
        graph.dump.memory.write_u64(object + place, value);
    }
    let (heap, references) = read(&graph.dump, 2);
    let expected = format!(
        "3 references lead to no object: the one at offset {} of the object at {object:#x} is {inside:#x}",
        places[0]
    );
    assert_eq!(told(&references), [expected]);
    let left = references.forward.of(heap.objects.find(Addr(*object)).unwrap()).len();
    assert!(left <= places.len() - 3);
}

#[test]
fn slots_that_the_dump_lacks_are_counted_and_the_others_found() {
    let mut process = Process::new(Family::V8_0);
    let segment = process.segment(0, Place::Loh);
    let target = process.object(segment, process.object, 0);
    let array = process.object_of(segment, process.objects, 1000, &target.to_le_bytes().repeat(1000));
    process.object(segment, process.object, 0);
    let mut dump = process.dump();
    dump.memory.forget(array + 16 + 80, array + 16 + 160);
    let (heap, references) = read(&dump, 1);
    let row = references.forward.of(heap.objects.find(Addr(array)).unwrap());
    assert_eq!(row, [heap.objects.find(Addr(target)).unwrap(); 990]);
    let expected =
        format!("10 references of 1 objects are not in the dump, the first of the object at {array:#x}");
    assert_eq!(told(&references), [expected]);
}

#[test]
fn a_damaged_descriptor_loses_the_references_of_its_type_alone() {
    let mut process = Process::new(Family::V9_0);
    let types = Types::new(&mut process);
    let segment = process.segment(0, Place::Gen2);
    let sorts = [0, 0, 1, 5].map(|sort| types.add(&mut process, segment, sort, 3).0);
    let mut dump = process.dump();
    for object in &sorts[..3] {
        dump.memory.write_u64(object + 8, sorts[3]);
    }
    dump.memory.write_u64(types.pair.method_table - 8, 99);
    let (heap, references) = read(&dump, 1);
    assert_eq!(by_address(&heap, &references.forward), BTreeMap::from([(sorts[2], vec![sorts[3]])]));
    let mt = types.pair.method_table;
    let expected = format!(
        "the references of 2 objects of Zoo.Pair (MethodTable {mt:#x}) cannot be told: it has 99 series"
    );
    assert_eq!(told(&references), [expected]);
}

#[test]
fn what_handles_attach_comes_behind_the_slots() {
    let graph = graph(9, 50, Family::V10_0);
    let runtime = open(&graph.dump);
    let heap = build_heap(&runtime, &NoProgress).unwrap();
    let plain = extract::extract(&runtime, &heap, &[], &NoProgress).unwrap().0.forward;
    let last = ObjectId(plain.len() as u32 - 1);
    let attached =
        [(ObjectId(0), ObjectId(7)), (ObjectId(0), ObjectId(9)), (ObjectId(3), last), (last, ObjectId(0))];
    let joined = extract::extract(&runtime, &heap, &attached, &NoProgress).unwrap().0.forward;
    for id in (0..=last.0).map(ObjectId) {
        let added = attached.iter().filter(|(key, _)| *key == id).map(|(_, dependent)| *dependent);
        let expected: Vec<ObjectId> = plain.of(id).iter().copied().chain(added).collect();
        assert_eq!(joined.of(id), expected, "{id:?}");
    }
}

/// Where each family leads from a type to its loader allocator: the flag of collectible types, whether the loader
/// module stands in the auxiliary data, the way from the module, and the handle in the allocator.
const LOADERS: [(Family, u32, bool, &[u64], u64); 4] = [
    (Family::V3_1, 0x1000_0000, false, &[48, 64], 680),
    (Family::V8_0, 0x1000_0000, false, &[248], 976),
    (Family::V9_0, 0x0020_0000, true, &[248], 1128),
    (Family::V10_0, 0x0020_0000, true, &[176], 752),
];
/// Memory for the structures on that way.
const LOADER: u64 = 0x5000_0000_0000;

#[test]
fn objects_of_collectible_types_keep_their_loader_allocator_alive() {
    for (family, flag, auxiliary, way, handle) in LOADERS {
        let mut process = Process::new(family);
        let types = Types::new(&mut process);
        let segment = process.segment(0, Place::Gen2);
        let allocator = process.object(segment, process.object, 0);
        let (object, _) = types.add(&mut process, segment, 0, 0);
        let mut dump = process.dump();
        let memory = &mut dump.memory;
        memory.map(LOADER, vec![0; 0x10000]);
        let mt = types.pair.method_table;
        let flags = memory.read_u64(mt) as u32 | flag;
        memory.write(mt, &flags.to_le_bytes());
        // Each structure has a page of its own.
        let mut at = LOADER;
        let mut lead = |place: u64| {
            at += 0x1000;
            memory.write_u64(place, at);
            at
        };
        let mut here = mt + 24;
        if auxiliary {
            here = lead(mt + 32) + 8;
        }
        here = lead(here);
        for offset in way {
            here = lead(here + offset);
        }
        let here = lead(here + handle);
        memory.write_u64(here, allocator);
        memory.write_u64(object + 24, allocator);
        let (heap, references) = read(&dump, 1);
        let expected = BTreeMap::from([(object, vec![allocator, allocator])]);
        assert_eq!(by_address(&heap, &references.forward), expected, "{family:?}");
        assert_eq!(told(&references), Vec::<String>::new(), "{family:?}");
        dump.memory.write_u64(here, allocator + 8);
        let (_, references) = read(&dump, 1);
        assert!(
            told(&references)[0].contains("the loader allocator of 1 objects"),
            "{:?}",
            told(&references)
        );
    }
}
