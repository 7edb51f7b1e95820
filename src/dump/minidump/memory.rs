//! The memory of a minidump: Memory64List with full memory, MemoryList without.

use crate::bytes::{Addr, Cursor, OutOfBounds};
use crate::dump::Piece;
use crate::problem::Problem;

use super::streams::{Kind, Streams, records};

const RANGE: &str = "ranges of memory";

/// All memory that the dump means to hold, and whether it was taken with full memory.
pub(super) fn pieces(streams: &Streams<'_>, problems: &mut Vec<Problem>) -> (Vec<Piece>, bool) {
    let mut pieces = Vec::new();
    let full = streams.stream(Kind::Memory64List);
    if let Some(stream) = full {
        full_memory(stream, &mut pieces, problems);
    }
    if let Some(stream) = streams.stream(Kind::MemoryList) {
        some_memory(stream, &mut pieces, problems);
    }
    (pieces, full.is_some())
}

/// Memory64List: how many ranges, where in the file the bytes of the first begin, then start and size of each. The bytes of
/// the ranges lie one after the other.
fn full_memory(stream: &[u8], pieces: &mut Vec<Piece>, problems: &mut Vec<Problem>) {
    let mut cursor = Cursor::new(stream);
    let (Ok(count), Ok(mut offset)) = (cursor.u64(), cursor.u64()) else {
        problems.push(Problem::loss("the list of the minidump's memory is cut off"));
        return;
    };
    let list = stream.get(cursor.position()..).unwrap_or_default();
    for record in records(list, count, 16, RANGE, problems) {
        let mut cursor = Cursor::new(record);
        let (Ok(start), Ok(size)) = (cursor.u64(), cursor.u64()) else { break };
        pieces.push(Piece { start: Addr(start), size, source: 0, offset, saved: size });
        // Sizes that lead out of all files are damage: what follows cannot be placed.
        let Some(next) = offset.checked_add(size) else { break };
        offset = next;
    }
}

/// MemoryList: how many ranges, then start, size and place in the file of each, in no order.
fn some_memory(stream: &[u8], pieces: &mut Vec<Piece>, problems: &mut Vec<Problem>) {
    let mut cursor = Cursor::new(stream);
    let Ok(count) = cursor.u32() else {
        problems.push(Problem::loss("the list of the minidump's memory is cut off"));
        return;
    };
    let list = stream.get(cursor.position()..).unwrap_or_default();
    let ranges = records(list, count.into(), 16, RANGE, problems);
    pieces.extend(ranges.filter_map(|record| piece(record).ok()));
}

fn piece(record: &[u8]) -> Result<Piece, OutOfBounds> {
    let mut cursor = Cursor::new(record);
    let (start, size, offset) = (cursor.u64()?, u64::from(cursor.u32()?), u64::from(cursor.u32()?));
    Ok(Piece { start: Addr(start), size, source: 0, offset, saved: size })
}
