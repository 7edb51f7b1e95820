//! Takes any bytes for GC info: the first four say which version, architecture and offset.

use heapql::clr::gc_info::{Budget, Encoding, FrameState, live_slots};
use heapql::dump::Architecture;

/// More numbers than any real method takes.
const NUMBERS: u64 = 1 << 20;

/// Runs the target.
pub fn run(bytes: &[u8]) {
    let Some((&[version, architecture, low, high], info)) = bytes.split_first_chunk() else { return };
    let architecture = if architecture & 1 == 0 { Architecture::X64 } else { Architecture::Arm64 };
    let Some(encoding) = Encoding::of(u64::from(version % 3) + 2, architecture) else { return };
    let offset = u32::from(u16::from_le_bytes([low, high]));
    for state in [FrameState::Active, FrameState::Calling, FrameState::Interrupted] {
        if let Ok(live) = live_slots(info, &encoding, offset, state, &Budget::new(NUMBERS)) {
            assert!(live.slots.len() <= 8 * info.len(), "each slot takes a bit");
        }
    }
}
