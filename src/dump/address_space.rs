//! The dumped process's memory: sorted segments over mapped files, and faults for what is missing.
//!
//! Missing memory is a value of its own, never zero: every read says whether the address was
//! not mapped in the process, was mapped but left out of the dump, or was lost when the file was cut.

mod under;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::bytes::{Addr, Mapped};
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::problem::Problem;

/// Why memory could not be read. The address is that of the first missing byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The dump knows no memory at this address.
    Unmapped(Addr),
    /// The process had memory here, but the dump does not hold its bytes.
    NotSaved(Addr),
    /// The bytes were in a part of the file that is cut off.
    CutOff(Addr),
}

impl Fault {
    /// The address of the first missing byte.
    pub fn address(self) -> Addr {
        match self {
            Fault::Unmapped(a) | Fault::NotSaved(a) | Fault::CutOff(a) => a,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Unmapped(a) => write!(f, "no memory at {a}"),
            Fault::NotSaved(a) => write!(f, "memory at {a} is not in the dump"),
            Fault::CutOff(a) => write!(f, "memory at {a} is in the part of the file that is cut off"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        Error::new(ErrorKind::MissingMemory, fault.to_string()).at(fault.address())
    }
}

/// A piece of memory to build an [`AddressSpace`] from.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Where it lay in the process.
    pub start: Addr,
    /// How many bytes the process had there.
    pub size: u64,
    /// Which of the sources holds its bytes.
    pub source: usize,
    /// Where in the source its bytes begin.
    pub offset: u64,
    /// How many bytes were saved: the first ones. The rest is not in the dump.
    pub saved: u64,
}

/// A stretch of memory whose bytes lie one after the other in a file.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Where it begins in the process.
    pub start: Addr,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl<'a> Run<'a> {
    /// The address behind the last byte.
    pub fn end(&self) -> Addr {
        self.start.offset(self.bytes.len() as u64)
    }

    /// Its words of 8 bytes from its start on, with their addresses. What is left behind the last is passed over.
    pub fn words(self) -> impl Iterator<Item = (Addr, [u8; 8])> + use<'a> {
        let (words, _) = self.bytes.as_chunks::<8>();
        words.iter().zip((self.start.0..).step_by(8)).map(|(word, at)| (Addr(at), *word))
    }
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    end: u64,
    source: u32,
    offset: u64,
    /// Bytes that can be read, from the start.
    present: u64,
    /// Bytes that the dump meant to hold; more than `present` when the file is cut.
    saved: u64,
}

/// How many bytes of memory a file of so many bytes may make, all its pieces together.
fn most_of(length: u64) -> u64 {
    length.saturating_mul(limits::MAX_TIMES_IN_MEMORY).saturating_add(limits::FREELY_REPEATED_BYTES)
}

/// The memory of the dumped process.
#[derive(Debug, Default)]
pub struct AddressSpace {
    sources: Vec<Arc<Mapped>>,
    /// The segments' start addresses, ascending, apart from the rest to keep the search in few cache lines.
    starts: Vec<u64>,
    segments: Vec<Segment>,
    cut_bytes: u64,
    repeated_bytes: u64,
}

impl AddressSpace {
    /// Builds an address space. Pieces may come in any order; where two overlap, the one that
    /// begins first wins; neighbours that follow each other in the file too become one.
    /// A piece that reaches past the end of its source is cut off there (see [`Self::cut_bytes`]).
    /// Pieces that repeat what others hold more often than any dump does are as if not saved.
    pub fn new(sources: Vec<Arc<Mapped>>, mut pieces: Vec<Piece>) -> Self {
        pieces.sort_by_key(|p| p.start);
        // What follows is linear in the memory that can be read: it must not be more than the files are worth.
        let mut room: Vec<u64> = sources.iter().map(|source| most_of(source.len() as u64)).collect();
        let mut space = AddressSpace { sources, ..AddressSpace::default() };
        let mut covered = 0_u64;
        for mut piece in pieces {
            let Some(end) = piece.start.0.checked_add(piece.size) else { continue };
            let overlap = covered.saturating_sub(piece.start.0);
            if piece.size <= overlap {
                continue;
            }
            piece.start = piece.start.offset(overlap);
            piece.offset = piece.offset.saturating_add(overlap);
            piece.saved = piece.saved.min(piece.size).saturating_sub(overlap);
            covered = end;
            let source_len = space.sources.get(piece.source).map_or(0, |s| s.len() as u64);
            let mut present = piece.saved.min(source_len.saturating_sub(piece.offset));
            let left = room.get_mut(piece.source);
            if let Some(left) = left.filter(|left| **left >= present) {
                *left -= present;
            } else {
                space.repeated_bytes = space.repeated_bytes.saturating_add(present);
                (present, piece.saved) = (0, 0);
            }
            space.cut_bytes = space.cut_bytes.saturating_add(piece.saved - present);
            let segment = Segment {
                end,
                source: u32::try_from(piece.source).unwrap_or(u32::MAX),
                offset: piece.offset,
                present,
                saved: piece.saved,
            };
            space.push(piece.start.0, segment);
        }
        space
    }

