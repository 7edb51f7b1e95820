//! MemoryInfoList: what `VirtualQueryEx` said of the whole address space.

use std::ops::Range;

use crate::bytes::{Addr, Cursor, OutOfBounds};
use crate::dump::Piece;
use crate::dump::regions::{Protection, Stretch};
use crate::problem::Problem;

use super::streams::{Kind, Streams, records};

/// `MEM_FREE`: the system's own word for what is not there.
const FREE: u32 = 0x1_0000;
/// `MEM_RESERVE`: address space without memory.
const RESERVED: u32 = 0x2000;
/// Bytes of an entry that are read.
const ENTRY_SIZE: usize = 48;
const MODIFIERS: u32 = !0xff;

/// What of the process's memory is mapped: all that the list tells as committed, cut by what `pieces` of it were saved;
/// without the list those pieces alone.
pub(super) fn stretches(
    streams: &Streams<'_>,
    pieces: &[Piece],
    problems: &mut Vec<Problem>,
) -> Vec<Stretch> {
    let saved = |piece: &Piece| Stretch {
        start: piece.start,
        size: piece.size,
        saved: piece.saved,
        protection: None,
        reservation: None,
    };
    let Some(stream) = streams.stream(Kind::MemoryInfoList) else {
        return pieces.iter().map(saved).collect();
    };
    let listed = listed(stream, problems);
    cut_by(listed, pieces)
}

fn listed(stream: &[u8], problems: &mut Vec<Problem>) -> Vec<Stretch> {
    let mut cursor = Cursor::new(stream);
    let (Ok(header), Ok(size), Ok(count)) = (cursor.u32(), cursor.u32(), cursor.u64()) else {
        return Vec::new();
    };
    let size = size as usize;
    if size < ENTRY_SIZE {
        return Vec::new();
    }
    let list = stream.get(header as usize..).unwrap_or_default();
    let entries = records(list, count, size, "regions of memory", problems);
    entries.filter_map(|record| entry(record).ok().flatten()).collect()
}

/// An entry; `None` for address space without memory.
fn entry(record: &[u8]) -> Result<Option<Stretch>, OutOfBounds> {
    let mut cursor = Cursor::new(record);
    let (start, reservation) = (Addr(cursor.u64()?), Addr(cursor.u64()?));
    cursor.skip(8)?;
    let (size, state, protect) = (cursor.u64()?, cursor.u32()?, cursor.u32()?);
    let protection = Some(protection(protect));
    let stretch = Stretch { start, size, saved: 0, protection, reservation: Some(reservation) };
    Ok((state != FREE && state != RESERVED).then_some(stretch))
}

/// `PAGE_*` constants: the low byte says which of eight kinds, the rest modifies it.
fn protection(protect: u32) -> Protection {
    let of = |read, write, execute| Protection { read, write, execute };
    match protect & !MODIFIERS {
        0x02 => of(true, false, false),
        0x04 | 0x08 => of(true, true, false),
        0x10 => of(false, false, true),
        0x20 => of(true, false, true),
        0x40 | 0x80 => of(true, true, true),
        _ => Protection::default(),
    }
}

/// Cuts stretches where what was saved of them begins and ends, so that each is saved as a whole or not at all; what was
/// saved outside of all is a stretch of its own.
fn cut_by(mut stretches: Vec<Stretch>, pieces: &[Piece]) -> Vec<Stretch> {
    stretches.sort_by_key(|stretch| stretch.start);
    let end_of = |stretch: &Stretch| stretch.start.0.saturating_add(stretch.size);
    let mut saved: Vec<Range<u64>> =
        pieces.iter().map(|piece| piece.start.0..piece.start.0.saturating_add(piece.saved)).collect();
    saved.sort_unstable_by_key(|piece| piece.start);
    let bounds = stretches.iter().flat_map(|stretch| [stretch.start.0, end_of(stretch)]);
    let mut bounds: Vec<u64> =
        bounds.chain(saved.iter().flat_map(|piece| [piece.start, piece.end])).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let (mut listed, mut saved) = (stretches.iter().peekable(), saved.iter().peekable());
    let mut cut = Vec::new();
    for (&from, &to) in bounds.iter().zip(bounds.iter().skip(1)) {
        while listed.next_if(|stretch| end_of(stretch) <= from).is_some() {}
        while saved.next_if(|piece| piece.end <= from).is_some() {}
        let of = listed.peek().filter(|stretch| stretch.start.0 <= from);
        let is_saved = saved.peek().is_some_and(|piece| piece.start <= from);
        if of.is_some() || is_saved {
            cut.push(Stretch {
                start: Addr(from),
                size: to - from,
                saved: if is_saved { to - from } else { 0 },
                protection: of.and_then(|of| of.protection),
                reservation: of.and_then(|of| of.reservation),
            });
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(start: u64, size: u64) -> Stretch {
        Stretch { start: Addr(start), size, saved: 0, protection: None, reservation: Some(Addr(start)) }
    }

    fn piece(start: u64, size: u64) -> Piece {
        Piece { start: Addr(start), size, source: 0, offset: 0, saved: size }
    }

    #[test]
    fn stretches_are_cut_at_what_was_saved() {
        let cut = cut_by(
            vec![stretch(0x2000, 0x1000), stretch(0x5000, 0x1000)],
            &[piece(0x5400, 0x2000), piece(0x1000, 0x1400), piece(0x2800, 0x100)],
        );
        let told: Vec<_> =
            cut.iter().map(|s| (s.start.0, s.size, s.saved, s.reservation.is_some())).collect();
        let expected = [
            (0x1000, 0x1000, 0x1000, false),
            (0x2000, 0x400, 0x400, true),
            (0x2400, 0x400, 0, true),
            (0x2800, 0x100, 0x100, true),
            (0x2900, 0x700, 0, true),
            (0x5000, 0x400, 0, true),
            (0x5400, 0xc00, 0xc00, true),
            (0x6000, 0x1400, 0x1400, false),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn an_entry_tells_state_and_protection() {
        let record = |state: u32, protect: u32| {
            let mut record = Vec::new();
            [0x7000_u64, 0x6000, 4, 0x3000].iter().for_each(|word| record.extend(word.to_le_bytes()));
            [state, protect, 0x2_0000, 0].iter().for_each(|word| record.extend(word.to_le_bytes()));
            entry(&record)
                .unwrap()
                .map(|s| (s.start.0, s.size, s.reservation, s.protection.unwrap().to_string()))
        };
        assert_eq!(record(0x1000, 0x40), Some((0x7000, 0x3000, Some(Addr(0x6000)), "rwx".into())));
        assert_eq!(record(0x1000, 0x104).unwrap().3, "rw-", "a guard page");
        assert_eq!((record(0x2000, 0), record(0x1_0000, 1)), (None, None));
    }
}
