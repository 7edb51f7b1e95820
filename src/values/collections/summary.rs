//! How full a collection is and what its empty room costs.

use std::sync::Arc;

use crate::bytes::Addr;

use super::path::Spot;
use super::process::{ArrayObject, Process};
use super::shape::deeper;
use super::{BoundShape, Damage};

/// Bytes of an array besides its elements: header, MethodTable, length.
const ARRAY_OVERHEAD: u64 = 24;

/// A collection at a glance.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectionSummary {
    /// What its shape is called.
    pub shape: Arc<str>,
    /// How many items it holds; of a MemoryStream bytes, of a BitArray bits.
    pub count: u64,
    /// How many it has room for before it must grow; `None` of shapes that make room for each item.
    pub capacity: Option<u64>,
    /// Bytes of the room that no item uses. None of collections that wrap another: that one has its own.
    pub wasted: u64,
    /// Bytes of the arrays in `backing`.
    pub backing_bytes: u64,
    /// The arrays that hold the items, or lead to them; empty ones, which collections share, are left out.
    pub backing: Vec<Addr>,
}

impl CollectionSummary {
    /// Which part of the room is in use, from 0 to 1; `None` where there is no room at all.
    pub fn fill(&self) -> Option<f64> {
        let capacity = self.capacity.filter(|&room| room > 0)?;
        Some(self.count as f64 / capacity as f64)
    }
}

/// The arrays of a collection and the room in them.
#[derive(Debug, Default)]
pub(super) struct Extent {
    capacity: Option<u64>,
    /// Bytes of the room for an item.
    item_bytes: u64,
    /// Whether the room is counted in bits.
    bits: bool,
    backing_bytes: u64,
    backing: Vec<Addr>,
}

impl Extent {
    /// Adds an array.
    pub fn add_array(&mut self, array: &ArrayObject) {
        if array.length > 0 {
            self.backing.push(array.address);
            self.backing_bytes =
                self.backing_bytes.saturating_add(array.element_bytes()).saturating_add(ARRAY_OVERHEAD);
        }
    }

    /// Adds room for so many items of so many bytes each.
    pub fn add_room(&mut self, items: u64, item_bytes: u64) {
        self.capacity = Some(self.capacity.unwrap_or(0).saturating_add(items));
        self.item_bytes = self.item_bytes.max(item_bytes);
    }

    /// Adds room for so many bits.
    pub fn add_bits(&mut self, bits: u64) {
        self.capacity = Some(self.capacity.unwrap_or(0).saturating_add(bits));
        self.bits = true;
    }

    /// Bytes of the room for so many items.
    fn bytes_of(&self, items: u64) -> u64 {
        if self.bits { items / 8 } else { items.saturating_mul(self.item_bytes) }
    }
}

impl BoundShape {
    /// What is in `spot`, within `depth` collections that wrap it.
    pub(super) fn summary(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        depth: u32,
    ) -> Result<CollectionSummary, Damage> {
        let shape = self.shape();
        let depth = deeper(spot, depth)?;
        let mut extent = Extent::default();
        let count = self.count(process, spot, depth)?;
        shape.items.measure(process, spot, depth, &mut extent)?;
        if let Some(capacity) = &shape.capacity {
            extent.capacity = Some(capacity.count(process, spot, u64::MAX)?);
        }
        let mut wasted = 0_u64;
        if let Some(room) = extent.capacity {
            let unused = room.checked_sub(count).ok_or(Damage::Count { count: count as i64, room })?;
            wasted = extent.bytes_of(unused);
        }
        for path in &shape.beside {
            if let Some(array) = path.object(process, spot)? {
                let array = ArrayObject::read(process, array)?;
                extent.add_array(&array);
                let unused = array.length.saturating_sub(count);
                wasted = wasted.saturating_add(unused.saturating_mul(array.element_size));
            }
        }
        Ok(CollectionSummary {
            shape: shape.name.clone(),
            count,
            capacity: extent.capacity,
            wasted,
            backing_bytes: extent.backing_bytes,
            backing: extent.backing,
        })
    }
}
