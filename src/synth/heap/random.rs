//! Random heaps: the same one for the same seed, on every machine.

use super::segments::{Place, SegmentKey};
use crate::synth::layout::Family;
use crate::synth::process::{Handle, Image, Process, Type};

/// A small generator of random numbers (SplitMix64, Steele and others 2014).
#[derive(Clone, Debug)]
pub struct Randomness(u64);

impl Randomness {
    /// The sequence of that seed.
    pub fn new(seed: u64) -> Randomness {
        Randomness(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0. The slight bias does not matter here.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// One of them.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// What a random heap is like.
#[derive(Clone, Debug)]
pub struct RandomHeap {
    /// Decides everything else.
    pub seed: u64,
    /// The version family.
    pub family: Family,
    /// About how many objects.
    pub objects: usize,
    /// The number of heaps of the server GC; `None` for the workstation GC.
    pub server: Option<u32>,
    /// How many of 100 objects are arrays whose contents look like objects.
    pub look_alikes: u64,
    /// Whether all small objects lie in one segment.
    pub one_segment: bool,
}

impl RandomHeap {
    /// A heap of 10.0 with all kinds of objects in all kinds of regions.
    pub fn new(seed: u64, objects: usize) -> RandomHeap {
        RandomHeap { seed, family: Family::V10_0, objects, server: None, look_alikes: 10, one_segment: false }
    }

    /// The process with that heap.
    pub fn process(&self) -> Process {
        let mut process = Process::new(self.family);
        process.heap.server = self.server;
        let mut filler =
            Filler { random: Randomness::new(self.seed), types: types(&mut process), addresses: vec![] };
        let heaps = self.server.unwrap_or(1);
        let small = self.segments(&mut process, heaps);
        let per_segment = self.objects / small.len();
        for segment in small {
            let contexts = filler.random.below(3);
            filler.fill(&mut process, segment, per_segment, self.look_alikes, contexts);
        }
        for heap in 0..heaps {
            let large = process.segment(heap, Place::Loh);
            let (count, bytes) = (filler.random.below(4), process.bytes);
            for _ in 0..count {
                let length = 85_000 + filler.random.below(50_000);
                process.object(large, bytes, length as u32);
                process.object(large, process.free, filler.random.below(100) as u32);
            }
        }
        if self.family != Family::V3_1 {
            let frozen = process.segment(0, Place::Frozen);
            filler.fill(&mut process, frozen, 10, 0, 0);
            let pinned = process.segment(0, Place::Poh);
            process.object(pinned, process.objects, 1022);
        }
        process
    }

    /// The segments of small objects.
    fn segments(&self, process: &mut Process, heaps: u32) -> Vec<SegmentKey> {
        let places: &[Place] = match (self.one_segment, process.heap.regions) {
            (true, _) => &[Place::Gen2],
            (false, true) => &[Place::Gen2, Place::Gen1, Place::Gen0, Place::Gen2, Place::Gen0],
            (false, false) => &[Place::Gen2, Place::Ephemeral],
        };
        let all = (0..heaps).flat_map(|heap| places.iter().map(move |&place| (heap, place)));
        all.map(|(heap, place)| process.segment(heap, place)).collect()
    }
}

/// Types of all sizes and kinds.
fn types(process: &mut Process) -> Vec<Type> {
    let names = ["Dog", "Cat", "Owl", "Ant", "Bee", "Cow", "Elk", "Fox", "Gnu", "Hen", "Jay", "Rat"];
    let mut types = process.classes("zoo.dll", "Zoo", &names);
    let module = process.module("cages.dll", Image::Flat);
    let cage = process.define(module, "Zoo", "Cage`1");
    for of in types.clone().into_iter().take(4) {
        types.push(process.generic(cage, &[Handle::from(of)], 32));
        types.push(process.array(of, 8));
    }
    types.push(process.array_of_rank(process.object, 2, 8));
    types.extend([process.object, process.string, process.objects, process.bytes, process.longs]);
    types.push(process.free);
    types
}

struct Filler {
    random: Randomness,
    types: Vec<Type>,
    /// Some of the objects, to be referred to.
    addresses: Vec<u64>,
}

impl Filler {
    fn fill(
        &mut self,
        process: &mut Process,
        segment: SegmentKey,
        count: usize,
        look_alikes: u64,
        contexts: u64,
    ) {
        let ephemeral = process.is_ephemeral(segment);
        for i in 0..count {
            if ephemeral && (i == count / 3 || i == count / 2) {
                process.begin_generation(segment, usize::from(i == count / 3));
            }
            if i > 0 && contexts > 0 && (i as u64).is_multiple_of(count as u64 / (contexts + 1) + 1) {
                let bytes = 24 + 8 * self.random.below(50);
                process.allocation_context(segment, bytes);
            }
            if self.random.below(100) < look_alikes {
                self.look_alike(process, segment);
            } else {
                self.ordinary(process, segment);
            }
        }
    }

    fn ordinary(&mut self, process: &mut Process, segment: SegmentKey) {
        let of = self.random.one_of(&self.types);
        let count = if of.component_size == 0 { 0 } else { self.random.below(40) };
        let words: Vec<u64> = (0..8).map(|_| self.word()).collect();
        let contents: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let address = process.object_of(segment, of, count as u32, &contents);
        if self.addresses.len() < 4096 {
            self.addresses.push(address);
        }
    }

    /// What fields hold: null, references, numbers.
    fn word(&mut self) -> u64 {
        match self.random.below(4) {
            0 => 0,
            1 if !self.addresses.is_empty() => self.random.one_of(&self.addresses),
            2 => self.random.below(1000),
            _ => self.random.number(),
        }
    }

    /// An array of bytes or numbers that is a picture of objects, up to 4,000 bytes of them: now
    /// and then a picture that is cut, so that a walk that began in it runs past its end.
    fn look_alike(&mut self, process: &mut Process, segment: SegmentKey) {
        let mut contents = Vec::new();
        let wanted = 64 + self.random.below(4000) as usize;
        while contents.len() < wanted {
            let of = self.random.one_of(&self.types);
            let count = if of.component_size == 0 { 0 } else { self.random.below(60) as u32 };
            let at = contents.len();
            contents.extend(of.method_table.to_le_bytes());
            contents.extend(u64::from(count).to_le_bytes());
            contents.resize(at + of.size(count).next_multiple_of(8) as usize, 0);
        }
        contents.truncate(wanted.next_multiple_of(8));
        if self.random.below(2) == 0 {
            process.object_of(segment, process.longs, contents.len() as u32 / 8, &contents);
        } else {
            process.object_of(segment, process.bytes, contents.len() as u32, &contents);
        }
    }
}
