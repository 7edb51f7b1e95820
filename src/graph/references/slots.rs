//! The slots of objects once more: which of them each reference of a row stands in.
//!
//! Rows tell what an object refers to, in the order of its slots, but not where each reference stands: that is read from
//! the object again, for the few references of which somebody wants to know.

use std::ops::ControlFlow;

use rayon::prelude::*;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::references::ReferenceMap;
use crate::dump::{AddressSpace, Run};
use crate::graph::{ObjectId, ObjectTable, TypeId, TypeTable};

use super::type_references;

/// Bytes of an object that are looked at before it is asked again whether that was enough.
const WINDOW: u64 = 64 << 10;

/// Where the references of all types' instances lie.
#[derive(Debug)]
pub struct SlotReader<'a> {
    memory: &'a AddressSpace,
    objects: &'a ObjectTable,
    /// By type id; empty for types without references and those whose descriptor cannot be read, which have none in
    /// the rows either.
    maps: Vec<ReferenceMap>,
}

/// What a slot that is not null holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Bytes from the start of the object.
    pub offset: u64,
    /// The reference.
    pub value: Addr,
}

/// A stretch of memory that is kept at hand.
#[derive(Debug)]
struct Memory<'a> {
    memory: &'a AddressSpace,
    stretch: Run<'a>,
}

impl Memory<'_> {
    /// The word at an address; `None` when it is not in the dump.
    #[inline]
    fn word(&mut self, address: Addr) -> Option<u64> {
        let at = |stretch: &Run<'_>| {
            let from = usize::try_from(address.since(stretch.start)?).ok()?;
            Some(u64::from_le_bytes(*stretch.bytes.get(from..)?.first_chunk()?))
        };
        if let Some(word) = at(&self.stretch) {
            return Some(word);
        }
        // A word may begin at the end of one stretch and end in the next.
        self.stretch = self.memory.stretch_at(address).ok()?;
        at(&self.stretch).or_else(|| self.memory.u64(address).ok())
    }
}

impl<'a> SlotReader<'a> {
    /// A reader of the slots of `objects`, which are of `types`.
    pub fn new(runtime: &'a ClrRuntime, objects: &'a ObjectTable, types: &TypeTable) -> SlotReader<'a> {
        let memory = &runtime.dump.memory;
        // What cannot be told of a type was told when the references were read.
        let map = |of| runtime.gc.as_ref().ok().and_then(|gc| type_references::map(memory, gc, of).ok());
        let maps = types.all().par_iter().map(|of| map(of).unwrap_or_default()).collect();
        SlotReader { memory, objects, maps }
    }

    /// Calls `slot` with every slot of an object that holds a reference, in ascending order, from the offset `from` on until
    /// it breaks off. Slots that are not in the dump are left out.
    pub fn slots(&self, object: ObjectId, from: u64, mut slot: impl FnMut(Slot) -> ControlFlow<()>) {
        let Some((block, row)) = self.objects.row(object) else { return };
        let TypeId(of) = block.types[row];
        let (address, size) = (block.address(row), block.size(row));
        let Some(map) = self.maps.get(of as usize).filter(|map| !map.is_empty()) else { return };
        let mut memory = Memory { memory: self.memory, stretch: Run { start: address, bytes: &[] } };
        let mut start = from;
        while start < size {
            let end = start.saturating_add(WINDOW).min(size);
            let mut flow = ControlFlow::Continue(());
            map.for_each_run(size, start..end, |offset, count| {
                for offset in (offset..).step_by(8).take(count as usize) {
                    if flow.is_break() {
                        return;
                    }
                    match memory.word(address.offset(offset)) {
                        None | Some(0) => {}
                        Some(value) => flow = slot(Slot { offset, value: Addr(value) }),
                    }
                }
            });
            if flow.is_break() {
                return;
            }
            start = end;
        }
    }

    /// The address of an object; null for an id past the end.
    #[inline]
    pub fn address(&self, object: ObjectId) -> Addr {
        self.objects.address(object).unwrap_or(Addr::NULL)
    }
}
