//! Reading GCDescs: what the GC knows of a type, in front of its MethodTable and growing downwards.
//!
//! ```text
//! mt - 8             i64 number of series
//! positive:          mt - 24 - 16 * i: {i64 size, u64 start} of series i
//! negative:          mt - 16: u64 start; mt - 24 - 8 * i: {u32 pointers, u32 skip} of item i
//! ```
//!
//! A series is a run of references from `start` on, of `size` bytes less than the object has: that is how one series
//! tells both a class's fields and all elements of an array. Items are for arrays of structs: so many references, then
//! so many bytes of something else, one item after the other and again from the first, to the end of the elements.
//!
//! Source: `src/coreclr/gc/gcdesc.h` of dotnet/runtime v8.0 to v10.0; the same in dotnet/coreclr v2.0 and v3.1, and
//! for NativeAOT (`src/coreclr/nativeaot/Runtime/inc/MethodTable.h` leads to it).

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::ReferenceMap;
use super::reference_map::{Form, Run};

/// Bytes at an object's end that belong to the header of the next one, and are counted in its size.
pub(super) const NEXT_HEADER: u64 = 8;
/// Bytes at an object's start that hold its MethodTable.
const FIRST_FIELD: u64 = 8;

/// Why a GCDesc tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGcDesc {
    /// It is not in the dump.
    #[error(transparent)]
    Missing(#[from] Fault),
    /// It has no series at all, or more than instances have room for.
    #[error("it has {0} series")]
    Count(i64),
    /// A series reaches out of the instances, or into another one.
    #[error(
        "a series does not lie within the instances: from {start}, {size} bytes more than the object's size"
    )]
    Series {
        /// Where it starts.
        start: u64,
        /// Its size less that of an object, in bytes.
        size: i64,
    },
    /// The items do not make up an element.
    #[error("its items do not make up an element of {element_size} bytes")]
    Items {
        /// The size of an element in bytes.
        element_size: u32,
    },
}

impl ReferenceMap {
    /// Reads the GCDesc of the type at `mt`, whose flags say that it has one. `base_size` are the bytes of an instance
    /// without components, `component_size` those of a component, 0 for types without.
    ///
    /// # Errors
    /// It is not in the dump, or what it says cannot be true of such instances.
    pub fn read(
        memory: &AddressSpace,
        mt: Addr,
        base_size: u32,
        component_size: u32,
    ) -> Result<ReferenceMap, BadGcDesc> {
        let desc = GcDesc { memory, mt, base_size: base_size.into(), component_size: component_size.into() };
        let count = memory.i64(desc.below(8))?;
        let form = match count {
            0 => return Err(BadGcDesc::Count(count)),
            1.. if component_size == 0 => desc.fields(count)?,
            1 => desc.elements()?,
            // No type has fields and components.
            2.. => return Err(BadGcDesc::Count(count)),
            _ => desc.structs(count)?,
        };
        Ok(ReferenceMap::new(form))
    }
}

struct GcDesc<'m> {
    memory: &'m AddressSpace,
    mt: Addr,
    base_size: u64,
    component_size: u64,
}

impl GcDesc<'_> {
    /// The place so many bytes in front of the MethodTable.
    fn below(&self, distance: u64) -> Addr {
        Addr(self.mt.0.wrapping_sub(distance))
    }

    /// Where the last byte of an instance without components ends.
    fn end(&self) -> u64 {
        self.base_size.saturating_sub(NEXT_HEADER)
    }

    /// Start of series `index`, and its bytes in an instance without components.
    fn series(&self, index: u64) -> Result<(u64, u64), BadGcDesc> {
        let at = self.below(24 + 16 * index);
        let (size, start) = (self.memory.i64(at)?, self.memory.u64(at.offset(8))?);
        let bad = BadGcDesc::Series { start, size };
        let bytes = u64::try_from(size.wrapping_add(self.base_size as i64)).map_err(|_| bad)?;
        let inside = start.checked_add(bytes).is_some_and(|end| end <= self.end());
        let aligned = start.is_multiple_of(8) && bytes.is_multiple_of(8);
        if inside && aligned && start >= FIRST_FIELD { Ok((start, bytes)) } else { Err(bad) }
    }

    /// The series of a class's fields, in ascending order: they are listed in any.
    fn fields(&self, count: i64) -> Result<Form, BadGcDesc> {
        let most = (self.base_size / 8).min(limits::MAX_GC_SERIES);
        let number = count.unsigned_abs();
        if number > most {
            return Err(BadGcDesc::Count(count));
        }
        let mut runs = Vec::new();
        for index in 0..number {
            let (start, bytes) = self.series(index)?;
            // Both are below the base size, a u32.
            runs.push(Run { offset: start as u32, count: (bytes / 8) as u32 });
        }
        runs.sort_unstable_by_key(|run| run.offset);
        for (one, next) in runs.iter().zip(runs.get(1..).unwrap_or_default()) {
            if one.end() > u64::from(next.offset) {
                let size = (u64::from(next.count) * 8) as i64 - self.base_size as i64;
                return Err(BadGcDesc::Series { start: next.offset.into(), size });
            }
        }
        Ok(Form::Fields(runs.into()))
    }

    /// The one series of an array whose elements are nothing but references: it ends where they end.
    fn elements(&self) -> Result<Form, BadGcDesc> {
        let (start, bytes) = self.series(0)?;
        if start + bytes == self.end() && self.component_size.is_multiple_of(8) {
            return Ok(Form::Elements { start });
        }
        Err(BadGcDesc::Series { start, size: bytes as i64 - self.base_size as i64 })
    }

    /// The items of an array of structs, as runs within one element.
    fn structs(&self, count: i64) -> Result<Form, BadGcDesc> {
        let element_size = self.component_size as u32;
        let bad = BadGcDesc::Items { element_size };
        let number = count.unsigned_abs();
        // Each item has a reference at least.
        if number > self.component_size / 8 {
            return Err(BadGcDesc::Count(count));
        }
        let (start, elements) = (self.memory.u64(self.below(16))?, self.end());
        let mut offset = start.checked_sub(elements).filter(|o| o.is_multiple_of(8)).ok_or(bad)?;
        let (first, mut last_skip) = (offset, 0);
        let mut runs = Vec::new();
        for index in 0..number {
            let at = self.below(24 + 8 * index);
            let (pointers, skip) = (self.memory.u32(at)?, self.memory.u32(at.offset(4))?);
            let end = offset + u64::from(pointers) * 8;
            if pointers == 0 || !skip.is_multiple_of(8) || end > self.component_size {
                return Err(bad);
            }
            runs.push(Run { offset: offset as u32, count: pointers });
            (offset, last_skip) = (end + u64::from(skip), u64::from(skip));
        }
        // The last item's skip leads over the end of the element to the first reference of the next one.
        if offset != first + self.component_size || last_skip < first || elements < FIRST_FIELD {
            return Err(bad);
        }
        Ok(Form::Structs { start: elements, size: element_size, runs: runs.into() })
    }
}
