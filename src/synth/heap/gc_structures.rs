//! The GC's own structures: its table of variables, heaps, generations, and `heap_segment`s.

use super::segments::{Place, SegmentKey};
use super::truth::Truth;
use crate::synth::process::Process;

/// `heap_segment`: members in the order of the structure, the same since 2.0.
const SEGMENT_SIZE: u64 = 128;
/// `heap_segment_flags_readonly`, `_loh`, `_poh`.
const FROZEN: u64 = 1;
const LARGE: u64 = 8;
const PINNED: u64 = 0x200;
/// Members of `generation`.
const START_SEGMENT: u64 = 56;
const ALLOCATION_START: u64 = 64;
/// Bytes of a gc_heap of the server GC; its members are somewhere within.
const GC_HEAP_SIZE: u64 = 8192;
/// Bytes behind the last object that are committed, and that are reserved.
const COMMITTED: u64 = 0x1000;
const RESERVED: u64 = 0x10_0000;
/// Index of generation_table in the array of gc_heap's offsets.
const TABLE_INDEX: usize = 18;

/// What the structures say of one heap.
struct Heap {
    /// For each generation its first segment, and where it begins in the ephemeral one.
    generations: Vec<(u64, u64)>,
    ephemeral: u64,
    alloc_allocated: u64,
}

impl Process {
    /// Writes the GC's structures. Returns the address of its table of variables, the global
    /// allocation context, and the truth.
    pub(in crate::synth) fn write_heap(&mut self) -> (u64, (u64, u64), Truth) {
        for heap in 0..self.heap.server.unwrap_or(1) {
            let place = if self.heap.regions { Place::Gen0 } else { Place::Ephemeral };
            let has = self.heap.segments.iter().any(|s| s.heap == heap && s.place == place);
            if !has {
                self.segment(heap, place);
            }
        }
        let truth = Truth::of(&self.heap.segments);
        let headers: Vec<u64> =
            self.heap.segments.iter().map(|_| self.native.allocate(SEGMENT_SIZE)).collect();
        let vars = self.native.allocate(self.family.layout().vars.size);
        self.write_common_variables(vars);
        match self.heap.server {
            None => self.write_workstation(vars, &headers),
            Some(count) => self.write_server(vars, count, &headers),
        }
        (vars, self.heap.global_context, truth)
    }

    fn write_common_variables(&mut self, vars: u64) {
        let layout = &self.family.layout().vars;
        self.native.put(vars, &layout.version);
        self.native.put64(vars + 8, layout.generation_size);
        let max_gen = self.native.words(&[2]);
        self.native.put64(vars + layout.max_gen, max_gen);
        let invalid = self.native.words(&[u64::from(self.heap.collecting)]);
        self.native.put64(vars + layout.invalid_count, invalid);
        if let Some(offset) = layout.generation_count {
            self.native.put64(vars + offset, layout.generations);
        }
        if let Some([of_heap, of_generation]) = layout.field_offsets {
            let gc_heap = &self.family.layout().gc_heap;
            let mut members = [-1_i64; 24];
            members[0] = gc_heap.alloc_allocated as i64;
            members[1] = gc_heap.ephemeral_segment as i64;
            members[2] = gc_heap.finalize_queue as i64;
            members[TABLE_INDEX] = gc_heap.generation_table as i64;
            let members = self.offsets(&members);
            self.native.put64(vars + of_heap, members);
            let allocation_start = if self.heap.regions { -1 } else { ALLOCATION_START as i64 };
            let members = self.offsets(&[0, START_SEGMENT as i64, allocation_start]);
            self.native.put64(vars + of_generation, members);
        }
    }

    /// An array of i32 offsets.
    fn offsets(&mut self, offsets: &[i64]) -> u64 {
        let at = self.native.allocate(4 * offsets.len() as u64);
        offsets.iter().zip(0..).for_each(|(&o, i)| self.native.put32(at + 4 * i, o as i32 as u32));
        at
    }

    fn write_workstation(&mut self, vars: u64, headers: &[u64]) {
        let layout = &self.family.layout().vars;
        let heap = self.heap(0, headers);
        let table = self.native.allocate(layout.generation_size * layout.generations);
        self.write_generations(table, &heap);
        self.native.put64(vars + layout.generation_table, table);
        for (member, value) in [
            (layout.ephemeral_segment, heap.ephemeral),
            (layout.alloc_allocated, heap.alloc_allocated),
            (layout.finalize_queue, 0),
        ] {
            let variable = self.native.words(&[value]);
            self.native.put64(vars + member, variable);
        }
    }

