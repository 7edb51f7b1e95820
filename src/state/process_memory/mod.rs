//! The process's memory as a ledger: every range of it that the dump knows of, and what it is.
//!
//! The ranges are those of the dump, cut where what the runtime says of its own memory begins and ends. So they add up to
//! all that is mapped, and nothing is counted twice. What nobody claims is called unknown.

mod claims;
mod files;
mod kind;
mod malloc;
mod stacks;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::bytes::Addr;
use crate::clr::memory_ranges::{RuntimeMemory, runtime_ranges};
use crate::clr::type_system::TypeSystem;
use crate::dump::{Dump, MemoryRegion, Protection, TakenBy};

use claims::{Claim, Claims};
pub use kind::{MemoryArea, MemoryKind};

/// A range of the process's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Where it lies.
    pub range: Range<Addr>,
    /// What it is.
    pub kind: MemoryKind,
    /// Which one of its kind: a generation, a thread, the name of a file; `None` where there is nothing to tell them apart.
    pub name: Option<String>,
    /// How many of its bytes the dump holds.
    pub saved: u64,
    /// What it may be used for; `None` where the dump does not say.
    pub protection: Option<Protection>,
    /// The path of the file that it shows; `None` for memory beside files.
    pub file: Option<String>,
}

impl Mapping {
    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.range.end.0 - self.range.start.0
    }

    fn goes_on_in(&self, next: &Mapping) -> bool {
        let told = |m: &Mapping| (m.kind, m.protection);
        self.range.end == next.range.start
            && told(self) == told(next)
            && self.name == next.name
            && self.file == next.file
    }
}

/// All ranges of the memory of `types`' process that the dump knows of, in the order of addresses.
pub fn process_memory(types: &TypeSystem) -> Vec<Mapping> {
    let dump = &types.runtime().dump;
    let claims = claims(types);
    let mut mappings: Vec<Mapping> = Vec::new();
    for region in &dump.regions {
        let of_file = files::told_by_file(types, region);
        for (range, claim) in claims.parts(&region.range) {
            let (kind, name) = match claim {
                Some(claim) => (of_claim(claim, region), claim.name.clone()),
                None => of_file.clone().unwrap_or_else(|| (unclaimed(dump, region), None)),
            };
            let saved = dump.saved.within(&range);
            let file = region.file.and_then(|file| Some(dump.mappings.get(file)?.path.clone()));
            let next = Mapping { range, kind, name, saved, protection: region.protection, file };
            match mappings.last_mut() {
                Some(last) if last.goes_on_in(&next) => {
                    last.range.end = next.range.end;
                    last.saved += next.saved;
                }
                _ => mappings.push(next),
            }
        }
    }
    mappings
}

/// What of the memory is of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryTotal {
    /// The kind.
    pub kind: MemoryKind,
    /// How many ranges.
    pub ranges: u64,
    /// How many bytes they have.
    pub size: u64,
    /// How many of those the dump holds.
    pub saved: u64,
}

/// The sums of `mappings` by kind, the largest first.
pub fn memory_totals(mappings: &[Mapping]) -> Vec<MemoryTotal> {
    let mut totals: BTreeMap<MemoryKind, MemoryTotal> = BTreeMap::new();
    for mapping in mappings {
        let none = MemoryTotal { kind: mapping.kind, ranges: 0, size: 0, saved: 0 };
        let total = totals.entry(mapping.kind).or_insert(none);
        total.ranges += 1;
        total.size += mapping.size();
        total.saved += mapping.saved;
    }
    let mut totals: Vec<MemoryTotal> = totals.into_values().collect();
    totals.sort_by_key(|total| Reverse(total.size));
    totals
}

/// What everybody says of the process's memory, the closest descriptions first.
fn claims(types: &TypeSystem) -> Claims {
    let of_runtime = runtime_ranges(types).into_iter().map(|told| Claim {
        kind: match told.kind {
            RuntimeMemory::GcHeap => MemoryKind::GcHeap,
            RuntimeMemory::GcReserved => MemoryKind::GcReserved,
            RuntimeMemory::GcFreeRegions => MemoryKind::GcFreeRegions,
            RuntimeMemory::GcBookkeeping => MemoryKind::GcBookkeeping,
            RuntimeMemory::HandleTable => MemoryKind::HandleTable,
            RuntimeMemory::LoaderHeap => MemoryKind::LoaderHeap,
            RuntimeMemory::CodeHeap => MemoryKind::CodeHeap,
            RuntimeMemory::ManagedImage => MemoryKind::ManagedModule,
        },
        range: told.range,
        name: told.name,
    });
    let dump = &types.runtime().dump;
    let mut claims = Claims::default();
    of_runtime.for_each(|claim| claims.add(claim));
    files::image_claims(types).into_iter().for_each(|claim| claims.add(claim));
    malloc::claims(dump).into_iter().for_each(|claim| claims.add(claim));
    stacks::claims(types.runtime()).into_iter().for_each(|claim| claims.add(claim));
    claims
}

/// What a claimed range is: address space that nothing may touch is kept for later, whatever it belongs to.
fn of_claim(claim: &Claim, region: &MemoryRegion) -> MemoryKind {
    let untouchable = region.protection.is_some_and(Protection::is_none);
    match claim.kind {
        MemoryKind::GcHeap | MemoryKind::GcFreeRegions if untouchable => MemoryKind::GcReserved,
        kind => kind,
    }
}

/// gdb writes address space that nothing may touch as if it could be read; beside files nothing else is only read.
fn unclaimed(dump: &Dump, region: &MemoryRegion) -> MemoryKind {
    let only_read = Protection { read: true, write: false, execute: false };
    match region.protection {
        Some(protection) if protection.is_none() => MemoryKind::Reserved,
        Some(protection) if protection == only_read && dump.taken_by == Some(TakenBy::Gcore) => {
            MemoryKind::Reserved
        }
        _ => MemoryKind::Unknown,
    }
}
