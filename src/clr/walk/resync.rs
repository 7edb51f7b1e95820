//! Finding the way again behind an object that is broken: by proofs, never by hope.
//!
//! A place is taken for the start of an object when its first word leads to a MethodTable (whose class leads back to it),
//! the object ends within the segment, and from there on either
//! - [`PROVING_OBJECTS`] such objects follow each other without a break, or
//! - fewer of them end exactly at a known point: the segment's end, the pointer of an allocation context, the start of a
//!   generation.
//!
//! Behind an allocation context objects go on by definition, so that one sound object is enough there. All of this is
//! told by the dump's bytes alone, not by what was walked before: the answer is the same wherever a worker began.
//!
//! Each word is looked at once, with a proof of a fixed number of steps at most, and behind a place that was found the
//! walk goes on for all objects of its proof: the cost is linear in the segment's bytes.

use crate::bytes::Addr;
use crate::clr::gc::SegmentKind;
use crate::clr::types::NotAMethodTable;
use crate::dump::Fault;

use super::heap_walk::{HeapWalk, MARK_BITS, step};
use super::shapes::Slot;
use super::{Broken, WorkerTypes};

/// How many objects must follow each other before a place is taken for an object's start.
const PROVING_OBJECTS: u32 = 8;

impl HeapWalk<'_> {
    /// The next place at or behind `from` and before `until` at which objects begin by the proof above. `None` when there
    /// is none.
    pub fn next_start(&self, types: &mut WorkerTypes<'_>, from: Addr, until: Addr) -> Option<Addr> {
        let until = until.min(self.segment.end);
        let mut at = self.past_context(Addr(from.0.checked_next_multiple_of(8)?));
        let mut contexts = self.contexts_from(at);
        while at < until {
            let Ok(run) = types.memory().run_at(at) else {
                at = types.memory().runs(at.offset(1), until).next()?.start;
                // What is missing may reach into a context.
                at = self.past_context(Addr(at.0.checked_next_multiple_of(8)?));
                contexts = self.contexts_from(at);
                continue;
            };
            let border = contexts.first().map_or(until, |&(start, _)| start.min(until));
            let (words, _) = run.bytes.as_chunks::<8>();
            for word in words {
                if at >= border {
                    break;
                }
                let mt = u64::from_le_bytes(*word) & !MARK_BITS;
                // Most words are null or data; only what leads to a MethodTable is worth the proof.
                if mt != 0 && types.lookup(mt).is_some() && self.objects_follow(types, at) {
                    return Some(at);
                }
                at = at.offset(8);
            }
            if words.is_empty() {
                at = at.offset(8);
            }
            while let Some(&(start, resume)) = contexts.first().filter(|(start, _)| *start <= at) {
                contexts = contexts.get(1..).unwrap_or_default();
                if start == at && resume <= self.segment.end {
                    at = resume;
                    if at < until && self.measure(types, at).is_ok() {
                        return Some(at);
                    }
                }
            }
        }
        None
    }

    /// Whether an object begins at `from`, by what follows it.
    pub(super) fn objects_follow(&self, types: &mut WorkerTypes<'_>, from: Addr) -> bool {
        let mut at = from;
        for number in 0..PROVING_OBJECTS {
            if number > 0 && self.is_known_point(at) {
                return true;
            }
            if at >= self.segment.end {
                return at == self.segment.end;
            }
            match self.measure(types, at) {
                Ok((_, size)) => at = at.offset(step(size)),
                Err(_) if number == 0 => return false,
                Err(Broken::Overwritten { plug, .. }) => at = plug,
                // What the collector wrote over is one object, between others that it did not move yet.
                Err(_) => match self.plug_behind(types, at) {
                    Some(plug) => at = plug,
                    None => return false,
                },
            }
        }
        true
    }

    /// Whether `at` is told to be a border between objects by something else than the objects.
    fn is_known_point(&self, at: Addr) -> bool {
        let in_context = self
            .contexts_from(at)
            .first()
            .is_some_and(|&(start, resume)| start == at && resume <= self.segment.end);
        let starts_generation =
            matches!(self.segment.kind, SegmentKind::Ephemeral { gen1, gen0 } if at == gen1 || at == gen0);
        in_context || starts_generation
    }

    /// The type and size of the object at `at`, read with care for borders.
    pub(super) fn measure(&self, types: &mut WorkerTypes<'_>, at: Addr) -> Result<(Slot, u64), Broken> {
        let memory = types.memory();
        let word = memory.u64(at).map_err(Broken::MissingMemory)? & !MARK_BITS;
        let slot = types.lookup(word).ok_or_else(|| no_method_table(types, at, word))?;
        let count = match slot.component_size {
            0 => 0,
            _ => memory.u32(at.offset(8)).map_err(Broken::MissingMemory)?,
        };
        let size = slot.object_size(count);
        // First of all: a length that is none may lead anywhere, past the segment's end too.
        if let Some(plug) = self.plug_in_place_of_length(types, at, slot, size) {
            return Err(Broken::Overwritten { at, plug });
        }
        let end = self.segment.end;
        if at.0.checked_add(step(size)).is_none_or(|next| next > end.0) {
            return Err(Broken::PastEnd { at, size, end });
        }
        Ok((slot, size))
    }
}

/// Why `word` leads to no MethodTable.
#[cold]
fn no_method_table(types: &WorkerTypes<'_>, at: Addr, word: u64) -> Broken {
    match types.why_none(Addr(word)) {
        Some(NotAMethodTable::Fault(Fault::NotSaved(_) | Fault::CutOff(_))) => {
            Broken::MissingMethodTable { at, method_table: Addr(word) }
        }
        _ => Broken::BadMethodTable { at, word },
    }
}
