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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::methods::CodeOrigin;
    use crate::clr::synthetic::{space, zeros};
    use crate::dump::Architecture;
    use crate::synth::gc_info::{GcInfoPlan, PlannedSlot, Sets, Told};

    const CODE: u64 = 0x4000_0000;
    /// So that the info begins 4 bytes before the end of a page.
    const INFO: u64 = 0x5000_0ffc;

    fn code() -> CodeInfo {
        CodeInfo {
            method_desc: Addr(1),
            start: Addr(CODE),
            function: None,
            gc_info: Some(Addr(INFO)),
            origin: CodeOrigin::Jit { header: Addr(2) },
        }
    }

    fn info() -> Vec<u8> {
        let plan = GcInfoPlan {
            version: 4,
            arm64: false,
            code_length: 0x100,
            frame_register: None,
            outgoing_area: 0,
            generic_context: None,
            extras: true,
            tracked: vec![PlannedSlot::Register(3, 0), PlannedSlot::Register(14, 0)],
            untracked: vec![PlannedSlot::Stack(1, 8, 0)],
            told: Told::SafePoints(vec![(0x20, vec![false, true])]),
            sets: Sets::Plain,
        };
        plan.encode()
    }

    fn live(pieces: Vec<(u64, Vec<u8>)>) -> Option<usize> {
        let memory =
            AddressSpace::from_memory(pieces.into_iter().map(|(at, bytes)| (Addr(at), bytes)).collect());
        let points = LivePoints::new(&memory, Encoding::of(4, Architecture::X64));
        let at = || points.at(Addr(CODE + 0x20), FrameState::Calling, &code());
        let first = at();
        assert_eq!(first, at(), "remembered");
        first.map(|live| live.slots.len())
    }

    #[test]
    fn gc_info_may_lie_in_pieces() {
        let info = info();
        assert!(info.len() > 4);
        assert_eq!(live(vec![(INFO, info.clone())]), Some(2));
        assert_eq!(live(vec![(INFO, info[..4].to_vec()), (INFO + 4, info[4..].to_vec())]), Some(2));
        // With a hole behind the first piece.
        assert_eq!(live(vec![(INFO, info[..4].to_vec()), (INFO + 5, info[5..].to_vec())]), None);
    }

    #[test]
    fn what_is_missing_or_not_known_is_none() {
        assert_eq!(live(vec![(0x1000, vec![0; 8])]), None);
        let memory = space(zeros(INFO, INFO + 0x1000));
        let unknown = LivePoints::new(&memory, None);
        assert_eq!(unknown.at(Addr(CODE + 0x20), FrameState::Calling, &code()), None);
        // An address in front of the method, which no walk should give.
        let points = LivePoints::new(&memory, Encoding::of(4, Architecture::X64));
        assert_eq!(points.at(Addr(CODE - 1), FrameState::Active, &code()), None);
    }
}