    /// Adds a segment at the end, joined to the last one where both hold all their bytes and follow each other.
    fn push(&mut self, start: u64, segment: Segment) {
        if let (Some(last), Some(&last_start)) = (self.segments.last_mut(), self.starts.last()) {
            let size = last.end - last_start;
            if last.end == start
                && last.present == size
                && last.source == segment.source
                && last.offset + size == segment.offset
                && segment.present == segment.end - start
            {
                last.end = segment.end;
                last.present += segment.present;
                last.saved += segment.saved;
                return;
            }
        }
        self.starts.push(start);
        self.segments.push(segment);
    }

    /// An address space over bytes in memory, for synthetic dumps: each pair is an address and what lies there.
    pub fn from_memory(pieces: Vec<(Addr, Vec<u8>)>) -> Self {
        let mut sources = Vec::new();
        let mut list = Vec::new();
        for (start, bytes) in pieces {
            let size = bytes.len() as u64;
            list.push(Piece { start, size, source: sources.len(), offset: 0, saved: size });
            sources.push(Arc::new(Mapped::Memory(bytes)));
        }
        AddressSpace::new(sources, list)
    }

    /// How many bytes the dump meant to hold but a cut file lost.
    pub fn cut_bytes(&self) -> u64 {
        self.cut_bytes
    }

    /// What is told of the bytes that were left out because the pieces that hold them share a file's bytes too often.
    pub(super) fn repetition(&self) -> Option<Problem> {
        (self.repeated_bytes > 0).then(|| {
            Problem::loss(format!(
                "pieces of memory share bytes of the file more often than in any dump: {} bytes are left out",
                self.repeated_bytes
            ))
        })
    }

    /// How many bytes can be read.
    pub fn present_bytes(&self) -> u64 {
        self.segments.iter().map(|s| s.present).sum()
    }

    /// How many segments there are, neighbours joined.
    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    /// The segment that holds `address`, and the distance from its start.
    fn find(&self, address: Addr) -> Option<(&Segment, u64)> {
        let index = self.starts.partition_point(|&s| s <= address.0).checked_sub(1)?;
        let segment = self.segments.get(index)?;
        let start = *self.starts.get(index)?;
        (address.0 < segment.end).then_some((segment, address.0 - start))
    }

    /// Why nothing can be read at `address`.
    fn fault_at(&self, address: Addr) -> Fault {
        match self.find(address) {
            None => Fault::Unmapped(address),
            Some((segment, distance)) if distance < segment.saved => Fault::CutOff(address),
            Some(_) => Fault::NotSaved(address),
        }
    }

