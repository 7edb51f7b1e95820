//! What a collection under way writes over the heap while it plans where objects are to go.
//!
//! Source: `gap_reloc_pair` and `plug_and_gap` in `src/coreclr/gc/gcpriv.h`, `set_gap_size` and `store_plug_gap_info` in
//! `src/coreclr/gc/gc.cpp`, 8.0 to 10.0 (3.1: `src/gc/gc.cpp`, alike).
//!
//! The plan is made of plugs: runs of objects that stay alive and move together. In front of a plug's header word stand
//! three words, from 32 bytes before the plug's first object on: the bytes that are free in front of it (its gap), by how
//! much it is to move, and its place in a tree of plugs. They lie over the end of what is dead there, or, where a plug
//! follows another one immediately, over the last object of that one, of which the collector keeps the original aside; the
//! gap is told as 24 then. An object of 24 or 32 bytes so loses its MethodTable, an array of 40 bytes its length.

use crate::bytes::Addr;

use super::WorkerTypes;
use super::heap_walk::{HeapWalk, MARK_BITS, step};
use super::shapes::Slot;

/// From the words of the plan to the plug.
const PLAN_BYTES: u64 = 32;
/// The gap that is told of a plug that follows another one immediately: the size of what is overwritten.
const OVERWRITTEN_BYTES: u64 = 24;
/// The size of an array whose length lies where the gap is written.
const LENGTH_LOST: u64 = 40;

impl HeapWalk<'_> {
    /// The plug behind an object at `at` whose MethodTable the plan was written over; `None` where no plan is to be seen.
    pub(super) fn plug_behind(&self, types: &mut WorkerTypes<'_>, at: Addr) -> Option<Addr> {
        let sizes = if self.collecting { &[24_u64, 32][..] } else { &[] };
        sizes.iter().find_map(|&size| self.plug_after(types, at, size))
    }

    /// The plug behind an array at `at` that would have `size` bytes by a length which is a plan's gap.
    #[inline]
    pub(super) fn plug_in_place_of_length(
        &self,
        types: &mut WorkerTypes<'_>,
        at: Addr,
        slot: Slot,
        size: u64,
    ) -> Option<Addr> {
        if !self.collecting || slot.component_size == 0 || step(size) == LENGTH_LOST {
            return None;
        }
        // Free space keeps what lay there, pictures of plans among it: a length that leads to an object is believed.
        if slot.id == WorkerTypes::FREE {
            let behind = at.offset(step(size));
            let next = types.memory().u64(behind).ok();
            if behind == self.segment.end
                || next.is_some_and(|word| types.lookup(word & !MARK_BITS).is_some())
            {
                return None;
            }
        }
        // That a true length leads to what looks like a plan, with MethodTables on both of its ends, is next to impossible;
        // that one which is none leads to some object is not.
        self.plug_after(types, at, LENGTH_LOST)
    }

    /// The place `size` bytes behind `at`, if it is a plug by the gap in front of it and by what lies at both ends of
    /// that gap.
    fn plug_after(&self, types: &mut WorkerTypes<'_>, at: Addr, size: u64) -> Option<Addr> {
        let plug = at.offset(size);
        let memory = types.memory();
        let gap = memory.u64(Addr(plug.0.checked_sub(PLAN_BYTES)?)).ok()?;
        let is_gap = gap.is_multiple_of(8) && (gap == OVERWRITTEN_BYTES || gap >= size);
        let from = Addr(plug.0.checked_sub(gap)?);
        if !is_gap || plug >= self.segment.end || from < self.segment.start {
            return None;
        }
        let mut begins = |at: Addr| {
            let word = memory.u64(at).ok()?;
            types.lookup(word & !MARK_BITS)
        };
        // The first dead object of a gap keeps its header unless it is the only one.
        (from >= at || begins(from).is_some()).then_some(())?;
        begins(plug).map(|_| plug)
    }
}
