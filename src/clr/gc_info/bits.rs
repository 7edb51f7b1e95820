//! Bits in the order in which GC info has them: from the lowest bit of each byte on.
//!
//! Source: `BitStreamReader` in `src/coreclr/inc/gcinfodecoder.h` of dotnet/runtime v8.0 to v10.0.

use std::cell::Cell;
use std::fmt;

use crate::limits;

/// Why GC info cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It goes on behind the end of the bytes.
    End,
    /// A number has more than 32 bits.
    Number,
    /// There are more of something than there can be: than the bytes have room for, or than code has offsets.
    Count(&'static str),
    /// An offset in a table leads nowhere.
    Pointer,
    /// All that was to be read of GC info was read.
    Budget,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::End => f.write_str("it goes on behind the memory that is in the dump"),
            Malformed::Number => f.write_str("a number in it has more than 32 bits"),
            Malformed::Count(what) => write!(f, "it claims more {what} than there can be"),
            Malformed::Pointer => f.write_str("a table in it leads out of it"),
            Malformed::Budget => f.write_str("there is more of it than any process has"),
        }
    }
}

/// How much GC info is still to be read, in numbers: a few hundred for a point of code. Of a damaged dump all code may
/// share the GC info of one huge method, and only together it takes too long.
#[derive(Debug)]
pub struct Budget(Cell<u64>);

impl Budget {
    /// So many numbers.
    pub fn new(numbers: u64) -> Budget {
        Budget(Cell::new(numbers))
    }

    /// How many are left.
    pub fn left(&self) -> u64 {
        self.0.get()
    }

    fn spend(&self) -> Result<(), Malformed> {
        let left = self.0.get().checked_sub(1).ok_or(Malformed::Budget)?;
        self.0.set(left);
        Ok(())
    }
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::new(limits::MAX_GC_INFO_NUMBERS)
    }
}

/// Reads bits one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    budget: &'a Budget,
    /// In bits. May lie behind the end: only reading there fails, since what would be read may be nothing.
    position: u64,
}

impl<'a> BitReader<'a> {
    pub fn new(bytes: &'a [u8], budget: &'a Budget) -> BitReader<'a> {
        BitReader { bytes, budget, position: 0 }
    }

    /// Bits from the start.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The same bits read from another place on.
    pub fn at(&self, position: u64) -> BitReader<'a> {
        BitReader { position, ..*self }
    }

    /// The same bits read from the next whole byte on, counted from the start.
    pub fn at_byte(&self) -> BitReader<'a> {
        self.at(self.position.next_multiple_of(8))
    }

    /// Passes over bits.
    pub fn skip(&mut self, bits: u64) {
        self.position = self.position.saturating_add(bits);
    }

    /// How many bits there are left.
    pub fn remaining(&self) -> u64 {
        (self.bytes.len() as u64 * 8).saturating_sub(self.position)
    }

    /// The next `count` bits as a number, the first one the lowest; at most 32.
    pub fn bits(&mut self, count: u32) -> Result<u32, Malformed> {
        self.budget.spend()?;
        if u64::from(count) > self.remaining() {
            return Err(Malformed::End);
        }
        let from = (self.position / 8) as usize;
        let mut word = [0; 8];
        for (to, byte) in word.iter_mut().zip(self.bytes.get(from..).unwrap_or_default()) {
            *to = *byte;
        }
        let word = u64::from_le_bytes(word) >> (self.position % 8);
        self.skip(count.into());
        Ok((word & ((1 << count.min(32)) - 1)) as u32)
    }

    /// The next bit.
    pub fn bit(&mut self) -> Result<bool, Malformed> {
        Ok(self.bits(1)? == 1)
    }

    /// A number in groups of `width` bits, the lowest group first, each followed by a bit that says whether another one follows.
    pub fn unsigned(&mut self, width: u32) -> Result<u32, Malformed> {
        self.groups(width).map(|(value, _)| value)
    }

    /// The same as a two's complement.
    pub fn signed(&mut self, width: u32) -> Result<i32, Malformed> {
        let (value, bits) = self.groups(width)?;
        let unused = 32_u32.saturating_sub(bits);
        Ok((value << unused) as i32 >> unused)
    }

    /// A number in groups, and how many bits they have.
    fn groups(&mut self, width: u32) -> Result<(u32, u32), Malformed> {
        let (mut value, mut bits) = (0_u64, 0);
        loop {
            let group = u64::from(self.bits(width)?);
            value |= group << bits;
            bits += width;
            let value = u32::try_from(value).map_err(|_| Malformed::Number)?;
            if !self.bit()? {
                return Ok((value, bits));
            }
            if bits >= 32 {
                return Err(Malformed::Number);
            }
        }
    }
}
