//! Interruptible ranges: the parts of code in which GC info tells at every offset what is live.
//!
//! Source: `GcInfoDecoder::EnumerateLiveSlots` in `src/coreclr/vm/gcinfodecoder.cpp` of dotnet/runtime v8.0 to v10.0.

use super::bits::{BitReader, Malformed};
use super::encoding::Encoding;
use super::header::Header;

/// Where an offset lies within the ranges, laid one behind the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct InRanges {
    /// The position of the offset; `None` where it is in none of them.
    pub position: Option<u32>,
    /// How long all of them are together.
    pub length: u32,
}

/// Reads the ranges that begin at `bits`, and leaves `bits` behind them.
pub(super) fn locate(
    bits: &mut BitReader<'_>,
    header: &Header,
    encoding: &Encoding,
    offset: u32,
) -> Result<InRanges, Malformed> {
    let sought = encoding.normalize(offset);
    let mut found = InRanges::default();
    let mut end = 0_u32;
    for _ in 0..header.ranges {
        let gap = bits.unsigned(encoding.widths.range_start)?;
        let length = bits.unsigned(encoding.widths.range_length)?.checked_add(1).ok_or(Malformed::Number)?;
        let start = end.checked_add(gap).ok_or(Malformed::Number)?;
        end = start.checked_add(length).ok_or(Malformed::Number)?;
        if (start..end).contains(&sought) {
            found.position = Some(found.length + (sought - start));
        }
        // No longer than `end`, which fits.
        found.length += length;
    }
    Ok(found)
}