    /// The bytes from `address` on that lie one after the other in a file, up to the end of their segment.
    ///
    /// # Errors
    /// A fault when not even the first byte is there.
    pub fn run_at(&self, address: Addr) -> Result<Run<'_>, Fault> {
        self.run_bytes(address)
            .map(|bytes| Run { start: address, bytes })
            .ok_or_else(|| self.fault_at(address))
    }

    /// The whole stretch that `address` lies in: from the start of its segment as far as its bytes are there. Serves
    /// who reads here and there in the same memory better than [`Self::run_at`].
    ///
    /// # Errors
    /// A fault when the byte at `address` is not there.
    pub fn stretch_at(&self, address: Addr) -> Result<Run<'_>, Fault> {
        let start = self.find(address).map(|(_, distance)| Addr(address.0 - distance));
        let stretch = start.and_then(|start| Some(Run { start, bytes: self.run_bytes(start)? }));
        stretch.filter(|run| address < run.end()).ok_or_else(|| self.fault_at(address))
    }

    fn run_bytes(&self, address: Addr) -> Option<&[u8]> {
        let (segment, distance) = self.find(address)?;
        let length = segment.present.checked_sub(distance).filter(|&n| n > 0)?;
        let from = usize::try_from(segment.offset.checked_add(distance)?).ok()?;
        let to = from.checked_add(usize::try_from(length).ok()?)?;
        self.sources.get(segment.source as usize)?.get(from..to)
    }

    /// All stretches of memory between two addresses that can be read, in order.
    pub fn runs(&self, from: Addr, to: Addr) -> impl Iterator<Item = Run<'_>> {
        let first = self.starts.partition_point(|&s| s <= from.0).saturating_sub(1);
        let starts = self.starts.get(first..).unwrap_or_default();
        starts.iter().take_while(move |&&s| s < to.0).filter_map(move |&s| {
            let start = Addr(s.max(from.0));
            let bytes = self.run_bytes(start)?;
            let wanted = usize::try_from(to.0 - start.0).unwrap_or(usize::MAX);
            Some(Run { start, bytes: bytes.get(..wanted).unwrap_or(bytes) })
        })
    }

    /// How many bytes between two addresses the dump was meant to hold, those that a cut file lost included.
    pub fn saved_bytes(&self, from: Addr, to: Addr) -> u64 {
        let first = self.starts.partition_point(|&s| s <= from.0).saturating_sub(1);
        let segments = self.starts.iter().zip(&self.segments).skip(first).take_while(|&(&s, _)| s < to.0);
        segments.map(|(&s, segment)| (s + segment.saved).min(to.0).saturating_sub(s.max(from.0))).sum()
    }

    /// Fills `buffer` from `address` on, across segment borders.
    ///
    /// # Errors
    /// A fault with the address of the first missing byte; `buffer` is then partly overwritten.
    pub fn read(&self, address: Addr, buffer: &mut [u8]) -> Result<(), Fault> {
        let mut at = address;
        let mut rest = buffer;
        while !rest.is_empty() {
            let run = self.run_at(at)?.bytes;
            let count = run.len().min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            now.copy_from_slice(run.get(..count).unwrap_or_default());
            rest = later;
            at = at.offset(count as u64);
        }
        Ok(())
    }

    /// `length` bytes from `address` on: borrowed where they lie together, else put together.
    ///
    /// Memory is allocated only for bytes that are there, so `length` may come from the dump.
    ///
    /// # Errors
    /// A fault with the address of the first missing byte.
    pub fn bytes(&self, address: Addr, length: usize) -> Result<Cow<'_, [u8]>, Fault> {
        if length == 0 {
            return Ok(Cow::Borrowed(&[]));
        }
        let run = self.run_at(address)?.bytes;
        if let Some(bytes) = run.get(..length) {
            return Ok(Cow::Borrowed(bytes));
        }
        let mut bytes = run.to_vec();
        while bytes.len() < length {
            let run = self.run_at(address.offset(bytes.len() as u64))?.bytes;
            let count = run.len().min(length - bytes.len());
            bytes.extend_from_slice(run.get(..count).unwrap_or_default());
        }
        Ok(Cow::Owned(bytes))
    }

    fn array<const N: usize>(&self, address: Addr) -> Result<[u8; N], Fault> {
        if let Some(bytes) = self.run_bytes(address)
            && let Some(&array) = bytes.first_chunk::<N>()
        {
            return Ok(array);
        }
        let mut array = [0; N];
        self.read(address, &mut array)?;
        Ok(array)
    }

    /// Reads a byte.
    ///
    /// # Errors
    /// A fault with the address of the first missing byte, as for all reads below.
    pub fn u8(&self, address: Addr) -> Result<u8, Fault> {
        self.array::<1>(address).map(|[b]| b)
    }

    /// Reads a little-endian u16.
    pub fn u16(&self, address: Addr) -> Result<u16, Fault> {
        self.array(address).map(u16::from_le_bytes)
    }

    /// Reads a little-endian u32.
    pub fn u32(&self, address: Addr) -> Result<u32, Fault> {
        self.array(address).map(u32::from_le_bytes)
    }

    /// Reads a little-endian i32.
    pub fn i32(&self, address: Addr) -> Result<i32, Fault> {
        self.array(address).map(i32::from_le_bytes)
    }

    /// Reads a little-endian u64.
    pub fn u64(&self, address: Addr) -> Result<u64, Fault> {
        self.array(address).map(u64::from_le_bytes)
    }

    /// Reads a little-endian i64.
    pub fn i64(&self, address: Addr) -> Result<i64, Fault> {
        self.array(address).map(i64::from_le_bytes)
    }

    /// Reads a pointer.
    pub fn pointer(&self, address: Addr) -> Result<Addr, Fault> {
        self.u64(address).map(Addr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space() -> AddressSpace {
        let file = Arc::new(Mapped::Memory((0..100).collect()));
        let piece = |start, size, offset, saved| Piece { start: Addr(start), size, source: 0, offset, saved };
        AddressSpace::new(
            vec![file],
            vec![
                piece(0x2000, 16, 60, 8),  // half saved
                piece(0x1000, 16, 0, 16),  // followed in memory and file by the next
                piece(0x1010, 16, 16, 16), // joined to it
                piece(0x1020, 16, 50, 16), // follows in memory only
                piece(0x3000, 64, 90, 64), // the file ends 10 bytes in
            ],
        )
    }

    #[test]
    fn neighbours_in_memory_and_file_are_joined() {
        assert_eq!(space().segment_count(), 4);
        assert_eq!(space().run_at(Addr(0x1000)).unwrap().bytes.len(), 32);
    }

    #[test]
    fn reads_across_a_segment_border() {
        assert_eq!(space().u32(Addr(0x101e)), Ok(u32::from_le_bytes([30, 31, 50, 51])));
        assert_eq!(space().bytes(Addr(0x101e), 4).unwrap().as_ref(), [30, 31, 50, 51]);
        assert!(matches!(space().bytes(Addr(0x1000), 32), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn a_missing_byte_is_a_fault_with_its_address_and_cause() {
        assert_eq!(space().u64(Addr(0x2004)), Err(Fault::NotSaved(Addr(0x2008))));
        assert_eq!(space().u8(Addr(0x2010)), Err(Fault::Unmapped(Addr(0x2010))));
        assert_eq!(space().u64(Addr(0x3008)), Err(Fault::CutOff(Addr(0x300a))));
        assert_eq!(space().u8(Addr(0)), Err(Fault::Unmapped(Addr(0))));
        assert_eq!(space().u64(Addr(u64::MAX - 2)), Err(Fault::Unmapped(Addr(u64::MAX - 2))));
        assert_eq!(space().cut_bytes(), 54);
    }

    #[test]
    fn an_absurd_length_allocates_only_what_is_there() {
        assert_eq!(space().bytes(Addr(0x1000), usize::MAX), Err(Fault::Unmapped(Addr(0x1030))));
    }

    #[test]
    fn runs_cover_what_can_be_read_between_two_addresses() {
        let space = space();
        let runs: Vec<_> =
            space.runs(Addr(0x1008), Addr(0x2004)).map(|r| (r.start.0, r.bytes.len())).collect();
        assert_eq!(runs, [(0x1008, 24), (0x1020, 16), (0x2000, 4)]);
    }

    #[test]
    fn what_repeats_the_file_more_often_than_dumps_do_is_left_out() {
        const MEBIBYTE: u64 = 1 << 20;
        let file = Arc::new(Mapped::Memory(vec![7; MEBIBYTE as usize]));
        let piece =
            |n: u64| Piece { start: Addr(n << 32), size: MEBIBYTE, source: 0, offset: 0, saved: MEBIBYTE };
        let space = AddressSpace::new(vec![file], (1..=1000).map(piece).collect());
        assert_eq!(space.present_bytes(), 5 * MEBIBYTE);
        assert!(space.repetition().unwrap().message.contains(&(995 * MEBIBYTE).to_string()));
        assert_eq!((space.u8(Addr(5 << 32)), space.cut_bytes()), (Ok(7), 0));
        assert_eq!(space.u8(Addr(6 << 32)), Err(Fault::NotSaved(Addr(6 << 32))));
    }

    #[test]
    fn where_pieces_overlap_the_first_wins() {
        let sources = vec![Arc::new(Mapped::Memory(vec![1; 8])), Arc::new(Mapped::Memory(vec![2; 8]))];
        let piece = |start, source| Piece { start: Addr(start), size: 8, source, offset: 0, saved: 8 };
        let space = AddressSpace::new(sources, vec![piece(0x14, 1), piece(0x10, 0)]);
        assert_eq!(space.bytes(Addr(0x10), 12).unwrap().as_ref(), [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2]);
        assert_eq!(space.u8(Addr(0x1c)), Err(Fault::Unmapped(Addr(0x1c))));
    }
}
