//! Segments and regions: the ranges of memory in which objects lie.

use std::fmt;

use crate::bytes::Addr;

/// The generation of an object, in the words of the query language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Generation {
    /// Generation 0.
    Gen0,
    /// Generation 1.
    Gen1,
    /// Generation 2.
    Gen2,
    /// The large object heap.
    Loh,
    /// The pinned object heap (5.0 and later).
    Poh,
    /// A frozen segment (8.0 and later put string literals there).
    Frozen,
}

impl Generation {
    /// All generations in the order of their numbers.
    pub const ALL: [Generation; 6] = [Self::Gen0, Self::Gen1, Self::Gen2, Self::Loh, Self::Poh, Self::Frozen];

    /// The word the query language uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gen0 => "gen0",
            Self::Gen1 => "gen1",
            Self::Gen2 => "gen2",
            Self::Loh => "loh",
            Self::Poh => "poh",
            Self::Frozen => "frozen",
        }
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentKind {
    /// Objects of one generation.
    Of(Generation),
    /// The segment of a heap without regions in which generations 0, 1 and a part of 2 lie one after the other.
    Ephemeral {
        /// Objects from here on are generation 1, up to `gen0`.
        gen1: Addr,
        /// Objects from here on are generation 0.
        gen0: Addr,
    },
}

impl SegmentKind {
    /// The word the query language uses: a generation's, or `ephemeral`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Of(generation) => generation.word(),
            Self::Ephemeral { .. } => "ephemeral",
        }
    }
}

/// A segment or region of the GC heap.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The address of the runtime's `heap_segment` structure.
    pub address: Addr,
    /// The number of the heap that owns it: always 0 for the workstation GC.
    pub heap: u32,
    /// What it holds.
    pub kind: SegmentKind,
    /// Where its first object lies.
    pub start: Addr,
    /// The end of its objects.
    pub end: Addr,
    /// The end of its committed memory.
    pub committed: Addr,
    /// The end of its reserved memory.
    pub reserved: Addr,
}

impl Segment {
    /// The generation of an object at `address`, which must lie in this segment.
    pub fn generation_at(&self, address: Addr) -> Generation {
        match self.kind {
            SegmentKind::Of(generation) => generation,
            SegmentKind::Ephemeral { gen0, .. } if address >= gen0 => Generation::Gen0,
            SegmentKind::Ephemeral { gen1, .. } if address >= gen1 => Generation::Gen1,
            SegmentKind::Ephemeral { .. } => Generation::Gen2,
        }
    }
}
