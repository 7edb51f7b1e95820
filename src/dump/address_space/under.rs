//! Laying further pieces under a dump's memory: they give bytes only where the dump has none.

use std::ops::Range;
use std::sync::Arc;

use crate::bytes::{Addr, Mapped};

use super::{AddressSpace, Piece, Segment};

impl AddressSpace {
    /// This memory with `pieces` laid under it, whose sources are counted from the first of `sources` on. The dump's
    /// own bytes hold wherever there are any; of pieces that overlap, the one that begins first does. What a cut file
    /// lost stays told by [`Self::cut_bytes`].
    pub fn with_under(&self, sources: Vec<Arc<Mapped>>, pieces: Vec<Piece>) -> AddressSpace {
        let under = Under::new(self.sources.len(), &sources, pieces);
        let sources = self.sources.iter().cloned().chain(sources).collect();
        let mut space = AddressSpace { sources, cut_bytes: self.cut_bytes, ..AddressSpace::default() };
        let mut end = 0;
        for (&start, segment) in self.starts.iter().zip(&self.segments) {
            under.fill(&mut space, end..start, None);
            let there = start + segment.present;
            if segment.present > 0 {
                space.push(start, Segment { end: there, saved: segment.present, ..*segment });
            }
            under.fill(&mut space, there..segment.end, Some(segment.saved - segment.present));
            end = segment.end;
        }
        under.fill(&mut space, end..u64::MAX, None);
        space
    }

    /// What lies between two addresses and in no segment of the dump at all.
    pub fn unlisted(&self, from: Addr, to: Addr) -> impl Iterator<Item = Range<Addr>> {
        let listed = self.segments_between(from, to).map(|(start, segment)| (start, segment.end));
        let listed = listed.chain([(to.0, to.0)]);
        listed
            .scan(from.0, |end, (start, segment_end)| {
                let gap = *end..start;
                *end = (*end).max(segment_end);
                Some(gap)
            })
            .filter(|gap| gap.start < gap.end)
            .map(|gap| Addr(gap.start)..Addr(gap.end))
    }

    /// The memory between two addresses that the process had but the dump was never meant to hold.
    pub fn left_out(&self, from: Addr, to: Addr) -> impl Iterator<Item = Range<Addr>> {
        self.segments_between(from, to).filter_map(move |(start, segment)| {
            let range = (start + segment.saved).max(from.0)..segment.end.min(to.0);
            (range.start < range.end).then_some(Addr(range.start)..Addr(range.end))
        })
    }

    /// The segments between two addresses, with their starts; the first may end before.
    fn segments_between(&self, from: Addr, to: Addr) -> impl Iterator<Item = (u64, &Segment)> {
        let first = self.starts.partition_point(|&s| s <= from.0).saturating_sub(1);
        let segments = self.starts.iter().copied().zip(&self.segments).skip(first);
        segments.take_while(move |&(start, _)| start < to.0)
    }
}

/// Pieces in order and apart, with all their bytes there.
#[derive(Debug)]
struct Under {
    pieces: Vec<(u64, Segment)>,
}

impl Under {
    /// Pieces of sources of which `before` stand before the first.
    fn new(before: usize, sources: &[Arc<Mapped>], mut pieces: Vec<Piece>) -> Under {
        pieces.sort_by_key(|p| p.start);
        let mut under = Under { pieces: Vec::with_capacity(pieces.len()) };
        let mut covered = 0;
        for piece in pieces {
            let length = sources.get(piece.source).map_or(0, |s| s.len() as u64);
            let present = piece.saved.min(piece.size).min(length.saturating_sub(piece.offset));
            let (start, Some(end)) = (piece.start.0.max(covered), piece.start.0.checked_add(present)) else {
                continue;
            };
            let Ok(source) = u32::try_from(before + piece.source) else { continue };
            if start < end {
                let offset = piece.offset + (start - piece.start.0);
                let segment = Segment { end, source, offset, present: end - start, saved: end - start };
                under.pieces.push((start, segment));
                covered = end;
            }
        }
        under
    }

