//! The regions of the process's memory: what was mapped where, how much of it the dump holds, and what it may be used for.
//!
//! Every byte that the dump knows of belongs to one region. A mapped file is a region, as the dump's note lists it, however
//! few of its pages were saved; what is mapped beside files is a region as the dump's headers tell it. A dump that was
//! taken with the heap only does not know of memory that is neither saved nor of a file: then that is missing here too.

use std::fmt;
use std::ops::Range;

use crate::bytes::Addr;

use super::FileMapping;

/// What a region may be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Protection {
    /// It may be read.
    pub read: bool,
    /// It may be written, or is copied when it is.
    pub write: bool,
    /// Code in it may run.
    pub execute: bool,
}

impl Protection {
    /// Nothing may touch it: address space that is kept for later.
    pub fn is_none(self) -> bool {
        self == Protection::default()
    }
}

impl fmt::Display for Protection {
    /// As `/proc/PID/maps` has it: `rw-`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (allowed, letter) in [(self.read, "r"), (self.write, "w"), (self.execute, "x")] {
            f.write_str(if allowed { letter } else { "-" })?;
        }
        Ok(())
    }
}

/// A region of the process's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryRegion {
    /// Where it lies.
    pub range: Range<Addr>,
    /// What it may be used for; `None` where the dump does not say.
    pub protection: Option<Protection>,
    /// Which of the dump's mapped files it shows, by its place in their list; `None` for memory beside files.
    pub file: Option<usize>,
    /// Where the reservation begins that it is a part of, where the dump says it (minidumps).
    pub reservation: Option<Addr>,
}

impl MemoryRegion {
    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.range.end.0 - self.range.start.0
    }
}

/// A stretch of memory as a dump's headers tell it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) start: Addr,
    pub(super) size: u64,
    /// How many of its first bytes the file holds.
    pub(super) saved: u64,
    pub(super) protection: Option<Protection>,
    pub(super) reservation: Option<Addr>,
}

/// The stretches of memory whose bytes the dump's own file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedRanges {
    /// In the order of addresses and apart from each other.
    ranges: Vec<Range<Addr>>,
}

impl SavedRanges {
    /// What was saved of `stretches`.
    pub(super) fn of(stretches: &[Stretch]) -> SavedRanges {
        let mut saved: Vec<Range<Addr>> = stretches
            .iter()
            .map(|stretch| {
                stretch.start..Addr(stretch.start.0.saturating_add(stretch.saved.min(stretch.size)))
            })
            .collect();
        saved.sort_unstable_by_key(|range| range.start);
        let mut ranges: Vec<Range<Addr>> = Vec::new();
        for range in saved {
            match ranges.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ if range.start < range.end => ranges.push(range),
                _ => {}
            }
        }
        SavedRanges { ranges }
    }

    /// How many bytes of `range` were saved.
    pub fn within(&self, range: &Range<Addr>) -> u64 {
        let first = self.ranges.partition_point(|saved| saved.end <= range.start);
        let overlapping = self.ranges.get(first..).unwrap_or_default().iter();
        overlapping
            .take_while(|saved| saved.start < range.end)
            .map(|saved| saved.end.min(range.end).0 - saved.start.max(range.start).0)
            .sum()
    }
}

/// The regions of `stretches` and mapped files, in the order of addresses and apart from each other: where two overlap,
/// the one that begins first has the memory, and a file has it before what the headers say of its pages.
pub(super) fn regions(mut stretches: Vec<Stretch>, mappings: &[FileMapping]) -> Vec<MemoryRegion> {
    stretches.sort_by_key(|stretch| stretch.start);
    let mut regions = of_files(mappings);
    let files = regions.len();
    let (mut covered, mut file) = (Addr::NULL, 0);
    for stretch in stretches {
        let Some(end) = stretch.start.0.checked_add(stretch.size).map(Addr) else { continue };
        let mut at = stretch.start.max(covered);
        covered = covered.max(end);
        while at < end {
            while file < files && regions.get(file).is_some_and(|region| region.range.end <= at) {
                file += 1;
            }
            let (within, upto) = match regions.get(file).filter(|_| file < files) {
                Some(region) if region.range.start <= at => (true, region.range.end.min(end)),
                Some(region) => (false, region.range.start.min(end)),
                None => (false, end),
            };
            match regions.get_mut(file).filter(|_| within) {
                Some(region) => region.protection = region.protection.or(stretch.protection),
                None => regions.push(MemoryRegion {
                    range: at..upto,
                    protection: stretch.protection,
                    file: None,
                    reservation: stretch.reservation,
                }),
            }
            at = upto;
        }
    }
    regions.sort_by_key(|region| region.range.start);
    regions
}

