//! The sections of an index: which there are, and what the table says of each.

use bytemuck::{Pod, Zeroable};

/// Bytes to which sections are aligned: a cache line, and more than any number needs.
pub(super) const ALIGNMENT: u64 = 64;

/// What a section holds. The numbers stand in files: they are never given to something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum SectionKind {
    /// The blocks of the objects.
    Blocks = 1,
    /// Where the objects of all blocks lie, one block after the other.
    Offsets = 2,
    /// Their types.
    Types = 3,
    /// Their sizes.
    Sizes = 4,
    /// Those of 4 GiB and more.
    Large = 5,
    /// MethodTable, count and size of every type.
    TypeTotals = 6,
    /// Bytes of free objects in each segment.
    FreeBytes = 7,
    /// What the walk left out.
    HeapProblems = 8,
    /// Where the references of each object begin.
    ReferenceStarts = 16,
    /// The objects referred to.
    ReferenceMembers = 17,
    /// What the references lack.
    ReferenceProblems = 18,
    /// Where the references begin of objects that have very many.
    WideReferenceStarts = 19,
    /// Where the referrers of each object begin.
    ReferrerStarts = 24,
    /// The objects that refer to it.
    ReferrerMembers = 25,
    /// Where the referrers begin of objects that have very many.
    WideReferrerStarts = 26,
    /// The dominator of each object.
    Dominators = 32,
    /// Which objects can be reached from the roots.
    Reachable = 33,
    /// What each object retains.
    Retained = 34,
    /// The objects that retain 4 GiB and more.
    LargeRetainers = 35,
    /// What they retain.
    LargeRetained = 36,
    /// Objects that can be reached and that cannot, and their bytes.
    ReachableTotals = 37,
}

impl SectionKind {
    /// What it is called in a message.
    pub(super) fn name(self) -> &'static str {
        match self {
            SectionKind::Blocks => "list of blocks",
            SectionKind::Offsets => "column of addresses",
            SectionKind::Types => "column of types",
            SectionKind::Sizes => "column of sizes",
            SectionKind::Large => "list of large objects",
            SectionKind::TypeTotals => "list of types",
            SectionKind::FreeBytes => "list of free bytes",
            SectionKind::HeapProblems => "list of the heap's problems",
            SectionKind::ReferenceStarts
            | SectionKind::WideReferenceStarts
            | SectionKind::ReferenceMembers => "table of references",
            SectionKind::ReferenceProblems => "list of the references' problems",
            SectionKind::ReferrerStarts | SectionKind::WideReferrerStarts | SectionKind::ReferrerMembers => {
                "table of referrers"
            }
            SectionKind::Dominators => "column of dominators",
            SectionKind::Reachable | SectionKind::ReachableTotals => "set of reachable objects",
            SectionKind::Retained | SectionKind::LargeRetainers | SectionKind::LargeRetained => {
                "column of retained sizes"
            }
        }
    }
}

/// What the table says of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Entry {
    /// The number of its [`SectionKind`].
    pub kind: u32,
    /// Zero.
    pub reserved: u32,
    /// Under which setting it was made; zero for what depends on none.
    pub setting: u64,
    /// Where it begins in the file.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
    /// Its checksum.
    pub checksum: u64,
}
