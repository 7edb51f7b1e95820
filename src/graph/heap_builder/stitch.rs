//! Joining the walked pieces of each segment into the one walk from its start.

use crate::bytes::Addr;
use crate::clr::GcHeap;
use crate::clr::walk::{Gap, HeapWalk};
use crate::graph::SegmentId;

use super::pieces::{Piece, WalkedPiece, Worker};
use super::rows::Rows;

/// Rows of one segment, with the worker whose numbers their types bear.
#[derive(Debug)]
pub(super) struct JoinedBlock {
    pub segment: SegmentId,
    pub worker: usize,
    pub rows: Rows,
}

/// The whole heap's rows, in the order of segments and addresses.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub blocks: Vec<JoinedBlock>,
    pub gaps: Vec<Gap>,
    /// Bytes of free objects in each segment.
    pub free_bytes: Vec<u64>,
}

/// Joins `walked`, which has the order of `pieces`.
pub(super) fn stitch(
    gc: &GcHeap,
    pieces: &[Piece],
    walked: Vec<WalkedPiece>,
    workers: &mut [Worker<'_>],
) -> Joined {
    let mut joined = Joined { free_bytes: vec![0; gc.segments.len()], ..Joined::default() };
    // Where the walk of the segment so far goes on.
    let mut expected = Addr::NULL;
    for (piece, mut walked) in pieces.iter().zip(walked) {
        if !piece.first {
            let (again, kept) = meet(gc, piece, expected, &mut walked, workers);
            if let Some(again) = again {
                expected = again.next;
                joined.take(piece, again);
            }
            if !kept {
                continue;
            }
        }
        expected = walked.next;
        joined.take(piece, walked);
    }
    joined
}

impl Joined {
    fn take(&mut self, piece: &Piece, walked: WalkedPiece) {
        self.gaps.extend(walked.gaps);
        for rows in walked.rows.into_iter().filter(|rows| rows.len() > 0) {
            self.free_bytes[piece.segment] += rows.free_bytes;
            let segment = SegmentId(piece.segment as u32);
            self.blocks.push(JoinedBlock { segment, worker: walked.worker, rows });
        }
    }
}

/// Brings the walk that arrives at `expected` and the walk that began at a guess together: drops the
/// rows before the object in which they meet, and walks again what lies before that. Returns what was
/// walked again, and whether anything of `walked` is left.
fn meet(
    gc: &GcHeap,
    piece: &Piece,
    expected: Addr,
    walked: &mut WalkedPiece,
    workers: &mut [Worker<'_>],
) -> (Option<WalkedPiece>, bool) {
    let mut again = None;
    let mut at = expected;
    let mut row = 0;
    let rows = walked.rows.first().map_or(0, Rows::len);
    while at < piece.until {
        while address(walked, row).is_some_and(|a| a < at) {
            row += 1;
        }
        if address(walked, row) == Some(at) {
            break;
        }
        // Not in the other walk: this very object is walked again, by the first worker's numbers.
        let walk = HeapWalk::new(gc, &gc.segments[piece.segment]);
        let again = again.get_or_insert_with(WalkedPiece::default);
        let mut one = WalkedPiece::default();
        workers[0].walk(walk, at, at.offset(1), &mut one);
        at = one.next;
        again.next = at;
        again.gaps.append(&mut one.gaps);
        for rows in one.rows {
            append(again, piece, rows);
        }
    }
    let met = at < piece.until;
    let drop = if met { row } else { rows };
    let worker = walked.worker;
    if let Some(rows) = walked.rows.first_mut() {
        workers[worker].uncount(rows, drop);
        rows.drop_first(drop);
    }
    walked.gaps.retain(|gap| met && gap.from >= at);
    (again, met)
}

fn address(walked: &WalkedPiece, row: usize) -> Option<Addr> {
    walked.rows.first()?.address(row)
}

/// Adds single rows to those of a piece that is walked again.
fn append(again: &mut WalkedPiece, piece: &Piece, rows: Rows) {
    if again.rows.is_empty() {
        again.rows.push(Rows { base: piece.from, ..Rows::default() });
    }
    for row in 0..rows.len() {
        if let (Some(address), Some(last)) = (rows.address(row), again.rows.last_mut()) {
            last.push(address, rows.types[row].0, rows.size(row));
        }
    }
}
