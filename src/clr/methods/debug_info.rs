//! Debug info of compiled code: which stretch of native code was made of which IL.
//!
//! Two encodings of the same map: numbers in nibbles up to 9.0; since 10.0 a table of entries that are all as many bits
//! wide. In front of it stand how many bytes each of its parts has; before 10.0's successor, JIT-compiled code has a byte
//! of flags in front of that, which tells of data for on-stack replacement.
//!
//! Source: `src/coreclr/vm/debuginfostore.cpp` of dotnet/runtime v8.0 to v10.0, `docs/design/datacontracts/DebugInfo.md`,
//! `src/coreclr/inc/patchpointinfo.h`; `src/vm/debuginfostore.cpp` of dotnet/coreclr v2.0 and v3.1.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

use super::nibble_stream::NibbleStream;

/// IL offsets are stored less this, the lowest of the marks that are no offsets (`MAX_MAPPING_VALUE`).
const IL_OFFSET_BIAS: u32 = (-3_i32).cast_unsigned();
/// `ICorDebugInfo::NO_MAPPING`, `PROLOG` and `EPILOG`.
const NO_MAPPING: u32 = (-1_i32).cast_unsigned();
const PROLOGUE: u32 = (-2_i32).cast_unsigned();
const EPILOGUE: u32 = (-3_i32).cast_unsigned();
/// `EXTRA_DEBUG_INFO_PATCHPOINT` and `EXTRA_DEBUG_INFO_RICH`: what stands between the flags and the sizes.
const HAS_PATCHPOINT: u8 = 1;
const HAS_RICH_INFO: u8 = 2;
/// In the place of a size: two sizes of bounds follow (`DEBUG_INFO_BOUNDS_HAS_INSTRUMENTED_BOUNDS`).
const TWO_BOUNDS: u32 = u32::MAX;
/// Bytes that the sizes in front can take: four numbers of eleven nibbles.
const SIZES_BYTES: usize = 22;

/// What IL a place in native code was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IlOffset {
    /// That at this offset in the method's body.
    At(u32),
    /// None: the code sets the method's frame up.
    Prologue,
    /// None: the code takes the method's frame down.
    Epilogue,
    /// None that the compiler noted.
    NoMapping,
}

impl IlOffset {
    fn from_stored(offset: u32) -> IlOffset {
        match offset {
            NO_MAPPING => IlOffset::NoMapping,
            PROLOGUE => IlOffset::Prologue,
            EPILOGUE => IlOffset::Epilogue,
            offset => IlOffset::At(offset),
        }
    }
}

/// From where on native code was made of which IL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    /// Bytes from the beginning of the method's code.
    pub(super) native: u32,
    /// What it was made of, up to the next one.
    pub(super) il: IlOffset,
}

/// Reads debug info by a layout.
#[derive(Debug)]
pub(super) struct DebugInfo {
    /// Where a RealCodeHeader has the address of its debug info.
    pub(super) in_code_header: u64,
    flags: bool,
    /// The size of PatchpointInfo without its locals, and where it says how many those are.
    patchpoint: Option<(u64, u64)>,
    /// How many bits tell what kind of place an entry is, where entries are packed.
    packed_source_bits: Option<u32>,
}

impl DebugInfo {
    /// `None` where the layout does not tell where debug info stands.
    pub(super) fn of(layout: &Descriptor) -> Option<DebugInfo> {
        let patchpoint = |field: &str| layout.optional_field("PatchpointInfo", field);
        Some(DebugInfo {
            in_code_header: layout.optional_field("RealCodeHeader", "DebugInfo")?,
            flags: layout.number("DebugInfo.FlagByte") == Some(1),
            patchpoint: patchpoint(Descriptor::SIZE).zip(patchpoint("LocalCount")),
            packed_source_bits: layout.number("DebugInfo.PackedSourceBits").map(|bits| bits.min(8) as u32),
        })
    }

    /// The map of JIT-compiled code whose debug info lies at `at`, in the order of native code; empty where there is none.
    ///
    /// # Errors
    /// It is not in the dump.
    pub(super) fn of_jitted(&self, memory: &AddressSpace, at: Addr) -> Result<Vec<Bound>, Fault> {
        match self.flags {
            true => match self.behind_flags(memory, at)? {
                Some(at) => self.of_precompiled(memory, at),
                None => Ok(Vec::new()),
            },
            false => self.of_precompiled(memory, at),
        }
    }

