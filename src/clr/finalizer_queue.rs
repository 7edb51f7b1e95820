//! The queue of finalization: objects whose finalizers are still to run, and those whose turn it is.
//!
//! Source: `class CFinalize` in `src/coreclr/gc/gcpriv.h` and `gc.cpp`. Each heap has one: an array of objects in parts,
//! the end of each in a fill pointer. First come the objects of each generation, the oldest first, then those that are
//! ready because nothing else holds them any more: objects with a critical finalizer, and all others.

use rustc_hash::FxHashSet;

use crate::bytes::{Addr, Cursor};
use crate::clr::ClrRuntime;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::problem::Problem;

/// Parts behind those of the generations: critical and other objects that are ready.
const READY_PARTS: u64 = 2;

/// Whether an object's finalizer may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FinalizerState {
    /// Not yet: the queue knows of the object, and does not keep it alive.
    Live,
    /// It is about to: nothing but the queue held the object, and the queue does until it has run.
    Ready,
}

impl FinalizerState {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            FinalizerState::Live => "live",
            FinalizerState::Ready => "ready",
        }
    }
}

/// An entry of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuedObject {
    /// Where in the queue it stands.
    pub address: Addr,
    /// The object.
    pub object: Addr,
    /// Whether its finalizer may run.
    pub state: FinalizerState,
}

/// The queues of all heaps.
#[derive(Clone, Debug, Default)]
pub struct FinalizerQueue {
    /// All objects, in the order of heaps and parts.
    pub objects: Vec<QueuedObject>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Reads the queues of all heaps of `runtime`; empty when it has no heap that can be read.
///
/// What cannot be read is left out and told in [`FinalizerQueue::problems`].
pub fn finalizer_queue(runtime: &ClrRuntime) -> FinalizerQueue {
    let mut queue = FinalizerQueue::default();
    let Ok(gc) = &runtime.gc else { return queue };
    let Some(layout) = QueueLayout::of(&runtime.located.layout) else {
        queue.problems.push(Problem::loss("the queue of finalization is not known for this runtime"));
        return queue;
    };
    let mut reader = Reader {
        memory: &runtime.dump.memory,
        layout,
        seen: FxHashSet::default(),
        room: runtime.dump.memory.present_bytes() / 8,
        queue: &mut queue,
    };
    for heap in &gc.heaps.heaps {
        reader.heap(heap.number, heap.finalize_queue);
    }
    queue
}

/// Offsets within `CFinalize`.
#[derive(Clone, Copy, Debug)]
struct QueueLayout {
    fill_pointers: u64,
    /// How many fill pointers there are: one a part.
    parts: u64,
    array: u64,
    array_end: u64,
}

impl QueueLayout {
    fn of(layout: &Descriptor) -> Option<QueueLayout> {
        let of = |field: &str| layout.optional_field("CFinalize", field);
        let (fill_pointers, array) = (of("m_FillPointers")?, of("m_Array")?);
        // The array follows the fill pointers.
        let parts = array.checked_sub(fill_pointers)? / 8;
        (READY_PARTS + 1..64).contains(&parts).then_some(QueueLayout {
            fill_pointers,
            parts,
            array,
            array_end: of("m_EndArray")?,
        })
    }
}

struct Reader<'a> {
    memory: &'a AddressSpace,
    layout: QueueLayout,
    seen: FxHashSet<Addr>,
    /// How many entries all queues together have room for in the dump: heaps of a damaged one may share an array.
    room: u64,
    queue: &'a mut FinalizerQueue,
}

impl Reader<'_> {
    fn heap(&mut self, number: u32, at: Addr) {
        // A heap that never had such an object has no queue in a dump taken early.
        if at.is_null() || !self.seen.insert(at) {
            return;
        }
        let told = match self.parts(at) {
            Ok(Some(parts)) => self.read(&parts),
            Ok(None) => Err("its parts make no sense".to_owned()),
            Err(fault) => Err(fault.to_string()),
        };
        if let Err(why) = told {
            let message =
                format!("the queue of finalization of heap {number} cannot be read to its end: {why}");
            self.queue.problems.push(Problem::loss(message));
        }
    }

    /// Where the parts begin and end, one bound more than there are parts; `None` when they contradict each other.
    fn parts(&self, at: Addr) -> Result<Option<Vec<Addr>>, Fault> {
        let word = |offset: u64| self.memory.pointer(at.offset(offset));
        let mut bounds = vec![word(self.layout.array)?];
        for part in 0..self.layout.parts {
            bounds.push(word(self.layout.fill_pointers + 8 * part)?);
        }
        let end = word(self.layout.array_end)?;
        let ascending = bounds.windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
        let aligned = bounds.iter().all(|bound| bound.0 % 8 == 0);
        Ok((ascending && aligned && bounds.last() <= Some(&end)).then_some(bounds))
    }

    fn read(&mut self, bounds: &[Addr]) -> Result<(), String> {
        let ready_from = bounds.len().saturating_sub(1 + READY_PARTS as usize);
        for (part, pair) in bounds.windows(2).enumerate() {
            let state = if part >= ready_from { FinalizerState::Ready } else { FinalizerState::Live };
            let [from, to] = *pair else { continue };
            self.read_part(from, to, state)?;
        }
        Ok(())
    }

    fn read_part(&mut self, from: Addr, to: Addr, state: FinalizerState) -> Result<(), String> {
        let count = (to.0 - from.0) / 8;
        self.room = self.room.checked_sub(count).ok_or("it is longer than the whole dump")?;
        let mut at = from;
        while at < to {
            let run = self.memory.run_at(at).map_err(|fault| fault.to_string())?;
            let mut words = Cursor::new(run.bytes);
            while at < to
                && let Ok(word) = words.u64()
            {
                if word != 0 {
                    self.queue.objects.push(QueuedObject { address: at, object: Addr(word), state });
                }
                at = at.offset(8);
            }
            if at < to && words.remaining() > 0 {
                return Err(format!("a word at {at} lies across the end of what is in the dump"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
