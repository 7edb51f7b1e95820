//! Sets of slots as GC info writes them: a bit for each slot, or runs of dead and live ones.
//!
//! Source: `GcInfoDecoder::EnumerateLiveSlots` in `src/coreclr/vm/gcinfodecoder.cpp` of dotnet/runtime v8.0 to v10.0.

use super::bits::{BitReader, Malformed};
use super::encoding::Widths;

/// A set of `count` slots, a bit each: the numbers of those in it, ascending.
pub(super) fn plain(bits: &mut BitReader<'_>, count: usize) -> Result<Vec<u32>, Malformed> {
    let mut set = Vec::new();
    for slot in 0..count as u32 {
        if bits.bit()? {
            set.push(slot);
        }
    }
    Ok(set)
}

/// A set of `count` slots that says itself how it is written.
pub(super) fn either(bits: &mut BitReader<'_>, widths: &Widths, count: usize) -> Result<Vec<u32>, Malformed> {
    if bits.bit()? { runs(bits, widths, count as u32) } else { plain(bits, count) }
}

/// Runs of dead and live slots in turn; the first, of dead ones, may be empty.
fn runs(bits: &mut BitReader<'_>, widths: &Widths, count: u32) -> Result<Vec<u32>, Malformed> {
    // Whichever runs are the longer ones get the wider numbers.
    let (dead, live) = match bits.bit()? {
        false => (widths.dead_run, widths.live_run),
        true => (widths.live_run, widths.dead_run),
    };
    let mut set = Vec::new();
    let mut slot = bits.unsigned(dead)?;
    let mut is_live = true;
    while slot < count {
        let run = bits.unsigned(if is_live { live } else { dead })?;
        let end = slot.saturating_add(run).saturating_add(1).min(count);
        if is_live {
            set.extend(slot..end);
        }
        slot = end;
        is_live = !is_live;
    }
    Ok(set)
}