    /// The same for code that was compiled ahead.
    ///
    /// # Errors
    /// As there.
    pub(super) fn of_precompiled(&self, memory: &AddressSpace, at: Addr) -> Result<Vec<Bound>, Fault> {
        let there = memory.run_at(at)?.bytes;
        let head = memory.bytes(at, SIZES_BYTES.min(there.len().max(1)))?;
        let mut sizes = NibbleStream::new(&head);
        let mut size = sizes.number();
        let mut parts = 1;
        if self.packed_source_bits.is_some() && size == Some(TWO_BOUNDS) {
            (size, parts) = (sizes.number(), 2);
        }
        // What follows the first size: those of other parts, which are passed over.
        let others = (0..parts).map(|_| sizes.number()).all(|size| size.is_some());
        let Some(size) = size.filter(|&size| others && size <= limits::MAX_DEBUG_INFO_BYTES) else {
            return Ok(Vec::new());
        };
        let start = at.offset((head.len() - sizes.rest().len()) as u64);
        if size == 0 {
            return Ok(Vec::new());
        }
        let bytes = memory.bytes(start, size as usize)?;
        Ok(match self.packed_source_bits {
            Some(bits) => packed(&bytes, bits).unwrap_or_default(),
            None => in_nibbles(&bytes),
        })
    }

    /// Where the sizes stand behind the flags and what those tell of; `None` for flags that nothing is known of.
    fn behind_flags(&self, memory: &AddressSpace, at: Addr) -> Result<Option<Addr>, Fault> {
        let flags = memory.u8(at)?;
        let mut at = at.offset(1);
        if flags & !(HAS_PATCHPOINT | HAS_RICH_INFO) != 0 {
            return Ok(None);
        }
        if flags & HAS_PATCHPOINT != 0 {
            let Some((size, locals)) = self.patchpoint else { return Ok(None) };
            at = at.offset(size + 4 * u64::from(memory.u32(at.offset(locals))?));
        }
        if flags & HAS_RICH_INFO != 0 {
            at = at.offset(4 + u64::from(memory.u32(at)?));
        }
        Ok(Some(at))
    }
}

/// The map as numbers in nibbles: distance from the entry before, IL offset, kind of place.
fn in_nibbles(bytes: &[u8]) -> Vec<Bound> {
    let mut stream = NibbleStream::new(bytes);
    let count = stream.number().unwrap_or(0);
    let mut native: u32 = 0;
    let mut bounds = Vec::new();
    for _ in 0..count {
        let (Some(distance), Some(il), Some(_)) = (stream.number(), stream.number(), stream.number()) else {
            break;
        };
        native = native.saturating_add(distance);
        bounds.push(Bound { native, il: IlOffset::from_stored(il.wrapping_add(IL_OFFSET_BIAS)) });
    }
    bounds
}

/// The map as entries of equal width, behind their count and widths in nibbles: kind of place in the lowest bits, then the
/// distance from the entry before, then the IL offset. `None` where the widths make no sense.
fn packed(bytes: &[u8], source_bits: u32) -> Option<Vec<Bound>> {
    let mut stream = NibbleStream::new(bytes);
    let count = stream.number()?;
    let (native_bits, il_bits) = (stream.number()?.checked_add(1)?, stream.number()?.checked_add(1)?);
    if native_bits > u32::BITS || il_bits > u32::BITS {
        return None;
    }
    let entries = stream.rest();
    let mut native: u32 = 0;
    let mut bounds = Vec::new();
    let width = source_bits + native_bits + il_bits;
    for index in 0..u64::from(count) {
        let bit = index * u64::from(width) + u64::from(source_bits);
        let distance = bits(entries, bit, native_bits);
        let il = bits(entries, bit + u64::from(native_bits), il_bits);
        let (Some(distance), Some(il)) = (distance, il) else { break };
        native = native.saturating_add(distance);
        bounds.push(Bound { native, il: IlOffset::from_stored(il.wrapping_add(IL_OFFSET_BIAS)) });
    }
    Some(bounds)
}

/// `count` bits, at most 32, from bit `from` on; the lowest bit of a byte comes first. `None` where the bytes end.
fn bits(bytes: &[u8], from: u64, count: u32) -> Option<u32> {
    let first = usize::try_from(from / 8).ok()?;
    let last = usize::try_from((from + u64::from(count)).div_ceil(8)).ok()?;
    let word = bytes.get(first..last)?.iter().rev().fold(0_u64, |word, &byte| word << 8 | u64::from(byte));
    Some((word >> (from % 8) & ((1 << count) - 1)) as u32)
}

#[cfg(test)]
mod tests;
