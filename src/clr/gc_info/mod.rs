//! GC info: what the JIT tells the collector of a method, above all which registers and words of its frame hold
//! references at each point of its code.
//!
//! A method either tells it for the calls that it makes (`safe_points`) or for all offsets within ranges (`ranges`,
//! `chunks`). Slots that are not tracked hold references all the time. What is encoded in how many bits depends on
//! architecture and version (`encoding`). Where GC info is found, and what its slots mean in a frame, is not told here.
//!
//! Source: `src/coreclr/vm/gcinfodecoder.cpp` and `src/coreclr/inc/gcinfodecoder.h` of dotnet/runtime v8.0 to v10.0,
//! `src/vm/gcinfodecoder.cpp` of dotnet/coreclr v2.0 and v3.1.

mod bits;
mod chunks;
mod encoding;
mod header;
mod live_set;
mod ranges;
mod safe_points;
mod slots;

pub use bits::{Budget, Malformed};
pub use encoding::Encoding;
pub use header::{GenericContext, GenericContextKind, Header};
pub use slots::{Slot, SlotPlace, StackBase};

use bits::BitReader;
use ranges::InRanges;
use slots::SlotTable;

/// How a frame came to stand where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameState {
    /// It is executing: the instruction pointer may be anywhere.
    Active,
    /// It waits for a call to return: the instruction pointer is the return address.
    Calling,
    /// An exception interrupted it, and it does not go on there.
    Interrupted,
}

/// What GC info tells of a point of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Told {
    /// It is a safe point.
    SafePoint,
    /// It lies in an interruptible range.
    Range,
    /// It is neither, in a method that tracks nothing: slots that are not tracked are all that there is.
    Untracked,
    /// It is neither: the collector never stops there, and what is live is not told.
    Nothing,
}

/// The slots that hold references at a point of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSlots {
    /// How much is told of this point.
    pub told: Told,
    /// The slots that are live: tracked ones first.
    pub slots: Vec<Slot>,
    /// What is told of the whole method.
    pub header: Header,
}

/// The slots that hold references at `offset`, counted from the start of the method also in its funclets, by the GC info
/// that begins with `bytes`; what follows it there does not matter. What is read of it is taken from `budget`.
///
/// # Errors
/// The bytes are no GC info or not all of it, or `budget` does not allow for it.
pub fn live_slots(
    bytes: &[u8],
    encoding: &Encoding,
    offset: u32,
    state: FrameState,
    budget: &Budget,
) -> Result<LiveSlots, Malformed> {
    let mut bits = BitReader::new(bytes, budget);
    let header = Header::read(&mut bits, encoding)?;
    let offset = offset.saturating_sub(match state {
        FrameState::Active => 0,
        FrameState::Calling => encoding.version.calling,
        FrameState::Interrupted => encoding.version.interrupted,
    });
    let safe_point = safe_points::find(&mut bits, &header, encoding, offset)?;
    let safe_point = safe_point.filter(|_| state != FrameState::Interrupted);
    let in_ranges = ranges::locate(&mut bits, &header, encoding, offset)?;
    let table = SlotTable::read(&mut bits, encoding)?;
    let (told, live) = match (safe_point, in_ranges.position) {
        (Some(number), _) => {
            (Told::SafePoint, live_at_safe_point(bits, encoding, &header, table.tracked, number)?)
        }
        (None, Some(_)) => (Told::Range, live_in_ranges(bits, encoding, &header, table.tracked, in_ranges)?),
        (None, None) if header.ranges == 0 && table.tracked == 0 => (Told::Untracked, Vec::new()),
        (None, None) if header.ranges == 0 => (Told::Nothing, Vec::new()),
        (None, None) => return Ok(LiveSlots { told: Told::Nothing, slots: Vec::new(), header }),
    };
    let untracked = table.slots.iter().skip(table.tracked);
    let live = live.into_iter().filter_map(|number| table.slots.get(number as usize));
    Ok(LiveSlots { told, slots: live.chain(untracked).copied().collect(), header })
}

/// The numbers of the tracked slots that are live at a safe point.
fn live_at_safe_point(
    mut bits: BitReader<'_>,
    encoding: &Encoding,
    header: &Header,
    tracked: usize,
    number: u32,
) -> Result<Vec<u32>, Malformed> {
    if tracked == 0 {
        return Ok(Vec::new());
    }
    let Some(width) = indirection(&mut bits, encoding, header)? else {
        bits.skip(u64::from(number) * tracked as u64);
        return live_set::plain(&mut bits, tracked);
    };
    let table = bits.position();
    let pointer = bits.at(table + u64::from(number) * u64::from(width)).bits(width)?;
    let mut states = bits.at(table + u64::from(header.safe_points) * u64::from(width)).at_byte();
    states.skip(pointer.into());
    live_set::either(&mut states, &encoding.widths, tracked)
}

/// The width of the pointers by which safe points share what is live at them; `None` where each has its own.
fn indirection(
    bits: &mut BitReader<'_>,
    encoding: &Encoding,
    header: &Header,
) -> Result<Option<u32>, Malformed> {
    if header.safe_points == 0 || !bits.bit()? {
        return Ok(None);
    }
    let width = bits.unsigned(encoding.widths.pointer_size)?;
    if width >= 32 { Err(Malformed::Pointer) } else { Ok(Some(width + 1)) }
}

/// The numbers of the tracked slots that are live at a position within the interruptible ranges.
fn live_in_ranges(
    mut bits: BitReader<'_>,
    encoding: &Encoding,
    header: &Header,
    tracked: usize,
    ranges: InRanges,
) -> Result<Vec<u32>, Malformed> {
    if tracked == 0 {
        return Ok(Vec::new());
    }
    indirection(&mut bits, encoding, header)?;
    bits.skip(u64::from(header.safe_points) * tracked as u64);
    chunks::live_at(bits, encoding, tracked, ranges.position.unwrap_or(0), ranges.length)
}

#[cfg(test)]
mod tests;
