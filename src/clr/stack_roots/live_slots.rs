//! What is live at points of code, remembered: many frames stand at the same point.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::gc_info::{Budget, Encoding, FrameState, LiveSlots, Malformed, live_slots};
use crate::clr::methods::CodeInfo;
use crate::dump::AddressSpace;
use crate::limits;

/// Slots that are remembered, before it begins anew.
const MOST_REMEMBERED: usize = 1 << 20;

/// Decodes GC info, each point of code once.
#[derive(Debug)]
pub(super) struct LivePoints<'a> {
    memory: &'a AddressSpace,
    encoding: Option<Encoding>,
    known: RwLock<Known>,
    numbers_left: AtomicU64,
}

/// By address and state; `None` where it cannot be told.
#[derive(Debug, Default)]
struct Known {
    points: FxHashMap<(Addr, FrameState), Option<Arc<LiveSlots>>>,
    slots: usize,
}

impl<'a> LivePoints<'a> {
    /// `encoding` is `None` where it is not known how GC info is encoded.
    pub fn new(memory: &'a AddressSpace, encoding: Option<Encoding>) -> LivePoints<'a> {
        let numbers_left = AtomicU64::new(limits::MAX_GC_INFO_NUMBERS);
        LivePoints { memory, encoding, known: RwLock::default(), numbers_left }
    }

    /// What is live at `ip` in the code that `code` tells of; `None` where its GC info is missing or malformed.
    pub fn at(&self, ip: Addr, state: FrameState, code: &CodeInfo) -> Option<Arc<LiveSlots>> {
        let key = (ip, state);
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).points.get(&key) {
            return known.clone();
        }
        let decoded = self.decode(ip, state, code).map(Arc::new);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.slots += 1 + decoded.as_ref().map_or(0, |live| live.slots.len());
        if known.slots > MOST_REMEMBERED {
            *known = Known::default();
        }
        known.points.insert(key, decoded.clone());
        decoded
    }

    fn decode(&self, ip: Addr, state: FrameState, code: &CodeInfo) -> Option<LiveSlots> {
        let (encoding, gc_info) = (self.encoding.as_ref()?, code.gc_info?);
        let offset = u32::try_from(ip.since(code.start)?).ok()?;
        let budget = Budget::new(self.numbers_left.load(Ordering::Relaxed));
        let left = budget.left();
        let decode = |bytes: &[u8]| live_slots(bytes, encoding, offset, state, &budget);
        let first = self.memory.run_at(gc_info).ok()?.bytes;
        let first = first.get(..limits::MAX_GC_INFO_BYTES).unwrap_or(first);
        let decoded = match decode(first) {
            Err(Malformed::End) => decode(&self.beyond(gc_info, first)),
            decoded => decoded,
        };
        self.numbers_left.fetch_sub(left.saturating_sub(budget.left()), Ordering::Relaxed);
        decoded.ok()
    }

    /// The bytes from `start` on that follow each other in memory, but in pieces.
    fn beyond(&self, start: Addr, first: &[u8]) -> Vec<u8> {
        let mut bytes = first.to_vec();
        let end = start.offset(limits::MAX_GC_INFO_BYTES as u64);
        for run in self.memory.runs(start.offset(first.len() as u64), end) {
            if run.start != start.offset(bytes.len() as u64) {
                break;
            }
            bytes.extend_from_slice(run.bytes);
        }
        bytes
    }
}
