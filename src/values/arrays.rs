//! Arrays: their dimensions, and where their elements lie.
//!
//! Layout, the same in all versions (`ArrayBase` in `src/coreclr/vm/object.h`): MethodTable, u32 number of elements at 8,
//! and from 16 on the elements. Only arrays of several dimensions, or of one that may begin elsewhere than at 0, have
//! an i32 length a dimension there, an i32 lower bound a dimension, and then the elements, the last index running
//! fastest.

use std::fmt::Write;
use std::sync::Arc;

use super::Values;
use crate::bytes::Addr;
use crate::clr::type_system::{ArrayShape, FieldType, TypeDescription, TypeKind};
use crate::dump::Fault;
use crate::limits;

/// Offset of the number of elements.
const COUNT: u64 = 8;
/// Offset of the elements, or of the lengths and lower bounds before them.
const DATA: u64 = 16;

/// A dimension of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// How many indexes there are.
    pub length: u32,
    /// The lowest index.
    pub lower_bound: i32,
}

/// Why an object is not read as an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnArray {
    /// Its dimensions are not in the dump.
    Missing(Fault),
    /// Its type is no array type, or not told.
    OtherType,
    /// Its dimensions contradict its number of elements, or are more than any array has.
    Inconsistent,
}

impl From<Fault> for NotAnArray {
    fn from(fault: Fault) -> Self {
        NotAnArray::Missing(fault)
    }
}

/// An array.
#[derive(Clone, Debug)]
pub struct ArrayView {
    /// Where the object begins.
    pub object: Addr,
    /// Its dimensions: one or more.
    pub dimensions: Vec<Dimension>,
    /// How many elements it has, in all dimensions.
    pub count: u32,
    elements: Addr,
    description: Arc<TypeDescription>,
    shape: ArrayShape,
}

impl ArrayView {
    /// Its type.
    pub fn description(&self) -> &TypeDescription {
        &self.description
    }

    /// What the elements are.
    pub fn element(&self) -> &FieldType {
        &self.shape.element
    }

    /// Bytes of an element.
    pub fn element_size(&self) -> u32 {
        self.shape.element_size
    }

    /// Where the first element lies, if there is one.
    pub fn elements(&self) -> Addr {
        self.elements
    }

    /// Where the element of that number lies, counted from 0 through all dimensions; `None` beyond the last.
    pub fn place(&self, number: u32) -> Option<Addr> {
        let distance = u64::from(number) * u64::from(self.shape.element_size);
        (number < self.count).then(|| self.elements.offset(distance))
    }

    /// The number of the element at these indexes, lower bounds considered: one for each dimension. `None` when
    /// one of them is out of its bounds.
    pub fn number(&self, indexes: &[i64]) -> Option<u32> {
        if indexes.len() != self.dimensions.len() {
            return None;
        }
        self.dimensions.iter().zip(indexes).try_fold(0_u32, |number, (dimension, &index)| {
            let distance = index.checked_sub(dimension.lower_bound.into())?;
            let distance = u32::try_from(distance).ok().filter(|&d| d < dimension.length)?;
            number.checked_mul(dimension.length)?.checked_add(distance)
        })
    }

    /// How the element of that number is indexed, lower bounds considered: `[0]`, `[2,-5]`.
    pub fn index_text(&self, number: u32) -> String {
        let mut text = String::new();
        write_index(&self.dimensions, number, &mut text);
        text
    }
}

/// Offset of the elements of an array with so many dimensions written in it: none of those that begin at 0.
pub(super) fn elements_offset(rank: u32) -> u64 {
    DATA + 8 * u64::from(rank)
}

/// Appends how the element of that number is indexed in an array of these dimensions; without any, by its number.
pub(super) fn write_index(dimensions: &[Dimension], number: u32, text: &mut String) {
    let mut index = |mark: char, index: i64| {
        write!(text, "{mark}{index}").expect("writing to a String does not fail");
    };
    if dimensions.is_empty() {
        index('[', number.into());
    }
    let mut number = u64::from(number);
    for (i, dimension) in dimensions.iter().enumerate() {
        // How many elements one step of this index passes over.
        let inner = dimensions.iter().skip(i + 1).map(|inner| u64::from(inner.length.max(1)));
        let step = inner.fold(1, u64::saturating_mul);
        // Below 2^32, so the sum cannot overflow.
        index(if i == 0 { '[' } else { ',' }, i64::from(dimension.lower_bound) + (number / step) as i64);
        number %= step;
    }
    text.push(']');
}

impl Values {
    /// The array at `object`.
    ///
    /// # Errors
    /// It is none, or what says how large it is cannot be read or believed. Whether the elements are in the dump is
    /// not looked at: a missing page takes those on it only.
    pub fn array(&self, object: Addr) -> Result<ArrayView, NotAnArray> {
        let description = self.types().description(self.types().type_of(object)?);
        let TypeKind::Array(shape) = &description.kind else { return Err(NotAnArray::OtherType) };
        let shape = shape.clone();
        let count = self.types().memory().u32(object.offset(COUNT))?;
        let (dimensions, written) = if shape.sz {
            (vec![Dimension { length: count, lower_bound: 0 }], 0)
        } else {
            (self.dimensions(object, shape.rank)?, shape.rank)
        };
        let elements = object.offset(elements_offset(written));
        let size = u64::from(count).checked_mul(u64::from(shape.element_size));
        let end = size.and_then(|size| elements.0.checked_add(size));
        let possible = end.is_some_and(|end| end <= limits::USER_SPACE_END);
        if !possible || product(&dimensions) != Some(count) || count > limits::MAX_ARRAY_LENGTH {
            return Err(NotAnArray::Inconsistent);
        }
        Ok(ArrayView { object, dimensions, count, elements, description, shape })
    }

    fn dimensions(&self, object: Addr, rank: u32) -> Result<Vec<Dimension>, NotAnArray> {
        if rank == 0 || rank > limits::MAX_ARRAY_RANK {
            return Err(NotAnArray::Inconsistent);
        }
        let memory = self.types().memory();
        let lengths = object.offset(DATA);
        let lower_bounds = lengths.offset(4 * u64::from(rank));
        (0..u64::from(rank))
            .map(|i| {
                let length = memory.u32(lengths.offset(4 * i))?;
                let lower_bound = memory.i32(lower_bounds.offset(4 * i))?;
                Ok(Dimension { length, lower_bound })
            })
            .collect()
    }
}

/// How many elements arrays of these dimensions have; `None` when more than any array has.
fn product(dimensions: &[Dimension]) -> Option<u32> {
    // The lengths beside a 0 may be anything, and then say nothing.
    if dimensions.iter().any(|dimension| dimension.length == 0) {
        return Some(0);
    }
    dimensions.iter().try_fold(1_u32, |product, dimension| product.checked_mul(dimension.length))
}

#[cfg(test)]
mod tests;