/// A region a mapped file.
fn of_files(mappings: &[FileMapping]) -> Vec<MemoryRegion> {
    let mut sorted: Vec<(usize, &FileMapping)> = mappings.iter().enumerate().collect();
    sorted.sort_by_key(|(_, mapping)| mapping.start);
    let mut covered = Addr::NULL;
    let mut regions = Vec::with_capacity(sorted.len());
    for (file, mapping) in sorted {
        let range = mapping.start.max(covered)..mapping.end;
        if range.start < range.end {
            covered = range.end;
            regions.push(MemoryRegion { range, protection: None, file: Some(file), reservation: None });
        }
    }
    regions
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const READ: Protection = Protection { read: true, write: false, execute: false };

    fn stretch(start: u64, size: u64, saved: u64) -> Stretch {
        Stretch { start: Addr(start), size, saved, protection: Some(READ), reservation: None }
    }

    fn mapping(start: u64, end: u64) -> FileMapping {
        FileMapping { start: Addr(start), end: Addr(end), file_offset: 0, path: "/lib/a.so".into() }
    }

    /// Start, end, saved bytes and file of the regions of `loads` and `files`.
    fn told(loads: Vec<Stretch>, files: &[FileMapping]) -> Vec<(u64, u64, u64, Option<usize>)> {
        let saved = SavedRanges::of(&loads);
        let told = |r: &MemoryRegion| (r.range.start.0, r.range.end.0, saved.within(&r.range), r.file);
        regions(loads, files).iter().map(told).collect()
    }

    #[test]
    fn a_file_is_one_region_whatever_was_saved_of_it() {
        let loads = vec![stretch(0x1000, 0x1000, 0x1000), stretch(0x4000, 0x3000, 0x3000)];
        let found = told(loads, &[mapping(0x1000, 0x5000)]);
        assert_eq!(found, [(0x1000, 0x5000, 0x2000, Some(0)), (0x5000, 0x7000, 0x2000, None)]);
    }

    #[test]
    fn memory_around_files_is_cut_at_them() {
        let found =
            told(vec![stretch(0x1000, 0x9000, 0x2800)], &[mapping(0x5000, 0x6000), mapping(0x2000, 0x3000)]);
        let expected = [
            (0x1000, 0x2000, 0x1000, None),
            (0x2000, 0x3000, 0x1000, Some(1)),
            (0x3000, 0x5000, 0x800, None),
            (0x5000, 0x6000, 0, Some(0)),
            (0x6000, 0xa000, 0, None),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn protections_are_shown_as_in_maps() {
        let all = Protection { read: true, write: true, execute: true };
        assert_eq!([all, READ, Protection::default()].map(|p| p.to_string()), ["rwx", "r--", "---"]);
        assert!(Protection::default().is_none() && !READ.is_none());
    }

    proptest! {
        /// Whatever overlaps: each byte that any of them names is in exactly one region, and no region has more than it saved.
        #[test]
        fn regions_are_the_union_of_all_and_apart(
            loads in prop::collection::vec((0_u64..200, 1_u64..40, 0_u64..60), 0..12),
            files in prop::collection::vec((0_u64..200, 1_u64..40), 0..8),
        ) {
            let named = |at: u64| {
                loads.iter().any(|&(start, size, _)| (start..start + size).contains(&at))
                    || files.iter().any(|&(start, size)| (start..start + size).contains(&at))
            };
            let stretches: Vec<Stretch> = loads.iter().map(|&(start, size, saved)| stretch(start, size, saved.min(size))).collect();
            let mappings: Vec<_> = files.iter().map(|&(start, size)| mapping(start, start + size)).collect();
            let saved = SavedRanges::of(&stretches);
            let found = regions(stretches, &mappings);
            for at in 0..260 {
                let holding = found.iter().filter(|r| r.range.contains(&Addr(at))).count();
                prop_assert_eq!(holding, usize::from(named(at)), "{}", at);
            }
            let all = Addr(0)..Addr(1000);
            let parts: u64 = found.iter().map(|r| saved.within(&r.range)).sum();
            prop_assert_eq!(parts, saved.within(&all));
            prop_assert!(found.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
        }
    }
}
