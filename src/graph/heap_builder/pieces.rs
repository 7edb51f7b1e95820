//! Cutting the heap into pieces of work, and walking them by several workers.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::bytes::Addr;
use crate::clr::GcHeap;
use crate::clr::gc::{MIN_OBJECT_SIZE, Segment};
use crate::clr::walk::{Gap, HeapWalk, Shapes, WorkerTypes};
use crate::limits;
use crate::progress::Progress;

use super::rows::Rows;

/// Bytes of a piece. Small enough that the last pieces keep all workers busy, large enough that a
/// wrong guess at its start costs little: walks meet after a few objects.
const PIECE_BYTES: u64 = 4 << 20;
/// Bytes that one set of rows spans at most: its offsets are u32 in units of 8 bytes.
const ROWS_SPAN: u64 = 16 << 30;

/// Bytes of a piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct PieceSize(pub u64);

impl Default for PieceSize {
    fn default() -> Self {
        PieceSize(PIECE_BYTES)
    }
}

/// A stretch of a segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub segment: usize,
    pub from: Addr,
    pub until: Addr,
    /// Whether it begins its segment, so that its first object is known.
    pub first: bool,
}

impl Piece {
    pub(super) fn bytes(&self) -> u64 {
        self.until.0 - self.from.0
    }
}

/// What one walk of a piece found.
#[derive(Debug, Default)]
pub(super) struct WalkedPiece {
    pub worker: usize,
    pub rows: Vec<Rows>,
    pub gaps: Vec<Gap>,
    pub next: Addr,
}

/// Objects and bytes of one type.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub count: u64,
    pub bytes: u64,
}

/// A worker: its numbering of types, and what it counted of each.
#[derive(Debug)]
pub(super) struct Worker<'a> {
    pub types: WorkerTypes<'a>,
    pub tallies: Vec<Tally>,
    free_uncounted: u64,
}

impl<'a> Worker<'a> {
    fn new(gc: &GcHeap, shapes: &'a Shapes<'a>) -> Self {
        Worker { types: WorkerTypes::new(shapes), tallies: Vec::new(), free_uncounted: gc.free_uncounted }
    }

    /// Walks from the object at `from` to `until`; rows, gaps and the next object go to `walked`.
    pub(super) fn walk(&mut self, walk: HeapWalk<'_>, from: Addr, until: Addr, walked: &mut WalkedPiece) {
        let mut at = from;
        while at < until {
            let stop = until.min(at.offset(ROWS_SPAN));
            // Segments of large objects are whole pieces, and mostly hold few objects.
            let room = if stop.0 - at.0 <= PIECE_BYTES * 2 { stop.0 - at.0 } else { 0 };
            let mut rows = Rows::with_room(at, room);
            let (tallies, free_uncounted) = (&mut self.tallies, self.free_uncounted);
            let end = walk.walk(&mut self.types, at, stop, |address, number, size| {
                let size =
                    if number == WorkerTypes::FREE { listed_free_size(size, free_uncounted) } else { size };
                rows.push(address, number, size);
                let index = number as usize;
                if index >= tallies.len() {
                    tallies.resize(index + 1, Tally::default());
                }
                tallies[index].count += 1;
                tallies[index].bytes += size;
            });
            rows.shrink();
            walked.rows.push(rows);
            walked.gaps.extend(end.gaps);
            at = end.next;
        }
        walked.next = at;
    }

    /// Takes back what was counted for the first `count` rows.
    pub(super) fn uncount(&mut self, rows: &Rows, count: usize) {
        for row in 0..count.min(rows.len()) {
            let tally = &mut self.tallies[rows.types[row].0 as usize];
            tally.count -= 1;
            tally.bytes -= rows.size(row);
        }
    }
}

/// The size in bytes that listings show of a free object (see [`GcHeap::free_uncounted`]).
fn listed_free_size(size: u64, uncounted: u64) -> u64 {
    size.saturating_sub(uncounted).max(MIN_OBJECT_SIZE)
}

/// Cuts the segments into pieces, in order. Only segments of small objects are cut: large objects
/// are few, and a guess may fall into the middle of one.
pub(super) fn pieces(segments: &[Segment], PieceSize(size): PieceSize) -> Vec<Piece> {
    let all = segments.iter().fold(0_u64, |all, s| all.saturating_add(s.end.0 - s.start.0));
    let size = size.max(all / limits::MAX_PIECES).next_multiple_of(8);
    let mut pieces = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let cut = HeapWalk::holds_small_objects(segment);
        let mut from = segment.start;
        while from < segment.end {
            let rest = segment.end.0 - from.0;
            // A last piece of less than half the size joins the one before.
            let bytes = if cut && rest > size + size / 2 { size } else { rest };
            let until = from.offset(bytes);
            pieces.push(Piece { segment: index, from, until, first: from == segment.start });
            from = until;
        }
    }
    pieces
}

/// Walks all pieces by as many workers as there are threads. The result has the order of `pieces`.
pub(super) fn walk_all<'a>(
    gc: &GcHeap,
    shapes: &'a Shapes<'a>,
    pieces: &[Piece],
    progress: &dyn Progress,
) -> (Vec<WalkedPiece>, Vec<Worker<'a>>) {
    let next = AtomicUsize::new(0);
    let results: Mutex<(Vec<WalkedPiece>, Vec<Worker<'a>>)> = Mutex::default();
    {
        let mut all = results.lock().unwrap_or_else(PoisonError::into_inner);
        all.0.resize_with(pieces.len(), WalkedPiece::default);
    }
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| {
                let mut worker = Worker::new(gc, shapes);
                let mut mine = Vec::new();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(piece) = pieces.get(index) else { break };
                    mine.push((index, walk_piece(gc, piece, &mut worker)));
                    progress.advance(piece.bytes());
                }
                let mut all = results.lock().unwrap_or_else(PoisonError::into_inner);
                let number = all.1.len();
                all.1.push(worker);
                for (index, mut walked) in mine {
                    walked.worker = number;
                    all.0[index] = walked;
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn walk_piece(gc: &GcHeap, piece: &Piece, worker: &mut Worker<'_>) -> WalkedPiece {
    let walk = HeapWalk::new(gc, &gc.segments[piece.segment]);
    let mut walked = WalkedPiece { next: piece.until, ..WalkedPiece::default() };
    let start = if piece.first {
        Some(piece.from)
    } else {
        walk.next_start(&mut worker.types, piece.from, piece.until)
    };
    if let Some(start) = start.filter(|&start| start < piece.until) {
        worker.walk(walk, start, piece.until, &mut walked);
    }
    walked
}