    /// Adds to `space` what the pieces have in `range`, of which the dump has no byte. `lost` is how many bytes at its
    /// start a cut file lost, and `None` where the dump knows no memory.
    fn fill(&self, space: &mut AddressSpace, range: Range<u64>, lost: Option<u64>) {
        let missing = |space: &mut AddressSpace, from: u64, to: u64| {
            if let Some(lost) = lost.filter(|_| from < to) {
                let saved = lost.saturating_sub(from - range.start).min(to - from);
                space.push(from, Segment { end: to, source: 0, offset: 0, present: 0, saved });
            }
        };
        let mut at = range.start;
        let first = self.pieces.partition_point(|(_, piece)| piece.end <= range.start);
        let overlapping = self.pieces.iter().skip(first).take_while(|(start, _)| *start < range.end);
        for (start, piece) in overlapping {
            let (from, end) = ((*start).max(range.start), piece.end.min(range.end));
            if from >= end {
                break;
            }
            missing(space, at, from);
            let offset = piece.offset + (from - start);
            space.push(from, Segment { end, offset, present: end - from, saved: end - from, ..*piece });
            at = end;
        }
        missing(space, at, range.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dump::Fault;

    /// At 0x1000 8 bytes of which 4 are saved, at 0x1010 8 bytes of which a cut file lost 6.
    fn space() -> AddressSpace {
        let file = Arc::new(Mapped::Memory(vec![1; 6]));
        let piece = |start, offset, saved| Piece { start: Addr(start), size: 8, source: 0, offset, saved };
        AddressSpace::new(vec![file], vec![piece(0x1000, 0, 4), piece(0x1010, 4, 8)])
    }

    fn under(start: u64, size: u64, offset: u64) -> Piece {
        Piece { start: Addr(start), size, source: 0, offset, saved: size }
    }

    fn with(pieces: Vec<Piece>) -> AddressSpace {
        space().with_under(vec![Arc::new(Mapped::Memory((100..200).collect()))], pieces)
    }

    fn bytes(space: &AddressSpace, range: Range<u64>) -> Vec<Option<u8>> {
        range.map(|at| space.u8(Addr(at)).ok()).collect()
    }

    #[test]
    fn the_dumps_own_bytes_hold_and_the_rest_is_filled() {
        let space = with(vec![under(0xffe, 0x18, 0)]);
        let expected: Vec<Option<u8>> =
            (100..102).chain([1; 4]).chain(106..118).chain([1; 2]).chain(120..122).map(Some).collect();
        assert_eq!(bytes(&space, 0xffe..0x1014), expected);
        assert_eq!(space.u8(Addr(0x1016)), Err(Fault::CutOff(Addr(0x1016))));
        assert_eq!(space.cut_bytes(), 6);
    }

    #[test]
    fn what_nobody_has_keeps_its_fault() {
        let space = with(vec![under(0x1005, 1, 0), under(0x1013, 1, 5)]);
        assert_eq!(bytes(&space, 0x1003..0x1007), [Some(1), None, Some(100), None]);
        assert_eq!(space.u8(Addr(0x1004)), Err(Fault::NotSaved(Addr(0x1004))));
        assert_eq!(space.u8(Addr(0x1006)), Err(Fault::NotSaved(Addr(0x1006))));
        assert_eq!(space.u8(Addr(0x1008)), Err(Fault::Unmapped(Addr(0x1008))));
        assert_eq!(space.u8(Addr(0x1012)), Err(Fault::CutOff(Addr(0x1012))));
        assert_eq!(space.u8(Addr(0x1013)), Ok(105));
        assert_eq!(space.u8(Addr(0x1017)), Err(Fault::CutOff(Addr(0x1017))));
        let saved = space.saved_bytes(Addr(0x1000), Addr(0x1020));
        assert_eq!(saved, 4 + 1 + 8);
    }

    #[test]
    fn pieces_past_their_source_or_over_one_another_are_cut() {
        let space = with(vec![under(0x2000, 8, 96), under(0x2002, 8, 0), under(u64::MAX - 1, 8, 0)]);
        let there: Vec<_> = (96..100).chain([2, 3, 4, 5, 6, 7]).map(|offset| Some(100 + offset)).collect();
        assert_eq!(bytes(&space, 0x2000..0x200a), there);
        assert!(space.u8(Addr(u64::MAX - 1)).is_err());
        let of_no_source = Piece { source: 7, ..under(0x3000, 8, 0) };
        assert!(with(vec![of_no_source]).u8(Addr(0x3000)).is_err());
    }

    #[test]
    fn without_pieces_the_memory_is_the_same() {
        let space = with(Vec::new());
        assert_eq!(bytes(&space, 0x1000..0x1018), bytes(&self::space(), 0x1000..0x1018));
        assert_eq!(space.present_bytes(), 6);
    }

    #[test]
    fn what_was_left_out_is_told_from_what_was_lost() {
        let ranges: Vec<_> = space().left_out(Addr(0x1002), Addr(0x1020)).collect();
        assert_eq!(ranges, [Addr(0x1004)..Addr(0x1008)]);
        let ranges: Vec<_> = space().left_out(Addr(0x1005), Addr(0x1006)).collect();
        assert_eq!(ranges, [Addr(0x1005)..Addr(0x1006)]);
    }

    #[test]
    fn what_is_in_no_segment_is_told() {
        let unlisted = |from, to| space().unlisted(Addr(from), Addr(to)).collect::<Vec<_>>();
        let (before, between, behind) = (0x0ff0..0x1000, 0x1008..0x1010, 0x1018..0x1020);
        let ranges = [before, between, behind].map(|range| Addr(range.start)..Addr(range.end));
        assert_eq!(unlisted(0x0ff0, 0x1020), ranges);
        assert_eq!(unlisted(0x1002, 0x1018), [ranges[1].clone()]);
        assert_eq!(unlisted(0x1009, 0x100a), [Addr(0x1009)..Addr(0x100a)]);
        assert_eq!(unlisted(0x1012, 0x1014), [], "a part of a segment");
        assert_eq!(unlisted(0x5000, 0x5000), []);
    }
}
