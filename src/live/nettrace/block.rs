//! The blobs of a block: events and descriptions of events, with plain or compressed headers.
//!
//! ```text
//! block: header-size:u16 flags:u16 earliest:i64 latest:i64 ... blob*
//! ```
//!
//! With the lowest flag headers are compressed: a byte says which fields are there, the others are those of the blob before.

use super::cursor::{Cursor, Damage};

/// The flag of a block whose headers are compressed.
const COMPRESSED: u16 = 1;
/// Bytes of the two fields at the start of a block.
const FIXED_HEADER: usize = 4;

/// What a compressed header holds.
const HAS_DEFINITION: u8 = 1;
const HAS_SEQUENCE: u8 = 2;
const HAS_THREAD: u8 = 4;
const HAS_STACK: u8 = 8;
const HAS_ACTIVITY: u8 = 16;
const HAS_RELATED_ACTIVITY: u8 = 32;
const HAS_PAYLOAD_SIZE: u8 = 128;

/// The highest bit of the number of a definition in a plain header says that the block is sorted.
const DEFINITION_MASK: u32 = 0x7fff_ffff;

/// The header of a blob, without what is of no use here: processor, stack, activities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// The number of the definition; 0 for a blob that is one.
    pub definition: u32,
    /// The number that the thread gave the event.
    pub sequence: u32,
    /// The thread that sent the event.
    pub sender: u64,
    /// The thread that the event is about.
    pub thread: u64,
    /// What the runtime's clock showed.
    pub ticks: u64,
    payload_bytes: usize,
}

/// The blobs of one block, in its order. After an error there are none.
#[derive(Debug)]
pub(super) struct Blobs<'a> {
    bytes: Cursor<'a>,
    compressed: bool,
    before: Header,
}

impl<'a> Blobs<'a> {
    /// The blobs of a block's payload.
    pub(super) fn of_block(payload: &'a [u8]) -> Result<Blobs<'a>, Damage> {
        let mut bytes = Cursor::new(payload);
        let header = usize::from(bytes.u16()?);
        let compressed = bytes.u16()? & COMPRESSED != 0;
        let rest =
            header.checked_sub(FIXED_HEADER).ok_or_else(|| format!("a block's header of {header} bytes"))?;
        bytes.take(rest)?;
        Ok(Blobs { bytes, compressed, before: Header::default() })
    }

    /// The next blob and its payload.
    pub(super) fn next(&mut self) -> Result<Option<(Header, &'a [u8])>, Damage> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let blob = if self.compressed { self.compressed() } else { self.plain() };
        if blob.is_err() {
            self.bytes = Cursor::new(&[]);
        }
        blob.map(Some)
    }

    fn compressed(&mut self) -> Result<(Header, &'a [u8]), Damage> {
        let bytes = &mut self.bytes;
        let flags = bytes.u8()?;
        let has = |flag| flags & flag != 0;
        let mut header = self.before;
        if has(HAS_DEFINITION) {
            header.definition = bytes.varint32()?;
        }
        if has(HAS_SEQUENCE) {
            header.sequence = header.sequence.wrapping_add(bytes.varint32()?);
            header.sender = bytes.varint64()?;
            let _processor = bytes.varint32()?;
        }
        if header.definition != 0 {
            header.sequence = header.sequence.wrapping_add(1);
        }
        if has(HAS_THREAD) {
            header.thread = bytes.varint64()?;
        }
        if has(HAS_STACK) {
            let _stack = bytes.varint32()?;
        }
        header.ticks = header.ticks.wrapping_add(bytes.varint64()?);
        for activity in [HAS_ACTIVITY, HAS_RELATED_ACTIVITY] {
            if has(activity) {
                bytes.take(16)?;
            }
        }
        if has(HAS_PAYLOAD_SIZE) {
            header.payload_bytes = bytes.varint32()? as usize;
        }
        self.before = header;
        Ok((header, bytes.take(header.payload_bytes)?))
    }

    fn plain(&mut self) -> Result<(Header, &'a [u8]), Damage> {
        let size = self.bytes.count()?;
        let mut blob = Cursor::new(self.bytes.take(size)?);
        // The next blob begins at a multiple of four; the size and all before it are such. At the end of a block nothing need
        // be filled up.
        let padding = size.wrapping_neg() % 4;
        self.bytes.take(padding.min(self.bytes.len()))?;
        let definition = blob.u32()? & DEFINITION_MASK;
        let sequence = blob.u32()?;
        let thread = blob.u64()?;
        let sender = blob.u64()?;
        let (_processor, _stack) = (blob.u32()?, blob.u32()?);
        let ticks = blob.u64()?;
        let _activities = blob.take(32)?;
        let payload_bytes = blob.count()?;
        let header = Header { definition, sequence, sender, thread, ticks, payload_bytes };
        Ok((header, blob.take(payload_bytes)?))
    }
}
