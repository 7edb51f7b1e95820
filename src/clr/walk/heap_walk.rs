//! The walk through a segment.
//!
//! Source: `gc_heap::walk_heap_per_heap` and `Align` in `src/coreclr/gc/gc.cpp`, `my_get_size` in
//! `src/coreclr/gc/gcpriv.h`: an object's size is its base size plus its components, and the next
//! object follows at the next multiple of 8.
//!
//! Where a walk begins decides all that follows, so walks from two places that meet in one object are
//! the same from there on. That is what lets a large segment be walked by several workers: each
//! begins at a guess, and a guess that was wrong is found out when the walk before it arrives.

use crate::bytes::Addr;
use crate::clr::gc::{AllocContexts, Generation, Segment, SegmentKind};

use super::WorkerTypes;
use super::shapes::Slot;

/// Bits of an object's first word that the GC uses as marks while it runs.
const MARK_BITS: u64 = 7;
/// How many objects must follow each other before a place is taken for an object's start.
const PROVING_OBJECTS: u32 = 8;

/// A stretch of a segment that could not be walked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where the walk broke.
    pub from: Addr,
    /// Where it went on.
    pub to: Addr,
    /// Why it broke.
    pub why: String,
}

/// Where and how a walk ended.
#[derive(Clone, Debug, Default)]
pub struct WalkEnd {
    /// The first object that was not walked any more, or the segment's end.
    pub next: Addr,
    /// What was left out, in the order of addresses.
    pub gaps: Vec<Gap>,
}

/// Walks one segment.
#[derive(Clone, Copy, Debug)]
pub struct HeapWalk<'a> {
    segment: &'a Segment,
    /// Allocation contexts that may lie in the segment.
    contexts: &'a AllocContexts,
    in_contexts: bool,
}

impl<'a> HeapWalk<'a> {
    /// A walk through `segment`. Allocation contexts lie among small objects only.
    pub fn new(segment: &'a Segment, contexts: &'a AllocContexts) -> Self {
        HeapWalk { segment, contexts, in_contexts: Self::holds_small_objects(segment) }
    }

    /// Whether the segment holds small objects, among which allocation contexts lie.
    pub fn holds_small_objects(segment: &Segment) -> bool {
        !matches!(segment.kind, SegmentKind::Of(Generation::Loh | Generation::Poh | Generation::Frozen))
    }

    /// Walks from the object at `from` to the first one at or behind `until`, and calls `object` with
    /// each one's address, the worker's number of its type, and its size in bytes.
    ///
    /// Where memory is missing or a word leads to no MethodTable, the walk goes on at the next place
    /// that looks like the start of objects, and the stretch between is a gap.
    pub fn walk(
        &self,
        types: &mut WorkerTypes<'_>,
        from: Addr,
        until: Addr,
        mut object: impl FnMut(Addr, u32, u64),
    ) -> WalkEnd {
        let end = self.segment.end;
        let until = until.min(end);
        let mut gaps = Vec::new();
        let mut at = from;
        let mut contexts = self.contexts_from(from);
        while at < until {
            let broken = self.walk_run(types, &mut at, until, &mut contexts, &mut object);
            let Some(why) = broken else { continue };
            let to = self.next_start(types, at.offset(8)).unwrap_or(end);
            gaps.push(Gap { from: at, to, why });
            at = to;
            contexts = self.contexts_from(at);
        }
        WalkEnd { next: at, gaps }
    }

