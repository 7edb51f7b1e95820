//! What the reading of collections needs of a process: its memory and what its types are.
//!
//! An interface of its own, so that every way to walk can be tested on a few hand-made types.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::type_system::{ArrayShape, TypeDescription, TypeKind};
use crate::dump::{AddressSpace, Fault};

use super::{BoundShape, Damage};

/// Where an object's data begin, behind its MethodTable.
pub(super) const OBJECT_DATA: u64 = 8;
/// Where an array keeps how many elements it has.
const ARRAY_LENGTH: u64 = 8;
/// Where the elements begin of an array of one dimension that begins at 0.
const ARRAY_DATA: u64 = 16;

/// The process whose collections are read.
pub(super) trait Process {
    /// Its memory.
    fn memory(&self) -> &AddressSpace;

    /// What the type at `mt` is.
    fn description(&self, mt: Addr) -> Arc<TypeDescription>;

    /// The shape that the type at `mt` matches.
    fn collection_shape(&self, mt: Addr) -> Option<Arc<BoundShape>>;

    /// Where the secondary of the dependent handle at `handle` is kept.
    fn secondary(&self, handle: Addr) -> Result<Addr, Damage>;

    /// The MethodTable of the object at `object`, without the GC's marks.
    fn type_of(&self, object: Addr) -> Result<Addr, Fault> {
        self.memory().pointer(object).map(|word| word.without(7))
    }
}

/// An array object.
#[derive(Clone, Debug)]
pub(super) struct ArrayObject {
    /// Its address.
    pub address: Addr,
    /// Where its elements begin.
    pub data: Addr,
    /// How many elements it says to have, in all dimensions.
    pub length: u64,
    /// Bytes of an element.
    pub element_size: u64,
    /// What it is; the description of an array type, see [`ArrayObject::shape`].
    pub description: Arc<TypeDescription>,
}

impl ArrayObject {
    /// The array at `address`, of any rank.
    pub fn read(process: &dyn Process, address: Addr) -> Result<ArrayObject, Damage> {
        let description = process.description(process.type_of(address)?);
        let TypeKind::Array(shape) = &description.kind else {
            return Err(Damage::NotAnArray { object: address, type_name: description.name.clone() });
        };
        let length = process.memory().u32(address.offset(ARRAY_LENGTH))?.into();
        // Lengths and lower bounds of each dimension come before the elements.
        let bounds = if shape.sz { 0 } else { 8 * u64::from(shape.rank) };
        let element_size = u64::from(shape.element_size);
        if element_size == 0 {
            return Err(Damage::NotAnArray { object: address, type_name: description.name.clone() });
        }
        let data = address.offset(ARRAY_DATA + bounds);
        Ok(ArrayObject { address, data, length, element_size, description })
    }

    /// Its elements' type.
    pub fn shape(&self) -> Option<&ArrayShape> {
        match &self.description.kind {
            TypeKind::Array(shape) => Some(shape),
            _ => None,
        }
    }

    /// Bytes of all elements.
    pub fn element_bytes(&self) -> u64 {
        self.length.saturating_mul(self.element_size)
    }
}