    fn write_server(&mut self, vars: u64, count: u32, headers: &[u64]) {
        let layout = self.family.layout();
        let mut heaps = Vec::new();
        for number in 0..count {
            let heap = self.heap(number, headers);
            let at = self.native.allocate(GC_HEAP_SIZE);
            self.native.put64(at + layout.gc_heap.alloc_allocated, heap.alloc_allocated);
            self.native.put64(at + layout.gc_heap.ephemeral_segment, heap.ephemeral);
            self.write_generations(at + layout.gc_heap.generation_table, &heap);
            heaps.push(at);
        }
        let array = self.native.words(&heaps);
        let array_variable = self.native.words(&[array]);
        self.native.put64(vars + layout.vars.g_heaps, array_variable);
        let count = self.native.words(&[u64::from(count)]);
        self.native.put64(vars + layout.vars.n_heaps, count);
    }

    fn write_generations(&mut self, table: u64, heap: &Heap) {
        let size = self.family.layout().vars.generation_size;
        for (&(start, allocation_start), number) in heap.generations.iter().zip(0..) {
            self.native.put64(table + number * size + START_SEGMENT, start);
            self.native.put64(table + number * size + ALLOCATION_START, allocation_start);
        }
    }

    /// Links the segments of a heap into chains and writes their structures.
    fn heap(&mut self, number: u32, headers: &[u64]) -> Heap {
        let of = |places: &[Place]| -> Vec<usize> {
            let all = &self.heap.segments;
            let with = |place: &Place| {
                (0..all.len())
                    .filter(|&i| all[i].heap == number && all[i].place == *place)
                    .collect::<Vec<_>>()
            };
            places.iter().flat_map(with).collect()
        };
        let gen2 = [Place::Frozen, Place::Gen2, Place::Ephemeral];
        let chains =
            [of(&[Place::Gen0]), of(&[Place::Gen1]), of(&gen2), of(&[Place::Loh]), of(&[Place::Poh])];
        let young = if self.heap.regions { Place::Gen0 } else { Place::Ephemeral };
        let ephemeral = *of(&[young]).last().expect("every heap has one");
        for chain in &chains {
            for (position, &index) in chain.iter().enumerate() {
                let next = chain.get(position + 1).copied();
                let next = self.heap.segments[index].next.map_or(next, |SegmentKey(next)| Some(next));
                self.write_segment(headers, index, next, index == ephemeral);
            }
        }
        let segment = &self.heap.segments[ephemeral];
        let begin = |generation: usize| match segment.place {
            Place::Ephemeral if generation < 2 => {
                let oldest = segment.generation_starts[generation].or(segment.generation_starts[0]);
                oldest.unwrap_or(segment.end())
            }
            Place::Ephemeral => segment.start,
            _ => 0,
        };
        let first = |generation: usize| {
            let chain = &chains[generation];
            let shared = (!self.heap.regions && generation < 2).then_some(ephemeral);
            shared.or(chain.first().copied()).map_or(0, |index| headers[index])
        };
        let count = self.family.layout().vars.generations as usize;
        let alloc_allocated = segment.claimed.map_or(segment.end(), |[_, end, _]| end);
        Heap {
            generations: (0..count).map(|g| (first(g), begin(g))).collect(),
            ephemeral: headers[ephemeral],
            alloc_allocated,
        }
    }

    fn write_segment(&mut self, headers: &[u64], index: usize, next: Option<usize>, ephemeral: bool) {
        let segment = &self.heap.segments[index];
        let (start, end) = (segment.start, segment.end());
        let [start, end, reserved] = segment.claimed.unwrap_or([start, end, end + RESERVED]);
        let committed = if segment.claimed.is_some() { reserved } else { end + COMMITTED };
        let flags = match segment.place {
            Place::Frozen => FROZEN,
            Place::Loh => LARGE,
            Place::Poh => PINNED,
            _ => 0,
        };
        // The GC keeps this word up to date only when it runs.
        let allocated = if ephemeral { start } else { end };
        let at = headers[index];
        let next = next.map_or(0, |next| headers[next]);
        let words = [allocated, committed, reserved, end, start, flags, next, 0, 0];
        words.iter().zip(0..).for_each(|(&word, i)| self.native.put64(at + 8 * i, word));
    }
}
