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
use crate::clr::GcHeap;
use crate::clr::gc::{AllocContexts, Generation, MIN_OBJECT_SIZE, Segment, SegmentKind};

use super::{Broken, WorkerTypes};

/// Bits of an object's first word that the GC uses as marks while it runs.
pub(super) const MARK_BITS: u64 = 7;

/// A stretch of a segment that could not be walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where the walk broke.
    pub from: Addr,
    /// Where it went on.
    pub to: Addr,
    /// Why it broke.
    pub why: Broken,
}

impl Gap {
    /// How many bytes are left out.
    pub fn bytes(&self) -> u64 {
        self.to.0.saturating_sub(self.from.0)
    }

    /// How many objects may lie in it, at most.
    pub fn most_objects(&self) -> u64 {
        if self.why.is_overwritten() { 1 } else { self.bytes() / MIN_OBJECT_SIZE }
    }
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
    pub(super) segment: &'a Segment,
    /// Allocation contexts that may lie in the segment.
    contexts: &'a AllocContexts,
    in_contexts: bool,
    /// Whether the collector's plan may stand in the segment.
    pub(super) collecting: bool,
}

impl<'a> HeapWalk<'a> {
    /// A walk through `segment` of `gc`. Allocation contexts lie among small objects only.
    pub fn new(gc: &'a GcHeap, segment: &'a Segment) -> Self {
        let in_contexts = Self::holds_small_objects(segment);
        HeapWalk { segment, contexts: &gc.contexts, in_contexts, collecting: gc.heaps.collecting }
    }

    /// Whether the segment holds small objects, among which allocation contexts lie.
    pub fn holds_small_objects(segment: &Segment) -> bool {
        !matches!(segment.kind, SegmentKind::Of(Generation::Loh | Generation::Poh | Generation::Frozen))
    }

    /// Walks from the object at `from` to the first one at or behind `until`, and calls `object` with
    /// each one's address, the worker's number of its type, and its size in bytes.
    ///
    /// Where an object is broken the walk goes on at the next place that proves to be the start of objects
    /// (see `resync`), and the stretch between is a gap.
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
            let gap = self.gap(types, at, why);
            at = gap.to;
            gaps.push(gap);
            contexts = self.contexts_from(at);
        }
        WalkEnd { next: at, gaps }
    }

    /// The stretch that is left out where the walk broke at `from`.
    #[cold]
    fn gap(&self, types: &mut WorkerTypes<'_>, from: Addr, why: Broken) -> Gap {
        let plug = match why {
            Broken::Overwritten { plug, .. } => Some(plug),
            _ => self.plug_behind(types, from),
        };
        if let Some(plug) = plug.filter(|&plug| self.objects_follow(types, plug)) {
            return Gap { from, to: plug, why: Broken::Overwritten { at: from, plug } };
        }
        let end = self.segment.end;
        Gap { from, to: self.next_start(types, from.offset(8), end).unwrap_or(end), why }
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
    ) -> Option<Broken> {
        let run = match types.memory().run_at(*at) {
            Ok(run) => run,
            Err(fault) => return Some(Broken::MissingMemory(fault)),
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
                // While a collection plans, a length may be none: the careful step looks closer.
                let is_plain = !self.collecting || slot.component_size == 0;
                is_plain.then_some((slot, size, position + step(size)))
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

    /// The allocation contexts from the first one at or behind `from` on.
    pub(super) fn contexts_from(&self, from: Addr) -> &'a [(Addr, Addr)] {
        if self.in_contexts { self.contexts.from(from) } else { &[] }
    }

    /// `at`, or where objects go on when `at` lies in an allocation context, whose rest holds no objects.
    pub(super) fn past_context(&self, at: Addr) -> Addr {
        let resume = self.in_contexts.then(|| self.contexts.resume_within(at)).flatten();
        resume.filter(|&resume| resume <= self.segment.end).unwrap_or(at)
    }
}

/// The distance from an object of that size to the next one.
#[inline]
pub(super) fn step(size: u64) -> u64 {
    size.saturating_add(7) & !7
}
