//! The rows that one walk fills: objects of one stretch, with the worker's own numbers for types.

use crate::bytes::Addr;
use crate::clr::gc::MIN_OBJECT_SIZE;
use crate::clr::walk::WorkerTypes;
use crate::graph::{RowSize, TypeId};

/// Rows of neighbouring objects. The columns are those of an [`crate::graph::ObjectBlock`].
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub base: Addr,
    pub offsets: Vec<u32>,
    pub types: Vec<TypeId>,
    pub sizes: Vec<RowSize>,
    pub large: Vec<(u32, u64)>,
    /// Bytes of the free objects among them.
    pub free_bytes: u64,
}

impl Rows {
    /// Empty rows with room for all objects that `bytes` bytes can hold. Room that is not filled is
    /// never touched, so it costs addresses but no memory.
    pub(super) fn with_room(base: Addr, bytes: u64) -> Rows {
        let rows = usize::try_from(bytes / MIN_OBJECT_SIZE + 1).unwrap_or(0);
        Rows {
            base,
            offsets: Vec::with_capacity(rows),
            types: Vec::with_capacity(rows),
            sizes: Vec::with_capacity(rows),
            large: Vec::new(),
            free_bytes: 0,
        }
    }

    /// Adds an object. The caller keeps the stretch below 2^32 times 8 bytes.
    #[inline]
    pub(super) fn push(&mut self, address: Addr, type_number: u32, size: u64) {
        if type_number == WorkerTypes::FREE {
            self.free_bytes += size;
        }
        let size = match u32::try_from(size) {
            Ok(size) if size != u32::MAX => RowSize(size),
            _ => self.push_large(size),
        };
        self.offsets.push(((address.0 - self.base.0) / 8) as u32);
        self.types.push(TypeId(type_number));
        self.sizes.push(size);
    }

    #[cold]
    fn push_large(&mut self, size: u64) -> RowSize {
        self.large.push((self.offsets.len() as u32, size));
        RowSize::LARGE
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len()
    }

    pub(super) fn address(&self, row: usize) -> Option<Addr> {
        self.offsets.get(row).map(|&offset| self.base.offset(u64::from(offset) * 8))
    }

    /// The size in bytes of the object in row `row`.
    pub(super) fn size(&self, row: usize) -> u64 {
        match self.sizes.get(row) {
            Some(&RowSize::LARGE) => {
                self.large.iter().find(|&&(r, _)| r as usize == row).map_or(0, |&(_, size)| size)
            }
            Some(&RowSize(size)) => u64::from(size),
            None => 0,
        }
    }

    /// Drops the first `count` rows.
    pub(super) fn drop_first(&mut self, count: usize) {
        let free = |row: &usize| self.types[*row].0 == WorkerTypes::FREE;
        let dropped: u64 = (0..count).filter(free).map(|row| self.size(row)).sum();
        self.free_bytes -= dropped;
        self.offsets.drain(..count);
        self.types.drain(..count);
        self.sizes.drain(..count);
        let count = count as u32;
        self.large.retain_mut(|(row, _)| match row.checked_sub(count) {
            Some(kept) => {
                *row = kept;
                true
            }
            None => false,
        });
    }

    /// Gives back the room that was not filled.
    pub(super) fn shrink(&mut self) {
        self.offsets.shrink_to_fit();
        self.types.shrink_to_fit();
        self.sizes.shrink_to_fit();
    }
}
