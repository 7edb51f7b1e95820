//! What is live within interruptible ranges: for each chunk of 64 offsets which slots are live at its end, and where within
//! it they change.
//!
//! Source: `GcInfoDecoder::EnumerateLiveSlots` in `src/coreclr/vm/gcinfodecoder.cpp` of dotnet/runtime v8.0 to v10.0.

use super::bits::{BitReader, Malformed};
use super::encoding::Encoding;
use super::live_set;

/// Offsets of a chunk, and the bits that tell one of them.
const CHUNK: u32 = 64;
const CHUNK_BITS: u32 = 6;

/// The numbers of the tracked slots that are live at a position within ranges of `length`, whose chunks begin at `bits`.
pub(super) fn live_at(
    mut bits: BitReader<'_>,
    encoding: &Encoding,
    slots: usize,
    position: u32,
    length: u32,
) -> Result<Vec<u32>, Malformed> {
    let width = bits.unsigned(encoding.widths.pointer_size)?;
    if width == 0 {
        return Ok(Vec::new());
    }
    if width > 32 {
        return Err(Malformed::Pointer);
    }
    let sought = position / CHUNK;
    let Some((chunk, pointer)) = chunk_at(bits, width, sought)? else { return Ok(Vec::new()) };
    let chunks = u64::from(length.div_ceil(CHUNK));
    bits.skip(chunks * u64::from(width));
    let mut bits = bits.at_byte();
    bits.skip(u64::from(pointer - 1));
    let changing = live_set::either(&mut bits, &encoding.widths, slots)?;
    let mut at_end = bits;
    bits.skip(changing.len() as u64);
    let mut live = Vec::new();
    for slot in changing {
        let mut is_live = at_end.bit()?;
        // An earlier chunk only tells how things stood at its end, which nothing has changed since.
        if chunk == sought {
            is_live ^= changes_behind(&mut bits, position % CHUNK)?;
        }
        if is_live {
            live.push(slot);
        }
    }
    Ok(live)
}

/// The chunk that tells of chunk `sought`, with its pointer: itself, or when it says nothing the last before it that does.
fn chunk_at(bits: BitReader<'_>, width: u32, sought: u32) -> Result<Option<(u32, u32)>, Malformed> {
    for chunk in (0..=sought).rev() {
        let at = bits.position() + u64::from(chunk) * u64::from(width);
        match bits.at(at).bits(width)? {
            0 => {}
            pointer => return Ok(Some((chunk, pointer))),
        }
    }
    Ok(None)
}

/// Whether a slot changes an odd number of times behind an offset of its chunk.
fn changes_behind(bits: &mut BitReader<'_>, offset: u32) -> Result<bool, Malformed> {
    let mut odd = false;
    while bits.bit()? {
        odd ^= bits.bits(CHUNK_BITS)? > offset;
    }
    Ok(odd)
}
