//! What is claimed of memory by whom: ranges that may lie within each other, where the first one to claim a byte has it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::bytes::Addr;

use super::MemoryKind;

/// That a range is of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) range: Range<Addr>,
    pub(super) kind: MemoryKind,
    pub(super) name: Option<String>,
}

/// Claims, cut so that they are apart from each other.
#[derive(Debug, Default)]
pub(super) struct Claims {
    all: Vec<Claim>,
    /// By where a part begins: where it ends, and which claim it is of.
    parts: BTreeMap<Addr, (Addr, usize)>,
}

impl Claims {
    /// Adds a claim: it gets what nobody claimed before.
    pub(super) fn add(&mut self, claim: Claim) {
        let Range { start, end } = claim.range;
        let claimed = self.overlapping(&claim.range);
        let number = self.all.len();
        let mut at = start;
        for (from, to) in claimed {
            if at < from {
                self.parts.insert(at, (from, number));
            }
            at = at.max(to);
        }
        if at < end {
            self.parts.insert(at, (end, number));
        }
        self.all.push(claim);
    }

    /// The parts of `range`, each with who claims it.
    pub(super) fn parts(&self, range: &Range<Addr>) -> Vec<(Range<Addr>, Option<&Claim>)> {
        let mut parts = Vec::new();
        let mut at = range.start;
        let first = self.parts.range(..=range.start).next_back().map_or(range.start, |(&from, _)| from);
        for (&from, &(to, number)) in self.parts.range(first..range.end) {
            let (from, to) = (from.max(at), to.min(range.end));
            if to <= at {
                continue;
            }
            if at < from {
                parts.push((at..from, None));
            }
            parts.push((from..to, self.all.get(number)));
            at = to;
        }
        if at < range.end {
            parts.push((at..range.end, None));
        }
        parts
    }

    fn overlapping(&self, range: &Range<Addr>) -> Vec<(Addr, Addr)> {
        let first = self.parts.range(..=range.start).next_back().map_or(range.start, |(&from, _)| from);
        let near = self.parts.range(first..range.end).map(|(&from, &(to, _))| (from, to));
        near.filter(|&(_, to)| to > range.start).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claim(start: u64, end: u64) -> Claim {
        let name = Some(format!("{start}..{end}"));
        Claim { range: Addr(start)..Addr(end), kind: MemoryKind::LoaderHeap, name }
    }

    #[test]
    fn the_first_to_claim_has_it_and_what_nobody_claims_is_told() {
        let mut claims = Claims::default();
        [claim(30, 40), claim(20, 60), claim(0, 25)].into_iter().for_each(|claim| claims.add(claim));
        let parts = claims.parts(&(Addr(10)..Addr(70)));
        let told: Vec<_> = parts
            .iter()
            .map(|(range, claim)| (range.start.0, range.end.0, claim.and_then(|c| c.name.as_deref())))
            .collect();
        let expected = [
            (10, 20, Some("0..25")),
            (20, 30, Some("20..60")),
            (30, 40, Some("30..40")),
            (40, 60, Some("20..60")),
            (60, 70, None),
        ];
        assert_eq!(told, expected);
        assert_eq!(claims.parts(&(Addr(100)..Addr(110))), [(Addr(100)..Addr(110), None)]);
    }

    proptest! {
        /// Whatever is claimed, the parts of a range are all of it, in order, and of the first claim that has the byte.
        #[test]
        fn parts_cover_a_range_exactly(
            claimed in prop::collection::vec((0_u64..100, 0_u64..40), 0..12),
            start in 0_u64..100,
            size in 1_u64..60,
        ) {
            let mut claims = Claims::default();
            claimed.iter().filter(|(_, size)| *size > 0).for_each(|&(from, size)| claims.add(claim(from, from + size)));
            let mut at = start;
            for (range, found) in claims.parts(&(Addr(start)..Addr(start + size))) {
                prop_assert_eq!(range.start.0, at);
                for byte in range.start.0..range.end.0 {
                    let first = claims.all.iter().find(|claim| claim.range.contains(&Addr(byte)));
                    prop_assert_eq!(found, first);
                }
                at = range.end.0;
            }
            prop_assert_eq!(at, start + size);
        }
    }
}
