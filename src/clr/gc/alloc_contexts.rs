//! Allocation contexts: the stretches at which threads allocate, which hold no objects yet.
//!
//! Each thread has one (and so have the runtime's global context and the GC's generations). From its
//! pointer to its limit nothing is formatted; behind the limit lies room for one smallest object,
//! which the GC turns into a free object when it takes the context back
//! (`gc_heap::fix_allocation_context` in `src/coreclr/gc/gc.cpp`).

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;
use crate::limits;

/// Bytes of the smallest object, header, MethodTable and one field: `Align(min_obj_size)`. So many
/// behind a context's limit belong to it, and smaller sizes (an empty string has 22) are taken as this.
pub const MIN_OBJECT_SIZE: u64 = 24;

/// Where a context has its pointer and its limit.
#[derive(Clone, Copy, Debug)]
pub struct AllocContextFields {
    pointer: u64,
    limit: u64,
}

impl AllocContextFields {
    /// Those of a context of the GC itself.
    ///
    /// # Errors
    /// The layout lacks a field.
    pub fn new(layout: &Descriptor) -> Result<Self> {
        let of = |field: &str| layout.field("GCAllocContext", field);
        Ok(AllocContextFields { pointer: of("Pointer")?, limit: of("Limit")? })
    }

    /// Those of a context that threads use: since 10.0 the GC's lies within one of the runtime's.
    ///
    /// # Errors
    /// The layout lacks a field.
    pub fn of_threads(layout: &Descriptor) -> Result<Self> {
        let inner = layout.optional_field("EEAllocContext", "GCAllocationContext").unwrap_or(0);
        let AllocContextFields { pointer, limit } = Self::new(layout)?;
        Ok(AllocContextFields { pointer: inner + pointer, limit: inner + limit })
    }

    /// Pointer and limit of the context at `at`; both null when it is not in use.
    ///
    /// # Errors
    /// The context is not in the dump.
    pub fn read(&self, memory: &AddressSpace, at: Addr) -> Result<(Addr, Addr), Fault> {
        Ok((memory.pointer(at.offset(self.pointer))?, memory.pointer(at.offset(self.limit))?))
    }
}

/// All allocation contexts, ordered by address.
#[derive(Clone, Debug, Default)]
pub struct AllocContexts {
    gaps: Vec<(Addr, Addr)>,
}

impl AllocContexts {
    /// Collects contexts given as (pointer, limit); null ones and ones that make no sense are passed over.
    pub fn new(contexts: impl IntoIterator<Item = (Addr, Addr)>) -> Self {
        let mut gaps: Vec<_> = contexts
            .into_iter()
            .filter(|(pointer, limit)| !pointer.is_null() && pointer <= limit)
            .filter(|(_, limit)| limit.0 < limits::USER_SPACE_END)
            .map(|(pointer, limit)| (pointer, limit.offset(MIN_OBJECT_SIZE)))
            .collect();
        gaps.sort_unstable();
        gaps.dedup_by_key(|(pointer, _)| *pointer);
        AllocContexts { gaps }
    }

    /// The gaps, each from the address at which objects end to the one at which they go on, from
    /// the first one at or behind `from`.
    pub fn from(&self, from: Addr) -> &[(Addr, Addr)] {
        let first = self.gaps.partition_point(|&(start, _)| start < from);
        self.gaps.get(first..).unwrap_or_default()
    }

    /// Where objects go on, when `at` lies within a gap; `None` elsewhere.
    pub fn resume_within(&self, at: Addr) -> Option<Addr> {
        let before = self.gaps.partition_point(|&(start, _)| start <= at);
        let &(_, resume) = self.gaps.get(before.checked_sub(1)?)?;
        (at < resume).then_some(resume)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.gaps.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.gaps.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_ends_one_smallest_object_behind_the_limit() {
        let contexts = AllocContexts::new([
            (Addr(0x2000), Addr(0x2100)),
            (Addr(0), Addr(0)),
            (Addr(0x1000), Addr(0x1040)),
            (Addr(0x3000), Addr(0x2000)),
            (Addr(0x4000), Addr(u64::MAX - 7)),
        ]);
        assert_eq!(contexts.from(Addr(0)), [(Addr(0x1000), Addr(0x1058)), (Addr(0x2000), Addr(0x2118))]);
        assert_eq!(contexts.from(Addr(0x1001)).len(), 1);
        assert!(contexts.from(Addr(0x2001)).is_empty());
        let resume = |at| contexts.resume_within(Addr(at));
        assert_eq!(
            (resume(0xfff), resume(0x1000), resume(0x1057)),
            (None, Some(Addr(0x1058)), Some(Addr(0x1058)))
        );
        assert_eq!((resume(0x1058), resume(0x9000)), (None, None));
    }
}
