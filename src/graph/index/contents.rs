//! What an index holds: parts of a snapshot, each in some sections.

use std::borrow::Cow;
use std::sync::Arc;

use super::section::SectionKind;
use super::{dominators, heap, rows};
use crate::error::Error;
use crate::graph::{Dominators, Heap, References, Rows, Snapshot};
use crate::progress::Progress;

/// A part of a snapshot that an index can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Objects and types.
    Heap,
    /// What each object refers to.
    References,
    /// What refers to each object.
    Referrers,
    /// Dominators and retained sizes.
    Dominators,
}

impl Part {
    /// All parts.
    pub const ALL: [Part; 4] = [Part::Heap, Part::References, Part::Referrers, Part::Dominators];

    /// What a person calls it.
    pub fn word(self) -> &'static str {
        match self {
            Part::Heap => "objects",
            Part::References => "references",
            Part::Referrers => "referrers",
            Part::Dominators => "dominators",
        }
    }

    /// Builds the part, unless that was done or an index holds it.
    ///
    /// # Errors
    /// The dump holds no heap.
    pub fn build(self, snapshot: &Snapshot, progress: &dyn Progress) -> Result<(), Arc<Error>> {
        match self {
            Part::Heap => snapshot.heap(progress).map(drop),
            Part::References => snapshot.references(progress).map(drop),
            Part::Referrers => snapshot.referrers(progress).map(drop),
            Part::Dominators => snapshot.dominators(progress).map(drop),
        }
    }

    /// The sections that it consists of.
    pub(super) fn sections(self) -> &'static [SectionKind] {
        use SectionKind as S;
        match self {
            Part::Heap => &[
                S::Blocks,
                S::Offsets,
                S::Types,
                S::Sizes,
                S::Large,
                S::TypeTotals,
                S::FreeBytes,
                S::HeapProblems,
            ],
            Part::References => {
                &[S::ReferenceStarts, S::WideReferenceStarts, S::ReferenceMembers, S::ReferenceProblems]
            }
            Part::Referrers => &[S::ReferrerStarts, S::WideReferrerStarts, S::ReferrerMembers],
            Part::Dominators => &[
                S::Dominators,
                S::Reachable,
                S::Retained,
                S::LargeRetainers,
                S::LargeRetained,
                S::ReachableTotals,
            ],
        }
    }
}

/// What to write into an index.
#[derive(Clone, Copy, Debug)]
pub struct Contents<'a> {
    /// Objects and types.
    pub heap: &'a Heap,
    /// What each object refers to.
    pub references: Option<&'a References>,
    /// What refers to each object.
    pub referrers: Option<&'a Rows>,
    /// Dominators and retained sizes, and the setting of the roots that they were computed from:
    /// [`setting_of_roots`](super::setting_of_roots).
    pub dominators: Option<(&'a Dominators, u64)>,
}

impl<'a> Contents<'a> {
    /// The parts that there are.
    pub fn parts(&self) -> Vec<Part> {
        let there = |part: &Part| match part {
            Part::Heap => true,
            Part::References => self.references.is_some(),
            Part::Referrers => self.referrers.is_some(),
            Part::Dominators => self.dominators.is_some(),
        };
        Part::ALL.into_iter().filter(there).collect()
    }

    /// All sections, in the order of the file.
    pub(super) fn sections(&self) -> Vec<Section<'a>> {
        let mut sections = heap::sections(self.heap);
        sections.extend(self.references.into_iter().flat_map(rows::of_references));
        sections.extend(self.referrers.into_iter().flat_map(rows::of_referrers));
        sections.extend(
            self.dominators.into_iter().flat_map(|(columns, setting)| dominators::sections(columns, setting)),
        );
        sections
    }
}

/// A section before it is written: its bytes are those of the slices, one after the other.
pub(super) struct Section<'a> {
    pub kind: SectionKind,
    pub setting: u64,
    pub slices: Vec<Cow<'a, [u8]>>,
}

impl<'a> Section<'a> {
    /// A section of columns as they lie in memory.
    pub(super) fn of_columns(kind: SectionKind, columns: impl IntoIterator<Item = &'a [u8]>) -> Section<'a> {
        Section { kind, setting: 0, slices: columns.into_iter().map(Cow::Borrowed).collect() }
    }

    /// A section of bytes made for it.
    pub(super) fn of_bytes(kind: SectionKind, bytes: Vec<u8>) -> Section<'a> {
        Section { kind, setting: 0, slices: vec![Cow::Owned(bytes)] }
    }

    pub(super) fn length(&self) -> u64 {
        self.slices.iter().map(|slice| slice.len() as u64).sum()
    }
}
