//! Reading the references of objects out of the dump, one object after the other.

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Run};

use super::ReferenceMap;

/// Slots that could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Unread {
    /// How many slots of the object are not in the dump.
    pub slots: u64,
}

/// Reads the references of objects: quickly when they come in the order of their addresses.
#[derive(Debug)]
pub struct ReferenceReader<'m> {
    memory: &'m AddressSpace,
    /// The stretch of memory that the last object lay in.
    stretch: Run<'m>,
}

impl<'m> ReferenceReader<'m> {
    /// A reader of `memory`.
    pub fn new(memory: &'m AddressSpace) -> ReferenceReader<'m> {
        ReferenceReader { memory, stretch: Run { start: Addr::NULL, bytes: &[] } }
    }

    /// Calls `reference` with the offset in bytes and the value of every slot that is not null of the object of `size`
    /// bytes at `object`, in ascending order. Tells how many slots are not in the dump.
    #[inline]
    pub fn read(
        &mut self,
        map: &ReferenceMap,
        object: Addr,
        size: u64,
        mut reference: impl FnMut(u64, Addr),
    ) -> Unread {
        let whole = |stretch: &Run<'m>| {
            let at = usize::try_from(object.since(stretch.start)?).ok()?;
            stretch.bytes.get(at..)?.get(..usize::try_from(size).ok()?)
        };
        if let Some(bytes) = whole(&self.stretch) {
            map.for_each_reference(bytes, &mut reference);
            return Unread::default();
        }
        if let Ok(stretch) = self.memory.stretch_at(object) {
            self.stretch = stretch;
        }
        match whole(&self.stretch) {
            Some(bytes) => {
                map.for_each_reference(bytes, &mut reference);
                Unread::default()
            }
            None => self.read_in_parts(map, object, size, &mut reference),
        }
    }

    /// As [`Self::read`], of an object over several stretches of memory, between which some may be missing.
    #[cold]
    fn read_in_parts(
        &self,
        map: &ReferenceMap,
        object: Addr,
        size: u64,
        reference: &mut dyn FnMut(u64, Addr),
    ) -> Unread {
        let mut read = 0;
        for run in self.memory.runs(object, Addr(object.0.saturating_add(size))) {
            let begin = run.start.0 - object.0;
            map.for_each_run(size, begin..begin + run.bytes.len() as u64, |offset, count| {
                let from = (offset - begin) as usize;
                for (index, at) in (0..count).zip((offset..).step_by(8)) {
                    let word = run.bytes.get(from + 8 * index as usize..).and_then(|rest| rest.first_chunk());
                    // A slot may begin at the end of one stretch and end in the next.
                    let careful = || self.memory.u64(object.offset(at)).ok();
                    let Some(value) = word.map(|word| u64::from_le_bytes(*word)).or_else(careful) else {
                        continue;
                    };
                    read += 1;
                    if value != 0 {
                        reference(at, Addr(value));
                    }
                }
            });
        }
        Unread { slots: map.slot_count(size) - read }
    }
}
