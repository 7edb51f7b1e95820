//! Heaps made by hand: a few types, segments of every sort, objects by a seed.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::dump::AddressSpace;
use crate::error::{Error, ErrorKind};
use crate::graph::{
    Generation, Heap, Module, ObjectBlock, ObjectTable, RowSize, Segment, SegmentId, SegmentKind, Snapshot,
    Thread, ThreadState, TypeId, TypeInfo, TypeTable,
};
use crate::problem::Problem;

/// Name, whether objects hold a length, whether they have a finalizer. Two types share a name.
const TYPES: [(&str, bool, bool); 8] = [
    ("Free", true, false),
    ("System.String", true, false),
    ("Zoo.Dog", false, false),
    ("Zoo.Cat", false, true),
    ("Zoo.Dog", false, true),
    ("System.Byte[]", true, false),
    ("Zoo.Käfig<System.String>", false, false),
    ("System.Object", false, false),
];

/// The size of an object beyond 4 GiB.
const HUGE: u64 = 5 << 30;

/// Numbers that look random and are the same everywhere: xorshift64*.
#[derive(Clone)]
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }
}

/// A heap of `objects` objects in blocks of at most `block` objects.
pub fn snapshot(seed: u64, objects: usize, block: usize) -> Snapshot {
    let mut numbers = Numbers::new(seed);
    let mut segments = segments();
    let mut memory = Vec::new();
    let mut blocks = Vec::new();
    let mut types = types();
    let mut free_bytes = vec![0; segments.len()];
    for (index, segment) in segments.iter_mut().enumerate() {
        let mut bytes = Vec::new();
        let mut at = segment.start;
        let share = objects * (index + 1) / 5 - objects * index / 5;
        let mut rows = Vec::new();
        for _ in 0..share {
            let of = numbers.below(types.len() as u64) as usize;
            let size = if numbers.below(200) == 0 && index == 1 { HUGE } else { 24 + numbers.below(300) };
            rows.push((at, of, size));
            types[of].count += 1;
            types[of].size += size;
            if of == 0 {
                free_bytes[index] += size;
            }
            bytes.resize((at.0 - segment.start.0) as usize, 0);
            bytes.extend([1; 8]);
            bytes.extend((numbers.below(50) as u32).to_le_bytes());
            // An object beyond 4 GiB stands for its size only; the next follows closely.
            at = at.offset(size.min(1000).next_multiple_of(8));
        }
        segment.end = at;
        if let SegmentKind::Ephemeral { gen1, gen0 } = &mut segment.kind {
            *gen1 = rows.get(rows.len() / 3).map_or(at, |r| r.0);
            *gen0 = rows.get(rows.len() / 2).map_or(at, |r| r.0);
        }
        // The last segment's memory is half missing.
        if index == 4 {
            bytes.truncate(bytes.len() / 2);
        }
        memory.push((segment.start, bytes));
        blocks.extend(rows.chunks(block).map(|rows| object_block(index, rows)));
    }
    let (objects, _) = ObjectTable::new(blocks);
    types.iter_mut().for_each(|t| t.base_size = 24);
    let types = TypeTable::new(types);
    let heap = std::sync::Mutex::new(Some(Heap {
        objects,
        types,
        free_bytes,
        problems: vec![Problem::note("the walk says")],
    }));
    let mut snapshot = Snapshot::new(Arc::new(AddressSpace::from_memory(memory)), move |_| {
        Ok(heap.lock().unwrap().take().expect("the heap is built once"))
    });
    snapshot.segments = segments;
    snapshot.modules = modules();
    snapshot.threads = threads();
    snapshot.problems.push(Problem::note("opening says"));
    snapshot
}

/// A dump without a heap.
pub fn without_heap() -> Snapshot {
    let error = || Error::new(ErrorKind::NoHeap, "the dump holds no heap");
    let mut snapshot = Snapshot::new(Arc::default(), move |_| Err(error()));
    snapshot.segments = segments();
    snapshot.modules = modules();
    snapshot.threads = threads();
    snapshot
}

fn object_block(segment: usize, rows: &[(Addr, usize, u64)]) -> ObjectBlock {
    let base = rows[0].0;
    let size = |&(_, _, size): &(Addr, usize, u64)| u32::try_from(size).map_or(RowSize::LARGE, RowSize);
    let large = rows.iter().enumerate().filter(|(_, r)| size(r) == RowSize::LARGE);
    ObjectBlock {
        segment: SegmentId(segment as u32),
        base,
        offsets: rows.iter().map(|r| ((r.0.0 - base.0) / 8) as u32).collect(),
        types: rows.iter().map(|r| TypeId(r.1 as u32)).collect(),
        sizes: rows.iter().map(size).collect(),
        large: large.map(|(row, r)| (row as u32, r.2)).collect(),
    }
}

fn segments() -> Vec<Segment> {
    let ephemeral = SegmentKind::Ephemeral { gen1: Addr(0), gen0: Addr(0) };
    let kinds = [
        (ephemeral, 0),
        (SegmentKind::Of(Generation::Loh), 0),
        (SegmentKind::Of(Generation::Frozen), 0),
        (SegmentKind::Of(Generation::Gen2), 1),
        (SegmentKind::Of(Generation::Gen2), 0),
    ];
    let segment = |(at, (kind, heap))| {
        let start = Addr(0x7f00_0000_0000 + (at as u64) * 0x1000_0000);
        let reserved = start.offset(0x1000_0000);
        Segment {
            address: Addr(0x1000 + at as u64),
            heap,
            kind,
            start,
            end: start,
            committed: reserved,
            reserved,
        }
    };
    kinds.into_iter().enumerate().map(segment).collect()
}

fn types() -> Vec<TypeInfo> {
    let make = |(at, &(name, has_length, finalizable)): (usize, &(&str, bool, bool))| TypeInfo {
        method_table: Addr(0x7e00_0000_0000 + (at as u64) * 0x100),
        name: name.into(),
        module: (at > 0)
            .then(|| if name.starts_with("Zoo") { "zoo.dll".into() } else { "System.dll".into() }),
        base_size: 0,
        element_size: if has_length { 2 } else { 0 },
        parent: (at > 0 && at < 7).then(|| "System.Object".into()),
        rank: u32::from(name.ends_with("[]")),
        has_length,
        finalizable,
        count: 0,
        size: 0,
    };
    TYPES.iter().enumerate().map(make).collect()
}

fn modules() -> Vec<Module> {
    let module = |name: &str, base: Option<u64>| Module {
        name: name.to_owned(),
        path: base.map(|_| format!("/app/{name}")),
        base: base.map(Addr),
        size: base.map(|_| 4096),
        version: Some("1.0.0.0".to_owned()),
        mvid: None,
        dynamic: base.is_none(),
    };
    vec![module("zoo.dll", Some(0x7000)), module("Emitted", None)]
}

fn threads() -> Vec<Thread> {
    let known = Thread { address: Some(Addr(0x7000)), ..Thread::default() };
    let main = Thread {
        os_id: Some(77),
        managed_id: Some(1),
        state: ThreadState::default(),
        exception: Some(Addr(0x7f00_0000_0000)),
        ..known.clone()
    };
    let state = ThreadState { background: true, pool_worker: true, ..ThreadState::default() };
    vec![main.clone(), Thread { managed_id: Some(2), state, ..known }]
}
