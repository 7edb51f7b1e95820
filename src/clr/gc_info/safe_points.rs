//! Safe points: the offsets of calls at which GC info tells what is live, where it does not do so everywhere.
//!
//! Source: `GcInfoDecoder::FindSafePoint` in `src/coreclr/vm/gcinfodecoder.cpp` of dotnet/runtime v8.0 to v10.0.

use std::cmp::Ordering;

use super::bits::{BitReader, Malformed};
use super::encoding::Encoding;
use super::header::Header;

/// Which of the safe points, whose offsets begin at `bits`, is that at `offset`, if one is. Leaves `bits` behind them.
pub(super) fn find(
    bits: &mut BitReader<'_>,
    header: &Header,
    encoding: &Encoding,
    offset: u32,
) -> Result<Option<u32>, Malformed> {
    let width = bits_of(encoding.normalize(header.code_length));
    let first = bits.position();
    let sought = encoding.normalize(offset);
    let (mut low, mut high) = (0, header.safe_points);
    let mut found = None;
    while low < high && found.is_none() {
        let middle = low + (high - low) / 2;
        let at = bits.at(first + u64::from(middle) * u64::from(width)).bits(width)?;
        match at.cmp(&sought) {
            Ordering::Equal => found = Some(middle),
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
        }
    }
    bits.skip(u64::from(header.safe_points) * u64::from(width));
    Ok(found)
}

/// Bits that tell apart so many offsets.
fn bits_of(offsets: u32) -> u32 {
    u32::BITS - offsets.saturating_sub(1).leading_zeros()
}