    /// Walks on from `at` within one run of memory. Returns why it cannot go on, or `None` at the
    /// run's end or at `until`.
    #[inline]
    fn walk_run(
        &self,
        types: &mut WorkerTypes<'_>,
        at: &mut Addr,
        until: Addr,
        contexts: &mut &[(Addr, Addr)],
        object: &mut impl FnMut(Addr, u32, u64),
    ) -> Option<String> {
        let run = match types.memory().run_at(*at) {
            Ok(run) => run,
            Err(fault) => return Some(fault.to_string()),
        };
        let end = self.segment.end.0;
        let mut next_context = contexts.first().map_or(u64::MAX, |c| c.0.0);
        let mut position = at.0;
        while position < until.0 {
            if position >= next_context {
                if let Some(&(start, resume)) = contexts.first() {
                    *contexts = contexts.get(1..).unwrap_or_default();
                    next_context = contexts.first().map_or(u64::MAX, |c| c.0.0);
                    // One that reaches out of the segment is damaged: skipping would hide objects.
                    if position == start.0 && resume.0 <= end {
                        position = resume.0;
                        if position >= run.end().0 {
                            break;
                        }
                    }
                }
                continue;
            }
            let rest = run.bytes.get((position - run.start.0) as usize..).unwrap_or_default();
            let whole = rest.first_chunk::<16>().and_then(|header| {
                let [w0, w1, w2, w3, w4, w5, w6, w7, c0, c1, c2, c3, ..] = *header;
                let word = u64::from_le_bytes([w0, w1, w2, w3, w4, w5, w6, w7]) & !MARK_BITS;
                let slot = types.lookup(word)?;
                let size = slot.object_size(u32::from_le_bytes([c0, c1, c2, c3]));
                Some((slot, size, position + step(size)))
            });
            let Some((slot, size, next)) = whole.filter(|&(_, _, next)| next <= end) else {
                // The header reaches past the run, or something is wrong: one careful step, which tells.
                *at = Addr(position);
                return match self.measure(types, *at) {
                    Ok((slot, size)) => {
                        object(*at, slot.id, size);
                        *at = at.offset(step(size));
                        None
                    }
                    Err(why) => Some(why),
                };
            };
            object(Addr(position), slot.id, size);
            position = next;
            if position >= run.end().0 {
                break;
            }
        }
        *at = Addr(position);
        None
    }

    /// The type and size of the object at `at`, read with care for borders.
    fn measure(&self, types: &mut WorkerTypes<'_>, at: Addr) -> Result<(Slot, u64), String> {
        let memory = types.memory();
        let word = memory.u64(at).map_err(|fault| fault.to_string())? & !MARK_BITS;
        let slot = types
            .lookup(word)
            .ok_or_else(|| format!("the word at {at} ({word:#x}) leads to no MethodTable"))?;
        let count = match slot.component_size {
            0 => 0,
            _ => memory.u32(at.offset(8)).map_err(|fault| fault.to_string())?,
        };
        let size = slot.object_size(count);
        let end = self.segment.end;
        if at.0.checked_add(step(size)).is_some_and(|next| next <= end.0) {
            Ok((slot, size))
        } else {
            Err(format!("the object at {at} would have {size} bytes, past the segment's end at {end}"))
        }
    }

    /// The next place at or behind `from` at which objects seem to begin: from where
    /// several follow each other, or fewer up to the segment's very end. `None` when there is none.
    pub fn next_start(&self, types: &mut WorkerTypes<'_>, from: Addr) -> Option<Addr> {
        let end = self.segment.end;
        let mut at = Addr(from.0.next_multiple_of(8));
        while at < end {
            let Ok(run) = types.memory().run_at(at) else {
                at = types.memory().runs(at.offset(1), end).next()?.start;
                at = Addr(at.0.checked_next_multiple_of(8)?);
                continue;
            };
            let (words, _) = run.bytes.as_chunks::<8>();
            for word in words {
                if at >= end {
                    return None;
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
        }
        None
    }

    fn objects_follow(&self, types: &mut WorkerTypes<'_>, from: Addr) -> bool {
        let mut at = from;
        for _ in 0..PROVING_OBJECTS {
            if let Some(&(start, resume)) = self.contexts_from(at).first()
                && start == at
                && resume <= self.segment.end
            {
                at = resume;
            }
            if at >= self.segment.end {
                return at == self.segment.end;
            }
            match self.measure(types, at) {
                Ok((_, size)) => at = at.offset(step(size)),
                Err(_) => return false,
            }
        }
        true
    }

    fn contexts_from(&self, from: Addr) -> &'a [(Addr, Addr)] {
        if self.in_contexts { self.contexts.from(from) } else { &[] }
    }
}

/// The distance from an object of that size to the next one.
#[inline]
fn step(size: u64) -> u64 {
    size.saturating_add(7) & !7
}
