//! A segment of a handle table: 64 KiB of which the first page says what the rest holds.
//!
//! Source: `struct _TableSegmentHeader` in `src/coreclr/gc/handletablepriv.h` of dotnet/runtime v8.0 to v10.0 and in
//! `src/gc/handletablepriv.h` of dotnet/coreclr v2.0 and v3.1. Blocks of 64 slots have a type each; those whose handles
//! need a word more (the secondary of a dependent handle) name a second block, of user data, in which it stands at the
//! same slot. A handle is the address of its slot; null in it means that it is free or refers to nothing.

use crate::bytes::{Addr, Cursor};
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};

use super::{Handle, HandleKind};

/// Bytes of a segment, to which it is aligned (`HANDLE_SEGMENT_SIZE`).
pub const SEGMENT_BYTES: u64 = 0x1_0000;
/// Slots of a block (`HANDLE_HANDLES_PER_BLOCK`).
const BLOCK_SLOTS: u64 = 64;
/// Bytes of a block.
const BLOCK: u64 = 8 * BLOCK_SLOTS;
/// The mark of a block that is free, and of one without user data (`BLOCK_INVALID`).
const NO_BLOCK: u8 = 0xff;

/// Offsets within segments, resolved once.
#[derive(Clone, Copy, Debug)]
pub(super) struct SegmentLayout {
    values: u64,
    types: u64,
    user_data: u64,
    next: u64,
    table: u64,
    /// For every slot a bit that says whether it is free.
    free_mask: Option<u64>,
    /// The type of blocks of user data, the last of all.
    data_type: u8,
}

/// A segment, of which all but the blocks was read.
#[derive(Debug)]
pub(super) struct Segment<'a> {
    memory: &'a AddressSpace,
    layout: &'a SegmentLayout,
    address: Addr,
    /// The segment's first page.
    header: Vec<u8>,
}

impl SegmentLayout {
    /// `None` where the layout does not describe segments.
    pub fn of(layout: &Descriptor) -> Option<SegmentLayout> {
        let of = |field: &str| layout.optional_field("TableSegment", field);
        let types = layout.number("HandleMaxInternalTypes")?;
        Some(SegmentLayout {
            values: of("rgValue").filter(|&values| values < SEGMENT_BYTES)?,
            types: of("rgBlockType")?,
            user_data: of("rgUserData")?,
            next: of("pNextSegment")?,
            table: of("pHandleTable")?,
            free_mask: of("rgFreeMask"),
            data_type: u8::try_from(types.checked_sub(1)?).ok()?,
        })
    }

    /// The segment at `address`; `None` when nothing there can be one: it is not aligned, or belongs to another table.
    ///
    /// # Errors
    /// Its first page is not in the dump.
    pub fn segment<'a>(
        &'a self,
        memory: &'a AddressSpace,
        table: Addr,
        address: Addr,
    ) -> Result<Option<Segment<'a>>, Fault> {
        if address.without(SEGMENT_BYTES - 1) != address
            || memory.pointer(address.offset(self.table))? != table
        {
            return Ok(None);
        }
        let header = memory.bytes(address, self.values as usize)?.into_owned();
        Ok(Some(Segment { memory, layout: self, address, header }))
    }

    /// Where the secondary of the dependent handle at `handle` is kept; `None` when there is no dependent handle.
    ///
    /// # Errors
    /// The segment is not in the dump.
    pub fn secondary(&self, memory: &AddressSpace, handle: Addr) -> Result<Option<Addr>, Fault> {
        let segment = handle.without(SEGMENT_BYTES - 1);
        let Some(slot) = handle.since(segment.offset(self.values)) else { return Ok(None) };
        let block = slot / BLOCK;
        let kind = memory.u8(segment.offset(self.types + block))?;
        if HandleKind::of(kind) != Some(HandleKind::Dependent) {
            return Ok(None);
        }
        let user_block = memory.u8(segment.offset(self.user_data + block))?;
        Ok(self.user_slot(segment, user_block, slot % BLOCK))
    }

    /// How many blocks a segment has.
    fn blocks(&self) -> u64 {
        (SEGMENT_BYTES - self.values) / BLOCK
    }

    /// The place `offset` bytes into a block of user data.
    fn user_slot(&self, segment: Addr, user_block: u8, offset: u64) -> Option<Addr> {
        let block = u64::from(user_block);
        (block < self.blocks()).then(|| segment.offset(self.values + block * BLOCK + offset))
    }
}

impl Segment<'_> {
    /// Where it is.
    pub fn address(&self) -> Addr {
        self.address
    }

    /// The next segment of the table; null behind the last.
    ///
    /// # Errors
    /// The word is not in the dump.
    pub fn next(&self) -> Result<Addr, Fault> {
        self.memory.pointer(self.address.offset(self.layout.next))
    }

    /// Appends the handles of all blocks. Returns how many blocks are not in the dump.
    pub fn read_into(&self, handles: &mut Vec<Handle>) -> usize {
        let mut missing = 0;
        for block in 0..self.layout.blocks() {
            let number = self.header_byte(self.layout.types + block);
            if number >= self.layout.data_type || number == NO_BLOCK {
                continue;
            }
            if let Some(kind) = HandleKind::of(number) {
                missing += usize::from(self.read_block(block, kind, handles).is_err());
            }
        }
        missing
    }

    fn read_block(&self, block: u64, kind: HandleKind, handles: &mut Vec<Handle>) -> Result<(), Fault> {
        let start = self.address.offset(self.layout.values + block * BLOCK);
        let bytes = self.memory.bytes(start, BLOCK as usize)?;
        let free = self.free_slots(block);
        let user_block = self.header_byte(self.layout.user_data + block);
        let mut words = Cursor::new(&bytes);
        let mut missing = Ok(());
        for slot in 0..BLOCK_SLOTS {
            let Ok(word) = words.u64() else { break };
            // A slot that was given back may still hold what it held.
            if word == 0 || free >> slot & 1 == 1 {
                continue;
            }
            let user_slot = self.layout.user_slot(self.address, user_block, 8 * slot);
            // The handle is told even where its user data are missing.
            let user_data = user_slot.map(|place| self.memory.pointer(place)).transpose();
            let user_data = user_data.unwrap_or_else(|fault| {
                missing = Err(fault);
                None
            });
            handles.push(Handle {
                kind: match (kind, user_data) {
                    (HandleKind::Variable, Some(strength)) => HandleKind::of_variable(strength.0),
                    _ => kind,
                },
                address: start.offset(8 * slot),
                object: Addr(word),
                dependent: user_data.filter(|data| kind == HandleKind::Dependent && !data.is_null()),
            });
        }
        missing
    }

    /// One bit a slot of a block, set where it is free.
    fn free_slots(&self, block: u64) -> u64 {
        let Some(mask) = self.layout.free_mask else { return 0 };
        let at = usize::try_from(mask + 8 * block).unwrap_or(usize::MAX);
        // A layout that puts the mask behind the page says nothing.
        Cursor::at(&self.header, at).u64().unwrap_or(0)
    }

    fn header_byte(&self, offset: u64) -> u8 {
        usize::try_from(offset).ok().and_then(|at| self.header.get(at)).copied().unwrap_or(NO_BLOCK)
    }
}
