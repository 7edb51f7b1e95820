//! Memory that is read here and there: rows lie one after the other, and what they refer to nearly so.

use std::borrow::Cow;

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Run};

/// How many stretches of memory are kept at hand: one for each of the first references that are followed.
const WINDOWS: usize = 4;

/// Memory that is not in the dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing;

/// Reads memory, and keeps the stretches that it found at hand.
#[derive(Debug)]
pub struct Reader<'m> {
    memory: &'m AddressSpace,
    windows: [Option<Run<'m>>; WINDOWS],
    /// How many references were followed from the row: which window to look through.
    pub depth: usize,
}

impl<'m> Reader<'m> {
    /// A reader of `memory`.
    pub fn new(memory: &'m AddressSpace) -> Reader<'m> {
        Reader { memory, windows: [None; WINDOWS], depth: 0 }
    }

    /// The bytes from `address` on, as far as they lie together; at least one.
    #[inline]
    fn from(&mut self, address: Addr) -> Result<&'m [u8], Missing> {
        let window = &mut self.windows[self.depth % WINDOWS];
        let inside = |run: &Run<'m>| {
            let at = usize::try_from(address.0.checked_sub(run.start.0)?).ok()?;
            run.bytes.get(at..).filter(|bytes| !bytes.is_empty())
        };
        if let Some(bytes) = window.as_ref().and_then(inside) {
            return Ok(bytes);
        }
        *window = self.memory.stretch_at(address).ok();
        window.as_ref().and_then(inside).ok_or(Missing)
    }

    #[inline]
    fn array<const N: usize>(&mut self, address: Addr) -> Result<[u8; N], Missing> {
        match self.from(address)?.first_chunk::<N>() {
            Some(bytes) => Ok(*bytes),
            None => {
                let mut bytes = [0; N];
                self.memory.read(address, &mut bytes).map_err(|_| Missing)?;
                Ok(bytes)
            }
        }
    }

    /// Reads a byte.
    #[inline]
    pub fn u8(&mut self, address: Addr) -> Result<u8, Missing> {
        self.array::<1>(address).map(|[byte]| byte)
    }

    /// Reads a number of 16 bits.
    #[inline]
    pub fn u16(&mut self, address: Addr) -> Result<u16, Missing> {
        self.array(address).map(u16::from_le_bytes)
    }

    /// Reads a number of 32 bits.
    #[inline]
    pub fn u32(&mut self, address: Addr) -> Result<u32, Missing> {
        self.array(address).map(u32::from_le_bytes)
    }

    /// Reads a number of 64 bits.
    #[inline]
    pub fn u64(&mut self, address: Addr) -> Result<u64, Missing> {
        self.array(address).map(u64::from_le_bytes)
    }

    /// Reads a reference; null is an address too.
    #[inline]
    pub fn reference(&mut self, address: Addr) -> Result<Addr, Missing> {
        self.u64(address).map(Addr)
    }

    /// Reads `length` bytes. Memory is taken only for bytes that are there.
    pub fn bytes(&mut self, address: Addr, length: usize) -> Result<Cow<'m, [u8]>, Missing> {
        match self.from(address)?.get(..length) {
            Some(bytes) => Ok(Cow::Borrowed(bytes)),
            None => self.memory.bytes(address, length).map_err(|_| Missing),
        }
    }
}
